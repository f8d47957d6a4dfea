/** The corners of OpenAPI: every style of a parameter, cookies, bodies of GET requests, forms of each encoding. */
import {
  arrayOf,
  body,
  documentOf,
  done,
  FORM,
  id,
  inPath,
  named,
  object,
  ok,
  parameters,
  query,
  rows,
  type TestDocument,
} from './parts.ts';

const list = arrayOf({ type: 'string' });
const point = object({ from: { type: 'string' }, to: { type: 'string' } });
const record = ok(object({ id }));

export const corners: TestDocument = {
  name: 'corners',
  base: '/api/v1',
  document: documentOf(
    {
      '/labels/{id}': { get: named('getLabel', parameters(inPath('id', id, { style: 'label' })), record) },
      '/label_lists/{ids}': {
        get: named('getLabelList', parameters(inPath('ids', list, { style: 'label', explode: true })), record),
      },
      '/matrices/{id}': { get: named('getMatrix', parameters(inPath('id', id, { style: 'matrix' })), record) },
      '/matrix_lists/{ids}': {
        get: named('getMatrixList', parameters(inPath('ids', list, { style: 'matrix', explode: true })), record),
      },
      '/spaces': {
        get: named(
          'listSpaces',
          parameters(query('tags', list, { style: 'spaceDelimited', explode: false })),
          rows(object({ id })),
        ),
      },
      '/pipes': {
        get: named(
          'listPipes',
          parameters(query('tags', list, { style: 'pipeDelimited', explode: false })),
          rows(object({ id })),
        ),
      },
      '/commas': {
        get: named(
          'listCommas',
          parameters(query('tags', list, { style: 'form', explode: false })),
          rows(object({ id })),
        ),
      },
      '/periods': {
        get: named(
          'listPeriods',
          parameters(query('period', point, { style: 'deepObject', explode: true })),
          rows(object({ id })),
        ),
      },
      '/spread_periods': { get: named('listSpreadPeriods', parameters(query('period', point)), rows(object({ id }))) },
      '/json_filters': {
        get: named(
          'listJsonFilters',
          parameters({
            name: 'filter',
            in: 'query',
            content: { 'application/json': { schema: object({ status: { type: 'string', enum: ['open', 'paid'] } }) } },
          }),
          rows(object({ id })),
        ),
      },
      '/cookies': {
        get: named(
          'listCookies',
          parameters({ name: 'sid', in: 'cookie', required: true, schema: { type: 'string' } }),
          rows(object({ id })),
        ),
      },
      '/crumbs': {
        get: named(
          'listCrumbs',
          parameters({ name: 'theme', in: 'cookie', schema: { type: 'string' } }),
          rows(object({ id })),
        ),
      },
      '/searches': {
        get: named('listSearches', body(object({ text: { type: 'string' } }, ['text'])), rows(object({ id }))),
      },
      '/hints': {
        get: named(
          'listHints',
          { requestBody: { content: { 'application/json': { schema: object({ text: { type: 'string' } }) } } } },
          rows(object({ id })),
        ),
        head: named('headHints', done),
        options: named('optionsHints', done),
      },
      '/xml_records': {
        post: named('createXmlRecord', body(object({ name: { type: 'string' } }), 'application/xml'), record),
      },
      '/exploded': {
        post: named(
          'createExploded',
          body(object({ tags: list, period: point }), FORM, {
            tags: { style: 'form', explode: true },
            period: { style: 'form', explode: true },
          }),
          record,
        ),
      },
      '/bracketed': {
        post: named(
          'createBracketed',
          body(object({ 'tags[]': list, period: point }), FORM, { period: { style: 'deepObject', explode: true } }),
          record,
        ),
      },
      '/joined': {
        post: named(
          'createJoined',
          body(object({ tags: list }), FORM, { tags: { style: 'form', explode: false } }),
          record,
        ),
      },
      '/json_parts': {
        post: named(
          'createJsonPart',
          body(object({ name: { type: 'string' }, details: object({ note: { type: 'string' } }) }, ['name']), FORM, {
            details: { contentType: 'application/json' },
          }),
          record,
        ),
      },
      '/parts': {
        post: named(
          'createPart',
          body(
            object({ name: { type: 'string' }, details: object({ note: { type: 'string' } }), tags: list }, ['name']),
            'multipart/form-data',
          ),
          record,
        ),
      },
      '/by_number/{number}': {
        get: named(
          'getByNumber',
          parameters(inPath('number', { type: 'integer', format: 'int32', minimum: 1 })),
          record,
        ),
      },
      '/broken': { $ref: 'elsewhere.json#/broken' },
      '/odd?path': { get: named('getOdd', record) },
    },
    {},
  ),
};
