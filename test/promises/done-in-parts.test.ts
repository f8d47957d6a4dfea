/** "It was done" of several things at once: done is what the answer says is done, and the rest is named. */
import { describe, expect, it } from 'vitest';
import { json, type OddAnswer, oddService, type Received } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const crates = { type: 'array', items: { type: 'object', properties: { label: { type: 'string' } } } };
const schema = { type: 'object', properties: { crates } };
const TOOL = { name: 'add_crates', description: 'Adds crates.', inputSchema: schema };
const PATHS = {
  '/crates': {
    post: {
      operationId: 'create-crates',
      requestBody: { content: { 'application/json': { schema } } },
      responses: { 200: json({ type: 'object' }) },
    },
  },
};
const ENV = { LUCANTO_SCOPES: 'manage:*', LUCANTO_CONFIRM: 'never' };

async function remote(...results: readonly object[]) {
  const sent: unknown[] = [];
  const answer = (request: Received): OddAnswer | null => {
    if (request.path !== '/api/mcp/v1') return null;
    const { id, method, params } = JSON.parse(String(request.body));
    const result = (value: object) => ({ json: { jsonrpc: '2.0', id, result: value } });
    if (id === undefined) return { status: 202 };
    if (method === 'initialize')
      return result({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: {} });
    if (method === 'tools/list') return result({ tools: [TOOL] });
    if (method !== 'tools/call') return { json: { jsonrpc: '2.0', id, error: { code: -32601, message: 'No' } } };
    return result(results[Math.min(sent.push(params.arguments) - 1, results.length - 1)] ?? {});
  };
  const odd = later(await oddService({}, answer));
  const { ask } = await scene(odd.url, 'lct_pat_parts0123456789', ENV);
  return { sent, add: (args: object) => ask('add_crates', args) };
}

const REJECTED = [
  { id: 7, status: 'rejected' },
  { id: 8, status: 'rejected' },
];

async function rest(...answers: readonly OddAnswer[]) {
  const sent: unknown[] = [];
  const answer = ({ path, body }: Received): OddAnswer | null => {
    if (path !== '/api/v1/crates') return null;
    return answers[Math.min(sent.push(JSON.parse(String(body))) - 1, answers.length - 1)] ?? null;
  };
  const odd = later(await oddService(PATHS, answer));
  const { ask } = await scene(odd.url, 'lct_pat_parts0123456789', ENV);
  return { sent, add: (args: object) => ask('lucanto_create_crate', args) };
}

const text = (value: object | string) => ({
  content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }],
});
const both = (value: object, words: string) => ({ content: [{ type: 'text', text: words }], structuredContent: value });

/** Each says that "B" was not added, and that something else was. */
const IN_PART: readonly (readonly [string, object])[] = [
  ['an error in a result', { results: [{ id: 7 }, { label: 'B', error: 'label B is taken' }] }],
  [
    'a status word',
    {
      results: [
        { id: 7, status: 'created' },
        { status: 'error', message: 'label B is taken' },
      ],
    },
  ],
  [
    'a status number',
    {
      items: [
        { id: 7, status: 201 },
        { status: '422', detail: 'label B is taken' },
      ],
    },
  ],
  ['a flag', { data: { outcomes: [{ id: 7 }, { id: 8, success: false, reason: 'x', message: 'label B is taken' }] } }],
  ['errors of one', { crates: [{ id: 7, errors: [] }, { errors: { label: ['B is taken'] } }] }],
  ['a list of what failed', { created: [{ id: 7 }], failed: [{ label: 'B', reason: 'label B is taken' }] }],
  ['ids and errors', { created: [7], errors: [{ index: 1, message: 'label B is taken' }] }],
  [
    'a wrapped result',
    { items: [{ create: { id: 7, status: 201 } }, { create: { status: 409, error: 'label B is taken' } }] },
  ],
  ['errors beside a record', { data: { id: 7 }, errors: [{ message: 'label B is taken' }] }],
  ['errors in a record', { id: 7, errors: ['label B is taken'] }],
  [
    'a batch with an id',
    { id: 'batch-1', results: [{ id: 7 }, { error: { code: 'taken', message: 'label B is taken' } }] },
  ],
  ['other spelling', { succeeded: [{ id: 7 }], failedItems: [{ label: 'B', message: 'label B is taken' }] }],
];
const CRATES = { crates: [{ label: 'A' }, { label: 'B' }] };

