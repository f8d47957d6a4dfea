/** What lets a call through that cannot be undone, and what does not. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QUICKEST_MS } from '../../src/confirm/confirmation-gate.ts';
import { LIFETIME_MS } from '../../src/confirm/confirmation-token.ts';
import type { Confirmer, Progress } from '../../src/core/tool.ts';
import { DELETE, type GateBench, gateBench, ISSUE, personAt, rounds } from '../helpers/gate.ts';

let bench: GateBench;
beforeEach(() => {
  bench = gateBench();
});
afterEach(() => bench.remove());

const GOES = { kind: 'go', args: { id: 7, workspace_id: 42 } };

describe('A person who is asked', () => {
  it.each([
    ['accepted', QUICKEST_MS, 'go', undefined],
    ['accepted', QUICKEST_MS - 1, 'answer', undefined],
    ['declined', QUICKEST_MS, 'refused', 'declined'],
    ['declined', QUICKEST_MS - 1, 'refused', 'declined_by_client'],
    ['declined', 0, 'refused', 'declined_by_client'],
    ['unclear', 5_000, 'answer', undefined],
    ['gone', 5_000, 'refused', 'cancelled'],
  ] as const)('%s after %i ms: %s', async (reply, ms, kind, code) => {
    const human = personAt(bench, reply, ms);
    expect(await bench.open({ mode: 'auto' }).pass({}, { human })).toMatchObject({ kind, ...(code && { code }) });
    expect(human.asked).toHaveLength(1);
  });

  it.each(['auto', 'always'] as const)('gives a model no code by an instant no, in mode %s', async (mode) => {
    const human = personAt(bench, 'declined', 0);
    const { kind, told } = await bench.open({ mode }).pass({}, { human });
    expect(kind).toBe('refused');
    expect(told).toEqual({ message: expect.stringContaining('The app answered no by itself') });
  });

  it('may be as fast as they like at a terminal', async () => {
    const human = { ...personAt(bench, 'accepted', 1), how: 'terminal' } as const;
    expect(await bench.open().pass({}, { human })).toEqual(GOES);
  });

  it('is not believed when the clock went back meanwhile', async () => {
    const human = personAt(bench, 'accepted', -60_000);
    expect((await bench.open().pass({}, { human })).kind).toBe('answer');
  });

  it('is asked where a code does not count', async () => {
    const human = personAt(bench, 'accepted', 2_000);
    expect(await bench.open({ mode: 'auto' }).pass({ code: 'yes' }, { human })).toEqual(GOES);
    expect(human.asked).toHaveLength(1);
  });
});

describe('While a person is asked', () => {
  const reports: Progress[] = [];
  beforeEach(() => {
    reports.length = 0;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const onProgress = (progress: Progress) => void reports.push(progress);

  it('in a dialog, progress is reported every five seconds until the answer', async () => {
    const human = personAt(bench, 'accepted', 2_000);
    const slow = {
      ...human,
      ask: async (...question: Parameters<typeof human.ask>) => {
        vi.advanceTimersByTime(11_000);
        return human.ask(...question);
      },
    };
    await bench.open().pass({}, { human: slow, onProgress });
    const message = 'Waiting for the user to answer a question';
    expect(reports).toEqual([0.0001, 0.0002, 0.0003].map((progress) => ({ progress, message })));
    vi.advanceTimersByTime(60_000);
    expect(reports).toHaveLength(3);
  });

  it('in rounds or at a terminal, no progress is reported', async () => {
    await bench.open().pass({}, { human: rounds().human, onProgress });
    await bench.open().pass({}, { human: { ...personAt(bench, 'accepted', 1), how: 'terminal' }, onProgress });
    expect(reports).toEqual([]);
  });

  it('the call may be cancelled, before and meanwhile', async () => {
    const calling = new AbortController();
    const human: Confirmer = {
      how: 'dialog',
      ask: async (_question, signal) => {
        calling.abort();
        signal.throwIfAborted();
        return 'accepted';
      },
    };
    for (const _ of ['meanwhile', 'before'])
      expect(await bench.open().pass({}, { human, signal: calling.signal })).toMatchObject({ code: 'cancelled' });
  });

  it('an error of the client is not taken for an answer', async () => {
    const human: Confirmer = { how: 'dialog', ask: () => Promise.reject(new Error('broken')) };
    await expect(bench.open().pass({}, { human })).rejects.toThrow('broken');
  });

  it.each([
    [400, 290, 310],
    [100_000, 89_500, 90_500],
  ])('within %i ms, enough time is left for the call', async (left, least, most) => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    await bench.open().pass({}, { human: personAt(bench, 'accepted', 2_000), deadline: bench.now + left });
    const budgets = timeout.mock.calls.map(([ms]) => ms);
    timeout.mockRestore();
    expect(budgets.filter((ms) => ms >= least && ms <= most)).toHaveLength(1);
  });
});

describe('What is too much to show', () => {
  const padded = async (length: number) => {
    const short = personAt(bench, 'accepted', 2_000);
    await bench.open().pass({ args: { id: 7, list: [''] } }, { human: short });
    const rest = length - (short.asked[0]?.length ?? 0);
    const human = personAt(bench, 'accepted', 2_000);
    return { human, came: await bench.open().pass({ args: { id: 7, list: ['x'.repeat(rest)] } }, { human }) };
  };

  it('is refused without a question', async () => {
    const fits = await padded(4_000);
    expect([fits.came.kind, fits.human.asked[0]?.length]).toEqual(['go', 4_000]);
    const over = await padded(4_001);
    expect([over.came.code, over.human.asked]).toEqual(['too_much_to_confirm', []]);
  });
});

describe('A preview', () => {
  const preview = async () => (await bench.open().pass()).told;
  /** A preview, and the time in which a person could have read it. */
  const readPreview = async () => {
    const offer = await preview();
    bench.now = Date.parse(offer.takes_effect_at);
    return offer;
  };

  it('takes effect only after a person could have read it, and the longer the later', async () => {
    const { confirmation, takes_effect_at } = await preview();
    const from = Date.parse(takes_effect_at);
    expect(from - bench.now).toBeGreaterThanOrEqual(3_000);
    for (const wait of [0, 1_000]) {
      bench.now += wait;
      expect(await bench.open().pass({ code: confirmation })).toMatchObject({
        code: 'confirmation_refused',
        told: { message: expect.stringContaining('sooner than a person could have read'), takes_effect_at },
      });
    }
    bench.now = from - 1;
    expect((await bench.open().pass({ code: confirmation })).kind).toBe('refused');
    expect(bench.spent()).toEqual([]);
    bench.now = from;
    expect(await bench.open().pass({ code: confirmation })).toEqual(GOES);
    const longer = (await bench.open().pass({ args: { id: 7, note: 'word '.repeat(60) } })).told;
    expect(Date.parse(longer.takes_effect_at) - bench.now).toBeGreaterThan(from - Date.parse('2027-01-15T08:00:00Z'));
  });

  it('with a code from a clock that went back does not count', async () => {
    const { confirmation } = await readPreview();
    bench.now -= 60_000;
    expect((await bench.open().pass({ code: confirmation })).kind).toBe('refused');
  });

  it('shows the record, and its code counts once, also in another copy', async () => {
    const made = bench.now;
    const { done, preview: shown, confirmation, expires_at } = await readPreview();
    expect(done).toBe(false);
    expect(shown).toMatchObject({
      record: { number: 'FAK-7', who: 'ACME', amount: '10.00 EUR' },
      workspace: { id: '42', name: 'Firm' },
    });
    expect(expires_at).toBe(new Date(made + LIFETIME_MS).toISOString());
    expect(await bench.open().pass({ code: confirmation })).toEqual(GOES);
    expect(await bench.open().pass({ code: confirmation })).toMatchObject({
      code: 'confirmation_refused',
      told: {
        message: expect.stringMatching(/used already: .* may have been carried out/),
        done: false,
        confirmation: expect.any(String),
      },
    });
  });

  it('counts for one of several calls that bring its code at the same time', async () => {
    const { confirmation } = await readPreview();
    const copies = [bench.open(), bench.open(), bench.open()];
    const came = await Promise.all(copies.flatMap((copy) => [1, 2].map(() => copy.pass({ code: confirmation }))));
    expect(came.filter(({ kind }) => kind === 'go')).toHaveLength(1);
  });

  it.each([
    ['other arguments', { args: { id: 8 } }],
    ['an argument more', { args: { id: 7, force: true } }],
    ['another workspace', { args: { id: 7, workspace_id: 43 } }],
    ['another tool', { tool: ISSUE }],
    ['allow_duplicate', { allowDuplicate: true }],
  ])('does not count for %s, and a new one is shown', async (_what, over) => {
    const { confirmation } = await readPreview();
    const { kind, told } = await bench.open().pass({ code: confirmation, ...over });
    expect([kind, told.message]).toEqual(['refused', expect.stringContaining('does not belong to this call')]);
    expect(told.confirmation).not.toBe(confirmation);
    expect(bench.spent()).toEqual([]);
    bench.now = Date.parse(told.takes_effect_at);
    expect(await bench.open().pass({ code: told.confirmation, ...over })).toMatchObject({ kind: 'go' });
  });

  it('is the same with the workspace left out and named', async () => {
    const { confirmation } = await readPreview();
    expect(await bench.open().pass({ code: confirmation, args: { workspace_id: 42, id: 7 } })).toEqual(GOES);
  });

  it('does not count for another token', async () => {
    const { confirmation } = await readPreview();
    expect((await bench.open({ token: 'lct_pat_two' }).pass({ code: confirmation })).kind).toBe('refused');
  });

  it('does not count once the record is another than was shown', async () => {
    const { confirmation } = await readPreview();
    bench.invoice.total = '10000.00';
    const { kind, told } = await bench.open().pass({ code: confirmation });
    expect([kind, told.message]).toEqual(['refused', expect.stringContaining('as it was before it changed')]);
    expect(told.preview.record.amount).toBe('10000.00 EUR');
  });

  it.each([{ due_date: '2026-09-30' }, { issue_date: '2026-09-30' }, { mailed_on: '2026-09-30' }, { is_draft: true }])(
    'does not count once the record says what the question did not: %j',
    async (more) => {
      const { confirmation } = await readPreview();
      Object.assign(bench.invoice, more);
      const { told } = await bench.open().pass({ code: confirmation });
      expect(told.message).toContain('as it was before it changed');
    },
  );

  it('does not count after ten minutes', async () => {
    const { confirmation } = await preview();
    bench.now += LIFETIME_MS - 1;
    const late = await preview();
    bench.now += 1;
    expect((await bench.open().pass({ code: confirmation })).told.message).toContain('has expired');
    bench.now = Date.parse(late.takes_effect_at);
    expect(await bench.open().pass({ code: late.confirmation })).toEqual(GOES);
  });

  it('cannot be made up or altered', async () => {
    const { confirmation } = await readPreview();
    const [time = '', nonce, shown, mac = ''] = confirmation.split('.');
    const later = (Number.parseInt(time, 36) + 60_000).toString(36);
    // The last character of the code holds bits that are no part of its bytes.
    const respelt = `${mac.slice(0, -1)}${mac.endsWith('A') ? 'B' : String.fromCharCode(mac.charCodeAt(21) + 1)}`;
    const forged = [
      `x ${confirmation}`,
      `${confirmation}x`,
      '',
      'yes',
      'x'.repeat(5_000),
      [later, nonce, shown, mac],
      [time, nonce, shown, respelt],
    ];
    for (const parts of forged) {
      const code = typeof parts === 'string' ? parts : parts.join('.');
      expect((await bench.open().pass({ code })).kind).toBe('refused');
    }
    expect(bench.spent()).toEqual([]);
  });

  it('leaves a private file behind when it is used, until it could not be used any more', async () => {
    const { confirmation } = await readPreview();
    await bench.open().pass({ code: confirmation });
    expect(bench.spent()).toEqual([expect.stringMatching(/^\d+\.[0-9a-f]{32} 600$/)]);
    bench.now += LIFETIME_MS + 1;
    const next = await readPreview();
    await bench.open().pass({ code: next.confirmation });
    expect(bench.spent()).toHaveLength(1);
  });
});

