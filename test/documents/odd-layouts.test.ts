/** What goes over the wire to services that are laid out as no other one here: right, or refused with a reason. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenedBridge, openedBridge } from '../helpers/open-bridge.ts';
import { entitySets } from './entity-sets.ts';
import type { TestDocument } from './parts.ts';
import { resourceObjects } from './resource-objects.ts';
import { type DocumentService, serveDocument } from './service.ts';

interface Sent {
  /** `POST /v3/t/claims`, below the base path. */
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const folder = mkdtempSync(join(tmpdir(), 'lucanto-odd-'));
writeFileSync(join(folder, 'a.pdf'), '%PDF-1.4\n%%EOF\n');
const opened: { readonly own: OpenedBridge; readonly service: DocumentService }[] = [];
afterAll(async () => {
  for (const { own, service } of opened) {
    await own.close();
    await service.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

/** A service that answers by the end of a path, and breaks off the first connection where it is told to. */
function service({ document, base }: TestDocument, answers: Readonly<Record<string, unknown>>) {
  const sent: Sent[] = [];
  const state = { broken: false };
  const start = async () => {
    const own = await serveDocument(JSON.stringify(document), (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = decodeURIComponent((request.url ?? '').slice(base.length));
        sent.push({
          line: `${request.method} ${url}`,
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        });
        if (state.broken) {
          state.broken = false;
          request.socket.destroy();
          return;
        }
        const id = /\/(\d+)$/.exec(url)?.[1] ?? '1';
        const record = { id, data: { id } };
        const answer = answers[url] ?? answers[url.split('?')[0] ?? ''] ?? record;
        const json = request.method === 'GET' ? answer : record;
        if (request.method === 'DELETE') response.writeHead(204).end();
        else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(json));
      });
    });
    const env = { LUCANTO_SCOPES: 'manage:*', LUCANTO_CONFIRM: 'never', LUCANTO_FILES: folder };
    const bridge = await openedBridge(own.url, 'lct_pat_abcdefghij', env);
    opened.push({ own: bridge, service: own });
    return bridge;
  };
  return { sent, state, start };
}

const LINE = { text: 'Work', price: '15.50' };
const CLAIM = { workspace_id: 't', title: 'A' };

describe('A service of resource objects', () => {
  const { sent, state, start } = service(resourceObjects, {
    '/v3/t/invoices': {
      data: [{ id: '1', type: 'invoices', attributes: {} }],
      links: { next: '/v3/t/invoices?page[number]=2' },
    },
    '/v3/t/invoices?page[number]=2': { data: [{ id: '2', type: 'invoices', attributes: {} }], links: { next: null } },
  });
  let bridge: OpenedBridge;
  beforeAll(async () => {
    bridge = await start();
  });
  const call = async (tool: string, args: object) => {
    sent.length = 0;
    const { text } = await bridge.ask(tool, { workspace_id: 't', ...args });
    return { text, requests: sent.map(({ line, body }) => (body === '' ? line : `${line} ${body}`)) };
  };

  it.each([
    [
      'lucanto_create_claim',
      { kind: 'car', title: 'A', plate: 'P' },
      'POST /v3/t/claims {"kind":"car","plate":"P","title":"A"}',
    ],
    [
      'lucanto_create_claim',
      { kind: 'HomeClaim', title: 'A', address: 'H' },
      'POST /v3/t/claims {"address":"H","kind":"HomeClaim","title":"A"}',
    ],
    [
      'lucanto_create_claim',
      { kind: 'FloodClaim', title: 'A', address: 'H', depth: 2 },
      'POST /v3/t/claims {"address":"H","depth":2,"kind":"FloodClaim","title":"A"}',
    ],
    [
      'lucanto_create_invoice',
      {
        type: 'invoices',
        attributes: { issued: '2026-01-31', lines: [LINE] },
        relationships: { customer: { data: { type: 'customers', id: '7' } } },
      },
      'POST /v3/t/invoices {"data":{"attributes":{"issued":"2026-01-31","lines":[{"price":"15.50","text":"Work"}]},"relationships":{"customer":{"data":{"id":"7","type":"customers"}}},"type":"invoices"}}',
    ],
    [
      'lucanto_list_invoices',
      { filter_status: ['open', 'paid'], page_size: 5, include: ['lines'] },
      'GET /v3/t/invoices?page[size]=5&filter[status]=open,paid&include=lines',
    ],
    [
      'lucanto_create_invoice_tag',
      { id: '5', data: [{ type: 'tags', id: '9' }] },
      'POST /v3/t/invoices/5/relationships/tags {"data":[{"id":"9","type":"tags"}]}',
    ],
  ])('gets from %s with %j the right request', async (tool, args, request) => {
    expect((await call(tool, args)).requests).toEqual([request]);
  });

  it.each([
    ['lucanto_create_claim', { kind: 'car', title: 'A' }, '`kind` "car" needs `plate`'],
    ['lucanto_create_claim', { kind: 'FloodClaim', title: 'A', depth: 2 }, '`kind` "FloodClaim" needs `address`'],
    [
      'lucanto_create_claim',
      { kind: 'car', title: 'A', plate: 'P', address: 'H' },
      '`address` cannot be given with `kind` "car"',
    ],
    ['lucanto_create_claim', { kind: 'boat', title: 'A' }, '"boat"'],
    [
      'lucanto_create_invoice',
      { type: 'invoices', attributes: { issued: '2026-01-31', lines: [{ text: 'Work' }] } },
      'price',
    ],
    ['lucanto_create_invoice', { type: 'invoices', attributes: { issued: '2026-01-31', lines: [] } }, 'lines'],
  ])('gets nothing from %s with %j', async (tool, args, reason) => {
    const { text, requests } = await call(tool, args);
    expect([requests, JSON.parse(text).message ?? text]).toEqual([[], expect.stringContaining(reason)]);
  });

  it('has its kinds described, and walks on by the address of the next page', async () => {
    const { descriptor } =
      bridge.bridge.catalogue.all().find(({ descriptor: { name } }) => name === 'lucanto_create_claim') ?? {};
    expect(descriptor?.description).toContain('plate with kind car, depth and address with kind FloodClaim');
    expect(descriptor?.inputSchema.properties).toMatchObject({ kind: { enum: ['car', 'FloodClaim', 'HomeClaim'] } });
    const { text } = await call('lucanto_list_invoices', {});
    expect(text).toContain('"page_number":2');
  });

  it.each([
    ['lucanto_update_claim', { id: '5', kind: 'car', ...CLAIM, plate: 'P' }, 'idempotency-key'],
    ['lucanto_delete_invoice', { id: '5' }, 'request-token'],
  ])(
    'gets the key that it requires for %s from us, the same one when the connection broke',
    async (tool, args, header) => {
      state.broken = true;
      await call(tool, args);
      const keys = sent.filter(({ line }) => !line.startsWith('GET')).map(({ headers }) => headers[header]);
      expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), keys[0]]);
      await call(tool, args);
      expect(sent.at(-1)?.headers[header]).not.toBe(keys[0]);
    },
  );
});

