/** A call that changes a record: what is read, what is sent and what is said, against services of many shapes. */
import { describe, expect, it } from 'vitest';
import { ArgumentParser } from '../../../src/catalog/arguments/argument-parser.ts';
import { AbortedError, ApiError, AuthError, LucantoError } from '../../../src/core/errors.ts';
import { type JsonObject, objectIn, stringifyJson } from '../../../src/core/json.ts';
import type { RecordChange, Tool } from '../../../src/core/tool.ts';
import { callContext } from '../../helpers/call-context.ts';

const TEXT = { type: 'string' };
const CLEARABLE = { type: ['string', 'null'] };
const closed = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  ...{ type: 'object', properties, required },
  additionalProperties: false,
});
const listOf = (items: JsonObject) => ({ type: 'array', items });

const LINE = closed({ text: TEXT, price: TEXT, remark: CLEARABLE, code: TEXT }, ['text']);
const FIELDS = {
  client: { type: 'integer' },
  memo: CLEARABLE,
  due: TEXT,
  rate: TEXT,
  code: TEXT,
  rows: listOf(LINE),
  notes: listOf(closed({ by: TEXT })),
  options: closed({ colour: TEXT, depth: closed({ cm: CLEARABLE }) }),
};
const STORED: JsonObject = {
  id: 7,
  state: 'draft',
  total: '30.00',
  client: 5,
  memo: 'Old',
  due: '2026-12-01',
  rows: [
    { text: 'Desk', price: '10.00', remark: null, sum: '10.00' },
    { text: 'Lamp', price: '20.00', remark: 'white', sum: '20.00' },
  ],
  notes: [{ by: 'Ann' }],
  options: { colour: 'blue', pages: 2 },
};

interface Service {
  readonly fields?: JsonObject;
  readonly required?: readonly string[];
  readonly replaces?: boolean;
  /** Null where nothing reads one; an error where reading fails. */
  readonly stored?: JsonObject | Error | null;
  /** What was read the second time, where it is another. */
  readonly later?: JsonObject | Error;
  readonly described?: readonly string[];
  /** Names of the record, where arguments are called otherwise. */
  readonly names?: Readonly<Record<string, string>>;
  readonly rest?: string;
  readonly tag?: string | null;
  /** The text of the answer; undefined for the record as it is then. */
  readonly answer?: unknown;
  readonly isError?: boolean;
}

function serviceOf(service: Service = {}) {
  const {
    fields = FIELDS,
    required = [],
    stored = STORED,
    later,
    names = {},
    rest,
    tag = null,
    answer,
    described,
  } = service;
  const log: string[] = [];
  const sent: JsonObject[] = [];
  const own = Object.keys(fields).map((arg) => ({ arg, property: names[arg] ?? arg }));
  const further = rest === undefined ? {} : { [rest]: { type: 'object' } };
  const schema = closed({ id: { type: 'integer' }, company: TEXT, ...fields, ...further }, ['id', ...required]);
  const change: RecordChange = {
    fields: own,
    ...(rest !== undefined && { rest }),
    replaces: service.replaces ?? false,
    read:
      stored === null
        ? null
        : async () => {
            log.push('read');
            const found = log.filter((one) => one === 'read').length > 1 ? (later ?? stored) : stored;
            if (found instanceof Error) throw found;
            return { record: found, tag };
          },
    send: async (args, _context, given, basis) => {
      log.push(`send ${stringifyJson(given)}${basis === null ? '' : ` if ${basis.tag}`}`);
      const { id: _id, company: _company, ...body } = args;
      sent.push(body);
      const now = Object.fromEntries(Object.entries(body).map(([arg, value]) => [names[arg] ?? arg, value]));
      const record = { ...objectIn(stored instanceof Error ? {} : stored), ...now };
      const text = answer === undefined ? stringifyJson(record) : answer;
      return { content: [{ type: 'text', text }], ...(service.isError === true && { isError: true }) };
    },
    alone: async (_args, _context, act) => {
      log.push('alone');
      return act();
    },
  };
  const annotations = { title: 'T', readOnlyHint: false, destructiveHint: false, idempotentHint: true };
  const tool: Tool = {
    descriptor: {
      ...{ name: 'lucanto_update_bill', title: 'T', description: '', inputSchema: schema },
      annotations: { ...annotations, openWorldHint: false },
    },
    ...{ validation: schema, route: 'rest', tier: 'write', resource: 'bills', scopes: [], change },
    ...(described !== undefined && { answerFields: () => described.map((name) => ({ name, fields: [] })) }),
    call: () => Promise.reject(new Error('not called')),
  };
  const parser = new ArgumentParser({ placed: async (args) => args });
  const update = async (args: JsonObject): Promise<string> => {
    const { args: final, call } = await parser.parse(tool, { id: 7, ...args }, callContext());
    const { content } = await call(final, callContext());
    const notes = content.slice(1).map(({ text }) => String(text));
    expect(notes).not.toContain('');
    return notes.join(' ');
  };
  const refusal = async (args: JsonObject): Promise<LucantoError> => {
    const outcome: unknown = await update(args).catch((error: unknown) => error);
    if (outcome instanceof LucantoError) return outcome;
    throw new Error(`was accepted: ${String(outcome)}`);
  };
  return { log, sent, update, refusal };
}
const answering = (record: unknown) => ({ answer: stringifyJson(record) });

