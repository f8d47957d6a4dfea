/** A list says whether there is more and which argument goes on, whatever the service's style of pages. */
import { describe, expect, it } from 'vitest';
import { json, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();
const ROWS = Array.from({ length: 4 }, (_, id) => ({ id: id + 1, name: `N${id}` }));

async function listed(
  names: readonly string[],
  answer: unknown,
  args: object = {},
  headers: Record<string, string> = {},
) {
  const query = names.map((name) => ({
    name,
    in: 'query',
    schema: { type: /cursor|after/.test(name) ? 'string' : 'integer' },
  }));
  const rows = { type: 'array', items: { type: 'object' } };
  const paths = {
    '/workspaces/{workspace_id}/clients': {
      get: {
        parameters: [...parameters('workspace_id'), ...query],
        responses: { 200: json(Array.isArray(answer) ? rows : { type: 'object', properties: { data: rows } }) },
      },
    },
  };
  const service = later(await oddService(paths, () => ({ json: answer, headers })));
  const { bridge } = await scene(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
  const context = {
    signal: new AbortController().signal,
    deadline: Date.now() + 20_000,
    answer: { fields: null, maxChars: 10_000, from: 0 },
  };
  const { result } = await bridge.call('lucanto_list_clients', { ...args }, context);
  return result.content.map(({ text }) => String(text)).join('\n');
}

describe('A list', () => {
  it.each([
    [
      'links.next',
      ['page', 'per_page'],
      { data: ROWS, links: { next: '/x?page=2&per_page=4' } },
      {},
      '"continue_with":{"page":2}',
    ],
    [
      'a cursor in meta',
      ['cursor'],
      { data: ROWS, meta: { next_cursor: 'abc' } },
      {},
      '"continue_with":{"cursor":"abc"}',
    ],
    [
      'an offset and a total',
      ['offset', 'limit'],
      { data: ROWS, total: 9 },
      { offset: 4 },
      '"continue_with":{"offset":8}',
    ],
  ] as const)(
    'with %s names the argument that goes on, and says that there is more',
    async (_style, names, answer, args, next) => {
      const text = await listed(names, answer, args);
      expect(text).toContain(next);
      expect(text).toContain('"has_more":true');
    },
  );

  it.each([
    ['a flag, and the id of the last row', ['starting_after'], { data: ROWS, has_more: true }, '{"starting_after":4}'],
    ['a cursor of its own name', ['after'], { data: ROWS, paging: { cursors: { after: 'x4' } } }, '{"after":"x4"}'],
    ['the number of a page of several', ['page'], { content: ROWS, number: 0, totalPages: 3 }, '{"page":1}'],
  ] as const)('with %s names that argument', async (_style, names, answer, next) => {
    expect(await listed(names, answer)).toContain(`"continue_with":${next}`);
  });

  it('whose answer counts more rows than it has says that there are more, also where no argument goes on', async () => {
    const text = await listed([], ROWS, {}, { 'content-range': 'items 0-3/9' });
    expect(text).toContain('"has_more":true,"hint":"The contract has no argument for the next page.');
  });

  it('says that nothing tells how its pages are counted, where a page could be left out', async () => {
    expect(await listed(['page'], { data: ROWS })).toContain('if it is 0, ask for page 1 too');
    expect(await listed(['page'], { data: ROWS }, { page: 1 })).not.toContain('ask for page 1 too');
  });

  it('with a Link header names the argument beside the bare list', async () => {
    const text = await listed(['page'], ROWS, { page: 3 }, { link: '</x?page=4>; rel="next"' });
    expect(text).toContain('"continue_with":{"page":4}');
  });

  it('whose answer says nothing of further pages says that there may be more', async () => {
    const text = await listed(['page', 'per_page'], { data: ROWS }, { page: 2 });
    expect(text).toContain('"may_have_more":true,"continue_with":{"page":3}');
  });

  it.each([
    ['a null link', ['page'], { data: ROWS, links: { next: null } }, {}],
    ['a total that was reached', ['offset'], { data: ROWS, total: 8 }, { offset: 4 }],
    ['no rows', ['page'], { data: [] }, { page: 9 }],
    ['no arguments for pages', [], { data: ROWS }, {}],
  ] as const)('with %s names no further page', async (_end, names, answer, args) => {
    const text = await listed(names, answer, args);
    expect(text).not.toContain('continue_with');
    expect(text).not.toContain('"has_more":true');
  });

  it.each([
    [['page'], { data: ROWS, links: { next: null } }],
    [['cursor'], { data: ROWS, meta: { next_cursor: null } }],
    [['page'], { data: ROWS, total: 4 }],
  ])('that ends says so: %j %j', async (names, answer) => {
    expect(await listed(names, answer)).toContain('"has_more":false');
  });

  it('of which only a part fits an answer leads to the rest of its page before the next one', async () => {
    const long = Array.from({ length: 3000 }, (_, id) => ({ id }));
    const text = await listed(['page'], { data: long, links: { next: '/x?page=2' } });
    expect(text).toContain('"next_cursor":');
    expect(text).not.toContain('continue_with');
  });
});
