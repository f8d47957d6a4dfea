import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileName } from '../../src/files/folder.ts';
import { download } from '../../src/http/download.ts';
import type { HttpPort } from '../../src/http/request.ts';
import { startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { OLD_SHAPE } from '../fixtures/other-lucanto/shape.ts';
import { json, type OddAnswer, oddService, parameters, type Received } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later, scene, demo } = useScenes();

const PDF = '%PDF-1.7\nhello\n%%EOF\n';
const READ = { LUCANTO_SCOPES: 'read:*' };

describe('a PDF of the embedded Lucanto', () => {
  it('is saved under number and contact, and a second time beside it, the same byte for byte', async () => {
    const service = await demo();
    const { ask, files } = await scene(service.url, service.tokens.read);
    const { json: list } = await ask('lucanto_list_invoices', {
      workspace_id: 42,
      status: 'paid',
      limit: 1,
      fields: '*',
    });
    const [{ id, number, purchaser_id }] = list.data;
    const { json: contact } = await ask('lucanto_get_contact', { workspace_id: 42, id: purchaser_id });
    const first = await ask('lucanto_download_pdf', { workspace_id: 42, type: 'invoice', id });
    const second = await ask('lucanto_download_pdf', { workspace_id: 42, type: 'invoice', id });
    const name = `${number} ${contact.name}`;
    expect(first.json.path).toBe(join(files, `${name}.pdf`));
    expect(second.json.path).toBe(join(files, `${name} (2).pdf`));
    expect(second.json.sha256).toBe(first.json.sha256);
    const bytes = await readFile(first.json.path);
    expect(first.json).toMatchObject({ size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect((await readdir(files)).sort()).toEqual([`${name} (2).pdf`, `${name}.pdf`]);
  });

  it.each(['quote', 'proforma', 'credit_note'])('exists for a %s too', async (type) => {
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.read);
    const { json: list } = await ask(`lucanto_list_${type}s`, { workspace_id: 42, limit: 1 });
    const { json } = await ask('lucanto_download_pdf', { workspace_id: 42, type, id: list.data[0].id });
    expect((await readFile(json.path)).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('is not to be had for what the token may not read', async () => {
    const service = await demo();
    const { bridge } = await scene(service.url, service.tokens.read, { LUCANTO_TOOLSETS: 'quotes' });
    const tool = bridge.find('lucanto_download_pdf');
    expect(tool.descriptor.inputSchema.properties).toMatchObject({ type: { enum: ['quote'] } });
  });

  it('can be had in read-only mode, since it changes nothing in Lucanto', async () => {
    const service = await demo();
    const { bridge } = await scene(service.url, service.tokens.manage, { LUCANTO_READ_ONLY: '1' });
    const own = bridge.visible().filter(({ route }) => route === 'local');
    expect(own.map(({ descriptor }) => descriptor.name)).toContain('lucanto_download_pdf');
    expect(own.every(({ tier, descriptor }) => tier === 'read' && descriptor.annotations.readOnlyHint)).toBe(true);
  });
});

it.each([
  ['huge ids', { ids: 'huge' } as const],
  ['UUIDs', { ids: 'uuid' } as const],
  ['the older paths', OLD_SHAPE],
])('a PDF of another Lucanto with %s is saved', async (_what, shape) => {
  const other = later(await startOtherLucanto({ shape }));
  const { ask, files } = await scene(other.url, other.tokens.read);
  const [id] = other.ids('invoices');
  const { json } = await ask('lucanto_download_pdf', { type: 'invoice', id });
  expect(json).toMatchObject({ path: join(files, 'FAK2026-0001 Ján Novák.pdf') });
});

/** A service with one document per way in which a PDF can be given. */
async function service(respond: (request: Received, url: string) => OddAnswer | null) {
  const record = json({ type: 'object', properties: { id: { type: 'integer' }, number: { type: 'string' } } });
  const pdfField = json({ type: 'object', properties: { id: { type: 'integer' }, pdf_url: { type: 'string' } } });
  const at = '/accounts/{account_id}';
  const own = parameters('account_id', 'id');
  const get = (responses: object) => ({ get: { parameters: own, responses: { 200: responses } } });
  const binary = {
    description: 'OK',
    content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
  };
  return later(
    await oddService(
      {
        [`${at}/invoices/{id}`]: get(record),
        [`${at}/invoices/{id}/pdf_url`]: get(json({ type: 'object' })),
        [`${at}/orders/{id}`]: get(record),
        [`${at}/orders/{id}/pdf`]: get(binary),
        [`${at}/receipts/{id}`]: get(pdfField),
      },
      respond,
    ),
  );
}

/** A file store of another origin. */
async function store(answer: OddAnswer) {
  return later(await oddService({}, () => answer));
}

describe('where a PDF comes from', () => {
  it('may be another origin, which gets no token', async () => {
    const elsewhere = await store({ bytes: PDF, headers: { 'content-type': 'application/pdf' } });
    const odd = await service(({ path }) => ({
      json: path.endsWith('pdf_url') ? { url: `${elsewhere.url}/f.pdf?signature=s` } : { id: 7, number: 'F-7' },
    }));
    const { ask, files } = await scene(odd.url, 'lct_pat_secret', READ);
    const { json } = await ask('lucanto_download_pdf', { type: 'invoice', id: 7 });
    expect(json.path).toBe(join(files, 'F-7.pdf'));
    const [request] = elsewhere.received;
    expect(request?.query.get('signature')).toBe('s');
    expect(request?.headers).not.toHaveProperty('authorization');
    expect(JSON.stringify(request?.headers)).not.toContain('secret');
    expect(odd.received[0]?.headers.authorization).toBe('Bearer lct_pat_secret');
  });

  it('may be the service itself, which redirects to a store, which gets no token', async () => {
    const elsewhere = await store({ bytes: PDF });
    const odd = await service(({ path }) => {
      if (path.endsWith('/pdf')) return { status: 302, headers: { location: '/blobs/redirect' } };
      if (path === '/blobs/redirect') return { status: 302, headers: { location: `${elsewhere.url}/blob` } };
      return { json: { id: 7, number: 'O-7' } };
    });
    const { ask } = await scene(odd.url, 'lct_pat_secret', READ);
    await ask('lucanto_download_pdf', { type: 'order', id: 7 });
    expect(odd.received.find(({ path }) => path === '/blobs/redirect')?.headers.authorization).toContain('secret');
    expect(elsewhere.received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('may lead back from a store to the service, which then is asked without the token', async () => {
    const odd = await service(({ path }): OddAnswer => {
      if (path.endsWith('/pdf')) return { status: 302, headers: { location: `${elsewhere.url}/away` } };
      return path === '/blobs/9' ? { bytes: PDF } : { json: { id: 7, number: 'O-7' } };
    });
    const elsewhere = await store({ status: 302, headers: { location: `${odd.url}/blobs/9` } });
    const { ask, files } = await scene(odd.url, 'lct_pat_secret', READ);
    expect((await ask('lucanto_download_pdf', { type: 'order', id: 7 })).json.path).toBe(join(files, 'O-7.pdf'));
    const [back] = odd.received.filter(({ path }) => path === '/blobs/9');
    expect(back?.headers).not.toHaveProperty('authorization');
    expect(elsewhere.received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('may be the answer itself, or a field of the record', async () => {
    const odd = await service(({ path }, url) => {
      if (path.endsWith('/pdf')) return { bytes: PDF, headers: { 'content-type': 'application/pdf' } };
      return path === '/r.pdf' ? { bytes: PDF } : { json: { id: 7, number: 'N/7', pdf_url: `${url}/r.pdf` } };
    });
    const { ask, files } = await scene(odd.url, 'lct_pat_x23456789', READ);
    const { json: order } = await ask('lucanto_download_pdf', { type: 'order', id: 7 });
    const { json: receipt } = await ask('lucanto_download_pdf', { type: 'receipt', id: 7 });
    expect([order.path, receipt.path]).toEqual([join(files, 'N-7.pdf'), join(files, 'N-7 (2).pdf')]);
    expect(order.size).toBe(PDF.length);
  });

  it.each([
    ['under a name of its own', (url: string) => ({ document_link: url, valid_until: '2026-01-01' })],
    ['in an envelope', (url: string) => ({ invoice: { download_url: url } })],
    ['beside others', (url: string) => ({ links: { pdf_document: url, logo: 'https://example.com/logo.png' } })],
    ['twice', (url: string) => ({ file: url, again: url })],
  ])('may be in the answer %s', async (_where, answer) => {
    const odd = await service(({ path }, url) => {
      if (path === '/f.pdf') return { bytes: PDF };
      return { json: path.endsWith('pdf_url') ? answer(`${url}/f.pdf`) : { data: { id: 7, number: 'F-7' } } };
    });
    const { ask, files } = await scene(odd.url, 'lct_pat_x23456789', READ);
    expect((await ask('lucanto_download_pdf', { type: 'invoice', id: 7 })).json.path).toBe(join(files, 'F-7.pdf'));
  });

  it('is not chosen among several addresses that could all be one', async () => {
    const odd = await service((_request, url) => ({ json: { one: `${url}/a`, other: `${url}/b` } }));
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', READ);
    const { json } = await ask('lucanto_download_pdf', { type: 'invoice', id: 7 });
    expect(json.message).toContain('no address');
    expect(odd.received.every(({ path }) => path.includes('/invoices/'))).toBe(true);
  });

  it.each([
    ['what is no PDF', { bytes: '<html>Log in</html>' }, 'not_a_pdf'],
    ['nothing', { bytes: '' }, 'not_a_pdf'],
    ['a refusal', { status: 403, json: { error: 'expired', message: 'The link has expired.' } }, 'expired'],
    ['too much', { bytes: Buffer.concat([Buffer.from(PDF), Buffer.alloc(21 * 1024 * 1024)]) }, 'answer_too_large'],
  ])('is refused where it gives %s, and nothing is left behind', async (_what, answer, code) => {
    const elsewhere = await store(answer);
    const odd = await service(() => ({ json: { url: elsewhere.url, number: 'F-7' } }));
    const { ask, files } = await scene(odd.url, 'lct_pat_x23456789', READ);
    const { json, result } = await ask('lucanto_download_pdf', { type: 'invoice', id: 7 });
    expect([result.isError, json.error]).toEqual([true, code]);
    expect(await readdir(files)).toEqual([]);
  });

  it('is asked again after a failure, and what came before is forgotten', async () => {
    let asked = 0;
    const odd = await service(({ path }) => {
      if (path !== '/f.pdf') return { json: { url: '/f.pdf', number: 'F-7' } };
      asked += 1;
      return asked === 1 ? { headers: { 'content-length': '900' }, bytes: `${PDF}and then it broke` } : { bytes: PDF };
    });
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', READ);
    const pending = ask('lucanto_download_pdf', { type: 'invoice', id: 7 });
    const { json } = await pending;
    expect(await readFile(json.path, 'utf8')).toBe(PDF);
  });

  it.each([
    'http://192.0.2.1/f.pdf',
    'file:///etc/passwd',
    'ftp://files.example/f.pdf',
    'https://user:pw@files.example/',
  ])('is never %s', async (url) => {
    const odd = await service(() => ({ json: { url, number: 'F-7' } }));
    const { ask } = await scene(odd.url, 'lct_pat_x23456789', READ);
    const { json } = await ask('lucanto_download_pdf', { type: 'invoice', id: 7 });
    expect(json.error).toBe('address_refused');
    expect(json.message).not.toContain('pw');
  });

  const answered: HttpPort['send'] = () =>
    Promise.resolve({
      status: 200,
      headers: new Headers(),
      requestId: null,
      url: '',
      text: '',
      attempts: 1,
      earlierOpen: false,
      retryAfterSeconds: null,
    });
  const wanted = { what: 'the PDF', accept: '*/*', bytes: () => ({ limit: 1, write: async () => undefined }) };
  const context = { signal: new AbortController().signal, deadline: Date.now() + 1000, retry: 'read' } as const;

  it.each([
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'https://localhost/',
    'https://localhost./',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://2130706433/',
    'https://printer.local/',
  ])('is never %s where the service is on the net', async (address) => {
    const asked: string[] = [];
    const http = { origin: 'https://app.example', send: answered };
    const elsewhere = (origin: string) => {
      asked.push(origin);
      return { origin, send: answered };
    };
    await expect(download({ ...wanted, address }, { http, elsewhere }, context)).rejects.toThrow('which is refused');
    await download({ ...wanted, address: 'https://files.example/f' }, { http, elsewhere }, context);
    expect(asked).toEqual(['https://files.example']);
  });
});

describe('the files folder', () => {
  it('is never written over, not even through a link that leads out', async () => {
    const odd = await service(({ path }) =>
      path === '/f.pdf' ? { bytes: PDF } : { json: { url: '/f.pdf', number: 'F-7' } },
    );
    const { ask, files } = await scene(odd.url, 'lct_pat_x23456789', READ);
    await writeFile(join(files, 'F-7.pdf'), 'mine');
    await symlink('/nowhere/at/all', join(files, 'F-7 (2).pdf'));
    await mkdir(join(files, 'F-7 (3).pdf'));
    const { json } = await ask('lucanto_download_pdf', { type: 'invoice', id: 7 });
    expect(json.path).toBe(join(files, 'F-7 (4).pdf'));
    expect(await readFile(join(files, 'F-7.pdf'), 'utf8')).toBe('mine');
  });

  it('is made when it is first needed, and the error names it when it cannot be', async () => {
    const odd = await service(({ path }) =>
      path === '/f.pdf' ? { bytes: PDF } : { json: { url: '/f.pdf', number: 'F-7' } },
    );
    const first = await scene(odd.url, 'lct_pat_x23456789', READ);
    const below = await scene(odd.url, 'lct_pat_x23456789', { ...READ, LUCANTO_FILES: join(first.files, 'a', 'b') });
    const { json } = await below.ask('lucanto_download_pdf', { type: 'invoice', id: 7 });
    expect(json.path).toBe(join(first.files, 'a', 'b', 'F-7.pdf'));
    const broken = await scene(odd.url, 'lct_pat_x23456789', { ...READ, LUCANTO_FILES: join(json.path, 'c') });
    const refused = await broken.ask('lucanto_download_pdf', { type: 'invoice', id: 7 });
    expect(refused.json).toMatchObject({ error: 'files_unwritable', hint: expect.stringContaining('--files') });
  });

  it.each([
    [['FAK2026-0001', 'ACME s.r.o.'], 'FAK2026-0001 ACME s.r.o..pdf'],
    [['F/1:2', 'A<B>|"C"?*\\'], /^F-1-2 A[^<>:"/\\|?*]*\.pdf$/],
    [['CON', null], /^(?!con\.pdf$).+\.pdf$/i],
    [['aux.2026', null], /^(?!aux\.).+\.2026\.pdf$/i],
    [['../../etc', 'passwd'], /^[^/\\.][^/\\]*\.pdf$/],
    [['a\u202egpj.\u0000\n', ''], /^a gpj.*\.pdf$/],
    [['a\u{e0101}\u3164b\ufe0f\ud800', ''], /^a b\.pdf$/],
    [['', null], 'document.pdf'],
    [['...', ' '], 'document.pdf'],
    [['😀'.repeat(300)], /\.pdf$/],
  ])('names files so that every platform takes them: %j', (parts, expected) => {
    const name = fileName(parts, '.pdf');
    expect(name).toMatch(expected);
    expect(Buffer.byteLength(name)).toBeLessThan(200);
    expect(name).toBe(name.normalize('NFC'));
    expect(Buffer.from(name).toString()).toBe(name);
  });
});