describe('A service of entity sets', () => {
  const page = { '@odata.count': 2, value: [{ Id: 1, No: 'A' }], '@odata.nextLink': 'SalesOrders?$skip=1' };
  const { sent, start } = service(entitySets, {
    '/SalesOrders': page,
    '/SalesOrders(3)': { '@odata.etag': 'W/"v1"', Id: 3, No: 'C' },
    '/SalesOrders?$skip=1': { '@odata.count': 2, value: [{ Id: 2, No: 'B' }] },
    '/notes': {
      _embedded: { notes: [{ id: 'n1', body: 'B' }] },
      _links: { next: { href: '/odata/v4/notes?page=1' } },
      page: { totalElements: 2 },
    },
  });
  let bridge: OpenedBridge;
  beforeAll(async () => {
    bridge = await start();
  });
  const call = async (tool: string, args: object) => {
    sent.length = 0;
    const { text } = await bridge.ask(tool, args);
    return { text, requests: sent.map(({ line, body }) => (body === '' ? line : `${line} ${body}`)) };
  };

  it.each([
    [
      'lucanto_list_sales_orders',
      { filter: "No eq 'A'", top: 5, select: ['Id', 'No'] },
      "GET /SalesOrders?$filter=No eq 'A'&$top=5&$select=Id,No",
    ],
    ['lucanto_get_sales_order', { id: 3 }, 'GET /SalesOrders(3)'],
    ['lucanto_create_sales_order', { OrderDate: '2026-01-31' }, 'POST /SalesOrders {"OrderDate":"2026-01-31"}'],
    ['lucanto_delete_sales_order', { id: 3 }, 'DELETE /SalesOrders(3)'],
    ['lucanto_get_customer', { id: "O'Neil & Co" }, "GET /Customers('O''Neil & Co')"],
    [
      'lucanto_update_note_lines',
      { id: 'n1', body: [{ op: 'add', path: '/a' }] },
      'PATCH /notes/n1/lines [{"op":"add","path":"/a"}]',
    ],
    ['lucanto_batch_delete_notes', { ids: ['n1'] }, 'POST /notes:batchDelete {"ids":["n1"]}'],
  ])('gets from %s with %j the right request', async (tool, args, request) => {
    const { requests } = await call(tool, args);
    expect(requests.at(-1)).toBe(request);
  });

  it('gets the version of a record that it requires, as it was read right before', async () => {
    await call('lucanto_delete_sales_order', { id: 3 });
    expect(sent.map(({ line, headers }) => [line, headers['if-match']])).toEqual([
      ['GET /SalesOrders(3)', undefined],
      ['DELETE /SalesOrders(3)', 'W/"v1"'],
    ]);
  });

  it('has rows in its lists, whatever holds them, and says how they go on', async () => {
    const orders = await call('lucanto_list_sales_orders', { fields: 'No' });
    expect(orders.text).toContain('"value":[{"No":"A"}]');
    expect(orders.text).toContain('"skip":1');
    const notes = await call('lucanto_list_notes', { workspace_id: 'c', fields: 'id' });
    expect(notes.text).toContain('[{"id":"n1"}]');
    expect(notes.text).toContain('"page":1');
    expect(sent[0]?.headers['x-company']).toBe('c');
  });

  it('gets lists, objects and files of one form as the document says, and the key under its own name', async () => {
    await call('lucanto_create_note', {
      workspace_id: 'c',
      body: 'B',
      tags: ['x', 'y'],
      files_path: ['a.pdf', 'a.pdf'],
      meta: { color: 'red' },
    });
    const { body = '', headers } = sent[0] ?? {};
    const parts = [...body.matchAll(/name="(\w+)"/g)].map(([, part]) => part);
    expect(parts).toEqual(['body', 'tags', 'tags', 'files', 'files', 'meta']);
    expect(headers?.['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});
