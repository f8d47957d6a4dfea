/** Whatever comes on stdin: no crash, nothing but JSON-RPC on stdout, one answer to each request, bounded memory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { type Era, type FuzzLine, FuzzLines } from '../helpers/fuzz-lines.ts';
import { Random } from '../helpers/random.ts';
import { BIN, type Home, NODE, temporaryHome } from '../helpers/run.ts';

/** Of this run; `LUCANTO_TEST_SEED` repeats another. */
const SEED = Number(process.env.LUCANTO_TEST_SEED ?? Date.now() % 1_000_000);
const ERAS: readonly Era[] = ['no handshake', '2025-06-18', '2026-07-28'];
const MOST_MEMORY_KB = 400 * 1024;
const MB = 1024 * 1024;

let demo: DemoService;
let home: Home;

beforeAll(async () => {
  demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  home = await temporaryHome();
});
afterAll(async () => {
  await demo.close();
  await home.remove();
});

interface Outcome {
  readonly exitCode: number | null;
  /** Lines that are no JSON-RPC message of a server. */
  readonly noise: readonly string[];
  /** Ids, as JSON, that were answered otherwise than exactly as often as they were asked. */
  readonly wronglyAnswered: readonly string[];
  /** Errors that could not name a request. */
  readonly anonymous: number;
  /** Null where there is no /proc. */
  readonly peakKb: number | null;
  readonly stderr: string;
}

interface FuzzOptions {
  /** Stdout is left unread until everything was written, or this much time has passed. */
  readonly deafMs?: number;
}

/** @param lines may be endless in number, but are written only as fast as they are read. */
async function fuzz(lines: Iterable<FuzzLine>, { deafMs = 0 }: FuzzOptions = {}): Promise<Outcome> {
  const child = spawn(NODE, [BIN], {
    env: { ...home.env, LUCANTO_URL: demo.url, LUCANTO_TOKEN: demo.tokens.manage },
    stdio: 'pipe',
  });
  const exited = once(child, 'close');
  const output = readOutput(child, deafMs);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  const asked = new Map<string, number>();
  const mayBeAnswered = new Set<string>();
  for (const { bytes, asks, mayAsk } of lines) {
    for (const id of asks) asked.set(id, (asked.get(id) ?? 0) + 1);
    for (const id of mayAsk) mayBeAnswered.add(id);
    const flowing = child.stdin.write(Buffer.concat([Buffer.from(bytes), Buffer.from('\n')]));
    if (!flowing && child.exitCode === null) await Promise.race([once(child.stdin, 'drain'), exited]);
  }
  asked.set('"the last"', 1);
  child.stdin.write('{"jsonrpc":"2.0","id":"the last","method":"ping"}\n');
  await Promise.race([output.sawLast, exited]);
  const peakKb = await peakMemory(child);
  child.stdin.end();
  await exited;
  const { answers } = output;
  const wronglyAnswered = [
    ...[...asked].filter(([id, times]) => answers.get(id) !== times).map(([id]) => id),
    ...[...answers.keys()].filter((id) => !asked.has(id) && !(mayBeAnswered.has(id) && answers.get(id) === 1)),
  ];
  return {
    exitCode: child.exitCode,
    noise: output.noise,
    wronglyAnswered: wronglyAnswered.slice(0, 20),
    anonymous: output.anonymous(),
    peakKb,
    stderr,
  };
}

function readOutput(child: ChildProcess, deafMs: number) {
  const answers = new Map<string, number>();
  const noise: string[] = [];
  let anonymous = 0;
  let rest = '';
  let seen: () => void = () => undefined;
  const sawLast = new Promise<void>((resolve) => {
    seen = resolve;
  });
  const take = (line: string): void => {
    const message = messageOf(line);
    if (message === null) noise.push(line.slice(0, 200));
    else if (message.kind === 'anonymous') anonymous += 1;
    else if (message.kind === 'answer') answers.set(message.id, (answers.get(message.id) ?? 0) + 1);
    if (line.includes('"the last"')) seen();
  };
  child.stdout?.setEncoding('utf8');
  setTimeout(() => {
    child.stdout?.on('data', (text: string) => {
      const parts = `${rest}${text}`.split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) take(line);
    });
  }, deafMs);
  return { answers, noise, anonymous: () => anonymous, sawLast };
}