describe('A client that answers with another call', () => {
  async function state(): Promise<string> {
    const { human, states } = rounds();
    expect(await bench.open().pass({}, { human })).toEqual({ kind: 'answer', told: null });
    return states[0] ?? '';
  }
  const answer = (given: string, reply: 'accepted' | 'declined', over = {}) =>
    bench.open().pass(over, { human: rounds({ state: given, reply }).human });

  it('lets the call through with the state of the question, once', async () => {
    const given = await state();
    bench.now += 2_000;
    expect(await answer(given, 'accepted')).toEqual(GOES);
    expect(await answer(given, 'accepted')).toMatchObject({ kind: 'refused', code: 'confirmation_refused' });
  });

  it('that answers at once gets a preview, or is told that it declined by itself', async () => {
    const first = await state();
    bench.now += QUICKEST_MS - 1;
    expect((await answer(first, 'accepted')).told).toMatchObject({ done: false });
    const second = await state();
    expect(await answer(second, 'declined')).toMatchObject({ code: 'declined_by_client' });
  });

  it.each([
    ['a forged one', async () => 'abc.12345678.12345678.1234567890123456789012', {}],
    ['one of other arguments', state, { args: { id: 8 } }],
    ['one of another tool', state, { tool: { ...DELETE, descriptor: { ...DELETE.descriptor, name: 'lucanto_x' } } }],
    ['the code of a preview', async () => (await bench.open().pass()).told.confirmation, {}],
  ])('is refused with %s, without a preview', async (_what, make, over) => {
    const given = await make();
    bench.now += 2_000;
    const { kind, code, told } = await answer(given, 'accepted', over);
    expect([kind, code, told.confirmation]).toEqual(['refused', 'confirmation_refused', undefined]);
  });

  it('is refused after ten minutes', async () => {
    const given = await state();
    bench.now += LIFETIME_MS;
    expect((await answer(given, 'accepted')).told.message).toContain('has expired');
  });

  it('is asked again where the answer is missing', async () => {
    const { human, states } = rounds({ state: await state(), reply: 'missing' });
    expect((await bench.open().pass({}, { human })).kind).toBe('answer');
    expect(states).toHaveLength(1);
  });
});

describe('No person is asked', () => {
  it('where none can be, by default, nor in mode never', async () => {
    expect(await bench.open({ mode: 'auto' }).pass()).toEqual({ kind: 'go', args: { id: 7 } });
    const human = personAt(bench, 'declined', 5_000);
    expect((await bench.open({ mode: 'never' }).pass({}, { human })).kind).toBe('go');
    const { irreversible: _none, ...harmless } = DELETE;
    expect((await bench.open().pass({ tool: harmless }, { human })).kind).toBe('go');
    expect(human.asked).toEqual([]);
  });
});
