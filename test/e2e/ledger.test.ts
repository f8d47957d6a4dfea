/** Nothing is written twice: the built bridge, killed, copied and cut off, before the embedded Lucanto. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from '../helpers/fault-proxy.ts';
import type { Fault } from '../helpers/faults.ts';
import { CLIENTS, connect } from '../helpers/mcp.ts';
import { greet, meetService, type RpcAnswer, type RpcBridge, startRpcBridge } from '../helpers/rpc-bridge.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';

const WORKSPACE = 42;
const NAME = 'Drahomira';
const CREATE = { workspace_id: WORKSPACE, name: NAME };

let demo: DemoService;
let proxy: FaultProxy;
/** Where a bridge has met the service once; every test begins with a copy. */
let known: Home;
let home: Home;
let env: Record<string, string>;
let fault: (request: ProxiedRequest) => Fault | null;
const bridges: RpcBridge[] = [];

beforeAll(async () => {
  demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  fault = () => null;
  proxy = await startFaultProxy({ upstream: demo.url, choose: (request) => fault(request), slowMs: () => 800 });
  env = { LUCANTO_URL: proxy.origin, LUCANTO_TOKEN: demo.tokens.manage };
  known = await temporaryHome();
  await meetService({ home: known, env });
});
afterAll(async () => {
  await proxy.close();
  await demo.close();
  await known.remove();
});
beforeEach(async () => {
  demo.reset();
  proxy.forget();
  fault = () => null;
  home = await temporaryHome(known);
  env = { LUCANTO_URL: proxy.origin, LUCANTO_TOKEN: demo.tokens.manage };
});
afterEach(async () => {
  for (const bridge of bridges.splice(0)) await bridge.kill('SIGKILL');
  await home.remove();
});

async function open(args: readonly string[] = []): Promise<RpcBridge> {
  const bridge = startRpcBridge({ home, env, args });
  bridges.push(bridge);
  await greet(bridge);
  return bridge;
}

const isCreate = ({ method, path }: { method: string; path: string }) =>
  method === 'POST' && path.endsWith('/contacts');
const creates = () => proxy.seen.filter(isCreate);
const keys = () => new Set(creates().map(({ idempotencyKey }) => idempotencyKey));

async function contacts(named = NAME): Promise<{ id: number }[]> {
  const response = await fetch(`${demo.url}/api/v1/workspaces/${WORKSPACE}/contacts?q=${named}`, {
    headers: { Authorization: `Bearer ${demo.tokens.manage}` },
  });
  return JSON.parse(await response.text()).data;
}

function texts(answer: RpcAnswer | null): string[] {
  const content = answer?.result?.content;
  return Array.isArray(content) ? content.map(({ text }) => String(text)) : [];
}

async function history(...args: string[]): Promise<{ writes: Record<string, unknown>[]; unresolved: number }> {
  const { stdout, exitCode } = await run(['history', '--json', ...args], { home });
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
}

describe('A create whose process is killed', () => {
  it.each(['hang_before', 'hang_after'] as const)(
    'at %s and repeated by another process makes one record',
    async (how) => {
      fault = (request) => (isCreate(request) && request.attempt === 1 ? how : null);
      const first = await open();
      void first.call('lucanto_create_contact', CREATE);
      await expect.poll(() => creates().length).toBe(1);
      await expect.poll(async () => (await contacts()).length).toBe(how === 'hang_after' ? 1 : 0);
      await first.kill('SIGKILL');
      expect((await history()).writes).toMatchObject([
        {
          tool: 'lucanto_create_contact',
          outcome: 'unknown',
          resolve: expect.stringContaining('exactly the same again'),
        },
      ]);

      const [answer = '', note = ''] = texts(await (await open()).call('lucanto_create_contact', CREATE));
      const [record] = await contacts();
      expect(await contacts()).toHaveLength(1);
      expect(JSON.parse(answer)).toMatchObject({ id: record?.id, name: NAME });
      expect(keys().size).toBe(1);
      if (how === 'hang_after')
        expect(note).toMatch(/The same call of 20\S+Z had done this already \(original request id \S+\)/);
      // That an answer was delivered is recorded just after the client has it.
      await expect.poll(async () => (await history()).unresolved).toBe(0);
      const { writes } = await history();
      const outcome = how === 'hang_after' ? 'replayed' : 'done';
      expect(writes).toMatchObject([
        { outcome, id: String(record?.id), workspace: '42', profile: 'default', resolve: null },
        { outcome: 'unknown', later: outcome, resolve: null },
      ]);
    },
  );

  it('can be repeated with the command line', async () => {
    fault = (request) => (isCreate(request) && creates().length === 0 ? 'hang_after' : null);
    const first = await open();
    void first.call('lucanto_create_contact', CREATE);
    await expect.poll(async () => (await contacts()).length).toBe(1);
    await first.kill('SIGKILL');
    const call = ['call', 'lucanto_create_contact', '--arg', 'workspace_id=42', '--arg', `name=${NAME}`];
    const again = await run(call, { home, env });
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ name: NAME });
    expect(again.stderr).toContain('had done this already');
    expect(await contacts()).toHaveLength(1);
    const refused = await run(call, { home, env });
    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: 'duplicate' });
    const allowed = await run([...call, '--arg', 'allow_duplicate=true'], { home, env });
    expect(allowed.exitCode).toBe(0);
    expect(await contacts()).toHaveLength(2);
  });
});

