/** A GET that answers with a file, in a contract that nobody knew: it is saved, and what is no such file is not. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { portabilityProblems } from '../helpers/portability.ts';
import { json, type OddAnswer, oddService, parameters } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later, scene } = useScenes();
const READ = { LUCANTO_SCOPES: 'read:*' };
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from('a picture\0of a receipt')]);
const PDF = '%PDF-1.7\nhello\n%%EOF\n';

function file(...types: readonly string[]) {
  const schema = { type: 'string', format: 'binary' };
  return { description: 'OK', content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

/** @param declared the answer of each path as the document has it */
async function opened(answer: OddAnswer, declared: object = file('image/jpeg', 'application/pdf')) {
  const at = '/workspaces/{workspace_id}/expenses';
  const own = parameters('workspace_id', 'id');
  const odd = later(
    await oddService(
      {
        [`${at}/{id}`]: { get: { parameters: own, responses: { 200: json({ type: 'object' }) } } },
        [`${at}/{id}/receipt`]: { get: { parameters: own, responses: { 200: declared } } },
        [`${at}/export`]: {
          get: { operationId: 'export-expenses', parameters: parameters('workspace_id'), responses: { 200: declared } },
        },
      },
      () => answer,
    ),
  );
  return { odd, ...(await scene(odd.url, 'lct_pat_secret', READ)) };
}

const typed = (type: string, bytes: Buffer | string): OddAnswer => ({ bytes, headers: { 'content-type': type } });
const RECEIPT = 'lucanto_get_expense_receipt';