const KEPT_ROWS = [
  { text: 'Desk', price: '10.00', remark: null },
  { text: 'Lamp', price: '20.00', remark: 'white' },
];
/** What `STORED` has, as far as it can be set. */
const WHOLE = {
  client: 5,
  memo: 'Old',
  due: '2026-12-01',
  rows: KEPT_ROWS,
  notes: [{ by: 'Ann' }],
  options: { colour: 'blue' },
};

describe('What a change sends and says', () => {
  it.each<[string, Service, JsonObject, JsonObject, string]>([
    // One field, without a look at the record.
    ['a text', {}, { memo: 'New' }, { memo: 'New' }, ''],
    ['null where it clears', {}, { memo: null }, { memo: null }, ''],
    [
      'what is required, as it was read',
      { required: ['client'] },
      { memo: 'New' },
      { client: 5, memo: 'New' },
      'Sent back as read, since the contract requires it: client. memo Old → New.',
    ],
    ['nothing more where all that is required is given', { required: ['client'] }, { client: 6 }, { client: 6 }, ''],
    [
      'what is required as null where it may be',
      { required: ['memo'], stored: { ...STORED, memo: null } },
      { due: '2027-01-01' },
      { memo: null, due: '2027-01-01' },
      'Sent back as read, since the contract requires it: memo. due 2026-12-01 → 2027-01-01.',
    ],
    [
      'numbers as the text that is wanted',
      { required: ['rate'], stored: { ...STORED, rate: 12345678901234567890n } },
      { memo: 'New' },
      { rate: '12345678901234567890', memo: 'New' },
      'Sent back as read, since the contract requires it: rate. memo Old → New.',
    ],
    // Replaced whole.
    [
      'the whole record',
      { replaces: true },
      { memo: 'New' },
      { ...WHOLE, memo: 'New' },
      'memo Old → New. rows: 2 lines before, 2 now. notes: 1 line before, 1 now.',
    ],
    [
      'the whole record but for null that nothing takes',
      { replaces: true, stored: { ...STORED, due: null, memo: null } },
      { client: 6 },
      { client: 6, memo: null, rows: KEPT_ROWS, notes: [{ by: 'Ann' }], options: { colour: 'blue' } },
      'client 5 → 6. rows: 2 lines before, 2 now. notes: 1 line before, 1 now.',
    ],
    [
      'what is given where nothing reads the record',
      { replaces: true, stored: null },
      { memo: 'New' },
      { memo: 'New' },
      '',
    ],
    // Lists and objects are read before.
    ['a list', {}, { rows: [{ text: 'Chair' }] }, { rows: [{ text: 'Chair' }] }, 'rows: 2 lines before, 1 now.'],
    ['an empty list', {}, { rows: [] }, { rows: [] }, 'rows: 2 lines before, 0 now.'],
    [
      'a list that the service merges',
      answering({ ...STORED, rows: [1, 2, 3] }),
      { rows: [{ text: 'Chair' }] },
      { rows: [{ text: 'Chair' }] },
      'rows: 2 lines before, 3 now (1 were sent).',
    ],
    [
      'a list that the answer does not show',
      answering({ id: 7 }),
      { rows: [{ text: 'Chair' }] },
      { rows: [{ text: 'Chair' }] },
      'rows: 2 lines before, 1 sent.',
    ],
    [
      'a list that was read as something else',
      { stored: { ...STORED, rows: null } },
      { rows: [] },
      { rows: [] },
      'rows: how many there were is not known, 0 now.',
    ],
    [
      'a list and a text',
      {},
      { rows: [], memo: 'New' },
      { rows: [], memo: 'New' },
      'memo Old → New. rows: 2 lines before, 0 now.',
    ],
    [
      'a list of texts, which has no lines',
      { fields: { ...FIELDS, tags: listOf(TEXT) }, stored: { ...STORED, tags: ['a'] } },
      { tags: ['b'] },
      { tags: ['b'] },
      '',
    ],
    [
      'a list whose items may hold anything',
      { fields: { memo: CLEARABLE, rows: listOf({ type: 'object' }) } },
      { rows: [{ a: 1 }] },
      { rows: [{ a: 1 }] },
      '',
    ],
    [
      'an object',
      {},
      { options: { colour: 'red' } },
      { options: { colour: 'red' } },
      'options.colour blue → red. options.pages 2 → empty.',
    ],
    [
      'an object that stays',
      answering(STORED),
      { options: { colour: 'red' } },
      { options: { colour: 'red' } },
      'Nothing changed.',
    ],
    [
      'an object of a record that cannot be read',
      { stored: new ApiError('forbidden', 'No.', { hint: '' }) },
      { options: { colour: 'red' } },
      { options: { colour: 'red' } },
      '',
    ],
    [
      'an object of a record that shows nothing',
      { stored: { id: 7, number: 'B7' } },
      { options: { colour: 'red' } },
      { options: { colour: 'red' } },
      '',
    ],
    [
      'a list of a record that nothing reads',
      { stored: null },
      { rows: [] },
      { rows: [] },
      'rows: how many there were is not known, 0 now.',
    ],
    [
      'null within an object where it clears',
      {},
      { options: { depth: { cm: null } } },
      { options: { depth: { cm: null } } },
      'options.colour blue → empty. options.pages 2 → empty. options.depth empty → {}.',
    ],
    // Other names.
    [
      'a field that the record calls otherwise',
      { names: { client: 'Kunde' }, required: ['client'], stored: { ...STORED, Kunde: 9 } },
      { memo: 'New' },
      { client: 9, memo: 'New' },
      'Sent back as read, since the contract requires it: client. memo Old → New.',
    ],
    [
      'a list that the record calls otherwise',
      { names: { rows: 'Zeilen' }, stored: { ...STORED, rows: undefined, Zeilen: [{ text: 'A', sum: '1' }] } },
      { rows: [{ text: 'A', sum: '1' }] },
      { rows: [{ text: 'A' }] },
      'Left out, since the service sets it itself: rows[].sum. rows: 1 line before, 1 now.',
    ],
    // What the service sets itself.
    [
      'a record as it was read',
      {},
      { ...STORED, memo: 'New' },
      { ...WHOLE, memo: 'New' },
      'Left out, since the service sets it itself: state, total, rows[].sum, options.pages. memo Old → New. options.pages 2 → empty. rows: 2 lines before, 2 now. notes: 1 line before, 1 now.',
    ],
    [
      'a total that goes with new lines',
      {},
      { rows: [{ text: 'Desk' }], total: '10.00' },
      { rows: [{ text: 'Desk' }] },
      'Left out, since the service sets it itself: total. rows: 2 lines before, 1 now.',
    ],
    [
      'what the document says that the record has',
      { stored: null, described: ['number', 'state'] },
      { memo: 'New', state: 'paid' },
      { memo: 'New' },
      'Left out, since the service sets it itself: state.',
    ],
    [
      'a long record as it was read',
      { fields: { rows: FIELDS.rows }, stored: { rows: Array.from({ length: 60 }, () => ({ text: 'A', sum: '1' })) } },
      { rows: Array.from({ length: 60 }, () => ({ text: 'A', sum: '1' })) },
      { rows: Array.from({ length: 60 }, () => ({ text: 'A' })) },
      'Left out, since the service sets it itself: rows[].sum. rows: 60 lines before, 60 now.',
    ],
    [
      'what the service sets within, though the record has the same name',
      { stored: { ...STORED, options: { colour: 'blue', total: '1' } } },
      { options: { colour: 'red', total: '2' } },
      { options: { colour: 'red' } },
      'Left out, since the service sets it itself: options.total. options.colour blue → red. options.total 1 → empty.',
    ],
    [
      'a list that neither the record nor the answer shows',
      { stored: null, ...answering({ ok: true }) },
      { rows: [] },
      { rows: [] },
      'rows: how many there were is not known, 0 sent.',
    ],
    [
      'null that the answer does not show',
      { ...answering({ ok: true }), required: ['client'] },
      { memo: null },
      { client: 5, memo: null },
      'Sent back as read, since the contract requires it: client. memo Old → empty (sent).',
    ],
    [
      'a given field that could not go back as it was read',
      { replaces: true, stored: { id: 7, due: [], memo: 'Old' } },
      { due: '2027-01-01' },
      { due: '2027-01-01', memo: 'Old' },
      'due [] → 2027-01-01.',
    ],
    // One line.
    [
      'one line',
      {},
      { line: 2, price: '25.00' },
      { rows: [KEPT_ROWS[0], { ...KEPT_ROWS[1], price: '25.00' }] },
      'Line 2: price 20.00 → 25.00; the others went back as they were read.',
    ],
    [
      'one line in a list',
      {},
      { line: 1, rows: [{ price: '9.00' }] },
      { rows: [{ ...KEPT_ROWS[0], price: '9.00' }, KEPT_ROWS[1]] },
      'Line 1: price 10.00 → 9.00; the others went back as they were read.',
    ],
    [
      'one line, and a field',
      {},
      { line: 1, price: '9.00', memo: 'New' },
      { memo: 'New', rows: [{ ...KEPT_ROWS[0], price: '9.00' }, KEPT_ROWS[1]] },
      'memo Old → New. Line 1: price 10.00 → 9.00; the others went back as they were read.',
    ],
    [
      'a field that lines have too, to the line',
      {},
      { line: 1, code: 'A' },
      { rows: [{ ...KEPT_ROWS[0], code: 'A' }, KEPT_ROWS[1]] },
      'Line 1: code empty → A; the others went back as they were read.',
    ],
    [
      'one line, and a list',
      {},
      { line: 1, price: '9.00', notes: [{ by: 'Eve' }] },
      { notes: [{ by: 'Eve' }], rows: [{ ...KEPT_ROWS[0], price: '9.00' }, KEPT_ROWS[1]] },
      'Line 1: price 10.00 → 9.00; the others went back as they were read. notes [{"by":"Ann"}] → [{"by":"Eve"}].',
    ],
    [
      'one line without what the service sets',
      {},
      { line: 1, price: '9.00', sum: '9.00' },
      { rows: [{ ...KEPT_ROWS[0], price: '9.00' }, KEPT_ROWS[1]] },
      'Left out, since the service sets it itself: rows[].sum. Line 1: price 10.00 → 9.00; the others went back as they were read.',
    ],
    [
      'one line that the answer does not show',
      answering({ id: 7 }),
      { line: 2, price: '25.00' },
      { rows: [KEPT_ROWS[0], { ...KEPT_ROWS[1], price: '25.00' }] },
      'Line 2: price 20.00 → 25.00 (sent); the others went back as they were read.',
    ],
    [
      'one line in an answer with other lines',
      answering({ ...STORED, rows: [{ price: '1.00' }] }),
      { line: 1, price: '25.00' },
      { rows: [{ ...KEPT_ROWS[0], price: '25.00' }, KEPT_ROWS[1]] },
      'Line 1: price 10.00 → 25.00 (sent); the others went back as they were read.',
    ],
    [
      'one line that stays',
      answering(STORED),
      { line: 2, price: '25.00', remark: 'white' },
      { rows: [KEPT_ROWS[0], { ...KEPT_ROWS[1], price: '25.00' }] },
      'Nothing changed: price is 20.00 in line 2, remark is white in line 2.',
    ],
    [
      'the fields of a line that changed',
      {},
      { line: 2, price: '25.00', remark: 'white' },
      { rows: [KEPT_ROWS[0], { ...KEPT_ROWS[1], price: '25.00' }] },
      'Line 2: price 20.00 → 25.00; the others went back as they were read.',
    ],
    [
      'lines that are no objects',
      {
        stored: { ...STORED, rows: ['x', { text: 'A' }] },
        fields: { rows: listOf({ anyOf: [TEXT, closed({ text: TEXT })] }) },
      },
      { line: 2, text: 'B' },
      { rows: ['x', { text: 'B' }] },
      'Line 2: text A → B; the others went back as they were read.',
    ],
    [
      'lines by the only list',
      { fields: { parts: listOf(closed({ text: TEXT })) }, stored: { id: 7, parts: [{ text: 'A' }] } },
      { line: 1, text: 'B' },
      { parts: [{ text: 'B' }] },
      'Line 1: text A → B; the others went back as they were read.',
    ],
    [
      'lines by their name in capitals',
      {
        fields: { Parts: listOf(closed({ text: TEXT })), LineItems: listOf(closed({ text: TEXT })) },
        stored: { id: 7, LineItems: [{ text: 'A' }] },
      },
      { line: 1, text: 'B' },
      { LineItems: [{ text: 'B' }] },
      'Line 1: text A → B; the others went back as they were read.',
    ],
    [
      'an id of the record, not of the line',
      {
        fields: { rows: listOf(closed({ id: { type: 'integer' }, company: TEXT, text: TEXT })) },
        stored: { id: 7, rows: [{ id: 1, company: 'A', text: 'A' }] },
      },
      { line: 1, text: 'B', company: 'C' },
      { rows: [{ id: 1, company: 'A', text: 'B' }] },
      'Line 1: text A → B; the others went back as they were read.',
    ],
    [
      'lines by the only list, whatever else is called so',
      {
        fields: { items: { type: 'integer' }, memo: TEXT, parts: listOf(closed({ text: TEXT })) },
        stored: { items: 1, parts: [{ text: 'A' }] },
      },
      { line: 1, text: 'B' },
      { parts: [{ text: 'B' }] },
      'Line 1: text A → B; the others went back as they were read.',
    ],
    // Further fields.
    [
      'further fields',
      { rest: 'more_fields', required: ['client'] },
      { more_fields: { centre: 'A' } },
      { client: 5, more_fields: { centre: 'A' } },
      'Sent back as read, since the contract requires it: client. centre empty → A (sent).',
    ],
  ])('%s', async (_what, service, args, sent, said) => {
    const one = serviceOf(service);
    expect(await one.update(args)).toBe(said);
    expect(one.sent).toEqual([sent]);
  });

  it.each<[string, unknown, string]>([
    ['an id and little else', { id: 7 }, 'memo Old → New (sent).'],
    ['the record under its name', { bill: { client: 5, memo: 'new' } }, 'memo Old → new.'],
    ['the record in a list', { bills: [{ client: 5, memo: 'new' }], count: 1 }, 'memo Old → new.'],
    ['the record two levels down', { result: { bill: { client: 5, memo: 'new' } } }, 'memo Old → new.'],
    ['another record too', { contact: { id: 5, memo: 'x' }, bill: { client: 5, memo: 'new' } }, 'memo Old → new.'],
    ['another record within', { client: 5, memo: 'new', contact: { id: 5, memo: 'x' } }, 'memo Old → new.'],
    [
      'several records',
      {
        bills: [
          { client: 5, memo: 'x' },
          { client: 6, memo: 'y' },
        ],
      },
      'memo Old → New (sent).',
    ],
    ['nothing', { ok: true, status: 204 }, 'memo Old → New (sent).'],
    ['no object', ['x'], 'memo Old → New (sent).'],
  ])('is read from an answer with %s', async (_what, record, said) => {
    const { update } = serviceOf({ ...answering(record), required: ['client'] });
    expect(await update({ memo: 'New' })).toContain(` ${said}`);
  });

  it.each([
    ['no text', 7],
    ['no JSON', '{"memo"'],
    ['a shortened record', stringifyJson({ id: 7, memo: 'new', rows: { items_shown: 1 } })],
  ])('is what was sent where the answer is %s', async (_what, answer) => {
    const { update } = serviceOf({ answer, required: ['client'] });
    expect(await update({ memo: 'New' })).toContain('memo Old → New (sent).');
  });

  it('is not said where the service refused', async () => {
    const { update } = serviceOf({ isError: true });
    expect(await update({ rows: [] })).toBe('');
  });

  it('is only what was given, and not what was only sent back', async () => {
    const { update } = serviceOf({ ...answering({ ...STORED, client: 6, memo: 'New' }), required: ['client'] });
    expect(await update({ memo: 'New' })).toBe(
      'Sent back as read, since the contract requires it: client. memo Old → New.',
    );
  });
});

