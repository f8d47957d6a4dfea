/** Requests in the form that the document describes, and operations that it does not describe enough to be called. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type McpSession } from '../helpers/mcp.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';
import { arrayOf, body, documentOf, id, inHeader, inPath, named, object, ok, parameters, ref } from './parts.ts';
import { type DocumentService, serveDocument } from './service.ts';

const text = { type: 'string' };
const bytes = { type: 'string', format: 'binary' };
const terminal = { id: { ...id, readOnly: true }, name: text, notes: { type: 'string', nullable: true } };
const upload = (content: object) => ({
  post: { ...ok(object({ id })), requestBody: { required: true, content } },
});
const elsewhere = { $ref: 'schemas/claim.yaml' };
const document = documentOf({
  '/terminals/{terminal_id}': {
    parameters: [inPath('terminal_id'), inHeader('X-Site')],
    get: named('get_terminal', ok(object(terminal))),
    put: named('update_terminal', ok(object(terminal)), body(object(terminal, ['name']))),
  },
  '/plain_files': upload({ 'application/octet-stream': { schema: bytes } }),
  '/any_files': upload({ '*/*': { schema: bytes } }),
  '/pictures': upload({ 'image/*': { schema: bytes } }),
  '/scans': upload({ 'application/pdf': { schema: bytes }, 'image/png': { schema: bytes } }),
  '/tariffs': {
    post: named(
      'create_tariff',
      ok(object({ id })),
      body(
        object({
          code: { type: 'string', pattern: '/^[a-z0-9_]+$/i' },
          sku: { type: 'string', pattern: '/^[A-Z]+$/' },
          place: { type: 'string', pattern: '/v1/' },
          digits: { type: 'string', pattern: '^\\\\d{3}$' },
        }),
      ),
    ),
  },
  '/messages': {
    post: named(
      'create_message',
      ok(object({ id })),
      body(object({ to: arrayOf({ type: 'string', format: 'email' }) })),
    ),
  },
  '/notes': upload({ '*/*': { schema: object({ text }) } }),
  '/claims': { post: named('create_claim', ok(object({ id })), body(elsewhere)) },
  '/reports': { post: named('create_report', ok(object({ id })), body(ref('Report'), 'multipart/form-data')) },
  '/quotas': { post: named('create_quota', ok(object({ id })), body({ allOf: [object({ id }), ref('Quota')] })) },
  '/audits': { get: named('list_audits', ok(object({ id })), parameters({ $ref: '#/components/parameters/Site' })) },
  '/visits': {
    post: named('create_visit', ok(object({ id })), { requestBody: { $ref: '#/components/requestBodies/V' } }),
  },
});

const folder = mkdtempSync(join(tmpdir(), 'lucanto-described-'));
writeFileSync(join(folder, 'a.pdf'), '%PDF-1.4\n%%EOF\n');
writeFileSync(join(folder, 'a.png'), Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
const sent: string[] = [];
let service: DocumentService;
let home: Home;
let session: McpSession;
let env: Record<string, string>;

beforeAll(async () => {
  service = await serveDocument(JSON.stringify(document), (request, response) => {
    const site = request.headers['x-site'];
    sent.push(`${request.method} ${request.url} ${request.headers['content-type'] ?? site ?? 'no site'}`);
    const isTerminal = request.url?.includes('/terminals/') === true;
    response.writeHead(isTerminal && site === undefined ? 400 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isTerminal ? { id: 't1', name: 'Desk', notes: 'Old' } : { id: '1' }));
  });
  home = await temporaryHome();
  const own = { LUCANTO_SCOPES: 'manage:*', LUCANTO_CONFIRM: 'never', LUCANTO_FILES: folder };
  env = { LUCANTO_URL: service.url, LUCANTO_TOKEN: 'lct_pat_abcdefghij', ...own };
  session = await connect('v2 auto', { home, env });
  await session.listTools();
});
afterAll(async () => {
  await session.close();
  await home.remove();
  await service.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  sent.length = 0;
});

it('what is read before a change names the same site in its header as the change', async () => {
  const args = { id: 't1', 'X-Site': 'north', notes: null };
  const { isError } = await session.callTool('lucanto_update_terminal', args);
  expect([isError, sent.slice(0, 2)]).toEqual([
    false,
    ['GET /api/v1/terminals/t1 north', 'GET /api/v1/terminals/t1 north'],
  ]);
  expect(sent.at(-1)).toContain('PUT /api/v1/terminals/t1');
});

describe('A file is sent as a type that the document names', () => {
  it.each([
    ['lucanto_create_plain_file', 'a.pdf', 'POST /api/v1/plain_files application/octet-stream'],
    ['lucanto_create_any_file', 'a.pdf', 'POST /api/v1/any_files application/pdf'],
    ['lucanto_create_picture', 'a.png', 'POST /api/v1/pictures image/png'],
    ['lucanto_create_scan', 'a.pdf', 'POST /api/v1/scans application/pdf'],
    ['lucanto_create_scan', 'a.png', 'POST /api/v1/scans image/png'],
  ])('%s with %s', async (tool, path, request) => {
    const { isError } = await session.callTool(tool, { path });
    expect([isError, sent]).toEqual([false, [request]]);
  });

  it('and not as another', async () => {
    const { isError, text: said } = await session.callTool('lucanto_create_picture', { path: 'a.pdf' });
    expect([isError, sent]).toEqual([true, []]);
    expect(said).toContain('a.pdf is application/pdf, which is not accepted');
  });
});

it('what may be sent in any form, and is no file, goes as JSON', async () => {
  await session.callTool('lucanto_create_note', { text: 'a' });
  expect(sent).toEqual(['POST /api/v1/notes application/json']);
});

describe('A value is checked', () => {
  it('by a pattern between slashes, as other languages write it', async () => {
    const right = await session.callTool('lucanto_create_tariff', { code: 'Basic_1', sku: 'ABC', digits: '123' });
    expect([right.isError, sent.length]).toEqual([false, 1]);
    const wrong = await session.callTool('lucanto_create_tariff', { sku: 'abc' });
    expect([wrong.isError, sent.length]).toEqual([true, 1]);
    expect(wrong.text).toContain('`sku` must be capital letters');
    const elsewhere = await session.callTool('lucanto_create_tariff', { place: 'v1' });
    expect([elsewhere.isError, sent.length]).toEqual([true, 1]);
  });

  it('that is a name where an e-mail address is meant', async () => {
    const { isError, text: said } = await session.callTool('lucanto_create_message', { to: ['a@example.com', 'Jana'] });
    expect([isError, sent]).toEqual([true, []]);
    await session.callTool('lucanto_create_message', { to: [''] });
    expect(sent).toHaveLength(1);
    expect(said).toContain('`to[1]` is \\"Jana\\", expected an e-mail address (name@example.com)');
  });
});

it('an operation that the document describes elsewhere is no tool, for that reason', async () => {
  const { stdout } = await run(['tools', '--all', '--json'], { home, env });
  const reason = (place: string) => `is described elsewhere (${place}), and not in the document`;
  for (const [operation, why] of [
    ['POST /claims', `its body ${reason('schemas/claim.yaml')}`],
    ['POST /reports', `its body ${reason('#/components/schemas/Report')}`],
    ['POST /quotas', `its body ${reason('#/components/schemas/Quota')}`],
    ['POST /visits', `its body ${reason('#/components/requestBodies/V')}`],
    ['GET /audits', `one of its parameters ${reason('#/components/parameters/Site')}`],
  ]) {
    expect(stdout).toContain(operation);
    expect(stdout).toContain(why);
  }
});