describe('A write of several things of which one failed', () => {
  it.each(IN_PART)(
    'is told as done in part by a remote tool, and not sent again as a whole: %s',
    async (_what, value) => {
      const { sent, add } = await remote(text(value), text({ id: 9 }));
      const first = await add(CRATES);
      expect([first.result.isError, first.json]).toMatchObject([true, { error: 'partly_done', outcome: 'partly' }]);
      expect(JSON.stringify(first.json)).toMatch(/B is taken/);
      const again = await add(CRATES);
      expect([again.result.isError, again.json]).toMatchObject([true, { error: 'partly_done' }]);
      expect(sent).toHaveLength(1);
      // What failed is another call, and nothing stands in its way.
      expect((await add({ crates: [{ label: 'B' }] })).json).toEqual({ id: 9 });
      expect(sent).toHaveLength(2);
      await add({ ...CRATES, allow_duplicate: true });
      expect(sent).toEqual([CRATES, { crates: [{ label: 'B' }] }, CRATES]);
    },
  );

  it.each(IN_PART)('is told as done in part over REST, whatever the status: %s', async (_what, value) => {
    for (const status of [200, 207]) {
      const { sent, add } = await rest({ status, json: value }, { status: 201, json: { id: 9 } });
      const { result, json: said } = await add(CRATES);
      expect([result.isError, said]).toMatchObject([true, { error: 'partly_done', outcome: 'partly', status }]);
      expect((await add(CRATES)).json).toMatchObject({ error: 'partly_done' });
      expect((await add({ crates: [{ label: 'B' }] })).json).toEqual({ id: 9 });
      expect(sent).toHaveLength(2);
    }
  });

  it('is told so where a part is only said to be false', async () => {
    const { sent, add } = await rest({ status: 200, json: { results: [{ id: 7 }, false] } });
    const { json } = await add(CRATES);
    expect(json).toMatchObject({ error: 'partly_done', errors: [expect.stringContaining('false')] });
    expect((await add(CRATES)).json).toMatchObject({ error: 'partly_done' });
    expect(sent).toHaveLength(1);
  });

  it('is told with names, and without a count that the answer does not give', async () => {
    const { add } = await rest({ status: 207, json: { created: [{ id: 7 }], failed_count: 3 } });
    const { json } = await add(CRATES);
    expect(json.message).toContain(' was partly carried out. Done: item 1 (id 7). Failed: failed_count: 3.');
  });

  it('is told so where only one form of the answer says it, or it is marked as an error', async () => {
    const failed = { results: [{ id: 7 }, { status: 'failed', message: 'label B is taken' }] };
    const flagged = {
      isError: true,
      ...text({ results: [{ id: 7, status: 'created' }, { error: 'label B is taken' }] }),
    };
    for (const result of [both(failed, 'Added.'), both({ id: 7 }, JSON.stringify(failed)), flagged]) {
      const { sent, add } = await remote(result);
      expect((await add(CRATES)).json).toMatchObject({ error: 'partly_done' });
      expect((await add(CRATES)).json).toMatchObject({ error: 'partly_done' });
      expect(sent).toHaveLength(1);
    }
    const { add } = await rest({ status: 422, json: { created: [{ id: 7 }], failed: [{ label: 'B' }] } });
    expect((await add(CRATES)).json).toMatchObject({ error: 'partly_done', status: 422 });
  });
});

describe('A write of several things of which each failed', () => {
  const value = { results: [{ error: 'label A is taken' }, { status: 422, message: 'label B is taken' }] };
  it('was not carried out, and can be sent again', async () => {
    const { sent, add } = await remote(text(value), text({ id: 9 }));
    expect((await add(CRATES)).json).toMatchObject({ error: 'not_done' });
    expect((await add(CRATES)).json).toEqual({ id: 9 });
    expect(sent).toHaveLength(2);
    const over = await rest({ status: 207, json: value }, { status: 200, json: { id: 9 } });
    expect((await over.add(CRATES)).json).toMatchObject({ error: 'not_done', status: 207 });
    expect((await over.add(CRATES)).json).toEqual({ id: 9 });
  });
});

describe('A write of several things that is marked as an error', () => {
  const error = (value: object) => ({ isError: true, ...text(value) });

  it('is what the service says it is where each failed, and can be sent again', async () => {
    const failed = { results: [{ error: 'label A is taken' }, { error: 'label B is taken' }] };
    const { sent, add } = await remote(error(failed), text({ id: 9 }));
    const { result, json: said } = await add(CRATES);
    expect([result.isError, said]).toMatchObject([true, failed]);
    expect((await add(CRATES)).json).toEqual({ id: 9 });
    expect(sent).toHaveLength(2);
  });

  it('is not taken for done where only some of it is called done', async () => {
    const { add } = await remote(error({ results: [{ id: 7, status: 'created' }, { label: 'B' }] }));
    const { result, json: said } = await add(CRATES);
    expect(result.isError).toBe(true);
    expect(said).not.toMatchObject({ outcome: 'done' });
  });
});