type Message =
  | { readonly kind: 'answer'; readonly id: string }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'notification' };

function messageOf(line: string): Message | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('jsonrpc' in value) || value.jsonrpc !== '2.0') return null;
  const isAnswer = 'result' in value !== 'error' in value;
  if (!('id' in value)) return !isAnswer && 'method' in value ? { kind: 'notification' } : null;
  if (!isAnswer) return null;
  return value.id === null ? { kind: 'anonymous' } : { kind: 'answer', id: JSON.stringify(value.id) };
}

async function peakMemory(child: ChildProcess): Promise<number | null> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
  const found = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
  return found === undefined ? null : Number(found);
}

function expectWell(outcome: Outcome): void {
  const { exitCode, noise, wronglyAnswered } = outcome;
  expect({ exitCode, noise, wronglyAnswered }, `seed ${SEED}\n${outcome.stderr}`).toEqual({
    exitCode: 0,
    noise: [],
    wronglyAnswered: [],
  });
  expect(outcome.peakKb ?? 0).toBeLessThan(MOST_MEMORY_KB);
}

describe.each(ERAS)('stdin with %s', (era) => {
  const linesOf = () => new FuzzLines(new Random(SEED + ERAS.indexOf(era)), era);

  it('takes anything at all', async () => {
    const lines = linesOf();
    expectWell(await fuzz([...lines.greeting(), ...Array.from({ length: 3000 }, () => lines.any())]));
  });

  const count = era === '2026-07-28' ? 100_000 : 20_000;
  it(`takes ${count} lines`, async () => {
    const lines = linesOf();
    function* many(): Generator<FuzzLine> {
      yield* lines.greeting();
      for (let index = 0; index < count; index++) {
        yield index % 10 === 0 ? lines.any() : lines.request(index % 3 === 0 ? 'ping' : 'no/such/method', {});
      }
    }
    expectWell(await fuzz(many()));
  });

  it('answers each of two requests with the same id', async () => {
    const lines = linesOf();
    expectWell(await fuzz([...lines.greeting(), ...Array.from({ length: 200 }, () => lines.twins()).flat()]));
  });
});

describe('stdin', () => {
  const linesOf = () => new FuzzLines(new Random(SEED), '2025-06-18');

  it('takes random bytes', async () => {
    const lines = linesOf();
    const outcome = await fuzz(Array.from({ length: 500 }, () => lines.bytes(2000)));
    expectWell(outcome);
    expect(outcome.anonymous).toBeGreaterThan(500);
  });

  it('takes lines of many megabytes, and refuses longer ones under their ids', async () => {
    const lines = linesOf();
    const sizes = [8, 20, 20, 8].map((size) => lines.huge(size * MB));
    const outcome = await fuzz([...lines.greeting(), ...sizes]);
    expectWell(outcome);
    expect(outcome.anonymous).toBe(0);
  });

  it.each([100, 5000, 100_000, 1_000_000])('takes JSON that is nested %d deep', async (levels) => {
    const lines = linesOf();
    expectWell(await fuzz([...lines.greeting(), lines.deep(levels), lines.request('ping', {})]));
  });

  it('takes a batch of ten thousand', async () => {
    const lines = linesOf();
    const members = Array.from({ length: 10_000 }, () => lines.request('ping', {}));
    const batch = `[${members.map(({ bytes }) => bytes.toString()).join(',')}]`;
    expectWell(
      await fuzz([...lines.greeting(), { bytes: batch, asks: members.flatMap(({ asks }) => asks), mayAsk: [] }]),
    );
  });

  it('is read no faster than stdout, so that a host that does not read costs no memory', async () => {
    const lines = linesOf();
    function* many(): Generator<FuzzLine> {
      yield* lines.greeting();
      // Some 100 MB of answers, were all of them made before the first is read.
      for (let index = 0; index < 2000; index++) yield lines.request('tools/list', {});
    }
    expectWell(await fuzz(many(), { deafMs: 1500 }));
  });
});
