import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnreachableError } from '../../src/core/errors.ts';
import type { WriteSendContext } from '../../src/writes/write-record.ts';
import { callContext } from '../helpers/call-context.ts';
import {
  ARGUMENT,
  type Bench,
  bench,
  create,
  gate,
  TOKEN,
  undelivered,
  type Widgets,
  widgets,
} from '../helpers/ledger.ts';

let place: Bench;
let service: Widgets;
beforeEach(() => {
  place = bench();
  service = widgets();
});
afterEach(() => place.remove());

describe('A create', () => {
  it('is on the disk with its key before it is sent', async () => {
    let before: string[] = [];
    await place.open().run(create(), callContext(), (sending) => {
      before = place.keys();
      return service.send(sending);
    });
    expect(before).toEqual(service.keys);
    expect(before[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('whose outcome is unknown is sent again with the same key, also by another copy', async () => {
    await expect(place.open().run(create(), callContext(), service.sendAndLose)).rejects.toMatchObject({
      details: { outcome: 'unknown' },
      modelHint: expect.stringMatching(/Check with lucanto_list_widgets first.*again with exactly the same arguments/),
    });
    let earlier: string | null = null;
    await place.open().run(create(), callContext(), (sending) => {
      earlier = sending.earlier;
      return service.send(sending);
    });
    expect(earlier).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(service.made).toBe(1);
    expect(new Set(service.keys).size).toBe(1);
    expect(place.journal().map(({ outcome }) => outcome)).toEqual(['started', 'unknown', 'started', 'replayed']);
  });

  it('is the same call whether its ids are numbers or text', async () => {
    const calls = [
      { id: 9007199254740993n, rows: [{ id: 7 }] },
      { id: '9007199254740993', rows: [{ id: '7' }] },
    ];
    for (const args of calls)
      await place
        .open()
        .run(create({ args }), callContext(), service.sendAndLose)
        .catch(() => undefined);
    expect(service.made).toBe(1);
    await place.open().run(create({ args: { id: 9007199254740992, rows: [] } }), callContext(), service.send);
    expect(service.made).toBe(2);
  });

  it('is the same call however its arguments are ordered', async () => {
    await place
      .open()
      .run(create(), callContext(), service.sendAndLose)
      .catch(() => undefined);
    const args = { nested: { a: 2, b: 1 }, name: ARGUMENT };
    await place.open().run(create({ args }), callContext(), service.send);
    expect(service.made).toBe(1);
  });

  it.each([
    ['arguments', { args: { name: 'other' } }, {}],
    ['a null argument', { args: { name: ARGUMENT, nested: { b: 1, a: 2 }, note: null } }, {}],
    ['workspace', { workspace: '43' }, {}],
    ['tool', { tool: 'lucanto_create_gadget' }, {}],
    ['token', {}, { token: 'lct_pat_other' }],
    ['origin', {}, { origin: 'https://other.test' }],
  ])('with other %s is another call', async (_what, over, deps) => {
    await place
      .open()
      .run(create(), callContext(), service.sendAndLose)
      .catch(() => undefined);
    await place.open(deps).run(create(over), callContext(), service.send);
    expect(service.made).toBe(2);
  });

  it('gets the same answer again while it was not delivered, and is refused as a duplicate once it was', async () => {
    const ledger = place.open();
    const first = undelivered();
    await ledger.run(create(), first.context, service.send);
    const second = undelivered();
    await ledger.run(create(), second.context, service.send);
    expect(service).toMatchObject({ made: 1 });
    second.deliver();
    await expect(ledger.run(create(), callContext(), service.send)).rejects.toMatchObject({
      code: 'duplicate',
      message: expect.stringMatching(/W-1.*id 1/),
      hint: expect.stringContaining('--arg allow_duplicate=true'),
      modelHint: expect.stringContaining('call again with allow_duplicate: true'),
      details: { requestId: 'req-2', more: { earlier: { id: '1', number: 'W-1' } } },
    });
    expect(service.keys).toHaveLength(2);
    expect(place.journal().at(-1)).toMatchObject({ outcome: 'duplicate_stopped', id: '1' });
  });

  it('goes ahead with allow_duplicate, once for each call', async () => {
    const ledger = place.open();
    await ledger.run(create(), callContext(), service.send);
    await ledger.run(create(), callContext({ allowDuplicate: true }), service.send);
    await ledger.run(create(), callContext({ allowDuplicate: true }), service.send);
    expect(service.made).toBe(3);
    await expect(ledger.run(create(), callContext(), service.send)).rejects.toMatchObject({ code: 'duplicate' });
    expect(place.records()).toHaveLength(1);
  });

  it('with allow_duplicate that fails leaves the earlier one known', async () => {
    const ledger = place.open();
    await ledger.run(create(), callContext(), service.send);
    const again = callContext({ allowDuplicate: true });
    await ledger.run(create(), again, service.refuse(422, 'no')).catch(() => undefined);
    await expect(ledger.run(create(), callContext(), service.send)).rejects.toMatchObject({ code: 'duplicate' });
    expect(service.made).toBe(1);
  });

  it('with allow_duplicate still finds out first how an open one ended', async () => {
    await place
      .open()
      .run(create(), callContext(), service.sendAndLose)
      .catch(() => undefined);
    const again = callContext({ allowDuplicate: true });
    const { content } = await place.open().run(create(), again, service.send);
    expect(content.at(-1)?.text).toMatch(/had not arrived yet.*allow_duplicate.*`--arg allow_duplicate=true`/);
    expect(service.made).toBe(1);
  });

  it('is refused only within the window', async () => {
    let now = Date.now();
    const clock = () => now;
    const ledger = place.open({ clock });
    const context = () => callContext({ deadline: now + 20_000 });
    await ledger.run(create(), context(), service.send);
    await ledger.settle(1000);
    now += 599_000;
    await expect(ledger.run(create(), context(), service.send)).rejects.toMatchObject({ code: 'duplicate' });
    now += 2_000;
    await ledger.run(create(), context(), service.send);
    expect(service.made).toBe(2);
  });

  it('is never refused with a window of 0', async () => {
    const ledger = place.open({ duplicateWindowMs: 0 });
    await ledger.run(create(), callContext(), service.send);
    await ledger.run(create(), callContext(), service.send);
    await ledger.settle(1000);
    expect(service.made).toBe(2);
    expect(place.records()).toHaveLength(1);
    const later = Date.now() + 3_600_000;
    await place
      .open({ clock: () => later })
      .run(create({ args: {} }), callContext(), service.refuse(422, 'no'))
      .catch(() => undefined);
    expect(place.records()).toEqual([]);
  });

  it('gets a new key after a day, and the journal says that it was never resolved', async () => {
    let now = Date.now();
    const clock = () => now;
    await place
      .open({ clock })
      .run(create(), callContext(), service.sendAndLose)
      .catch(() => undefined);
    now += 24 * 3_600_000 + 1;
    await place.open({ clock }).run(create(), callContext({ deadline: now + 9_000 }), service.send);
    expect(new Set(service.keys).size).toBe(2);
    expect(place.journal().map(({ outcome }) => outcome)).toContain('expired');
  });

  it.each([422, 404, 403, 409, 400])(
    'that is refused with %s leaves nothing behind, and gets a new key',
    async (status) => {
      const ledger = place.open();
      await ledger.run(create(), callContext(), service.refuse(status, 'no')).catch(() => undefined);
      expect(place.records()).toEqual([]);
      await ledger.run(create(), callContext(), service.send);
      expect(new Set(service.keys).size).toBe(2);
    },
  );

  it('that is throttled keeps its key', async () => {
    const ledger = place.open();
    await ledger.run(create(), callContext(), service.refuse(429, 'rate_limited')).catch(() => undefined);
    await ledger.run(create(), callContext(), service.send);
    expect(new Set(service.keys).size).toBe(1);
  });

  it('that was throttled, sent again and cut off keeps its key, though the next attempt never leaves', async () => {
    const fail = () => Promise.reject(new UnreachableError('econnrefused', 'Down.', { hint: 'Try again.' }));
    const cutOff = async (sending: WriteSendContext) => {
      await service.send(sending);
      // As a process that is killed: nothing of it reaches the ledger any more.
      rmSync(join(place.folder, 'open', `${place.records()[0]?.split('.')[0]}.lock`));
      return new Promise<never>(() => undefined);
    };
    await place
      .open()
      .run(create(), callContext(), service.refuse(429, 'rate_limited'))
      .catch(() => undefined);
    void place.abandoned().run(create(), callContext(), cutOff);
    await expect.poll(() => service.made).toBe(1);
    await place
      .open()
      .run(create(), callContext(), fail)
      .catch(() => undefined);
    await place.open().run(create(), callContext(), service.send);
    expect(service.made).toBe(1);
  });

  it('that never left is forgotten, unless an earlier one may have', async () => {
    const never = () => Promise.reject(new UnreachableError('econnrefused', 'Down.', { hint: 'Try again.' }));
    await place
      .open()
      .run(create(), callContext(), never)
      .catch(() => undefined);
    expect(place.records()).toEqual([]);
    await place
      .open()
      .run(create(), callContext(), service.sendAndLose)
      .catch(() => undefined);
    await expect(place.open().run(create(), callContext(), never)).rejects.toMatchObject({
      code: 'econnrefused',
      details: { outcome: 'unknown' },
      hint: expect.stringContaining('still not known'),
    });
    expect(place.keys()).toEqual(service.keys);
  });

  it('whose key the service holds for another request is reported as our fault, and gets no new key', async () => {
    const conflict = service.refuse(409, 'idempotency_key_conflict');
    const ledger = place.open();
    await expect(ledger.run(create(), callContext(), conflict)).rejects.toMatchObject({
      modelHint: expect.stringMatching(/fault of lucanto-mcp.*req-r.*lucanto_list_widgets.*allow_duplicate: true/),
    });
    await ledger.run(create(), callContext(), conflict).catch(() => undefined);
    expect(new Set(service.keys).size).toBe(1);
    await ledger.run(create(), callContext({ allowDuplicate: true }), service.send);
    expect(new Set(service.keys).size).toBe(2);
  });
});

describe('A create that takes the place of a conflict', () => {
  const again = () => callContext({ allowDuplicate: true });
  beforeEach(async () => {
    const conflict = service.refuse(409, 'idempotency_key_conflict');
    await place
      .open()
      .run(create(), callContext(), conflict)
      .catch(() => undefined);
  });

  it('and whose answer is lost is made once, though it is repeated with allow_duplicate', async () => {
    await place
      .open()
      .run(create(), again(), service.sendAndLose)
      .catch(() => undefined);
    await place.open().run(create(), again(), service.send);
    expect(service.made).toBe(1);
  });

  it('settles it: the same call again is a duplicate of the new one', async () => {
    await place.open().run(create(), again(), service.send);
    await place.settled();
    await expect(place.open().run(create(), callContext(), service.send)).rejects.toMatchObject({ code: 'duplicate' });
    expect(place.records()).toHaveLength(1);
  });
});

describe('A service that does not recognise its own key', () => {
  const made = (id: string) => async (sending: WriteSendContext) => ({ ...(await service.send(sending)), id });

  it('and makes a second record is reported with both ids', async () => {
    await place.open().run(create(), undelivered().context, made('7'));
    const { content } = await place.open().run(create(), callContext(), made('8'));
    expect(content.at(-1)?.text).toMatch(/record 7 before.*made 8 as well.*lucanto_list_widgets/);
    expect(place.journal().flatMap(({ outcome, id }) => (outcome === 'started' ? [] : id))).toEqual(['7', '8']);
  });

  it.each([
    ['gives the same id', create(), '7'],
    ['answers an action with another', create({ create: false }), '8'],
  ])('is not suspected where it %s', async (_what, call, id) => {
    await place.open().run(call, undelivered().context, made('7'));
    expect((await place.open().run(call, callContext(), made(id))).content).toHaveLength(1);
  });
});

describe('A copy that lost its lock while it slept', () => {
  /** Another copy takes the lock in the moment in which this one has it and has not recorded anything. */
  function robbed(): { readonly clock: () => number } {
    let isTaken = false;
    return {
      clock: () => {
        const folder = join(place.folder, 'open');
        const lock = isTaken
          ? undefined
          : readdirSync(folder, { recursive: true }).find((name) => /lock$/.test(`${name}`));
        if (lock !== undefined) {
          const theirs = {
            pid: process.ppid,
            host: 'elsewhere',
            nonce: 'theirs',
            since: 1,
            until: Date.now() + 60_000,
          };
          writeFileSync(join(folder, String(lock)), JSON.stringify(theirs));
          isTaken = true;
        }
        return Date.now();
      },
    };
  }
  const never = () => Promise.reject(new Error('sent'));

  it.each([
    ['leaves no key behind', create(), 0],
    ['keeps the one record of calls that have no key', create({ kind: 'once', route: 'remote' }), 1],
  ])('sends nothing, and %s', async (_what, call, records) => {
    // Makes the folder.
    await place.open().run(create({ args: {} }), callContext(), service.send);
    await place.settled();
    const before = place.records().length;
    await expect(place.open(robbed()).run(call, callContext(), never)).rejects.toMatchObject({
      code: 'write_in_progress',
    });
    expect(place.records()).toHaveLength(before + records);
  });

  it('counts nothing as sent', async () => {
    await place.open().run(create({ args: {} }), callContext(), service.send);
    await place.settled();
    const sendLimit = { most: 1, day: () => '2026-11-28' };
    const context = () => callContext({ sends: 1 });
    await expect(place.open({ ...robbed(), sendLimit }).run(create(), context(), never)).rejects.toMatchObject({
      code: 'write_in_progress',
    });
    await place.open({ sendLimit }).run(create({ args: { n: 2 } }), context(), service.send);
    expect(service.made).toBe(2);
  });
});

describe('After the clock was set back', () => {
  let now = Date.now() + 3_600_000;
  const clock = () => now;
  const context = () => callContext({ deadline: now + 20_000 });
  beforeEach(() => {
    now = Date.now() + 3_600_000;
  });

  async function madeInTheFuture(call = create()): Promise<void> {
    await place.open({ clock }).run(call, context(), service.send);
    await place.settled();
    now -= 3_000_000;
  }

  it('a create that was answered is not answered again as if it had been waited for, but refused', async () => {
    await madeInTheFuture();
    await expect(place.open({ clock }).run(create(), context(), service.send)).rejects.toMatchObject({
      code: 'duplicate',
    });
  });

  it('an action is carried out again', async () => {
    const call = create({ create: false });
    await madeInTheFuture(call);
    await place.open({ clock }).run(call, context(), service.send);
    expect(service.made).toBe(2);
  });

  it('one whose answer was lost keeps its key, though a newer one seems older', async () => {
    const call = create({ create: false });
    await madeInTheFuture(call);
    await place.open({ clock }).run(call, undelivered({ deadline: now + 20_000 }).context, service.send);
    await place.open({ clock }).run(call, context(), service.send);
    expect(service.made).toBe(2);
    expect(service.keys).toHaveLength(3);
  });
});

describe('Identical calls at the same time', () => {
  it('in one process share one request and one answer', async () => {
    const ledger = place.open();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ledger.run(create(), callContext(), service.send)),
    );
    expect(service.keys).toHaveLength(1);
    expect(new Set(answers.map(({ content }) => content[0]?.text)).size).toBe(1);
    expect(answers.at(-1)?.content.at(-1)?.text).toMatch(/running already/);
  });

  it('in several copies share one key', async () => {
    await Promise.all(Array.from({ length: 8 }, () => place.open().run(create(), callContext(), service.send)));
    expect(service.made).toBe(1);
    expect(new Set(service.keys).size).toBe(1);
  });

  it.each([
    ['action', { create: false }, {}],
    ['create without a window', {}, { duplicateWindowMs: 0 }],
  ] as const)(
    'in several copies are done once, though the first was answered while the others waited (%s)',
    async (_what, over, deps) => {
      const wait = gate();
      const call = create(over);
      const slow = async (sending: WriteSendContext) => {
        await wait.passed;
        return service.send(sending);
      };
      const all = Array.from({ length: 3 }, () => place.open(deps).run(call, callContext(), slow));
      await expect.poll(() => place.records().length).toBe(1);
      wait.open();
      await Promise.all(all);
      expect(service.made).toBe(1);
      await place.settled();
      await place.open(deps).run(call, callContext(), service.send);
      expect(service.made).toBe(2);
    },
  );

  it('that delete a record learn of the first one, so that a missing record counts as deleted', async () => {
    const wait = gate();
    const earlier: (string | null)[] = [];
    const slow = async (sending: WriteSendContext) => {
      await wait.passed;
      earlier.push(sending.earlier);
      return service.send(sending);
    };
    const remove = create({ create: false, kind: 'idempotent' });
    const all = [1, 2, 3, 4].map(() => place.open().run(remove, callContext(), slow));
    await expect.poll(() => place.records().length).toBe(1);
    wait.open();
    await Promise.all(all);
    expect(earlier.filter((time) => time === null)).toEqual([null]);
  });

  it('that wait in vain report since when the first one has been running, and send nothing', async () => {
    const release = gate();
    const sent = gate();
    const first = place.open().run(create(), callContext(), async (sending) => {
      const written = await service.send(sending);
      sent.open();
      await release.passed;
      return written;
    });
    await sent.passed;
    const shortContext = () => callContext({ signal: AbortSignal.timeout(300), deadline: Date.now() + 300 });
    await expect(place.open().run(create(), shortContext(), service.send)).rejects.toMatchObject({
      code: 'write_in_progress',
      message: expect.stringMatching(/running since \d{4}-/),
    });
    release.open();
    await first;
    expect(service.keys).toHaveLength(1);
  });

  it('are sent again where the first one failed', async () => {
    const ledger = place.open();
    const loseFirst = (sending: WriteSendContext) =>
      service.keys.length === 0 ? service.sendAndLose(sending) : service.send(sending);
    const both = [1, 2].map(() =>
      ledger.run(create(), callContext(), loseFirst).then(
        () => 'done',
        () => 'lost',
      ),
    );
    expect((await Promise.all(both)).sort()).toEqual(['done', 'lost']);
    expect(service).toMatchObject({ made: 1 });
    expect(service.keys).toHaveLength(2);
    expect(new Set(service.keys).size).toBe(1);
  });
});

describe('A call that waits for an identical one in the same process', () => {
  async function whileRunning(
    work: (ledger: ReturnType<Bench['open']>) => Promise<void>,
    end: (sending: WriteSendContext) => ReturnType<Widgets['send']>,
  ) {
    const release = gate();
    const sent = gate();
    const ledger = place.open();
    const first = ledger.run(create(), callContext(), async (sending) => {
      sent.open();
      await release.passed;
      return end(sending);
    });
    const ended = first.catch((error) => error.code);
    await sent.passed;
    await work(ledger);
    release.open();
    return ended;
  }

  it('is answered at once where it gives up, before or meanwhile, and sends nothing', async () => {
    await whileRunning(async (ledger) => {
      const giveUp = new AbortController();
      for (const _ of ['meanwhile', 'before']) {
        const waiting = ledger.run(create(), callContext({ signal: giveUp.signal }), service.send);
        setTimeout(() => giveUp.abort(), 20);
        await expect(waiting).rejects.toMatchObject({ code: 'write_in_progress' });
      }
    }, service.send);
    expect(service.keys).toHaveLength(1);
  });

  it('is refused with it, without being sent', async () => {
    let second: Promise<unknown> = Promise.resolve();
    const first = await whileRunning(
      async (ledger) => {
        second = ledger.run(create(), callContext(), service.send).catch((error) => error.code);
        await new Promise((resolve) => setTimeout(resolve, 50));
      },
      service.refuse(422, 'unprocessable_entity'),
    );
    expect([first, await second]).toEqual(['unprocessable_entity', 'unprocessable_entity']);
    expect(service.keys).toHaveLength(1);
  });
});

describe('The answer to a write', () => {
  const lock = () => join(place.folder, 'open', `${place.records()[0]?.split('.')[0]}.lock`);
  /** As another copy of the bridge that makes the same call. */
  function lockElsewhere(): void {
    const theirs = { pid: process.ppid, host: 'elsewhere', nonce: 'theirs', since: 1, until: Date.now() + 60_000 };
    writeFileSync(lock(), JSON.stringify(theirs));
  }
  const stored = () =>
    place.records().map((name) => JSON.parse(readFileSync(join(place.folder, 'open', name), 'utf8')));
  const conflict = () => service.refuse(409, 'idempotency_key_conflict');
  let now = 0;
  /** Which never gives the same moment twice. */
  const clock = () => ++now;
  beforeEach(() => {
    now = Date.now();
  });

  /** A delivery gives up after a second, which a loaded machine may take between two lines. */
  const unhurried = { retry: 2 };

  it(
    'that is being noted as delivered is waited for by the same write, which is then a duplicate',
    unhurried,
    async () => {
      const ledger = place.open();
      const first = undelivered();
      await ledger.run(create(), first.context, service.send);
      lockElsewhere();
      first.deliver();
      // Between two looks at the lock, of which the delivery had the first.
      await sleep(25);
      const second = ledger.run(create(), callContext(), service.send).then(
        () => 'sent',
        (error) => error.code,
      );
      await sleep(35);
      rmSync(lock());
      expect(await second).toBe('duplicate');
    },
  );

  it('is waited for as well where that of an earlier attempt was noted just before', unhurried, async () => {
    let looks = Number.NaN;
    const ledger = place.open({
      clock: () => {
        // An attempt at the lock looks at the clock twice: here begins that of the second delivery.
        if (++looks === 3) lockElsewhere();
        return clock();
      },
    });
    const [first, second] = [undelivered(), undelivered()];
    await ledger.run(create(), first.context, service.send);
    await ledger.run(create(), second.context, service.send);
    looks = 0;
    first.deliver();
    second.deliver();
    await expect.poll(() => looks, { interval: 5 }).toBeGreaterThan(3);
    looks = Number.NaN;
    await sleep(20);
    const third = ledger.run(create(), callContext(), service.send).then(
      () => 'sent',
      (error) => error.code,
    );
    await sleep(35);
    rmSync(lock());
    expect(await third).toBe('duplicate');
    expect(service.keys).toHaveLength(2);
  });

  it('that was not noted as delivered since another copy makes the same call is given once more', async () => {
    const first = undelivered();
    await place.open().run(create(), first.context, service.send);
    lockElsewhere();
    first.deliver();
    await place.settled();
    expect([stored()[0].delivered, place.lines]).toEqual([null, []]);
    rmSync(lock());
    await place.open().run(create(), callContext(), service.send);
    expect(service.made).toBe(1);
  });

  it('is noted as delivered once the same write, which was being repeated for long, has failed', async () => {
    const ledger = place.open();
    const first = undelivered();
    await ledger.run(create(), first.context, service.send);
    const [sent, release] = [gate(), gate()];
    const second = ledger.run(create(), callContext(), async (sending) => {
      sent.open();
      await release.passed;
      return service.sendAndLose(sending);
    });
    await sent.passed;
    first.deliver();
    // Longer than a delivery waits for another copy.
    await sleep(1_200);
    release.open();
    await second.catch(() => undefined);
    await expect(ledger.run(create(), callContext(), service.send)).rejects.toMatchObject({ code: 'duplicate' });
  });

  it('that is delivered late brings no record back that a new write has taken the place of', async () => {
    const ledger = place.open();
    const [first, second] = [undelivered(), undelivered()];
    await Promise.all([first, second].map(({ context }) => ledger.run(create(), context, service.send)));
    first.deliver();
    await place.settled();
    await ledger.run(create(), callContext({ allowDuplicate: true }), service.send);
    await place.settled();
    const before = place.records();
    second.deliver();
    await place.settled();
    expect([service.made, place.records(), place.lines]).toEqual([2, before, []]);
  });

  it('that is delivered late leaves a conflict that came in between as it is, at the same moment too', async () => {
    const moment = Date.now();
    const ledger = place.open({ clock: () => moment });
    const first = undelivered();
    await ledger.run(create(), first.context, service.send);
    await ledger.run(create(), callContext(), conflict()).catch(() => undefined);
    first.deliver();
    await place.settled();
    expect(stored()).toMatchObject([{ state: 'conflict', delivered: null }]);
  });

  it('that is delivered late is not taken for that of a later attempt, which was not', async () => {
    const ledger = place.open({ clock });
    const first = undelivered();
    await ledger.run(create(), first.context, service.send);
    await ledger.run(create(), undelivered().context, service.send);
    first.deliver();
    await place.settled();
    await ledger.run(create(), callContext(), service.send);
    expect(service.made).toBe(1);
  });

  it('is noted in its own record, though one of another route seems older', async () => {
    const ledger = place.open({ clock });
    const first = undelivered();
    await ledger.run(create(), first.context, service.send);
    now -= 1_000_000;
    const remote = create({ kind: 'once', route: 'remote' });
    await ledger.run(remote, callContext({ allowDuplicate: true }), service.sendAndLose).catch(() => undefined);
    first.deliver();
    await place.settled();
    expect(stored().map(({ state, delivered }) => [state, delivered !== null])).toEqual(
      expect.arrayContaining([
        ['done', true],
        ['open', false],
      ]),
    );
  });
});

describe('Old records', () => {
  it('are removed every ten minutes, and the journal names those that were never resolved', async () => {
    let now = Date.now();
    const ledger = place.open({ clock: () => now });
    const write = (n: number, send = service.send) =>
      ledger.run(create({ args: { n } }), callContext({ deadline: now + 9_000 }), send).catch(() => undefined);
    await write(1, service.sendAndLose);
    const [open = ''] = place.records();
    // A damaged one has nothing that the journal could name.
    writeFileSync(join(place.folder, 'open', `${'a'.repeat(64)}.k.json`), '');
    utimesSync(join(place.folder, 'open', `${'a'.repeat(64)}.k.json`), 1, 1);
    now += 10 * 60_000 - 1;
    await write(2);
    expect(place.records()).toHaveLength(3);
    now += 1;
    await write(3);
    expect(place.records()).toHaveLength(3);
    await place.settled();
    now += 24 * 3_600_000;
    await write(4);
    expect(place.records()).toHaveLength(1);
    expect(place.lines).toEqual([expect.stringContaining('a record of the write ledger is damaged')]);
    const expired = place.journal().filter(({ outcome }) => outcome === 'expired');
    expect(expired).toMatchObject([{ tool: 'lucanto_create_widget', fingerprint: open.slice(0, 16), workspace: '42' }]);
  });
});

describe('A caller that gives up', () => {
  it('is answered at once, and the write that has left is followed', async () => {
    const ledger = place.open();
    const giveUp = new AbortController();
    const release = gate();
    const answer = ledger.run(create(), undelivered({ signal: giveUp.signal }).context, async (sending) => {
      const written = await service.send(sending);
      giveUp.abort();
      await release.passed;
      // As a connection would be cut.
      if (sending.context.signal.aborted) throw new Error('cut off');
      return written;
    });
    await expect(answer).rejects.toMatchObject({ code: 'cancelled', details: { outcome: 'unknown' } });
    release.open();
    await ledger.settle(5_000);
    expect(place.journal().map(({ outcome }) => outcome)).toEqual(['started', 'done']);
    await ledger.run(create(), callContext(), service.send);
    expect(service.made).toBe(1);
  });

  it('before anything left takes the write back', async () => {
    const giveUp = new AbortController();
    const answer = place.open().run(
      create(),
      callContext({ signal: giveUp.signal }),
      ({ context }) =>
        new Promise((_resolve, reject) => {
          context.signal.addEventListener('abort', () => {
            reject(new UnreachableError('queued', 'Still in the queue.', { hint: '' }));
          });
          giveUp.abort();
        }),
    );
    await expect(answer).rejects.toMatchObject({ code: 'queued' });
    expect(place.records()).toEqual([]);
  });

  it('is not followed beyond the end of the connection', async () => {
    const ledger = place.open();
    const sent = gate();
    const answer = ledger.run(create(), callContext(), ({ context }) => {
      context.write?.onSending();
      sent.open();
      return new Promise((_resolve, reject) => {
        context.signal.addEventListener('abort', () => reject(new Error('given up')));
      });
    });
    const outcome = answer.catch((error) => error);
    await sent.passed;
    await ledger.settle(50);
    expect(await outcome).toMatchObject({ code: 'internal_error' });
    expect(place.records()).toHaveLength(1);
  });
});

describe('A remote write', () => {
  const remote = create({ tool: 'lucanto_create_project', route: 'remote', kind: 'once' });

  it('whose outcome is unknown blocks the same call until a duplicate is allowed', async () => {
    const ledger = place.open();
    await ledger.run(remote, callContext(), service.sendAndLose).catch(() => undefined);
    await expect(ledger.run(remote, callContext(), service.send)).rejects.toMatchObject({
      code: 'outcome_unknown',
      modelHint: expect.stringMatching(/lucanto_list_widgets.*allow_duplicate: true/),
    });
    expect(service.keys).toEqual([null]);
    await ledger.run(remote, callContext({ allowDuplicate: true }), service.send);
    expect(service.keys).toEqual([null, null]);
  });

  it('that is made again over REST and lost again keeps its new key', async () => {
    await place
      .open()
      .run(remote, callContext(), service.sendAndLose)
      .catch(() => undefined);
    const again = () => callContext({ allowDuplicate: true });
    const viaRest = { ...remote, route: 'rest', kind: 'keyed' } as const;
    await place
      .open()
      .run(viaRest, again(), service.sendAndLose)
      .catch(() => undefined);
    await place.open().run(viaRest, again(), service.send);
    expect(service.made).toBe(2);
    expect(place.records()).toHaveLength(1);
  });

  it('that succeeded is not repeated, whether or not its answer was delivered', async () => {
    const first = undelivered();
    await place.open().run(remote, first.context, service.send);
    await expect(place.open().run(remote, callContext(), service.send)).rejects.toMatchObject({ code: 'duplicate' });
    const update = { ...remote, tool: 'lucanto_update_project', create: false };
    await place.open().run(update, callContext(), service.send);
    await place.open().run(update, callContext(), service.send);
    expect(service.keys).toHaveLength(3);
  });

  it('stays open when the answer to an earlier one is delivered late', async () => {
    const ledger = place.open();
    const first = undelivered();
    await ledger.run(remote, first.context, service.send);
    const insisting = callContext({ allowDuplicate: true });
    await ledger.run(remote, insisting, service.sendAndLose).catch(() => undefined);
    first.deliver();
    await expect(ledger.run(remote, callContext(), service.send)).rejects.toMatchObject({ code: 'outcome_unknown' });
  });

  it.each([429, 422])('that was refused with %s may be called again', async (status) => {
    const ledger = place.open();
    await ledger.run(remote, callContext(), service.refuse(status, 'no')).catch(() => undefined);
    await ledger.run(remote, callContext(), service.send);
    expect(service.made).toBe(1);
  });
});

describe('A call whose route has changed since', () => {
  const viaRest = create();
  const viaRemote = create({ route: 'remote', kind: 'once' });

  it.each([
    ['remote to REST', viaRemote, viaRest],
    ['REST to remote', viaRest, viaRemote],
  ])(
    '(%s) is not sent while the outcome of the first is unknown, nor once it is known to be done',
    async (_how, first, second) => {
      await place
        .open()
        .run(first, callContext(), service.sendAndLose)
        .catch(() => undefined);
      await expect(place.open().run(second, callContext(), service.send)).rejects.toMatchObject({
        code: 'outcome_unknown',
      });
      await place.open().run(second, callContext({ allowDuplicate: true }), service.send);
      await expect(place.open().run(first, callContext(), service.send)).rejects.toMatchObject({ code: 'duplicate' });
      expect(service.keys).toHaveLength(2);
    },
  );
});

describe('What the ledger writes to the disk', () => {
  it('holds neither token nor arguments, and is for its owner alone', async () => {
    const { statSync, readdirSync } = await import('node:fs');
    const ledger = place.open();
    await ledger.run(create(), callContext(), service.send);
    await ledger
      .run(create({ args: { name: `${ARGUMENT}2` } }), callContext(), service.sendAndLose)
      .catch(() => undefined);
    await ledger.settle(1000);
    expect(place.everything()).toContain('lucanto_create_widget');
    expect(place.everything()).not.toContain('secretsecret');
    expect(place.everything()).not.toContain(TOKEN);
    expect(place.everything()).not.toContain('of-the-arguments');
    for (const entry of readdirSync(place.folder, { recursive: true, withFileTypes: true })) {
      const { mode } = statSync(`${entry.parentPath}/${entry.name}`);
      expect([entry.name, mode & 0o777]).toEqual([entry.name, entry.isDirectory() ? 0o700 : 0o600]);
    }
    expect(place.records()).toHaveLength(2);
    expect(readdirSync(`${place.folder}/open`)).toHaveLength(2);
  });
});