describe('A write whose answer reports failures and shows nothing that was done', () => {
  it.each<[string, object]>([
    ['errors alone', text({ errors: ['label is blank'] })],
    ['a count', text({ failed: 2 })],
    ['a sentence', text('1 of 2 failed.')],
    ['an error in words', text('Error: label B is taken')],
    ['a failure in words', text('Failed to add 2 crates.')],
    ['two forms that contradict each other', both({ results: [{ error: 'taken' }] }, '{"results":[{"id":7}]}')],
  ])('has an unknown outcome: %s', async (_what, result) => {
    const { sent, add } = await remote(result);
    for (const _time of [1, 2]) expect((await add(CRATES)).json).toMatchObject({ outcome: 'unknown' });
    expect(sent).toHaveLength(1);
  });

  it('has an unknown outcome over REST too', async () => {
    for (const answer of [{ json: { errors: ['x'] } }, { status: 207, json: { results: [{ label: 'A' }] } }]) {
      const { add } = await rest(answer);
      expect((await add(CRATES)).json).toMatchObject({ outcome: 'unknown' });
    }
  });
});

describe('A write of several things whose answer calls them done without ids', () => {
  const given = async (results: readonly object[]) => {
    const record = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };
    const post = { ...PATHS['/crates'].post, responses: { 200: json(record) } };
    const odd = later(
      await oddService({ '/crates': { post } }, ({ path }) =>
        path === '/api/v1/crates' ? { json: { results } } : null,
      ),
    );
    const { ask } = await scene(odd.url, 'lct_pat_parts0123456789', ENV);
    return ask('lucanto_create_crate', CRATES);
  };

  it('is done where that is said of each, and of unknown outcome where it is said of some', async () => {
    const each = await given([{ status: 'created' }, { status: 'created' }]);
    expect(each.result.isError ?? false).toBe(false);
    const some = await given([{ status: 'created' }, { label: 'B' }]);
    expect(some.json).toMatchObject({ outcome: 'unknown' });
  });
});

describe('A write of several things that were all done', () => {
  const ALL_DONE: readonly (readonly [string, object])[] = [
    ['a list of records', [{ id: 7 }, { id: 8, errors: [] }]],
    [
      'results',
      {
        results: [
          { id: 7, status: 'created', error: null },
          { id: 8, status: 201 },
        ],
        failed: 0,
        errors: [],
      },
    ],
    [
      'a record with failures of its own',
      { id: 7, items: [{ status: 'failed' }], sends: [{ ok: false }], error: 'bounced' },
    ],
  ];
  it.each(ALL_DONE)('is done: %s', async (_what, value) => {
    const { add } = await remote(text(value));
    expect((await add(CRATES)).result.isError ?? false).toBe(false);
    if (Array.isArray(value)) return;
    const over = await rest({ status: 207, json: value });
    expect(JSON.stringify((await over.add(CRATES)).json)).toMatch(/^."(results":.*201|id":7)/);
  });
});

it.each(['Added 2 crates, 0 of 2 failed.', 'Added 2 crates: none of 2 failed, 0 errors.'])(
  '%s: that is done',
  async (words) => {
    const { sent, add } = await remote({ content: [...text({ id: 9 }).content, ...text(words).content] });
    expect((await add(CRATES)).result.isError ?? false).toBe(false);
    expect(sent).toHaveLength(1);
  },
);

it('A rejection of several that were all rejected is done, and one that failed is not', async () => {
  const ids = { type: 'array', items: { type: 'integer' } };
  const path = {
    post: {
      operationId: 'reject-crates',
      requestBody: { content: { 'application/json': { schema: { type: 'object', properties: { ids } } } } },
      responses: { 200: json({ type: 'object' }) },
    },
  };
  const answers: object[] = [
    { crates: REJECTED },
    { rejected: [7, 8], failed: [] },
    { crates: [...REJECTED, { id: 9, status: 'error' }] },
  ];
  const odd = later(
    await oddService({ '/crates/reject': path }, ({ path: at }) =>
      at.endsWith('/reject') ? { json: answers.shift() } : null,
    ),
  );
  const { ask } = await scene(odd.url, 'lct_pat_parts0123456789', ENV);
  expect((await ask('lucanto_reject_crates', { ids: [7, 8] })).json).toEqual({ crates: REJECTED });
  expect((await ask('lucanto_reject_crates', { ids: [7, 8, 10] })).json).toEqual({ rejected: [7, 8], failed: [] });
  expect((await ask('lucanto_reject_crates', { ids: [7, 8, 9] })).json).toMatchObject({ error: 'partly_done' });
});
