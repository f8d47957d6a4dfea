/** A summary is complete only with proof, however a service pages its lists. */
import { describe, expect, it } from 'vitest';
import { json, type OddAnswer, oddService, parameters, type Received } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();
const COUNT = 203;
const SERVED = 25;

const bill = (n: number) => ({
  id: n + 1,
  total: `${n}.37`,
  currency: 'EUR',
  issue_date: '2026-03-01',
  state: 'issued',
});
const BILLS = Array.from({ length: COUNT }, (_, n) => bill(n));
/** In whole cents, by another way than the program's. */
const SUM = String(BILLS.reduce((cents, { total }) => cents + BigInt(total.replace('.', '')), 0n)).replace(
  /(\d\d)$/,
  '.$1',
);

interface Style {
  readonly arguments: readonly string[];
  readonly first?: number;
  readonly answer: (request: Received, url: string) => OddAnswer;
}

async function summary({ arguments: names, first, answer }: Style) {
  const schema = (name: string) => ({
    type: 'integer',
    ...(name === 'page' && first !== undefined && { minimum: first }),
  });
  const rows = {
    type: 'array',
    items: { type: 'object', properties: { ...bill(0), total: {}, id: {}, currency: {}, issue_date: {}, state: {} } },
  };
  const paths = {
    '/workspaces/{workspace_id}/bills': {
      get: {
        parameters: [
          ...parameters('workspace_id'),
          ...names.map((name) => ({
            name,
            in: 'query',
            schema: /cursor|token|after|marker/i.test(name) ? { type: 'string' } : schema(name),
          })),
        ],
        responses: { 200: json({ type: 'object', properties: { data: rows } }) },
      },
    },
  };
  const service = later(
    await oddService(paths, (request, url) => (request.path.endsWith('/bills') ? answer(request, url) : null)),
  );
  const { ask } = await scene(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
  const { json: told } = await ask('lucanto_summarize_documents', { type: 'bill' });
  return { told, requests: service.received.filter(({ path }) => path.endsWith('/bills')).length };
}

const number = (request: Received, name: string, usual: number) => Number(request.query.get(name) ?? usual);
const slice = (at: number, most = SERVED) => BILLS.slice(at, at + most);

const STYLES: Readonly<Record<string, Style>> = {
  'page and per_page, with nothing in the answer': {
    arguments: ['page', 'per_page'],
    answer: (request) => ({ json: slice((number(request, 'page', 1) - 1) * SERVED) }),
  },
  'pages that begin with 0, as only the rows tell': {
    arguments: ['page', 'size'],
    answer: (request) => ({ json: { data: slice(number(request, 'page', 0) * SERVED) } }),
  },
  'pages that begin with 0, as the contract says': {
    arguments: ['page', 'page_size'],
    first: 0,
    answer: (request) => ({ json: { data: slice(number(request, 'page', 0) * SERVED) } }),
  },
  'an offset': {
    arguments: ['offset', 'limit'],
    answer: (request) => ({ json: { data: slice(number(request, 'offset', 0)) } }),
  },
  'a number to skip and a total': {
    arguments: ['skip', 'limit'],
    answer: (request) => ({ json: { data: slice(number(request, 'skip', 0)), total: COUNT } }),
  },
  'a cursor in meta': {
    arguments: ['cursor'],
    answer: (request) => {
      const at = number(request, 'cursor', 0);
      return { json: { data: slice(at), meta: { next_cursor: at + SERVED < COUNT ? String(at + SERVED) : null } } };
    },
  },
  'a token in a nested object': {
    arguments: ['page_token', 'page_size'],
    answer: (request) => {
      const at = number(request, 'page_token', 0);
      const next = at + SERVED < COUNT ? { nextPageToken: String(at + SERVED) } : {};
      return { json: { data: slice(at), meta: { paging: next } } };
    },
  },
  'links.next': {
    arguments: ['page', 'per_page'],
    answer: (request) => {
      const page = number(request, 'page', 1);
      const next = page * SERVED < COUNT ? `https://elsewhere.example/bills?per_page=25&page=${page + 1}` : null;
      return { json: { data: slice((page - 1) * SERVED), links: { self: 'x', next } } };
    },
  },
  'a Link header': {
    arguments: ['page'],
    answer: (request, url) => {
      const page = number(request, 'page', 1);
      const link = `<${url}/bills?page=1>; rel="first", <${url}/bills?page=${page + 1}>; rel="next"`;
      return { json: slice((page - 1) * SERVED), headers: page * SERVED < COUNT ? { link } : {} };
    },
  },
  // 7 pages of 29 rows: the last one is as full as the others.
  'a Link header, of which only the lack says that a full page is the last': {
    arguments: ['page'],
    answer: (request, url) => {
      const page = number(request, 'page', 1);
      const link = `<${url}/bills?page=${page + 1}>; rel="next"`;
      return { json: slice((page - 1) * 29, 29), headers: page * 29 < COUNT ? { link } : {} };
    },
  },
  'the next page in a header': {
    arguments: ['page', 'per_page'],
    answer: (request) => {
      const page = number(request, 'page', 1);
      const next = page * SERVED < COUNT ? String(page + 1) : '';
      return { json: slice((page - 1) * SERVED), headers: { 'x-next-page': next, 'x-total': String(COUNT) } };
    },
  },
  'the number of the next page': {
    arguments: ['page'],
    answer: (request) => {
      const page = number(request, 'page', 1);
      return {
        json: { data: slice((page - 1) * SERVED), paging: { nextPage: page * SERVED < COUNT ? page + 1 : null } },
      };
    },
  },
  'a token that is called next': {
    arguments: ['after', 'limit'],
    answer: (request) => {
      const at = number(request, 'after', 0);
      return { json: { data: slice(at), cursor: { next: at + SERVED < COUNT ? String(at + SERVED) : null } } };
    },
  },
  'a range in a header': {
    arguments: ['offset', 'limit'],
    answer: (request) => {
      const at = number(request, 'offset', 0);
      return { json: slice(at), headers: { 'content-range': `items ${at}-${at + SERVED - 1}/${COUNT}` } };
    },
  },
  'a flag on the last page': {
    arguments: ['page', 'size'],
    first: 0,
    answer: (request) => {
      const page = number(request, 'page', 0);
      return { json: { data: slice(page * SERVED), number: page, last: (page + 1) * SERVED >= COUNT } };
    },
  },
  'a total that counts the page alone': {
    arguments: ['page', 'per_page'],
    answer: (request) => {
      const data = slice((number(request, 'page', 1) - 1) * SERVED);
      return { json: { data, total: data.length } };
    },
  },
  'the last row of a page': {
    arguments: ['starting_after', 'limit'],
    answer: (request) => {
      const at = number(request, 'starting_after', 0);
      return { json: { data: slice(at), has_more: at + SERVED < COUNT } };
    },
  },
  'a cursor under its own name, in an object for the next page': {
    arguments: ['after', 'limit'],
    answer: (request) => {
      const at = number(request, 'after', 0);
      const next = at + SERVED < COUNT ? { paging: { next: { after: at + SERVED, link: '?after=z' } } } : {};
      return { json: { results: slice(at), ...next } };
    },
  },
  'a cursor under its own name alone': {
    arguments: ['after', 'limit'],
    answer: (request) => {
      const at = number(request, 'after', 0);
      return {
        json: { data: slice(at), paging: { cursors: { before: at, after: at + SERVED < COUNT ? at + SERVED : null } } },
      };
    },
  },
  'an object for the next page, beside those of others': {
    arguments: ['page'],
    answer: (request) => {
      const page = number(request, 'page', 1);
      const [last, next] = [Math.ceil(COUNT / SERVED), page * SERVED < COUNT ? { page: page + 1 } : null];
      return { json: { data: slice((page - 1) * SERVED), paging: { last: { page: last }, current: page, next } } };
    },
  },
  'a token for the skipped rows': {
    arguments: ['$top', '$skip', '$skiptoken'],
    answer: ({ query }, url) => {
      const at = Number(query.get('$skiptoken') ?? 0);
      const next = at + SERVED < COUNT ? { '@odata.nextLink': `${url}/bills?$skiptoken=${at + SERVED}` } : {};
      return { json: { value: slice(at), ...next } };
    },
  },
  'an offset that is a token': {
    arguments: ['offset'],
    answer: ({ query }) => {
      const at = Number(query.get('offset')?.replace('itr', '') ?? 0);
      return { json: { records: slice(at), ...(at + SERVED < COUNT && { offset: `itr${at + SERVED}` }) } };
    },
  },
  'a marker for the next page': {
    arguments: ['marker'],
    answer: (request) => {
      const at = number(request, 'marker', 0);
      return { json: { items: slice(at), ...(at + SERVED < COUNT && { nextMarker: `${at + SERVED}` }) } };
    },
  },
  'a token in a header': {
    arguments: ['continuationToken'],
    answer: (request) => {
      const at = number(request, 'continuationToken', 0);
      return { json: slice(at), headers: at + SERVED < COUNT ? { 'x-continuation-token': `${at + SERVED}` } : {} };
    },
  },
  'an object in a header, and only full pages': {
    arguments: ['pageNumber'],
    answer: (request) => {
      const page = number(request, 'pageNumber', 1);
      const pages = JSON.stringify({ CurrentPage: page, TotalPages: 7, HasNext: page < 7 });
      return { json: slice((page - 1) * 29, 29), headers: { 'x-pagination': pages } };
    },
  },
  'a comma in a Link header': {
    arguments: ['page'],
    answer: (request, url) => {
      const page = number(request, 'page', 1);
      const link = `<${url}/bills?page=1>; rel="first", <${url}/bills?page=${page + 1}>; title="x; y, z"; rel=next`;
      return { json: slice((page - 1) * 29, 29), headers: page * 29 < COUNT ? { link } : {} };
    },
  },
  'flags that are texts': {
    arguments: ['cursor'],
    answer: (request) => {
      const at = number(request, 'cursor', 0);
      return { json: { data: slice(at), has_more: String(at + SERVED < COUNT), cursor: String(at + SERVED) } };
    },
  },
  'the id of the last row, of which the answer says nothing': {
    arguments: ['last_id'],
    answer: (request) => ({ json: slice(number(request, 'last_id', 0), 29) }),
  },
  'a short name for the page': {
    arguments: ['p'],
    answer: (request) => ({ json: slice((number(request, 'p', 1) - 1) * 29, 29) }),
  },
  'where it begins and how many rows it takes': {
    arguments: ['from', 'take'],
    answer: (request) => ({ json: { items: slice(number(request, 'from', 0)), total: COUNT } }),
  },
};

describe('A list that goes on', () => {
  it.each(Object.entries(STYLES))('with %s is read to its end and totalled whole', async (_style, style) => {
    const { told, requests } = await summary(style);
    expect(told).toMatchObject({ complete: true, covered: { rows: COUNT, counted: COUNT } });
    expect(told.totals).toMatchObject([{ currency: 'EUR', count: COUNT, total: SUM }]);
    expect(requests).toBeLessThanOrEqual(11);
  });
});

describe('A list whose end is not proved', () => {
  it.each([
    ['a full page and no word of more', { data: slice(0) }, 'does not say whether they are all'],
    ['a bare page and no word of more', slice(0, 100), 'does not say whether they are all'],
    ['a page of 64 rows and no word of more', slice(0, 64), 'does not say whether they are all'],
    ['a greater total and no way to go on', { data: slice(0, 7), meta: { total: 8 } }, 'counts 8 rows'],
    ['a flag that there is more', { data: slice(0, 7), has_more: true }, 'no next page'],
    [
      'a link with arguments that the contract does not know',
      { data: slice(0, 7), next: '/bills?at=7' },
      'does not say how',
    ],
    ['a cursor in the contract and no word of one', slice(0, 7), 'sent 7 rows and does not say', ['cursor']],
    ['a total of its full page, and a cursor', { data: slice(0), total: SERVED }, 'does not say', ['cursor']],
    ['a total of as many rows as were asked for', { data: slice(0, 100), total: 100 }, 'does not say', ['limit']],
  ])(
    'such as one with %s is not called complete, and the reason is named',
    async (_what, answer, reason, names = []) => {
      const { told } = await summary({ arguments: names, answer: () => ({ json: answer }) });
      expect(told.complete).toBe(false);
      expect(told.incomplete_because).toContain(reason);
    },
  );

  it.each([
    ['a page of an odd number of rows', { data: slice(0, 7) }, 7],
    ['a total that was reached', { data: slice(0, 25), total_count: 25 }, 25],
    ['an explicit end', { data: slice(0, 25), pagination: { has_more: false } }, 25],
    ['fewer rows than were asked for', slice(0, 7), 7, ['limit']],
    ['a total of a page that is not full, and a cursor', { data: slice(0, 7), total: 7 }, 7, ['cursor']],
    ['no row', { data: [] }, 0, ['cursor']],
  ])('is another than one with %s, which is complete', async (_what, answer, rows, names = []) => {
    const { told } = await summary({ arguments: names, answer: () => ({ json: answer }) });
    expect(told).toMatchObject({ complete: true, covered: { rows } });
  });
});

describe('A page behind the last one that the service refuses', () => {
  it.each([
    ['a total was reached', { total: SERVED }, { complete: true }],
    [
      'nothing was counted',
      {},
      { complete: false, incomplete_because: expect.stringContaining('refused a further page') },
    ],
  ])('ends the list, which is complete where %s', async (_what, more, expected) => {
    const { told } = await summary({
      arguments: ['page'],
      answer: (request) =>
        number(request, 'page', 1) === 1
          ? { json: { data: slice(0), ...more } }
          : { status: 404, json: { error: 'no' } },
    });
    expect(told).toMatchObject({ ...expected, covered: { rows: SERVED } });
  });
});

describe('A row that comes on two pages', () => {
  it.each(['offset', 'page', 'cursor'])('of a list by %s counts once, and the answer says so', async (name) => {
    const { told } = await summary({
      arguments: [name],
      answer: (request) => {
        const asked = number(request, name, name === 'page' ? 1 : 0);
        const at = name === 'page' ? (asked - 1) * SERVED : asked;
        const data = slice(Math.max(0, at - 1), SERVED + (at > 0 ? 1 : 0));
        return {
          json: { data, next_cursor: name === 'cursor' && at + SERVED < COUNT ? String(at + SERVED) : undefined },
        };
      },
    });
    expect(told.totals).toMatchObject([{ count: COUNT, total: SUM }]);
    expect(told.notes.join(' ')).toMatch(/Counted once: \d+ rows? that the service sent on more than one page/);
  });
});

describe('A list that a contract describes', () => {
  const rows = { type: 'array', items: { type: 'object', properties: { ...bill(0), id: {}, total: {} } } };
  const whole = { type: 'integer' };

  it.each([
    [
      'with the number of its page',
      [
        ['page', whole],
        ['size', whole],
      ],
      { content: rows, number: whole, size: whole, numberOfElements: whole, totalPages: whole, totalElements: whole },
    ],
    [
      'with rows counted from 1',
      [
        ['startIndex', whole],
        ['count', whole],
      ],
      { schemas: { type: 'array' }, Resources: rows, startIndex: whole, itemsPerPage: whole, totalResults: whole },
    ],
    ['beside lists of warnings', [['page', whole]], { bills: rows, warnings: { type: 'array' }, pageSize: whole }],
    [
      'with an object for its pages',
      [['page', { type: 'object', properties: { number: whole, size: whole } }]],
      { data: rows, links: { type: 'object' } },
    ],
  ] as const)('%s is a list, and read to its end', async (_what, query, properties) => {
    const parametersOfPages = query.map(([name, schema]) => ({
      name,
      in: 'query',
      schema,
      ...(schema.type === 'object' && { style: 'deepObject' }),
    }));
    const get = {
      parameters: [...parameters('workspace_id'), ...parametersOfPages],
      responses: { 200: json({ type: 'object', properties }) },
    };
    const member = Object.keys(properties).find((name) => Object.is(Reflect.get(properties, name), rows)) ?? '';
    const service = later(
      await oddService({ '/workspaces/{workspace_id}/bills': { get } }, ({ query: asked }) => {
        const first = member === 'content' ? 0 : 1;
        const page = Number(asked.get('page') ?? asked.get('page[number]') ?? first) - first;
        const at = Math.max(0, asked.has('startIndex') ? Number(asked.get('startIndex')) - 1 : page * SERVED);
        return {
          json: {
            ...(member === 'bills' && { warnings: [] }),
            ...(member === 'Resources' && { schemas: ['x'] }),
            [member]: slice(at),
          },
        };
      }),
    );
    const { ask } = await scene(service.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
    const { json: told } = await ask('lucanto_summarize_documents', { type: 'bill' });
    expect(told).toMatchObject({ complete: true, totals: [{ count: COUNT, total: SUM }] });
    expect((await ask('lucanto_list_bills')).text).toContain('"id":25');
  });
});
