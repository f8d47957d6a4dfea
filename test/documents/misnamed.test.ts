/** Arguments that the document has under another name are answered with that one, at any depth. */
import { expect, it } from 'vitest';
import { useOneDocument } from '../helpers/one-document.ts';
import { arrayOf, body, documentOf, id, inPath, named, object, ok, parameters, query, rows } from './parts.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };
const bill = object({
  payer_id: whole,
  due_date: { type: 'string', format: 'date' },
  memo: text,
  ship_to: object({ postal_code: text, town: text, phone_number: text }),
});
const payer = object({ id: whole, name: text });
const document = documentOf({
  '/bills': {
    get: named('list_bills', rows(object({ id, status: text })), parameters(query('search'), query('per_page', whole))),
    post: named('create_bill', ok(object({ id })), body(bill)),
  },
  '/bills/{id}/send': {
    post: named(
      'send_bill',
      ok(object({ id })),
      body(object({ to: arrayOf(text), message: text })),
      parameters(inPath('id')),
    ),
  },
  '/payers': { get: named('list_payers', rows(payer)) },
});

const sent: string[] = [];
const session = useOneDocument(document, (request, response) => {
  sent.push(`${request.method} ${request.url}`);
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"1"}');
});

it.each([
  [
    'lucanto_create_bill',
    { customer: 7 },
    '`customer`; did you mean `payer_id` (find the id with lucanto_list_payers)?',
  ],
  ['lucanto_create_bill', { due: '2026-03-31' }, '`due`; did you mean `due_date`?'],
  ['lucanto_create_bill', { comment: 'x' }, '`comment`; did you mean `memo`?'],
  ['lucanto_create_bill', { ship_to: { zip: '811 01' } }, '`ship_to.zip`; did you mean `postal_code`?'],
  ['lucanto_create_bill', { city: 'Brno' }, '`city`; did you mean `ship_to.town`?'],
  ['lucanto_create_bill', { ship_to: { tel: '1' } }, '`ship_to.tel`; did you mean `phone_number`?'],
  ['lucanto_list_bills', { q: 'x' }, '`q`; did you mean `search`?'],
  ['lucanto_list_bills', { limit: 5 }, '`limit`; did you mean `per_page`?'],
  ['lucanto_send_bill', { id: '1', recipients: ['a@example.com'] }, '`recipients`; did you mean `to`?'],
  ['lucanto_send_bill', { id: '1', email: 'a@example.com' }, '`email`; did you mean `to`?'],
  ['lucanto_send_bill', { id: '1', to: ['a@example.com'], body: 'x' }, '`body`; did you mean `message`?'],
])('%s %j', async (tool, args, answer) => {
  sent.length = 0;
  const { isError, text: said } = await session().callTool(tool, args);
  expect([isError, sent.filter((line) => line.startsWith('POST'))]).toEqual([true, []]);
  expect(said).toContain(`unknown argument ${answer}`);
});