describe('Several copies of the bridge', () => {
  it('that send the same create at once make one record', async () => {
    const copies = await Promise.all(Array.from({ length: 4 }, () => open()));
    const answers = await Promise.all(
      copies.flatMap((copy) => [1, 2, 3].map(() => copy.call('lucanto_create_contact', CREATE))),
    );
    expect(await contacts()).toHaveLength(1);
    expect(keys().size).toBe(1);
    const [record] = await contacts();
    // A copy that is late by more than the first one took learns of the record, the others get it.
    for (const answer of answers) {
      const answered = JSON.parse(texts(answer)[0] ?? '');
      expect(answered.id ?? Number(answered.earlier.id)).toBe(record?.id);
    }
  });

  it('that are killed at any moment while they write make each record once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `Kveta${index}`);
    for (let round = 0; round < 3; round++) {
      const copies = await Promise.all([open(), open()]);
      const all = copies.flatMap((copy) =>
        names.map((name) => copy.call('lucanto_create_contact', { ...CREATE, name })),
      );
      await Promise.race(all);
      await Promise.all(copies.map((copy) => copy.kill('SIGKILL')));
    }
    const last = await open(['--duplicate-window', '10']);
    const answers = await Promise.all(names.map((name) => last.call('lucanto_create_contact', { ...CREATE, name })));
    for (const answer of answers) expect(texts(answer)[0]).toMatch(/"name":"Kveta|"error":"duplicate"/);
    expect(new Set((await contacts('Kveta')).map(({ id }) => id)).size).toBe(names.length);
  });
});

describe.each(CLIENTS)('A client (%s) that had its answer', (kind) => {
  it('is refused with the earlier record when it creates the same again, and may allow a duplicate', async () => {
    const session = await connect(kind, { home, env });
    const tools = await session.listTools();
    const schemaOf = (tool: string) => JSON.stringify(tools.find(({ name }) => name === tool)?.inputSchema);
    expect(schemaOf('lucanto_create_contact')).toContain('allow_duplicate');
    expect(schemaOf('lucanto_update_contact')).not.toContain('allow_duplicate');
    const made = JSON.parse((await session.callTool('lucanto_create_contact', CREATE)).text);
    const again = await session.callTool('lucanto_create_contact', CREATE);
    expect(again.isError).toBe(true);
    expect(JSON.parse(again.text)).toMatchObject({ error: 'duplicate', earlier: { id: String(made.id) } });
    const insisting = await session.callTool('lucanto_create_contact', { ...CREATE, allow_duplicate: true });
    expect(insisting.isError).toBe(false);
    await session.close();
    expect(await contacts()).toHaveLength(2);
    expect(creates().every(({ body }) => !body.includes('allow_duplicate'))).toBe(true);
    expect((await history()).writes.map(({ outcome }) => outcome)).toEqual(['done', 'duplicate_stopped', 'done']);
  });
});

