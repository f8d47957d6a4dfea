/** Whatever the rows are like: an answer is JSON, within its bounds, and no row is lost. */
import { describe, expect, it } from 'vitest';
import { answerContent } from '../../src/answers/list-answer.ts';
import { type JsonObject, parseJson } from '../../src/core/json.ts';
import { Random } from '../helpers/random.ts';

const NAMES = [
  'id',
  'Number',
  'status',
  'název',
  'purchaser',
  'issueDate',
  'total',
  'currency',
  'note',
  'lines',
  'hint',
];

function randomText(random: Random, most: number): string {
  const length = random.chance(0.04) ? random.between(0, most) : random.between(0, 30);
  return Array.from({ length }, () => random.pick(['a', 'ž', '"', '\\', '\n', '😀', '\u2028', ' '])).join('');
}

function randomValue(random: Random, depth: number): unknown {
  switch (random.between(0, depth > 0 ? 4 : 6)) {
    case 0:
      return random.between(-1000, 1000);
    case 1:
      return 9_007_199_254_740_993n + BigInt(random.between(0, 1000));
    case 2:
      return random.chance(0.5);
    case 3:
      return randomText(random, 6_000);
    case 4:
      return Array.from({ length: random.between(0, random.chance(0.03) ? 400 : 5) }, () =>
        randomValue(random, depth + 1),
      );
    default:
      return randomRecord(random, depth + 1);
  }
}

function randomRecord(random: Random, depth = 0): JsonObject {
  const members = Array.from(
    { length: random.between(0, depth === 0 && random.chance(0.03) ? 300 : 14) },
    (_, index) => [
      random.chance(0.7) ? random.pick(NAMES) : `field_${index}_${randomText(random, 100)}`,
      randomValue(random, depth),
    ],
  );
  return Object.fromEntries(members);
}

/** A service with pages; some of its kind do not know `limit`. */
class Pages {
  readonly rows: readonly JsonObject[];
  requests = 0;
  readonly #knowsLimit: boolean;

  constructor(random: Random, knowsLimit: boolean) {
    this.#knowsLimit = knowsLimit;
    this.rows = Array.from({ length: random.between(0, 80) }, (_, index) => ({
      ...randomRecord(random),
      row: index,
    }));
  }

  page(from: number, limit: number): JsonObject {
    this.requests += 1;
    const end = from + (this.#knowsLimit ? limit : 20);
    const hasMore = end < this.rows.length;
    return { data: this.rows.slice(from, end), ...(hasMore && { next_cursor: `cursor-${end}` }), has_more: hasMore };
  }
}

async function textsOf(value: unknown, source: Parameters<typeof answerContent>[1]): Promise<string[]> {
  return (await answerContent(value, source)).map(({ text }) => String(text));
}

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

describe.each(SEEDS)('random rows (seed %s)', (seed) => {
  const random = new Random(seed);
  const maxChars = random.pick([1_000, 1_500, 10_000, 40_000]);
  const fields = random.pick([null, ['*'], ['row', 'nothing', 'Number'], ['nothing']]);
  const options = { fields, maxChars, from: 0 };

  it('come in bounded pages that add up', async () => {
    const service = new Pages(random, true);
    let from = 0;
    let count = 0;
    for (let pages = 0; ; pages += 1) {
      expect(pages).toBeLessThan(200);
      const at = from;
      const again = (limit: number) => Promise.resolve(service.page(at, limit));
      const source = { options, contract: [], isList: true, again, isContinued: from > 0 };
      const [text = '', ...others] = await textsOf(service.page(from, 50), source);
      expect(others).toEqual([]);
      expect(text.length).toBeLessThanOrEqual(maxChars);
      const answer = parseJson(text);
      expect(answer).toHaveProperty('data');
      if (typeof answer !== 'object' || answer === null || !('data' in answer) || !Array.isArray(answer.data)) return;
      count += answer.data.length;
      if (!('next_cursor' in answer)) break;
      from = Number(String(answer.next_cursor).slice('cursor-'.length));
      expect(from).toBe(count);
    }
    expect(count).toBe(service.rows.length);
  });

  it('of a service that does not know `limit` are bounded, all there or none', async () => {
    const service = new Pages(random, false);
    const again = (limit: number) => Promise.resolve(service.page(0, limit));
    const first = service.page(0, 50);
    const texts = await textsOf(first, { options, contract: [], isList: true, again, isContinued: false });
    expect(texts.join('').length).toBeLessThanOrEqual(maxChars);
    const answer = parseJson(texts[0] ?? '');
    const expected = Array.isArray(first.data) ? first.data.length : 0;
    if (typeof answer === 'object' && answer !== null && 'data' in answer) expect(answer.data).toHaveLength(expected);
    else expect(answer).toMatchObject({ rows: expected, hint: expect.any(String) });
    expect(service.requests).toBeLessThanOrEqual(2);
  });

  it('of a bare list come in pages of ours that add up', async () => {
    const { rows } = new Pages(random, true);
    let from = 0;
    let count = 0;
    for (;;) {
      const source = { options: { ...options, from }, contract: [], isList: true, again: null, isContinued: from > 0 };
      const texts = await textsOf(rows, source);
      expect(texts.join('').length).toBeLessThanOrEqual(maxChars);
      const answer = parseJson(texts[0] ?? '');
      if (Array.isArray(answer)) {
        expect(answer).toHaveLength(rows.length);
        return;
      }
      if (typeof answer !== 'object' || answer === null || !('data' in answer) || !Array.isArray(answer.data))
        throw new Error('no list');
      expect(answer.data.length).toBeGreaterThan(0);
      count += answer.data.length;
      if (!('next_cursor' in answer)) break;
      from = Number(answer.next_cursor);
      expect(from).toBe(count);
    }
    expect(count).toBe(rows.length);
  });

  it('as one record are bounded, and say what they lack', async () => {
    const record = { ...randomRecord(random), ...randomRecord(random) };
    const [text = ''] = await textsOf(record, {
      options,
      contract: [],
      isList: false,
      again: null,
      isContinued: false,
    });
    expect(text.length).toBeLessThanOrEqual(maxChars);
    const answer = parseJson(text);
    if (fields !== null || typeof answer !== 'object' || answer === null) return;
    const isWhole = Object.keys(record).every((name) => Object.hasOwn(answer, name));
    if (!isWhole) expect(text).toMatch(/"(bridge_)?(fields_left_out|items_shown)":/);
  });
});
