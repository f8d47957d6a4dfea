/** More than five megabytes and three thousand operations, in few words. */
import {
  arrayOf,
  body,
  date,
  documentOf,
  done,
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

const AREAS = ['billing', 'stock', 'payroll', 'projects', 'sales', 'assets'];
const NOUNS = ['order', 'item', 'rate', 'batch', 'entry', 'rule', 'form', 'step', 'group', 'level'];
const PER_PAIR = 10;
const LONG = 'What this field is for, and when it may be left out, is explained here at some length. '.repeat(8);

const record = object({
  id,
  name: { type: 'string', description: LONG },
  on: { ...date, description: LONG },
  lines: arrayOf(object({ text: { type: 'string', description: LONG }, count: { type: 'integer' } })),
});

const paths = AREAS.flatMap((area) =>
  NOUNS.flatMap((noun) =>
    Array.from({ length: PER_PAIR }, (_, at) => {
      const base = `/${area}/${noun}_kind_${'abcdefghij'.charAt(at)}s`;
      const name = `${area}_${noun}_${'abcdefghij'.charAt(at)}`;
      return [
        [
          base,
          {
            get: named(`list_${name}`, parameters(query('limit', { type: 'integer' })), rows(record)),
            post: named(`create_${name}`, body(record), ok(record)),
          },
        ],
        [
          `${base}/{id}`,
          {
            parameters: [inPath('id')],
            get: named(`get_${name}`, ok(record)),
            patch: named(`update_${name}`, body(record), ok(record)),
            delete: named(`delete_${name}`, done),
          },
        ],
      ];
    }).flat(),
  ),
);

export const large: TestDocument = {
  name: 'large',
  base: '/api/v1',
  document: documentOf(
    {
      ...Object.fromEntries(paths),
      '/invoices': {
        get: named('listInvoices', rows(object({ id, number: { type: 'string' }, total: { type: 'string' } }))),
      },
      '/payments': { get: named('listPayments', rows(object({ id }))) },
    },
    { servers: [{ url: '/api/v1' }] },
  ),
};
