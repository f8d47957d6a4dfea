/** The journal and the records as one list, while calls are running, after they were cut off, and once they are resolved. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, Secrets } from '../../src/core/log.ts';
import { history } from '../../src/writes/write-history.ts';
import { callContext } from '../helpers/call-context.ts';
import { type Bench, bench, create, gate, undelivered, type Widgets, widgets } from '../helpers/ledger.ts';

let place: Bench;
let service: Widgets;
beforeEach(() => {
  place = bench();
  service = widgets();
});
afterEach(() => place.remove());

const listed = async () =>
  (
    await history({ folder: place.folder, clock: Date.now, log: createLog('error', () => undefined, new Secrets()) })
  ).map(({ outcome, later, resolve, id, request_id }) => ({
    outcome,
    later,
    isOpen: resolve !== null,
    id,
    request_id,
  }));
const records = () => join(place.folder, 'open');

/** As a process that is killed while it waits for the service. */
async function cutOff(): Promise<void> {
  const sent = gate();
  void place.abandoned().run(create(), callContext(), async (sending) => {
    await service.send(sending);
    sent.open();
    return new Promise<never>(() => undefined);
  });
  await sent.passed;
  for (const name of readdirSync(records())) if (name.endsWith('.lock')) rmSync(join(records(), name));
}

describe('The history', () => {
  it('of nothing is empty', async () => {
    expect(await listed()).toEqual([]);
    expect(existsSync(place.folder)).toBe(false);
  });

  it('shows a call as running while its lock is held, and no earlier one of the same arguments with it', async () => {
    await cutOff();
    const release = gate();
    const sent = gate();
    const second = place.open().run(create(), callContext(), async (sending) => {
      sent.open();
      await release.passed;
      return service.send(sending);
    });
    await sent.passed;
    expect((await listed()).map(({ outcome }) => outcome)).toEqual(['running', 'unknown']);
    release.open();
    await second;
    await place.settled();
    expect(await listed()).toEqual([
      { outcome: 'replayed', later: null, isOpen: false, id: '1', request_id: 'req-2' },
      { outcome: 'unknown', later: 'replayed', isOpen: false, id: null, request_id: null },
    ]);
  });

  it('shows a call that was cut off as open, once', async () => {
    await cutOff();
    await cutOff();
    expect(await listed()).toMatchObject([
      { outcome: 'unknown', isOpen: true },
      { outcome: 'unknown', isOpen: false },
    ]);
  });

  it('shows a call that was done and not delivered as done and open, with what the service answered', async () => {
    await place.open().run(create(), undelivered().context, service.send);
    expect(await listed()).toEqual([{ outcome: 'done', later: null, isOpen: true, id: '1', request_id: 'req-1' }]);
  });

  it.each([
    [422, false],
    [429, false],
    [409, false],
  ])('shows a call that was refused with %i as refused', async (status, isOpen) => {
    const call = place.open().run(create(), callContext(), service.refuse(status, 'no'));
    await call.catch(() => undefined);
    expect(await listed()).toMatchObject([{ outcome: 'refused', isOpen, request_id: 'req-r' }]);
  });

  it('finds in a definite refusal what became of an earlier call, in one of throttling nothing', async () => {
    const run = (send: Widgets['send']) =>
      place
        .open()
        .run(create(), callContext(), send)
        .catch(() => undefined);
    await run(service.sendAndLose);
    await run(service.refuse(422, 'no'));
    expect(await listed()).toMatchObject([{ outcome: 'refused' }, { outcome: 'unknown', later: 'refused' }]);
    await run(service.sendAndLose);
    await run(service.refuse(429, 'rate_limited'));
    expect((await listed()).slice(0, 2)).toMatchObject([
      { outcome: 'refused', isOpen: false },
      { outcome: 'unknown', later: null, isOpen: true },
    ]);
  });

  it('keeps a conflict open', async () => {
    const call = place.open().run(create(), callContext(), service.refuse(409, 'idempotency_key_conflict'));
    await call.catch(() => undefined);
    expect(await listed()).toMatchObject([{ outcome: 'refused', isOpen: true }]);
  });

  it('shows records without a line in the journal, damaged ones too', async () => {
    await place
      .open()
      .run(create(), callContext(), service.sendAndLose)
      .catch(() => undefined);
    await place.open().run(create({ args: { n: 2 } }), undelivered().context, service.send);
    rmSync(join(place.folder, 'journal.jsonl'));
    expect(await listed()).toMatchObject([
      { outcome: 'done', id: '2', isOpen: true },
      { outcome: 'unknown', isOpen: true },
    ]);
    const [name = ''] = place.records().filter((one) => readFileSync(join(records(), one), 'utf8').includes('"open"'));
    writeFileSync(join(records(), name), '');
    expect((await listed()).map(({ isOpen }) => isOpen)).toEqual([true, true]);
  });
});