describe('A create that the service refuses', () => {
  it('may be corrected, and repeated with a new key', async () => {
    const bridge = await open();
    const wrong = { workspace_id: WORKSPACE, name: 'Konto' };
    for (const _ of [1, 2]) {
      const answer = await bridge.call('lucanto_create_bank_account', wrong);
      expect(texts(answer)[0]).toContain('"status":422');
    }
    const right = await bridge.call('lucanto_create_bank_account', { ...wrong, account_number: '123456' });
    expect(right?.result?.isError).not.toBe(true);
    const sent = proxy.seen.filter(({ method, path }) => method === 'POST' && path.endsWith('/bank_accounts'));
    expect(new Set(sent.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
  });
});

describe('A delete', () => {
  it('that finds nothing after one whose outcome was unknown counts as done', async () => {
    const made = await (await open()).call('lucanto_create_contact', CREATE);
    const { id } = JSON.parse(texts(made)[0] ?? '');
    fault = ({ method, attempt }) => (method === 'DELETE' && attempt === 1 ? 'hang_after' : null);
    const first = await open(['--timeout', '2']);
    const [lost = ''] = texts(await first.call('lucanto_delete_contact', { workspace_id: WORKSPACE, id }));
    expect(JSON.parse(lost)).toMatchObject({ error: 'timeout', outcome: 'unknown' });
    await first.kill('SIGKILL');
    const [answer = '', note] = texts(
      await (await open()).call('lucanto_delete_contact', { workspace_id: WORKSPACE, id }),
    );
    expect(JSON.parse(answer)).toMatchObject({ ok: true, already_deleted: true });
    expect(note).toMatch(/counts as done/);
    const [third = ''] = texts(await (await open()).call('lucanto_delete_contact', { workspace_id: WORKSPACE, id }));
    expect(JSON.parse(third)).toMatchObject({ status: 404 });
  });

  it('that was lost within one call counts as done as well', async () => {
    const bridge = await open();
    const { id } = JSON.parse(texts(await bridge.call('lucanto_create_contact', CREATE))[0] ?? '');
    fault = ({ method, attempt }) => (method === 'DELETE' && attempt === 1 ? 'reset_after' : null);
    const [answer = ''] = texts(await bridge.call('lucanto_delete_contact', { workspace_id: WORKSPACE, id }));
    expect(JSON.parse(answer)).toMatchObject({ ok: true, already_deleted: true });
  });
});

describe('A write over the remote endpoint', () => {
  const isCall = ({ tool }: { tool: string | null }) => tool === 'lucanto_create_contact';
  const sent = () => proxy.seen.filter(isCall);

  it('is sent once, and not again while its outcome is unknown', async () => {
    fault = (request) => (isCall(request) && request.attempt === 1 ? 'reset_after' : null);
    const bridge = await open(['--backend', 'remote']);
    const [lost = ''] = texts(await bridge.call('lucanto_create_contact', CREATE));
    expect(JSON.parse(lost)).toMatchObject({ outcome: 'unknown' });
    const copy = await open(['--backend', 'remote']);
    const [again = ''] = texts(await copy.call('lucanto_create_contact', CREATE));
    expect(JSON.parse(again)).toMatchObject({
      error: 'outcome_unknown',
      hint: expect.stringMatching(/lucanto_list_contacts.*allow_duplicate: true/),
    });
    expect(sent()).toHaveLength(1);
    const allowed = await copy.call('lucanto_create_contact', { ...CREATE, allow_duplicate: true });
    expect(allowed?.result?.isError).not.toBe(true);
    expect(sent()).toHaveLength(2);
    expect(sent().every(({ body }) => !body.includes('allow_duplicate'))).toBe(true);
    const repeated = await copy.call('lucanto_create_contact', CREATE);
    expect(texts(repeated)[0]).toContain('"error":"duplicate"');
  });

  it('that the tool itself refuses may be repeated', async () => {
    const bridge = await open(['--backend', 'remote']);
    const missing = { workspace_id: WORKSPACE, id: 999_999_999 };
    for (const _ of [1, 2]) {
      const answer = await bridge.call('lucanto_delete_invoice', missing);
      expect(texts(answer)[0]).not.toContain('outcome_unknown');
    }
    expect((await history()).writes.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
  });
});

describe('A write that is cancelled', () => {
  it('is followed to its end once it was sent, so that the ledger knows the outcome', async () => {
    fault = (request) => (isCreate(request) && request.attempt === 1 ? 'slow_head' : null);
    const bridge = await open();
    void bridge.call('lucanto_create_contact', CREATE);
    const cancelled = bridge.lastId();
    await expect.poll(() => creates().length).toBe(1);
    bridge.notify('notifications/cancelled', { requestId: cancelled });
    await bridge.end();
    expect((await history()).writes).toMatchObject([
      { outcome: 'done', resolve: expect.stringContaining('never got') },
    ]);
    expect((await history('--open')).writes).toHaveLength(1);
    const [answer = '', note] = texts(await (await open()).call('lucanto_create_contact', CREATE));
    expect(JSON.parse(answer)).toMatchObject({ name: NAME });
    expect(note).toContain('had done this already');
    expect(await contacts()).toHaveLength(1);
  });

  it('by its time limit is answered, and followed to its end as well', async () => {
    // Long enough for the request to leave, also on a busy machine.
    const bridge = await open(['--timeout', '4']);
    await bridge.call('lucanto_list_contacts', { workspace_id: WORKSPACE, limit: 1 });
    const hold = demo.hold(isCreate);
    const [answer = ''] = texts(await bridge.call('lucanto_create_contact', CREATE));
    hold.release();
    expect(JSON.parse(answer)).toMatchObject({ error: 'timeout', outcome: 'unknown' });
    await bridge.end();
    expect((await history()).writes).toMatchObject([{ outcome: 'done' }]);
  });
});

describe('A bridge that cannot write its ledger', () => {
  it('refuses writes before anything is sent, and still reads', async () => {
    env.LUCANTO_CONFIG_DIR = '/dev/null/nowhere';
    const bridge = await open();
    const [refused = ''] = texts(await bridge.call('lucanto_create_contact', CREATE));
    expect(JSON.parse(refused)).toMatchObject({
      error: 'ledger_unwritable',
      message: expect.stringContaining('/dev/null'),
    });
    expect(creates()).toHaveLength(0);
    const list = await bridge.call('lucanto_list_contacts', { workspace_id: WORKSPACE, limit: 1 });
    expect(texts(list)[0]).toContain('has_more');
  });
});

describe('The command history', () => {
  it('prints a table, works offline without a token, and says how to resolve what is open', async () => {
    const empty = await run(['history'], { home });
    expect(empty).toMatchObject({ stdout: 'Nothing has been written yet.\n', exitCode: 0 });
    fault = (request) => (isCreate(request) && request.body.includes('Bozena') ? 'reset_after' : null);
    const bridge = await open();
    await bridge.call('lucanto_create_contact', CREATE);
    await bridge.call('lucanto_create_contact', { ...CREATE, name: 'Bozena' });
    await bridge.end();
    const table = await run(['history'], { home });
    expect(table.stdout).toMatch(/^TIME +WHAT +COMPANY +RESULT\n/);
    expect(table.stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}Contact \d+ created +42 +done$/m);
    expect(table.stdout).toMatch(
      /Create contact +42 +unknown\n {2}hint: Check .* ask for exactly the same again before 20/,
    );
    expect(table.stderr).toContain('1 write unresolved');
    const unresolved = await run(['history', '--open'], { home });
    expect(unresolved.stdout.match(/Create contact +42 +unknown/g)).toHaveLength(1);
    expect(unresolved.stdout).not.toMatch(/ done /);
    expect((await history('--limit', '1')).writes).toHaveLength(1);
    expect((await run(['history', '--limit', 'x'], { home })).exitCode).toBe(2);
  });

  it('prints neither the token nor what was written, and no file of the ledger has them', async () => {
    const bridge = await open();
    await bridge.call('lucanto_create_contact', CREATE);
    fault = isCreateFault('reset_after');
    await bridge.call('lucanto_create_contact', { ...CREATE, name: 'Jarmila' });
    await bridge.end();
    const folder = join(home.configDir, 'writes');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(3);
    for (const { parentPath, name } of files) {
      const text = `${name} ${readFileSync(join(parentPath, name), 'utf8')}`;
      expect(text).not.toMatch(new RegExp(`${NAME}|Jarmila|lct_|${demo.tokens.manage.slice(8)}`));
    }
  });
});

function isCreateFault(which: Fault): (request: ProxiedRequest) => Fault | null {
  return (request) => (isCreate(request) ? which : null);
}
