/** Text of strangers reaches no model unseen: hidden characters are named on every route of the protocol. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { CLIENTS, connect, HANDSHAKE, startRaw } from '../helpers/mcp.ts';
import { meetService } from '../helpers/rpc-bridge.ts';
import { type Home, temporaryHome } from '../helpers/run.ts';

const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come through
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]|\p{Cs}/u;
const NAME = 'Zlatá\u202ehsilop\u200b \u009b31mrow\u{e0049}\u{e0067}';

let demo: DemoService;
/** Where a bridge has met the service once; every test begins with a copy. */
let known: Home;
let home: Home;
let env: Record<string, string>;
let id: string;

beforeAll(async () => {
  demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  known = await temporaryHome();
  await meetService({ home: known, env: { LUCANTO_URL: demo.url, LUCANTO_TOKEN: demo.tokens.manage } });
});
afterAll(async () => {
  await demo.close();
  await known.remove();
});
beforeEach(async () => {
  demo.reset();
  home = await temporaryHome(known);
  env = { LUCANTO_URL: demo.url, LUCANTO_TOKEN: demo.tokens.manage };
  const response = await fetch(`${demo.url}/api/v1/workspaces/42/contacts`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${demo.tokens.manage}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': crypto.randomUUID(),
    },
    body: JSON.stringify({ contact: { name: NAME } }),
  });
  id = /"id":(\d+)/.exec(await response.text())?.[1] ?? '';
});
afterEach(() => home.remove());

describe.each(CLIENTS)('through the client %s', (kind) => {
  it('a record shows what is hidden in it, in every form of answer', async () => {
    const session = await connect(kind, { home, env });
    await session.listTools();
    const called = await session.callTool('lucanto_get_contact', { workspace_id: 42, id });
    const read = await session.readResource(`lucanto://42/contacts/${id}`);
    const completed = await session.complete({ prompt: 'chase_overdue_invoices' }, 'contact', 'Zlat', {
      workspace: '42',
    });
    for (const text of [called.text, JSON.stringify(called.structuredContent ?? ''), read.text, ...completed.values]) {
      expect(text).not.toMatch(HIDDEN);
    }
    for (const text of [called.text, read.text, completed.values.join()]) expect(text).toContain('[U+202E]');
    await session.close();
  });

  it('a prompt shows what is hidden in its arguments', async () => {
    const session = await connect(kind, { home, env });
    const description = 'Hosting\u200b for ACME \u{e0041}\u{e0042}\ud83d';
    const text = await session.getPrompt('create_invoice_from_description', { description });
    expect(text).not.toMatch(HIDDEN);
    expect(text).toContain('Hosting[U+200B] for ACME [2 hidden characters]\ufffd');
    await session.close();
  });

  it('an error shows what is hidden in what it repeats', async () => {
    const session = await connect(kind, { home, env });
    const error = await session.callTool('lucanto_fly\u202e').catch(String);
    expect(String(error)).not.toMatch(HIDDEN);
    await session.close();
  });
});

it("workspaces' names are shown as they are in the instructions", async () => {
  const first = await connect('v1', { home, env });
  await first.listTools();
  await first.close();
  const cache = join(home.configDir, 'cache');
  const [folder = ''] = await readdir(cache);
  const path = join(cache, folder, 'catalogue.json');
  const known = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...known, workspaces: [{ id: '42', name: 'A\u202eB\u200bC\u{e0044}' }] }));
  const session = startRaw({ home, env });
  session.send(HANDSHAKE[0]);
  const answer = await session.lineWith('"id":"hello"');
  expect(answer).not.toMatch(HIDDEN);
  expect(answer).toContain('A[U+202E]B[U+200B]C[U+E0044]');
  session.kill();
});

it('a tool that has another name now is answered with it', async () => {
  const session = startRaw({ home, env });
  for (const line of HANDSHAKE) session.send(line);
  const params = { name: 'lucanto_summarize_credit_notes', arguments: {} };
  session.send(JSON.stringify({ jsonrpc: '2.0', id: 'earlier', method: 'tools/call', params }));
  const { error } = JSON.parse(await session.lineWith('"id":"earlier"'));
  expect(error.message).toContain('(now lucanto_summarize_documents with type "credit_note")');
  session.kill();
});

it('each control character is named, also where it is the only one in a message and JSON has a short form for it', async () => {
  const session = startRaw({ home, env });
  for (const line of HANDSHAKE) session.send(line);
  const controls = [...Array(0x20).keys(), 0x7f, ...Array.from({ length: 0x20 }, (_, at) => 0x80 + at)].filter(
    (code) => ![0x09, 0x0a, 0x0d].includes(code),
  );
  for (const code of controls) {
    const params = { name: `fly${String.fromCharCode(code)}away`, arguments: {} };
    session.send(JSON.stringify({ jsonrpc: '2.0', id: `code ${code}.`, method: 'tools/call', params }));
    const { error } = JSON.parse(await session.lineWith(`code ${code}.`));
    const name = `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
    expect(error.message).toBe(`Unknown tool: fly${name}away`);
  }
  session.kill();
});