describe('A change looks at the record', () => {
  it.each<[string, Service, JsonObject, readonly string[]]>([
    ['not at all for a text', {}, { memo: 'x' }, ['send {"id":7,"memo":"x"}']],
    ['once where it only says what was there', { tag: '"1"' }, { rows: [] }, ['read', 'send {"id":7,"rows":[]}']],
    [
      'once where a given object may be part of it',
      {},
      { options: {}, memo: 'x' },
      ['read', 'send {"id":7,"options":{},"memo":"x"}'],
    ],
    [
      'twice, and alone, for what it sends back',
      { required: ['client'], tag: '"1"' },
      { memo: 'x' },
      ['read', 'alone', 'read', 'send {"id":7,"memo":"x"} if "1"'],
    ],
    [
      'twice, and alone, where it is replaced',
      { replaces: true },
      { memo: 'x' },
      ['read', 'alone', 'read', 'send {"id":7,"memo":"x"} if null'],
    ],
    [
      'twice, and alone, for one line',
      { tag: '"1"' },
      { line: 1, price: '9' },
      ['read', 'alone', 'read', 'send {"id":7,"price":"9","line":1} if "1"'],
    ],
    ['not for a name that its document does not have', { described: ['state'] }, { memo: 'x', sate: 'y' }, []],
    ['for a name that its document has', { described: ['state', 'sate'] }, { memo: 'x', sate: 'y' }, ['read']],
    ['for a name where its document says nothing', {}, { memo: 'x', sate: 'y' }, ['read']],
    [
      'for a name within it',
      {
        described: ['state'],
        fields: { tags: listOf({ anyOf: [TEXT, LINE] }), memo: CLEARABLE, list: listOf(listOf(LINE)) },
        stored: { list: [[]], memo: 'x' },
      },
      { list: [[{ text: 'x', sate: 'y' }]] },
      ['read'],
    ],
  ])('%s', async (_what, service, args, log) => {
    const one = serviceOf(service);
    await one.update(args).catch(() => undefined);
    expect(one.log).toEqual(log);
  });

  it.each([
    { required: ['client'], later: { ...STORED, client: 6 } },
    { replaces: true, later: { ...STORED, client: 6 } },
    { required: ['client'], later: { id: 7 } },
  ])('and is refused where it changed since: %#', async (service) => {
    const { refusal, sent } = serviceOf(service);
    const { code, message, hint } = await refusal({ memo: 'x' });
    expect([code, message, hint]).toEqual([
      'record_changed',
      'The record has changed since this call read it; nothing was sent.',
      'Read it again, then try once more.',
    ]);
    expect(sent).toEqual([]);
  });

  const FORBIDDEN = new ApiError('forbidden', 'No.', { hint: '' });
  const LATE = new AbortedError('timeout', 'Late.', { hint: '' });
  const UNAUTHORIZED = new AuthError('unauthorized', 'Who?', { hint: '' });
  it.each<[string, Error, Service, JsonObject]>([
    ['that is needed', FORBIDDEN, { stored: FORBIDDEN }, { line: 1, price: '9' }],
    ['that shows whether it changed', FORBIDDEN, { later: FORBIDDEN }, { line: 1, price: '9' }],
    ['that was aborted', LATE, { stored: LATE }, { rows: [] }],
    ['that the key may not have', UNAUTHORIZED, { stored: UNAUTHORIZED }, { rows: [] }],
  ])('and fails with a look %s', async (_what, error, service, args) => {
    const { refusal, sent } = serviceOf(service);
    expect(await refusal(args)).toBe(error);
    expect(sent).toEqual([]);
  });
});

