import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { GENERATIONS } from '../../src/contract/bundled-contract.ts';
import { objectIn } from '../../src/core/json.ts';
import { listOf } from '../../src/demo/data/totals.ts';
import { Contract } from '../../src/demo/http/demo-contract.ts';
import { handlers, userHandlers } from '../../src/demo/routes/route-table.ts';
import { COMPLETE, rows, STUDIO, send, useDemo } from './client.ts';

const LISTS = ['contacts', 'invoices', 'quotes', 'proformas', 'credit_notes', 'expenses', 'bank_accounts'] as const;

it('The embedded Lucanto implements every operation of the contract, and no other', () => {
  const known = [...Object.keys(handlers), ...Object.keys(userHandlers)];
  expect(new Contract('accounts').operations.map(({ id }) => id).sort()).toEqual(known.sort());
});

describe.each(GENERATIONS)('The embedded Lucanto with paths of the generation %s', (generation) => {
  const demo = useDemo(generation);
  const base = `/api/v1/${generation}/${STUDIO}`;

  it('lists records, creates them and carries out actions', async () => {
    expect((await send(demo, 'GET', `/api/v1/user/${generation}`)).status).toBe(200);
    expect((await send(demo, 'GET', `/api/v1/user/${generation}/${STUDIO}`)).body.id).toBe(42);
    const created = await send(demo, 'POST', `${base}/invoices`, { body: { invoice: COMPLETE } });
    expect(created.status).toBe(201);
    expect((await send(demo, 'POST', `${base}/invoices/${created.body.id}/issue`)).status).toBe(200);
  });

  it('answers 501 to everything outside its contract', async () => {
    const other = generation === 'accounts' ? 'workspaces' : 'accounts';
    for (const [method, path] of [
      ['GET', `/api/v1/${other}/${STUDIO}/invoices`],
      ['GET', `/api/v1/user/${other}`],
      ['PUT', `${base}/invoices/1`],
      ['GET', `${base}/webhooks`],
      ['GET', `${base}/invoices/`],
      ['POST', `${base}/invoices/1/archive`],
      ['GET', '/api/v2/invoices'],
    ] as const) {
      const answer = await send(demo, method, path);
      expect([path, answer.status, answer.body.error]).toEqual([path, 501, 'not_implemented']);
      expect(answer.body.request_id).toBe(answer.headers.get('X-Request-Id'));
    }
  });

  it('serves its own contract with an ETag, with or without a token', async () => {
    const path = '/api/v1/openapi.json';
    const open = await send(demo, 'GET', path, { token: null });
    const authorized = await send(demo, 'GET', path);
    expect([open.status, authorized.text]).toEqual([200, open.text]);
    expect(Object.keys(objectIn(open.body.paths))).toContain(`/user/${generation}`);
    expect(listOf(open.body, 'servers')).toEqual([{ url: '/api/v1' }]);
    const etag = open.headers.get('ETag') ?? '';
    const again = await send(demo, 'GET', path, { headers: { 'If-None-Match': etag } });
    expect([again.status, again.text, again.headers.get('ETag')]).toEqual([304, '', etag]);
    expect((await send(demo, 'GET', path, { headers: { 'If-None-Match': '"old"' } })).status).toBe(200);
  });

  it('answers as its contract says, for every record of the sample data', async () => {
    const { document } = new Contract(generation);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'lucanto');
    for (const list of LISTS) {
      const pointer = `paths/~1${generation}~1%7B${generation.slice(0, -1)}_id%7D~1${list}/get/responses/200/content/application~1json/schema`;
      const validate = ajv.compile({ $ref: `lucanto#/${pointer}` });
      const answer = await send(demo, 'GET', `${base}/${list}?limit=100`);
      expect(rows(answer).length).toBeGreaterThan(1);
      validate(JSON.parse(answer.text));
      expect([list, validate.errors]).toEqual([list, null]);
    }
  });

  it('answers 400 to an id that is not an integer', async () => {
    const answer = await send(demo, 'GET', `${base}/invoices/FAK2026-0001`);
    expect([answer.status, answer.body.error]).toEqual([400, 'bad_request']);
  });
});
