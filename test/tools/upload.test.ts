import { execFileSync } from 'node:child_process';
import { copyFile, link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isJsonObject } from '../../src/core/json.ts';
import { json, oddService, parameters } from './odd-service.ts';
import { type Scene, useScenes } from './opened.ts';

const { later, folder, scene, demo } = useScenes();

const PDF = '%PDF-1.4\nreceipt\n%%EOF\n';
const TOOL = 'lucanto_create_expense_receipt';
const MANAGE = { LUCANTO_SCOPES: 'manage:*' };

async function withExpenses(): Promise<Scene & { readonly expenses: readonly unknown[] }> {
  const service = await demo();
  const bridge = await scene(service.url, service.tokens.manage);
  const { json } = await bridge.ask('lucanto_list_expenses', { workspace_id: 42, limit: 3 });
  return { ...bridge, expenses: json.data.map(({ id }: { id: unknown }) => id) };
}

describe('a receipt', () => {
  it('is sent from the files folder, and the tool asks for its path in words', async () => {
    const { ask, bridge, files, expenses } = await withExpenses();
    await mkdir(join(files, 'June'));
    await writeFile(join(files, 'June', 'účet č. 1.pdf'), PDF);
    const { properties } = bridge.find(TOOL).descriptor.inputSchema;
    expect(isJsonObject(properties) && properties.path).toMatchObject({
      type: 'string',
      description: expect.stringMatching(/files folder/),
    });
    const { json } = await ask(TOOL, { workspace_id: 42, id: expenses[0], path: 'June/účet č. 1.pdf' });
    expect(json.receipt_url).toMatch(/receipts/);
    expect(await (await fetch(json.receipt_url)).text()).toBe(PDF);
  });

  it('may be named by its whole path, inside the folder', async () => {
    const { ask, files, expenses } = await withExpenses();
    await writeFile(join(files, 'a.pdf'), PDF);
    const { result } = await ask(TOOL, { workspace_id: 42, id: expenses[0], path: join(files, 'a.pdf') });
    expect(result.isError).toBeUndefined();
  });

  it('is said to have been there before when the same file comes again, under whatever name', async () => {
    const { ask, files, expenses } = await withExpenses();
    await writeFile(join(files, 'a.pdf'), PDF);
    await writeFile(join(files, 'b.pdf'), PDF);
    await writeFile(join(files, 'c.pdf'), `${PDF}\n`);
    const upload = (at: number, path: string) => ask(TOOL, { workspace_id: 42, id: expenses[at], path });
    const first = await upload(0, 'a.pdf');
    const again = await upload(1, 'b.pdf');
    const another = await upload(2, 'c.pdf');
    expect([first.result.content.length, another.result.content.length]).toEqual([1, 1]);
    const note = String(again.result.content.at(-1)?.text);
    expect(note).toContain(`uploaded before`);
    expect(note).toContain(`record ${String(expenses[0])}`);
  });

  it('is refused outside the folder, whichever way it is named, and nothing is sent', async () => {
    const { ask, files, expenses } = await withExpenses();
    const outside = await folder();
    await writeFile(join(outside, 'secret.pdf'), PDF);
    await symlink(join(outside, 'secret.pdf'), join(files, 'link.pdf'));
    await symlink(outside, join(files, 'linked'));
    await symlink('/dev/zero', join(files, 'zero.pdf'));
    await mkdir(join(files, 'folder.pdf'));
    await writeFile(join(files, 'empty.pdf'), '');
    await writeFile(join(files, 'picture.pdf'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    await writeFile(join(files, 'huge.pdf'), Buffer.concat([Buffer.from(PDF), Buffer.alloc(21 * 1024 * 1024)]));
    execFileSync('mkfifo', [join(files, 'pipe.pdf')]);
    const refused = [
      [`../${outside.split('/').at(-1)}/secret.pdf`, 'outside_files_folder'],
      [join(outside, 'secret.pdf'), 'outside_files_folder'],
      ['/etc/passwd', 'outside_files_folder'],
      ['/etc/no-such-file', 'outside_files_folder'],
      ['~/.ssh/id_rsa', 'outside_files_folder'],
      ['.', 'outside_files_folder'],
      ['link.pdf', 'outside_files_folder'],
      ['linked/secret.pdf', 'outside_files_folder'],
      ['zero.pdf', 'outside_files_folder'],
      ['a\0.pdf', 'outside_files_folder'],
      ['folder.pdf', 'no_plain_file'],
      ['pipe.pdf', 'no_plain_file'],
      ['empty.pdf', 'file_size'],
      ['huge.pdf', 'file_size'],
      ['picture.pdf', 'file_type'],
      ['none.pdf', 'file_unreadable'],
    ];
    const codes: unknown[] = [];
    for (const [path] of refused) {
      const { json } = await ask(TOOL, { workspace_id: 42, id: expenses[0], path });
      codes.push([path, json.error]);
    }
    expect(codes).toEqual(refused);
    const { json: expense } = await ask('lucanto_get_expense', { workspace_id: 42, id: expenses[0] });
    expect(expense).not.toHaveProperty('receipt_url');
  });

  it('is refused where it is a hard link, since its other name may be outside, and taken as a copy', async () => {
    const { ask, files, expenses } = await withExpenses();
    const outside = await folder();
    await writeFile(join(outside, 'secret.pdf'), PDF);
    await link(join(outside, 'secret.pdf'), join(files, 'same.pdf'));
    const { json } = await ask(TOOL, { workspace_id: 42, id: expenses[0], path: 'same.pdf' });
    expect(json).toMatchObject({ error: 'hard_link', hint: expect.stringContaining('a copy of it') });
    await copyFile(join(files, 'same.pdf'), join(files, 'copy.pdf'));
    const { result } = await ask(TOOL, { workspace_id: 42, id: expenses[0], path: 'copy.pdf' });
    expect(result.isError).toBeUndefined();
  });

  it('may be a link that stays in the folder', async () => {
    const { ask, files, expenses } = await withExpenses();
    await writeFile(join(files, 'a.pdf'), PDF);
    await symlink('a.pdf', join(files, 'latest.pdf'));
    const { result } = await ask(TOOL, { workspace_id: 42, id: expenses[0], path: 'latest.pdf' });
    expect(result.isError).toBeUndefined();
  });
});

describe('a form of another shape', () => {
  const file = { type: 'string', format: 'binary' };
  const form = (schema: object, encoding: object = {}) => ({
    post: {
      operationId: 'create-bill',
      parameters: parameters('workspace_id'),
      requestBody: { required: true, content: { 'multipart/form-data': { schema, encoding } } },
      responses: { 201: json({ type: 'object' }) },
    },
  });

  async function bills(operation: object, fail = 0) {
    let left = fail;
    const service = later(
      await oddService({ '/workspaces/{workspace_id}/bills': operation }, ({ method, path }) => {
        if (method !== 'POST' || path.includes('mcp')) return null;
        left -= 1;
        return left >= 0 ? { status: 429, json: {} } : { status: 201, json: { id: 9, number: 'B-9' } };
      }),
    );
    return { service, ...(await scene(service.url, 'lct_pat_x23456789', MANAGE)) };
  }

  it('is the same byte for byte, under the same key, when it has to be sent again', async () => {
    const { service, ask, files } = await bills(
      form({ type: 'object', properties: { file, note: { type: 'string' } } }),
      2,
    );
    await writeFile(join(files, 'a.pdf'), PDF);
    const { json } = await ask('lucanto_create_bill', { path: 'a.pdf', note: 'Obed\r\n"č. 1"' });
    expect(json).toMatchObject({ id: 9 });
    const sent = service.received.filter(({ method }) => method === 'POST');
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ body }) => body.toString('latin1'))).size).toBe(1);
    expect(new Set(sent.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    const [first] = sent;
    if (first === undefined) throw new Error('nothing arrived');
    const { headers, body } = first;
    expect(headers['content-length']).toBe(String(body.length));
    const type = String(headers['content-type']);
    const parsed = await new Response(new Uint8Array(body), { headers: { 'Content-Type': type } }).formData();
    expect(parsed.get('note')).toBe('Obed\r\n"č. 1"');
    const part = parsed.get('file');
    if (part === null || typeof part === 'string') throw new Error('no file arrived');
    expect([part.name, part.type, await part.text()]).toEqual(['a.pdf', 'application/pdf', PDF]);
  });

  it('takes the types that the contract states, and no others', async () => {
    const only = form(
      { type: 'object', properties: { scan: file }, required: ['scan'] },
      { scan: { contentType: 'image/*' } },
    );
    const { service, ask, files } = await bills(only);
    await writeFile(join(files, 'a.pdf'), PDF);
    await writeFile(join(files, 'a.jpg'), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]));
    const refused = await ask('lucanto_create_bill', { scan_path: 'a.pdf' });
    expect(refused.json).toMatchObject({ error: 'file_type', hint: expect.stringContaining('image/*') });
    expect(service.received.filter(({ method }) => method === 'POST')).toHaveLength(0);
    const { json } = await ask('lucanto_create_bill', { scan_path: 'a.jpg' });
    expect(json).toMatchObject({ id: 9 });
  });

  it('has its fields in the key that wraps them, as forms write it', async () => {
    const inner = { type: 'object', properties: { receipt: file, title: { type: 'string' } }, required: ['receipt'] };
    const { service, ask, files } = await bills(form({ type: 'object', properties: { bill: inner } }));
    await writeFile(join(files, 'a.pdf'), PDF);
    await ask('lucanto_create_bill', { receipt_path: 'a.pdf', title: 'Lunch' });
    const text = service.received.find(({ method }) => method === 'POST')?.body.toString() ?? '';
    expect(text).toContain('name="bill[receipt]"; filename="a.pdf"');
    expect(text).toContain('name="bill[title]"');
  });

  it('may be the file alone', async () => {
    const whole = {
      post: {
        operationId: 'create-bill',
        parameters: parameters('workspace_id'),
        requestBody: { required: true, content: { 'application/pdf': {} } },
        responses: { 201: json({ type: 'object' }) },
      },
    };
    const { service, ask, files } = await bills(whole);
    await writeFile(join(files, 'a.pdf'), PDF);
    await ask('lucanto_create_bill', { path: 'a.pdf' });
    const [sent] = service.received.filter(({ method }) => method === 'POST');
    expect([sent?.headers['content-type'], sent?.body.toString()]).toEqual(['application/pdf', PDF]);
    expect(await readFile(join(files, 'a.pdf'), 'utf8')).toBe(PDF);
  });
});