describe('A change is refused', () => {
  it.each<[string, Service, JsonObject, string, string]>([
    [
      'without a field',
      {},
      {},
      'lucanto_update_bill would change nothing: no field to change was given.',
      'It can change client, memo, due, rate, code, rows, notes, options.',
    ],
    [
      'with what the service sets alone',
      {},
      { state: 'draft' },
      'lucanto_update_bill would change nothing: the service sets state itself.',
      'Nothing was sent. It can change client',
    ],
    ['with no further field', { rest: 'more_fields' }, { more_fields: {} }, 'would change nothing', 'It can change'],
    ['with an empty object', {}, { options: {} }, 'would change nothing', 'It can change'],
    ['with a misspelt field, as such', {}, { mmo: 'x' }, 'unknown argument `mmo`; did you mean `memo`?', 'Fix these'],
    [
      'with another value of what the service sets',
      {},
      { memo: 'x', state: 'paid' },
      'lucanto_update_bill: `state` cannot be changed, the service sets it itself (it is "draft").',
      'If the record changed since it was read, read it again; otherwise leave these out.',
    ],
    [
      'with another total beside no lines',
      {},
      { memo: 'x', total: '9.00' },
      '`total` cannot be changed, the service sets it itself (it is "30.00").',
      'leave these out',
    ],
    [
      'with another value that is no total, beside lines',
      {},
      { rows: [], state: 'paid', total: '9' },
      'lucanto_update_bill: `state` cannot be changed, the service sets it itself (it is "draft").',
      'leave these out',
    ],
    [
      'with several such values',
      {},
      { memo: 'x', state: 'paid', total: '9.00' },
      '(it is "draft"); `total` cannot be',
      'leave these out',
    ],
    [
      'with a name where an id changes it',
      { fields: { client_id: { type: 'integer' }, memo: TEXT }, stored: { client: 'Ann', memo: 'x' } },
      { memo: 'x', client: 'Eve' },
      '`client` is changed by `client_id` (it is "Ann").',
      'leave these out',
    ],
    [
      'where a nested name is not of the record',
      {},
      { rows: [{ text: 'x', summ: '1' }] },
      'unknown argument `rows[0].summ`',
      'Fix these',
    ],
    [
      'where an inner name is of another object of it',
      {},
      { options: { colour: 'x', sum: '1' } },
      'unknown argument `options.sum`',
      'Fix these',
    ],
    [
      'where an inner name is of no object of it',
      { stored: { ...STORED, options: null } },
      { options: { colour: 'x', depth: { cm: 'x', mm: '1' }, sum: '1' } },
      'unknown argument `options.depth.mm`',
      'Fix these',
    ],
    [
      'where an inner name is of the record that nothing reads',
      { stored: null, described: ['state'] },
      { rows: [{ text: 'x', state: 'y' }] },
      'unknown argument `rows[0].state`',
      'Fix these',
    ],
    [
      'where nothing says what else the record has',
      { stored: null },
      { memo: 'x', state: 'y' },
      'unknown argument `state`',
      'Fix these',
    ],
    [
      'with null that clears nothing',
      {},
      { due: null },
      '`due` is null, and the service cannot clear it; leave it out to keep it as it is',
      'Fix these',
    ],
    [
      'with such a null within an object that came as text',
      {},
      { memo: '{"a":null}', options: '{"colour":null}' },
      '`options.colour` is null, and the service cannot clear it',
      'Fix these',
    ],
    [
      'with such a null within an object',
      {},
      { memo: null, options: { colour: null } },
      '`options.colour` is null, and the service cannot clear it',
      'Fix these',
    ],
    [
      'where what is needed is not there',
      { required: ['client'], stored: { ...STORED, client: undefined } },
      { memo: 'x' },
      '`client` is missing (an integer)',
      'Fix these',
    ],
    [
      'where what is needed is read in another form',
      { required: ['client'], stored: { ...STORED, client: { id: 5 } } },
      { memo: 'x' },
      'lucanto_update_bill cannot send back as it was read what the service needs: `client` ({"id":5}).',
      'Nothing was sent. Give client as well.',
    ],
    [
      'where something would be lost',
      { replaces: true, stored: { ...STORED, due: [], rate: true } },
      { memo: 'x' },
      '`due` ([]), `rate` (true).',
      'Give due, rate as well.',
    ],
    [
      'where all would be lost',
      { replaces: true, stored: { id: 7 } },
      { memo: 'x' },
      'The service replaces this record, and its fields cannot be read: they would be lost.',
      'Nothing was sent. Do this in the Lucanto app.',
    ],
    [
      'for a line that is not there',
      {},
      { line: 3, price: '9' },
      'There is no line 3: the record has 2 lines.',
      'Nothing was sent. Lines are counted from 1.',
    ],
    [
      'for a line that is no object',
      { stored: { ...STORED, rows: ['x'] } },
      { line: 1, price: '9' },
      'There is no line 1: the record has 1 line.',
      'counted from 1',
    ],
    [
      'for a line of lines that cannot be read',
      { stored: { ...STORED, rows: 2 } },
      { line: 1, price: '9' },
      'The lines of this record cannot be read, so lucanto_update_bill cannot change one of them.',
      'Nothing was sent. Give all lines.',
    ],
    [
      'for a line of a record that nothing reads',
      { stored: null },
      { line: 1, price: '9' },
      'The lines of this record cannot be read',
      'Give all lines.',
    ],
    [
      'for a line where there may be several lists',
      { fields: { a: listOf(LINE), b: listOf(LINE) }, stored: { a: [{}], b: [{}] } },
      { line: 1, price: '9' },
      'The lines of this record cannot be read',
      'Give all lines.',
    ],
    [
      'for a line where there is no list',
      { fields: { memo: TEXT, tags: listOf(TEXT) } },
      { line: 1, memo: '9' },
      'The lines of this record cannot be read',
      'Give all lines.',
    ],
    [
      'for a line without a field',
      {},
      { line: 1, memo: 'x' },
      'No field of line 1 to change was given.',
      'Nothing was sent. Give the fields to change: text, price, remark, code.',
    ],
    [
      'for a line with what the service sets alone',
      {},
      { line: 1, sum: '9' },
      'No field of line 1 to change was given: the service sets sum itself.',
      'Give the fields to change',
    ],
    [
      'for a line with several',
      {},
      { line: 1, rows: [{ price: '1' }, { price: '2' }] },
      '`line` changes one line, and `rows` gives 2.',
      'Nothing was sent. Give the fields of that line alone, or leave out `line` to replace all lines.',
    ],
    [
      'for a line with a misspelt field',
      {},
      { line: 2, prize: '9' },
      'unknown argument `rows[1].prize`; did you mean `price`?',
      'Fix these',
    ],
    [
      'for a line with an id alone',
      {
        fields: { rows: listOf(closed({ id: { type: 'integer' }, text: TEXT })) },
        stored: { id: 7, rows: [{ id: 1 }] },
      },
      { line: 1 },
      'No field of line 1 to change was given.',
      'text',
    ],
  ])('%s', async (_what, service, args, message, hint) => {
    const { refusal, sent } = serviceOf(service);
    const error = await refusal(args);
    expect(error.message).toContain(message);
    expect(error.modelHint).toContain(hint);
    expect(sent).toEqual([]);
  });
});
