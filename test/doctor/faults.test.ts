import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/server.ts';
import { buildProgram, type Program } from '../cli/built-program.ts';
import { AUTHORITY_FILE } from '../fixtures/tls.ts';
import { connectProxy, tlsFront } from '../helpers/connect-proxy.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';
import {
  CODEX,
  CONFIG,
  CURSOR,
  closedPort,
  DESKTOP,
  entryOf,
  front,
  type Patient,
  PROFILE,
  patientOf,
  SERVER,
  selfSigned,
  silent,
} from './patient.ts';

let program: Program;
let service: DemoService;
let patient: Patient;
const rows: string[] = [];
beforeAll(async () => {
  program = await buildProgram();
  service = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
});
afterAll(async () => {
  process.stdout.write(`fault | check: state | fix\n${rows.join('\n')}\n`);
  await service?.close();
  program?.remove();
});
beforeEach(() => {
  patient = patientOf(program, service);
});
afterEach(() => patient.leave());

interface Given {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

interface Fault {
  readonly fault: string;
  /** Breaks something, and says how doctor is to be started. */
  readonly arrange: (patient: Patient) => Given | undefined | Promise<Given | undefined>;
  /** Everything that doctor finds wrong then; the first is the fault itself. */
  readonly finds: readonly [string, ...string[]];
  readonly detail: RegExp;
  readonly fix: RegExp;
}

const DEAD = 'lct_pat_ffffffffffffffffffffffffffffffff';
const ours = (name: string) => path.join('node_modules', 'lucanto-mcp', 'bin', name);

/** A server under the name of ours, started by an app. */
function connected({ put, path: at }: Patient, source: string): void {
  put(ours('lucanto-mcp.js'), source);
  put(DESKTOP, entryOf(at(ours('lucanto-mcp.js'))));
}

const FAULTS: readonly Fault[] = [
  {
    fault: 'no token',
    arrange: () => ({ args: ['--url', service.url] }),
    finds: ['token: fail'],
    detail: /There is no token/,
    fix: /^Run `lucanto-mcp login --url /,
  },
  {
    fault: 'stored token file is no JSON',
    arrange: async ({ login, path: at }) => {
      await login();
      writeFileSync(at(PROFILE), '{"token": "lct_pat_00');
      return { args: ['--url', service.url] };
    },
    finds: ['profile: fail'],
    detail: /cannot be parsed/,
    fix: /^Repair the file or move it away, then run `lucanto-mcp login`/,
  },
  {
    fault: '--token-file is empty',
    arrange: ({ put, path: at }) => {
      put('token', '\n');
      return { args: ['--url', service.url, '--token-file', at('token')] };
    },
    finds: ['token: fail'],
    detail: /has an empty first line/,
    fix: /^Put the token alone on the first line/,
  },
  {
    fault: '--token-file holds more than a token',
    arrange: ({ put, path: at }) => {
      put('token', 'my token is secret-word-42\n');
      return { args: ['--url', service.url, '--token-file', at('token')] };
    },
    finds: ['token-form: fail'],
    detail: /has a space in it/,
    fix: /^Put the token alone there/,
  },
  {
    fault: 'token of another origin',
    arrange: async ({ login, keep }) => {
      await login();
      return { args: ['--url', keep(await front(service, {})).origin] };
    },
    finds: ['token-origin: fail'],
    detail: /belongs to http:\/\/127[.]0[.]0[.]1:\d+ and is not sent to/,
    fix: /^Run `lucanto-mcp login --url .*--profile <name>/,
  },
  {
    fault: 'token refused (401)',
    arrange: async ({ login }) => {
      await login(DEAD, '--no-verify');
      return undefined;
    },
    finds: ['token-accepted: fail'],
    detail: /refused the token|401/i,
    fix: /Make a new token at .*settings\/api_keys.*lucanto-mcp login/,
  },
  {
    fault: 'name that nobody knows',
    arrange: () => ({ args: ['--url', 'https://lucanto.invalid'], env: { LUCANTO_TOKEN: DEAD } }),
    finds: ['dns: fail', 'contract: warn'],
    detail: /DNS/,
    fix: /^Check the network and --url/,
  },
  {
    fault: 'closed port',
    arrange: async () => ({
      args: ['--url', `http://127.0.0.1:${await closedPort()}`],
      env: { LUCANTO_TOKEN: DEAD },
    }),
    finds: ['tcp: fail', 'contract: warn'],
    detail: /the connection was refused \(ECONNREFUSED\)/,
    fix: /^Check the network and --url/,
  },
  {
    fault: 'self-signed certificate',
    arrange: async ({ keep }) => ({
      args: ['--url', keep(await selfSigned()).origin],
      env: { LUCANTO_TOKEN: DEAD },
    }),
    finds: ['tls: fail', 'contract: warn'],
    detail: /is self-signed.*It was issued by localhost, valid until 2126-/,
    fix: /NODE_EXTRA_CA_CERTS/,
  },
  {
    fault: 'expired certificate',
    arrange: async ({ keep }) => {
      const { port } = keep(await tlsFront(Number(new URL(service.url).port), 'expired'));
      const env = { LUCANTO_TOKEN: DEAD, NODE_EXTRA_CA_CERTS: AUTHORITY_FILE };
      return { args: ['--url', `https://127.0.0.1:${port}`], env };
    },
    finds: ['tls: fail', 'contract: warn'],
    detail: /has expired.*issued by lucanto-mcp test authority, valid until 2025-/,
    fix: /^Check the clock of this computer/,
  },
  {
    fault: 'certificate for another name',
    arrange: async ({ keep }) => {
      const { port } = keep(await tlsFront(Number(new URL(service.url).port), 'wrong-host'));
      const env = { LUCANTO_TOKEN: DEAD, NODE_EXTRA_CA_CERTS: AUTHORITY_FILE };
      return { args: ['--url', `https://127.0.0.1:${port}`], env };
    },
    finds: ['tls: fail', 'contract: warn'],
    detail: /is for another name/,
    fix: /^Check --url/,
  },
  {
    fault: 'verification of certificates is off',
    arrange: async ({ keep }) => {
      const { port } = keep(await tlsFront(Number(new URL(service.url).port), 'server'));
      const proxy = keep(await connectProxy({ target: port }));
      const env = {
        LUCANTO_TOKEN: DEAD,
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
      };
      return { args: ['--url', 'https://lucanto.test'], env };
    },
    finds: ['tls: fail', 'contract: warn'],
    detail: /NODE_TLS_REJECT_UNAUTHORIZED=0/,
    fix: /^Unset NODE_TLS_REJECT_UNAUTHORIZED/,
  },
  {
    fault: 'proxy that refuses (407)',
    arrange: async ({ keep }) => {
      const proxy = keep(await connectProxy({ target: 9, credentials: 'anna:right' }));
      const env = { LUCANTO_TOKEN: DEAD, HTTPS_PROXY: `http://anna:hunter2@127.0.0.1:${proxy.port}` };
      return { args: ['--url', 'https://lucanto.test'], env };
    },
    finds: ['tcp: fail', 'contract: warn'],
    detail: /through the proxy 127[.]0[.]0[.]1:\d+ of HTTPS_PROXY.*407/,
    fix: /^Set HTTPS_PROXY to http:/,
  },
  {
    fault: 'proxy variable that names none',
    arrange: () => ({
      args: ['--url', 'https://lucanto.test'],
      env: { LUCANTO_TOKEN: DEAD, HTTPS_PROXY: 'socks5://127.0.0.1:1' },
    }),
    finds: ['proxy: fail', 'contract: warn'],
    detail: /HTTPS_PROXY names no proxy that can be used/,
    fix: /^Set HTTPS_PROXY to an address/,
  },
  {
    fault: 'service that never answers',
    arrange: async ({ keep }) => {
      const { origin } = keep(await silent());
      return { args: ['--url', origin], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['rest: fail', 'mcp: fail', 'contract: warn'],
    detail: /did not answer before the time limit/,
    fix: /timeout|again/,
  },
  {
    fault: 'something else at that address (404)',
    arrange: async ({ keep }) => {
      const { origin } = keep(await scriptedServer((response) => response.writeHead(404).end()));
      return { args: ['--url', origin], env: { LUCANTO_TOKEN: DEAD } };
    },
    finds: ['rest: fail', 'mcp: fail', 'contract: warn'],
    detail: /404/,
    fix: /^Check --url: it must be the address of Lucanto itself[.]$/,
  },
  {
    fault: 'web page at that address',
    arrange: async ({ keep }) => {
      const page = await scriptedServer((response) =>
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html></html>'),
      );
      return { args: ['--url', keep(page).origin], env: { LUCANTO_TOKEN: DEAD } };
    },
    finds: ['rest: fail', 'mcp: fail', 'contract: warn'],
    detail: /text\/html/,
    fix: /check --url/,
  },
  {
    fault: 'MCP endpoint down, its list known from before',
    arrange: async ({ login, keep }) => {
      const isDown = { now: false };
      const cuts = ({ url }: IncomingMessage) => isDown.now && url?.startsWith('/api/mcp') === true;
      const { origin } = keep(await front(service, {}, cuts));
      await login(service.tokens.manage, '--url', origin);
      isDown.now = true;
      return undefined;
    },
    finds: ['mcp: warn'],
    detail: /Its last known list is used[.]$/,
    fix: /^Try again/,
  },
  {
    fault: 'REST API down',
    arrange: async ({ keep }) => {
      const cuts = ({ url }: IncomingMessage) => url?.startsWith('/api/v1/') === true && !url.endsWith('openapi.json');
      const { origin } = keep(await front(service, {}, cuts));
      return { args: ['--url', origin], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['rest: fail'],
    detail: /the connection broke off/,
    fix: /^Try again/,
  },
  {
    fault: 'token file open to others',
    arrange: ({ put, path: at }) => {
      put('token', `${service.tokens.manage}\n`, 0o644);
      return { args: ['--url', service.url, '--token-file', at('token')] };
    },
    finds: ['token-form: warn'],
    detail: /can be read by others/,
    fix: /^Run: chmod 600 "~[/]token"$/,
  },
  {
    fault: 'token of another service',
    arrange: () => ({ args: ['--url', service.url], env: { LUCANTO_TOKEN: 'ghp_opaque-secret-4711' } }),
    finds: ['token-accepted: fail', 'token-form: warn'],
    detail: /refused the token|401/i,
    fix: /Make a new token/,
  },
  {
    fault: 'clock an hour off',
    arrange: async ({ keep }) => {
      const date = new Date(Date.now() - 60 * 60_000).toUTCString();
      const { origin } = keep(await front(service, { date }));
      return { args: ['--url', origin], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['clock: warn'],
    detail: /60 minutes ahead of the service's/,
    fix: /^Set the clock of this computer/,
  },
  {
    fault: 'clock two days off',
    arrange: async ({ keep }) => {
      const date = new Date(Date.now() + 48 * 60 * 60_000).toUTCString();
      const { origin } = keep(await front(service, { date }));
      return { args: ['--url', origin], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['clock: fail'],
    detail: /48 hours behind the service's/,
    fix: /^Set the clock of this computer/,
  },
  {
    fault: 'pinned workspace that does not exist',
    arrange: async ({ login }) => {
      await login();
      return { args: ['--workspace', '77'] };
    },
    finds: ['workspaces: fail'],
    detail: /pinned workspace 77 is not among/,
    fix: /^Give --workspace the id of one of them/,
  },
  {
    fault: 'config directory and token open to others',
    arrange: async ({ login, path: at }) => {
      await login();
      chmodSync(at(CONFIG), 0o755);
      chmodSync(at(PROFILE), 0o644);
      return undefined;
    },
    finds: ['config-dir: fail'],
    detail: /holds the token and is open to others on this computer \(0644\)/,
    fix: /^Run: chmod -R go= .*lucanto-mcp$/,
  },
  {
    fault: 'config directory open to others, token closed',
    arrange: async ({ login, path: at }) => {
      await login();
      chmodSync(at(CONFIG), 0o750);
      return undefined;
    },
    finds: ['config-dir: warn'],
    detail: /is open to others on this computer \(0750\)/,
    fix: /^Run: chmod -R go= /,
  },
  {
    fault: 'file in the place of the config directory',
    arrange: ({ put }) => {
      put(CONFIG, 'a file');
      return { args: ['--url', service.url], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['config-dir: fail'],
    detail: /is no folder/,
    fix: /--config-dir <dir>/,
  },
  {
    fault: 'damaged cache',
    arrange: async ({ login, put }) => {
      await login();
      put(path.join(CONFIG, 'cache', 'abc', 'contract.json'), '{"fetched');
      return undefined;
    },
    finds: ['caches: warn'],
    detail: /contract[.]json cannot be parsed and is ignored/,
    fix: /^Run: rm .*contract[.]json$/,
  },
  {
    fault: 'file in the place of the files folder',
    arrange: async ({ login, put, path: at }) => {
      await login();
      put('receipts', 'a file');
      return { args: ['--files', at('receipts')] };
    },
    finds: ['files-folder: fail'],
    detail: /receipts is no folder/,
    fix: /^Choose another folder with --files/,
  },
  {
    fault: 'open write in the ledger',
    arrange: async ({ login, run, keep }) => {
      const isWrite = ({ method, url }: IncomingMessage) => method === 'POST' && url?.startsWith('/api/v1/') === true;
      const { origin } = keep(await front(service, {}, isWrite));
      await login(service.tokens.manage, '--url', origin);
      const args = JSON.stringify({ workspace_id: '42', name: 'Acme s.r.o.' });
      const call = await run('call', 'lucanto_create_contact', '--args', args, '--timeout', '3');
      expect(call.code).not.toBe(0);
      return undefined;
    },
    finds: ['open-writes: warn'],
    detail: /^the outcome of lucanto_create_contact of .* is not settled$/,
    fix: /^Run `lucanto-mcp history --open`/,
  },
  {
    fault: "app's file is no JSON",
    arrange: async ({ login, put }) => {
      await login();
      put(DESKTOP, '{"mcpServers": {');
      return undefined;
    },
    finds: ['claude-desktop-file: fail'],
    detail: /no valid JSON \(line 1\)/,
    fix: /^Repair the file, or move it away, then run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'comments in a file of strict JSON',
    arrange: async ({ login, run, put, path: at, program: { files } }) => {
      await login();
      await run('setup', 'claude-desktop');
      put(DESKTOP, `// mine\n${files()[DESKTOP]}`);
      rmSync(at(`${DESKTOP}.lucanto-backup`), { force: true });
      return undefined;
    },
    finds: ['claude-desktop-file: fail'],
    detail: /has comments or commas/,
    fix: /^Take those comments and commas out/,
  },
  {
    fault: "service's address and token in Claude Desktop",
    arrange: async ({ login, put }) => {
      await login();
      const entry = { url: `${service.url}/api/mcp/v1`, headers: { Authorization: 'Bearer opaque-secret-4711' } };
      put(DESKTOP, JSON.stringify({ mcpServers: { lucanto: entry } }));
      return undefined;
    },
    finds: ['claude-desktop-file: fail'],
    detail: /holds the service's address and a token in plain text; Claude Desktop starts programs only/,
    fix: /^Run `lucanto-mcp setup claude-desktop`, which replaces it/,
  },
  {
    fault: "service's address and token in Cursor",
    arrange: async ({ login, put }) => {
      await login();
      const entry = { url: `${service.url}/api/mcp/v1`, headers: { Authorization: `Bearer ${service.tokens.read}` } };
      put(CURSOR, JSON.stringify({ mcpServers: { books: entry } }));
      return undefined;
    },
    finds: ['cursor-file: warn'],
    detail: /the entry books .* a token in plain text/,
    fix: /^Run `lucanto-mcp setup cursor`/,
  },
  {
    fault: 'token in the environment of an entry',
    arrange: async ({ login, run, put, path: at, program: { files } }) => {
      await login();
      await run('setup', 'cursor');
      const file = JSON.parse(files()[CURSOR] ?? '');
      file.mcpServers.lucanto.env = { LUCANTO_TOKEN: service.tokens.read };
      put(CURSOR, JSON.stringify(file));
      return { args: ['--config-dir', at(CONFIG)] };
    },
    finds: ['cursor-file: warn'],
    detail: /the entry lucanto .* holds a token in plain text/,
    fix: /^Run `lucanto-mcp login .*` with that token, then `lucanto-mcp setup cursor /,
  },
  {
    fault: 'entry with a script that is gone',
    arrange: async ({ login, put }) => {
      await login();
      put(DESKTOP, entryOf('/nowhere/lucanto-mcp.js'));
      return undefined;
    },
    finds: ['claude-desktop-entry: fail'],
    detail: /\/nowhere\/lucanto-mcp[.]js does not exist/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'entry with a command that the app has no PATH to',
    arrange: async ({ login, put }) => {
      await login();
      put(DESKTOP, '{"mcpServers": {"lucanto": {"command": "no-such-npx", "args": ["-y", "lucanto-mcp"]}}}');
      return undefined;
    },
    finds: ['claude-desktop-entry: fail'],
    detail: /no-such-npx is not on the PATH that the app has/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'entry of a profile without a token',
    arrange: async ({ login, run }) => {
      await login();
      await run('setup', 'cursor', '--profile', 'work');
      return undefined;
    },
    finds: ['cursor-entry: fail'],
    detail: /it would have no token. There is no token .* in the profile work/,
    fix: /^Run `lucanto-mcp login --profile work`/,
  },
  {
    fault: 'token that only this terminal has',
    arrange: async ({ run }) => {
      await run('setup', 'cursor', '--url', service.url);
      return { args: ['--url', service.url], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['cursor-entry: fail'],
    detail: /started by the app, it would have no token/,
    fix: /^Run `lucanto-mcp login /,
  },
  {
    fault: 'proxy that only this terminal has',
    arrange: async ({ login, run, keep }) => {
      await login();
      await run('setup', 'cursor');
      const proxy = keep(await connectProxy({ target: Number(new URL(service.url).port) }));
      return { env: { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` } };
    },
    finds: ['cursor-entry: warn'],
    detail: /HTTP_PROXY is set here, but the app starts programs without/,
    fix: /^Put HTTP_PROXY into "env" of the entry lucanto in .*mcp[.]json[.]$/,
  },
  {
    fault: 'entry that prints something else on stdout',
    arrange: async (it) => {
      await it.login();
      connected(it, `console.log('Debugger listening, token ${DEAD}');${SERVER}`);
      return undefined;
    },
    finds: ['claude-desktop-stdout: fail'],
    detail: /no message of MCP: "Debugger listening, token lct_pat_\[token\]"/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'entry that prints its variables on stdout',
    arrange: async ({ login, put, path: at }) => {
      await login();
      put(ours('lucanto-mcp.js'), `console.log(process.env.API_KEY, process.cwd());${SERVER}`);
      const entry = { command: process.execPath, args: [at(ours('lucanto-mcp.js'))] };
      const env = { API_KEY: 'opaque-secret-4711' };
      put(DESKTOP, JSON.stringify({ mcpServers: { lucanto: { ...entry, env } } }));
      return undefined;
    },
    finds: ['claude-desktop-stdout: fail'],
    detail: /no message of MCP: "\[token\] ~"/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'entry that ends at once',
    arrange: async (it) => {
      await it.login();
      connected(it, `console.error('error: no such module'); process.exitCode = 7;`);
      return undefined;
    },
    finds: ['claude-desktop-start: fail'],
    detail: /exit code 7 instead of answering initialize; the last it said: "error: no such module"/,
    fix: /^Run `lucanto-mcp setup claude-desktop`, and restart Claude Desktop/,
  },
  {
    fault: "entry slower than the app's limit",
    arrange: async ({ login, put, path: at }) => {
      await login();
      put(ours('lucanto-mcp.js'), 'setInterval(() => undefined, 1000);');
      const lines = ['[mcp_servers.lucanto]', `command = ${JSON.stringify(process.execPath)}`];
      const args = JSON.stringify([at(ours('lucanto-mcp.js'))]);
      put(CODEX, [...lines, `args = ${args}`, 'startup_timeout_sec = 1', ''].join('\n'));
      return undefined;
    },
    finds: ['codex-start: fail'],
    detail: /did not answer initialize within 1 s, after which Codex gives up/,
    fix: /^Run `lucanto-mcp setup codex`/,
  },
  {
    fault: 'entry that refuses tools/list',
    arrange: async (it) => {
      await it.login();
      connected(
        it,
        SERVER.replace(
          'result }',
          "...(method === 'tools/list' ? { error: { code: 1, message: 'no' } } : { result }) }",
        ),
      );
      return undefined;
    },
    finds: ['claude-desktop-tools: fail'],
    detail: /tools\/list: "no"/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'another version on this computer',
    arrange: async ({ login, put }) => {
      await login();
      const folder = path.join('.npm', '_npx', 'ab12', 'node_modules', 'lucanto-mcp');
      put(path.join(folder, 'package.json'), '{"name": "lucanto-mcp", "version": "0.0.9"}');
      return undefined;
    },
    finds: ['versions: warn'],
    detail: /0[.]0[.]9 in .*_npx/,
    fix: /^Delete that folder/,
  },
  {
    fault: 'no app is connected',
    arrange: async ({ login, path: at }) => {
      await login();
      mkdirSync(at('.cursor'));
      return undefined;
    },
    finds: ['apps: warn'],
    detail: /none is connected; installed: Cursor/,
    fix: /^Run `lucanto-mcp setup`/,
  },
];

describe('doctor', () => {
  it.each(FAULTS)('finds: $fault', async ({ fault, arrange, finds, detail, fix }) => {
    const { args = [], env = {} } = (await arrange(patient)) ?? {};
    const before = program.files();
    const examined = await patient.examine(args, env);
    expect([...examined.findings].sort()).toEqual([...finds].sort());
    const id =
      finds.find((one) => one.endsWith('fail'))?.replace(/: .*/, '') ??
      finds[finds.length - 1]?.replace(/: .*/, '') ??
      '';
    const found = examined.of(id);
    expect(found.detail).toMatch(detail);
    expect(found.fix ?? '').toMatch(fix);
    expect(examined.code).toBe(finds.some((one) => one.endsWith('fail')) ? 1 : 0);
    expect(examined.stderr).toBe('');
    rows.push(`${fault} | ${found.id}: ${found.state} | ${found.fix}`);
    for (const secret of [
      DEAD,
      service.tokens.manage,
      service.tokens.read,
      'opaque-secret-4711',
      'hunter2',
      'secret-word',
    ]) {
      expect(examined.stdout).not.toContain(secret);
    }
    expect(examined.stdout).not.toContain(program.home);
    // What an app's own process remembers of another token than the stored one is that process's.
    const lasting = (files: Record<string, string>) => Object.keys(files).filter((name) => !/[/]cache[/]/.test(name));
    expect(lasting(program.files())).toEqual(lasting(before));
  });
});