describe('an answer that is a file', () => {
  it('is saved under a readable name, never over another one, and the answer has its path, size and SHA-256', async () => {
    const { ask, files, odd } = await opened(typed('image/jpeg', JPEG));
    await writeFile(join(files, 'expense receipt 7.jpg'), 'mine');
    const { json: told, text } = await ask(RECEIPT, { id: 7 });
    expect(told).toEqual({
      path: join(files, 'expense receipt 7 (2).jpg'),
      size: JPEG.length,
      sha256: createHash('sha256').update(JPEG).digest('hex'),
      media_type: 'image/jpeg',
    });
    expect(await readFile(told.path)).toEqual(JPEG);
    expect(await readFile(join(files, 'expense receipt 7.jpg'), 'utf8')).toBe('mine');
    expect(text).not.toContain(JPEG.toString('base64').slice(0, 12));
    expect(odd.received.at(-1)?.headers.accept).toMatch(/^image\/jpeg, application\/pdf,/);
  });

  it('may be behind a redirect to another origin, where the document promises nothing else', async () => {
    const store = later(await oddService({}, () => typed('application/pdf', PDF)));
    const own = parameters('workspace_id', 'id');
    const responses = { 302: { description: 'Found' }, default: json({ type: 'object' }) };
    const paths = { '/workspaces/{workspace_id}/expenses/{id}/receipt': { get: { parameters: own, responses } } };
    const odd = later(await oddService(paths, () => ({ status: 302, headers: { location: `${store.url}/f?sig=1` } })));
    const { ask, files, bridge } = await scene(odd.url, 'lct_pat_secret', READ);
    const { json: told } = await ask(RECEIPT, { id: 7 });
    expect(told).toMatchObject({ path: join(files, 'expense receipt 7.pdf'), media_type: 'application/pdf' });
    expect(store.received[0]?.headers).not.toHaveProperty('authorization');
    expect(bridge.find(RECEIPT).descriptor.description).toContain('Saved in the files folder');
  });

  it('belongs to a tool that says so, in a schema that every host takes', async () => {
    const { bridge } = await opened({});
    const { descriptor } = bridge.find(RECEIPT);
    expect(descriptor.description).toContain('Saved in the files folder');
    expect(descriptor.annotations).toMatchObject({ readOnlyHint: true, idempotentHint: false });
    expect(descriptor.inputSchema.properties).not.toHaveProperty('fields');
    expect(portabilityProblems(descriptor.inputSchema)).toEqual([]);
  });

  it.each([
    ['a spreadsheet', 'text/csv; charset=utf-8', 'id;total\n1;2\n', 'expenses.csv', 'text/csv'],
    ['bytes of no stated kind', 'application/octet-stream', PDF, 'expenses.pdf', 'application/pdf'],
    ['a program', 'application/x-msdownload', 'MZ\0\0', 'expenses.bin', 'application/x-msdownload'],
  ])('may be %s, by an ending that starts nothing', async (_what, type, bytes, name, media) => {
    const { ask, files } = await opened(typed(type, bytes), file('application/octet-stream'));
    const { json: told } = await ask('lucanto_export_expenses');
    expect(told).toMatchObject({ path: join(files, name), media_type: media });
  });

  it('is saved also where the document says nothing of the answer', async () => {
    const { ask, files } = await opened(typed('application/pdf', PDF), { description: 'OK' });
    expect((await ask(RECEIPT, { id: 7 })).json.path).toBe(join(files, 'expense receipt 7.pdf'));
  });

  it('may be behind an address on another origin, which gets no token', async () => {
    const store = later(await oddService({}, () => typed('image/jpeg', JPEG)));
    const { ask } = await opened({ status: 302, headers: { location: `${store.url}/r?signature=s` } });
    expect((await ask(RECEIPT, { id: 7 })).json).toMatchObject({ size: JPEG.length });
    expect(store.received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('may turn out to be JSON, which is answered as such', async () => {
    const { ask, files } = await opened({ json: { url: 'https://files.example/r' } });
    expect((await ask(RECEIPT, { id: 7 })).json).toEqual({ url: 'https://files.example/r' });
    expect(await readdir(files)).toEqual([]);
  });
});

describe('nothing is saved, and the error has a next step, where the service gives', () => {
  it.each([
    ['a page', typed('text/html; charset=utf-8', '<html>Sign in</html>'), 'page_instead_of_file'],
    ['another type than it promised', typed('image/png', '\x89PNG'), 'wrong_media_type'],
    ['a picture that is none', typed('image/jpeg', 'not a picture'), 'wrong_media_type'],
    ['nothing', typed('image/jpeg', ''), 'wrong_media_type'],
    ['a refusal', { status: 404, json: { error: 'not_found', message: 'No.' } }, 'not_found'],
    ['too much', typed('image/jpeg', Buffer.concat([JPEG, Buffer.alloc(21 * 1024 * 1024)])), 'answer_too_large'],
  ])('%s', async (_what, answer, code) => {
    const { ask, files } = await opened(answer);
    const { json: told, result } = await ask(RECEIPT, { id: 7 });
    expect([result.isError, told.error]).toEqual([true, code]);
    expect(told.hint.length).toBeGreaterThan(20);
    expect(told.message).not.toMatch(/ is (\S+), not the .*\1/);
    expect(await readdir(files)).toEqual([]);
  });

  it('a page where a PDF was asked for with lucanto_download_pdf', async () => {
    const at = '/accounts/{account_id}/orders/{id}';
    const own = parameters('account_id', 'id');
    const odd = later(
      await oddService(
        {
          [at]: { get: { parameters: own, responses: { 200: json({ type: 'object' }) } } },
          [`${at}/pdf`]: { get: { parameters: own, responses: { 200: file('application/pdf') } } },
        },
        () => typed('text/html', '<html>Sign in</html>'),
      ),
    );
    const { ask, files } = await scene(odd.url, 'lct_pat_x23456789', READ);
    const { json: told } = await ask('lucanto_download_pdf', { type: 'order', id: 7 });
    expect(told).toMatchObject({ error: 'page_instead_of_file', message: expect.stringContaining('a web page') });
    expect(told.hint).toContain('lucanto-mcp status');
    expect(await readdir(files)).toEqual([]);
  });

  it('a file where JSON was promised: the error says that it is one', async () => {
    const { ask, files } = await opened(typed('application/pdf', PDF), json({ type: 'object' }));
    const { json: told } = await ask(RECEIPT, { id: 7 });
    expect(told).toMatchObject({ error: 'not_json', hint: expect.stringContaining('This is a file.') });
    expect(await readdir(files)).toEqual([]);
  });
});
