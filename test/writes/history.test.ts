/** The journal and the records as one list, while calls are running, after they were cut off, and once they are resolved. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../src/core/errors.ts';
import { createLog, Secrets } from '../../src/core/log.ts';
import { history } from '../../src/writes/write-history.ts';
import type { WriteCall } from '../../src/writes/write-record.ts';
import { callContext } from '../helpers/call-context.ts';
import { type Bench, bench, create, gate, undelivered, type Widgets, widgets } from '../helpers/ledger.ts';

let place: Bench;
let service: Widgets;
beforeEach(() => {
  place = bench();
  service = widgets();
});
afterEach(() => place.remove());

const entries = () =>
  history({ folder: place.folder, clock: Date.now, log: createLog('error', () => undefined, new Secrets()) });
const listed = async () =>
  (await entries()).map(({ outcome, later, resolve, id, request_id }) => ({
    outcome,
    later,
    isOpen: resolve !== null,
    id,
    request_id,
  }));
const records = () => join(place.folder, 'open');

async function run(send: Widgets['send'], call: WriteCall = create(), context = callContext()): Promise<void> {
  await place
    .open()
    .run(call, context, send)
    .catch(() => undefined);
  await place.settled();
}
const never = () => Promise.reject(new Error('defect'));
const remote = create({ route: 'remote', kind: 'once' });
const again = () => callContext({ allowDuplicate: true });

/** As a process that is killed while it waits for the service. */
async function cutOff(over: Parameters<Bench['open']>[0] = {}): Promise<void> {
  const sent = gate();
  void place.abandoned(over).run(create(), callContext(), async (sending) => {
    await service.send(sending);
    sent.open();
    return new Promise<never>(() => undefined);
  });
  await sent.passed;
  for (const name of readdirSync(records())) if (name.endsWith('.lock')) rmSync(join(records(), name));
}

/** A call of the same arguments that is under way until it is released. */
async function heldSend() {
  const release = gate();
  const sent = gate();
  const second = place.open().run(create(), callContext(), async (sending) => {
    sent.open();
    await release.passed;
    return service.send(sending);
  });
  await sent.passed;
  return { release, second };
}

describe('The history', () => {
  it('of nothing is empty', async () => {
    expect(await listed()).toEqual([]);
    expect(existsSync(place.folder)).toBe(false);
  });

  it('that cannot be read is an error, not an empty list: calls may be open in it', async () => {
    await run(service.sendAndLose);
    rmSync(records(), { recursive: true });
    writeFileSync(records(), '');
    await expect(entries()).rejects.toMatchObject({ code: 'ledger_unwritable' });
  });

  it('shows a call as running while its lock is held, and no earlier one of the same arguments with it', async () => {
    await cutOff();
    const { release, second } = await heldSend();
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

describe('What the history says of an earlier call that was made again', () => {
  it('is what the next definite answer found out, not a new write after that', async () => {
    for (const send of [service.sendAndLose, service.refuse(422, 'no'), service.send]) await run(send);
    expect(await listed()).toMatchObject([
      { outcome: 'done', later: null },
      { outcome: 'refused', later: null },
      { outcome: 'unknown', later: 'refused' },
    ]);
  });

  it.each<[string, () => Widgets['send'], string]>([
    ['did not leave', () => never, 'not_sent'],
    ['was throttled', () => service.refuse(429, 'rate_limited'), 'refused'],
    ['met another use of its key', () => service.refuse(409, 'idempotency_key_conflict'), 'refused'],
    ['was cut off as well', () => service.sendAndLose, 'unknown'],
  ])('is nothing where that %s', async (_what, send, outcome) => {
    for (const one of [service.sendAndLose, service.sendAndLose, send()]) await run(one);
    const all = await listed();
    expect(all[0]).toMatchObject({ outcome });
    expect(all.map(({ later }) => later)).toEqual([null, null, null]);
    expect(all.filter(({ isOpen }) => isOpen)).toHaveLength(1);
  });

  it('is nothing where its own answer was definite', async () => {
    for (const _ of [1, 2]) await run(service.send, create({ create: false }));
    expect(await listed()).toMatchObject([
      { outcome: 'done', later: null },
      { outcome: 'done', later: null },
    ]);
  });

  it('is nothing where it went without a key, so that the later one was a write of its own', async () => {
    await run(service.sendAndLose, remote);
    await run(service.send, remote, again());
    expect(await listed()).toMatchObject([
      { outcome: 'done', isOpen: false },
      { outcome: 'unknown', later: null, isOpen: false },
    ]);
  });

  it('is nothing while it is still open itself, though another way was refused', async () => {
    await run(service.sendAndLose);
    await run(service.refuse(422, 'no'), remote, again());
    expect(await listed()).toMatchObject([
      { outcome: 'refused', isOpen: false },
      { outcome: 'unknown', later: null, isOpen: true },
    ]);
  });
});

describe('An entry of the history', () => {
  it('is running where it was made last, though the clock was set back before', async () => {
    await cutOff({ clock: () => Date.now() + 3_600_000 });
    const { release, second } = await heldSend();
    const all = await listed();
    release.open();
    await second;
    expect(all.map(({ outcome }) => outcome)).toEqual(['unknown', 'running']);
  });

  it('is done where the record says so, though its process was killed before its last line', async () => {
    await run(service.send, create(), undelivered().context);
    const path = join(place.folder, 'journal.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/.*"outcome":"done".*\n/, ''));
    expect(await entries()).toMatchObject([
      { outcome: 'done', status: 201, id: '1', number: 'W-1', request_id: 'req-1', resolve: expect.any(String) },
    ]);
  });

  it('is a replay where the service repeated its answer, and open while that was not delivered', async () => {
    await run(service.sendAndLose);
    await run(service.send, create(), undelivered().context);
    expect(await listed()).toMatchObject([
      { outcome: 'replayed', isOpen: true },
      { outcome: 'unknown', later: 'replayed', isOpen: false },
    ]);
  });

  it('names what was called and answered, from the journal or without it, and says where nothing is left of that', async () => {
    const named = {
      ...{ profile: 'default', origin: 'https://lucanto.test', workspace: '42', tool: 'lucanto_create_widget' },
      ...{ route: 'rest', resource: 'widgets', outcome: 'done', status: 201, id: '1', number: 'W-1' },
      ...{ request_id: 'req-1', later: null },
    };
    await run(service.send, create(), undelivered().context);
    expect(await entries()).toMatchObject([named]);
    rmSync(join(place.folder, 'journal.jsonl'));
    expect(await entries()).toMatchObject([named]);
    writeFileSync(join(records(), place.records()[0] ?? ''), '');
    expect(await entries()).toMatchObject([
      {
        ...{ profile: '?', origin: '?', workspace: null, tool: '(damaged record)', route: '?', resource: null },
        ...{ outcome: 'unknown', status: null, id: null, number: null, request_id: null, later: null },
      },
    ]);
  });

  it('is done in parts where a part was, which is what became of an earlier one that was cut off', async () => {
    await run(service.sendAndLose);
    await run(() =>
      Promise.reject(new ApiError('x', 'Half.', { hint: '', details: { status: 207, outcome: 'partly' } })),
    );
    expect(await listed()).toMatchObject([{ outcome: 'partly' }, { outcome: 'unknown', later: 'partly' }]);
  });
});
