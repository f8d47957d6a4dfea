import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type Check, type CheckResult, ok, skip } from '../../src/doctor/check.ts';
import { checkGroups, runChecks } from '../../src/doctor/run-checks.ts';
import { at, contextIn } from './check-context.ts';

const NOTHING = contextIn(at('linux'));
const QUIET = { signal: new AbortController().signal, limitMs: 30_000, onProgress: () => undefined };
const check = (id: string, run: Check['run'], more: Partial<Check> = {}): Check => ({
  id,
  title: id.toUpperCase(),
  run,
  ...more,
});

describe('The runner of checks', () => {
  it('skips the checks that a failure makes pointless, names the first cause, and goes on with the rest', async () => {
    const never = () => {
      throw new Error('was run');
    };
    const reports = await runChecks(
      [
        check('a', () => ({ state: 'fail', detail: 'broken', fix: 'Repair it.' })),
        check('b', never, { needs: ['a'] }),
        check('c', never, { needs: ['d', 'b'] }),
        check('d', () => skip('nothing there')),
        check('e', () => ok('fine'), { needs: ['d'] }),
        check('f', (_, { stateOf }) => ok(`a is ${stateOf('a')}`), { after: ['a'] }),
      ],
      NOTHING,
      QUIET,
    );
    expect(reports.map(({ state, detail }) => `${state}: ${detail}`)).toEqual([
      'fail: broken',
      'skip: not checked because of "A"',
      'skip: not checked because of "A"',
      'skip: nothing there',
      'ok: fine',
      'ok: a is fail',
    ]);
  });

  it('waits for no check longer than its own limit, nor for all longer than the total, and lets a check explain it', async () => {
    const forever = () => new Promise<CheckResult>(() => undefined);
    const own = await runChecks(
      [check('a', forever, { seconds: 0.05 }), check('b', forever, { seconds: 0.05, late: skip('too slow') })],
      NOTHING,
      QUIET,
    );
    expect(own.map(({ state }) => state)).toEqual(['fail', 'skip']);
    expect(own[0]?.fix).toContain('lucanto-mcp doctor --json');
    const all = await runChecks([check('a', forever), check('b', forever, { after: ['a'] })], NOTHING, {
      ...QUIET,
      limitMs: 50,
    });
    expect(all.map(({ state }) => state)).toEqual(['fail', 'fail']);
  });

  it('aborts a check when its time is up', async () => {
    const seen = { aborted: false };
    const forever: Check['run'] = (_, { signal }) =>
      new Promise<CheckResult>(() => signal.addEventListener('abort', () => Object.assign(seen, { aborted: true })));
    await runChecks([check('a', forever, { seconds: 0.05 })], NOTHING, QUIET);
    expect(seen).toEqual({ aborted: true });
  });

  it('reports an error that a check throws as the failure of that check', async () => {
    const [report] = await runChecks(
      [
        check('a', () => {
          throw new TypeError('oops');
        }),
      ],
      NOTHING,
      QUIET,
    );
    expect(report).toMatchObject({ state: 'fail', detail: expect.stringContaining('oops') });
  });

  it('listens for an interruption once for any number of checks, since Node warns of more than ten listeners', async () => {
    const interrupt = new AbortController();
    const seen: number[] = [];
    const look = () => {
      seen.push(getEventListeners(interrupt.signal, 'abort').length);
      return ok('');
    };
    const checks = Array.from({ length: 12 }, (_, index) => check(`c${index}`, look));
    await runChecks(checks, NOTHING, { ...QUIET, signal: interrupt.signal });
    expect([Math.max(...seen), getEventListeners(interrupt.signal, 'abort').length]).toEqual([1, 0]);
  });

  it('ends at once when it is interrupted', async () => {
    const interrupt = new AbortController();
    const forever = () => new Promise<CheckResult>(() => undefined);
    const run = runChecks([check('a', forever)], NOTHING, { ...QUIET, signal: interrupt.signal });
    interrupt.abort(new Error('Ctrl-C'));
    await expect(run).rejects.toThrow('Ctrl-C');
  });
});

describe('The table of checks', () => {
  it('has each id once, and no check waits for itself in the end', () => {
    const checks = checkGroups(NOTHING).flatMap((group) => group.checks);
    const others = new Map(checks.map(({ id, needs = [], after = [] }) => [id, [...needs, ...after]]));
    expect(others.size).toBe(checks.length);
    expect(others.size).toBeGreaterThan(20);
    const waitsFor = (id: string, path: readonly string[]): void => {
      expect(path).not.toContain(id);
      expect([...others.keys()]).toContain(id);
      for (const other of others.get(id) ?? []) waitsFor(other, [...path, id]);
    };
    for (const id of others.keys()) waitsFor(id, []);
  });
});
