/** Raw lines over stdio against the other Lucanto: what is forwarded, what is not, and how a process ends. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HANDSHAKE, type RawSession, startRaw } from '../helpers/mcp.ts';
import { useOtherHome } from '../helpers/other-home.ts';

const at = useOtherHome();

beforeEach(async () => {
  await at.loggedIn(at.other.tokens.manage);
});

async function started(more: Readonly<Record<string, string>> = {}): Promise<RawSession> {
  const raw = startRaw(at.bridge(more));
  for (const line of HANDSHAKE) raw.send(line);
  await raw.lineWith('"hello"');
  return raw;
}

const request = (id: string, method: string, params: unknown) => JSON.stringify({ jsonrpc: '2.0', id, method, params });
const callOf = (id: string, name: string, args: unknown, meta?: unknown) =>
  request(id, 'tools/call', { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) });

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('The _meta of a client', () => {
  it.each(['legacy', 'modern'] as const)(
    'is not sent to the %s service except for the progress token, whose progress comes back',
    async (era) => {
      at.other.set({ remote: { answers: 'sse', progress: true, era } });
      const raw = await started();
      const meta = { progressToken: 'p-77', 'anthropic/session': 'private-session', model: 'private-model' };
      raw.send(callOf('vat', 'lucanto_explain_vat', { country: 'sk' }, meta));
      expect(await raw.lineWith('"vat"')).toContain('The rate in sk is 23 %.');
      const progress: unknown = JSON.parse(await raw.lineWith('notifications/progress'));
      expect(progress).toMatchObject({ params: { progressToken: 'p-77', progress: 1, total: 2, message: 'half way' } });
      expect(at.other.requests.map(({ text }) => text).join('\n')).not.toContain('private-');
      expect(JSON.stringify(at.other.requests.map(({ headers }) => headers))).not.toContain('private-');
      await raw.end();
    },
  );
});

describe('A cancelled call', () => {
  it('closes its request at the remote endpoint', async () => {
    at.other.set({ remote: { state: 'hang' } });
    const raw = await started();
    raw.send(callOf('slow', 'lucanto_explain_vat', { country: 'sk' }));
    await vi.waitFor(
      () => expect(at.other.requests.some(({ text }) => text.includes('"tools/call"'))).toBe(true),
      10_000,
    );
    raw.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"slow"}}');
    await vi.waitFor(() => expect(at.other.abandoned).toBe(1), 10_000);
    raw.send(callOf('next', 'lucanto_list_contacts', { limit: 1 }));
    expect(await raw.lineWith('"next"')).toContain('Ján Novák');
    await raw.end();
  });
});

describe('The process of the bridge', () => {
  it('ends by itself when stdin ends, with only protocol messages on stdout', async () => {
    const raw = await started({ LUCANTO_LOG_LEVEL: 'debug' });
    raw.send('this is no JSON');
    raw.send(request('list', 'tools/list', {}));
    await raw.lineWith('"list"');
    raw.send(request('nothing', 'no/such/method', {}));
    expect(await raw.lineWith('"nothing"')).toContain('-32601');
    expect(await raw.end()).toBe(0);
    for (const line of raw.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    expect(raw.stderr()).not.toContain(at.other.tokens.manage);
  });

  it('answers an unknown tool and a hidden one with a JSON-RPC error, and wrong arguments with a result', async () => {
    const raw = await started();
    raw.send(callOf('unknown', 'lucanto_no_such_tool', {}));
    expect(JSON.parse(await raw.lineWith('"unknown"'))).toMatchObject({ error: { code: -32602 } });
    raw.send(callOf('wrong', 'lucanto_list_invoices', { limit: 'many', statuss: 'paid' }));
    const text = await raw.lineWith('"wrong"');
    expect(JSON.parse(text)).toMatchObject({ result: { isError: true } });
    expect(text).toContain('did you mean `status`?');
    expect(text).toContain('`limit` is the string');
    expect(at.other.requests.filter(({ path }) => path.includes('/invoices'))).toEqual([]);
    await raw.end();
  });

  it('runs next to other copies', async () => {
    const copies = await Promise.all([started(), started(), started()]);
    copies.forEach((raw, index) => {
      raw.send(callOf(`copy-${index}`, 'lucanto_create_contact', { name: `Copy ${index}` }));
    });
    const answers = await Promise.all(copies.map((raw, index) => raw.lineWith(`"copy-${index}"`)));
    for (const [index, answer] of answers.entries()) expect(answer).toContain(`Copy ${index}`);
    expect(await Promise.all(copies.map((raw) => raw.end()))).toEqual([0, 0, 0]);
  });
});

describe('Files of the bridge', () => {
  it('are private, and only one of them has the token', async () => {
    await rm(at.home.configDir, { recursive: true });
    await at.login(at.other.tokens.manage);
    const raw = await started();
    raw.send(callOf('one', 'lucanto_create_contact', { name: 'Nobody Special' }));
    await raw.lineWith('"one"');
    await raw.end();
    const files = await filesBelow(at.home.configDir);
    const holding: string[] = [];
    for (const file of files) {
      expect((await stat(file)).mode & 0o077).toBe(0);
      const text = await readFile(file, 'utf8');
      expect(text).not.toContain('Nobody Special');
      if (text.includes(at.other.tokens.manage)) holding.push(file);
      expect(file).not.toContain(at.other.tokens.manage);
    }
    expect(holding).toHaveLength(1);
    expect((await stat(at.home.configDir)).mode & 0o077).toBe(0);
  });
});

describe('Read-only mode', () => {
  it('wins over every scope: tools that write do not exist', async () => {
    const raw = await started({ LUCANTO_READ_ONLY: '1', LUCANTO_SCOPES: 'manage:*' });
    raw.send(request('list', 'tools/list', {}));
    expect(await raw.lineWith('"list"')).not.toMatch(
      /lucanto_(create|update|delete|issue|mark|send|archive|reconcile)_/,
    );
    raw.send(callOf('write', 'lucanto_create_contact', { name: 'x' }));
    expect(JSON.parse(await raw.lineWith('"write"'))).toHaveProperty('error');
    await raw.end();
  });
});
