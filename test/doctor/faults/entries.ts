/** With what an entry starts. */
import path from 'node:path';
import { connectProxy } from '../../helpers/connect-proxy.ts';
import { CODEX, DESKTOP, entryOf, SERVER, type TestComputer } from '../test-computer.ts';
import { DEAD, type Fault } from './fault.ts';

const ours = (name: string) => path.join('node_modules', 'lucanto-mcp', 'bin', name);

/** A server under the name of ours, started by an app. */
function connected({ put, path: at }: TestComputer, source: string): void {
  put(ours('lucanto-mcp.js'), source);
  put(DESKTOP, entryOf(at(ours('lucanto-mcp.js'))));
}

export const ENTRY_FAULTS: readonly Fault[] = [
  {
    fault: 'entry with a script that is gone',
    arrange: async ({ loggedIn, put }) => {
      await loggedIn();
      put(DESKTOP, entryOf('/nowhere/lucanto-mcp.js'));
      return undefined;
    },
    finds: ['claude-desktop-entry: fail'],
    detail: /\/nowhere\/lucanto-mcp[.]js does not exist[.]$/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: "entry with a command that is not in the app's PATH",
    arrange: async ({ loggedIn, put }) => {
      await loggedIn();
      put(DESKTOP, '{"mcpServers": {"lucanto": {"command": "no-such-npx", "args": ["-y", "lucanto-mcp"]}}}');
      return undefined;
    },
    finds: ['claude-desktop-entry: fail'],
    detail: /no-such-npx is not in the app's PATH/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'entry of a profile without an API key',
    arrange: async ({ loggedIn, run }) => {
      await loggedIn();
      await run('setup', 'cursor', '--profile', 'work');
      return undefined;
    },
    finds: ['cursor-entry: fail'],
    detail: /it would have no API key[.] There is no (token|API key) .* in the profile work/,
    fix: /^Run `lucanto-mcp login --profile work`/,
  },
  {
    fault: 'API key that only this terminal has',
    arrange: async ({ run, service }) => {
      await run('setup', 'cursor', '--url', service.url);
      return { args: ['--url', service.url], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['cursor-entry: fail'],
    detail: /Started by the app, it would have no API key[.]/,
    fix: /^Run `lucanto-mcp login /,
  },
  {
    fault: 'proxy that only this terminal has',
    arrange: async ({ loggedIn, run, keep, service }) => {
      await loggedIn();
      await run('setup', 'cursor');
      const proxy = keep(await connectProxy({ target: Number(new URL(service.url).port) }));
      return { env: { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` } };
    },
    finds: ['cursor-entry: warn'],
    detail: /HTTP_PROXY is set in this terminal, but Cursor starts programs without it[.]$/,
    fix: /^Put HTTP_PROXY into "env" of the entry lucanto in .*mcp[.]json[.]$/,
  },
  {
    fault: 'entry that prints something else on stdout',
    arrange: async (it) => {
      await it.loggedIn();
      connected(it, `console.log('Debugger listening, token ${DEAD}');${SERVER}`);
      return undefined;
    },
    finds: ['claude-desktop-stdout: fail'],
    detail: /not an MCP message: "Debugger listening, token lct_pat_\[token\]"/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'entry that prints its variables on stdout',
    arrange: async ({ loggedIn, put, path: at }) => {
      await loggedIn();
      put(
        ours('lucanto-mcp.js'),
        `console.log(process.env.API_KEY, process.cwd(), '-'.repeat(70), process.env.API_KEY);${SERVER}`,
      );
      const entry = { command: process.execPath, args: [at(ours('lucanto-mcp.js'))] };
      const env = { API_KEY: 'opaque-secret-4711' };
      put(DESKTOP, JSON.stringify({ mcpServers: { lucanto: { ...entry, env } } }));
      return undefined;
    },
    finds: ['claude-desktop-stdout: fail'],
    detail: /not an MCP message: "\[token\] ~ -+/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'entry that ends at once',
    arrange: async (it) => {
      await it.loggedIn();
      connected(it, `console.error('error: no such module'); process.exitCode = 7;`);
      return undefined;
    },
    finds: ['claude-desktop-start: fail'],
    detail: /exit code 7[.] Its error: "error: no such module"[.]$/,
    fix: /^Run `lucanto-mcp setup claude-desktop`, and restart Claude Desktop/,
  },
  {
    fault: 'entry whose script lacks a file',
    arrange: async (it) => {
      await it.loggedIn();
      connected(it, `require('./dist/gone.js');`);
      return undefined;
    },
    finds: ['claude-desktop-start: fail'],
    // Not the version, which Node prints last.
    detail: /exit code 1[.] Its error: "Error: Cannot find module '\.\/dist\/gone\.js'"/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'entry that is switched off',
    arrange: async ({ loggedIn, run, put, program: { files } }) => {
      await loggedIn();
      await run('setup', 'codex');
      put(CODEX, `${files()[CODEX]}enabled = false\n`);
      return undefined;
    },
    finds: ['codex-entry: warn'],
    detail: /The entry lucanto is switched off \("enabled": false\)[.]$/,
    fix: /^Switch lucanto on in Codex, which removes that setting from .*config[.]toml[.]$/,
  },
  {
    fault: 'entry that pins a company which the API key gives no access to',
    arrange: async ({ loggedIn, run }) => {
      await loggedIn();
      await run('setup', 'cursor', '--workspace', '999999');
      return undefined;
    },
    finds: ['cursor-tools: fail'],
    detail: /has `--workspace 999999`[.] No company matches "999999"[.] The API key reaches \d+ \(.*\)[.]$/,
    fix: /^Run `lucanto-mcp setup cursor --workspace <id>`/,
  },
  {
    fault: "entry slower than the app's limit",
    arrange: async ({ loggedIn, put, path: at }) => {
      await loggedIn();
      put(ours('lucanto-mcp.js'), 'setInterval(() => undefined, 1000);');
      const lines = ['[mcp_servers.lucanto]', `command = ${JSON.stringify(process.execPath)}`];
      const args = JSON.stringify([at(ours('lucanto-mcp.js'))]);
      put(CODEX, [...lines, `args = ${args}`, 'startup_timeout_sec = 1', ''].join('\n'));
      return undefined;
    },
    finds: ['codex-start: fail'],
    detail: /did not answer within 1 second, after which Codex gives up[.]/,
    fix: /^Run `lucanto-mcp setup codex`/,
  },
  {
    fault: 'entry that refuses tools/list',
    arrange: async (it) => {
      await it.loggedIn();
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
    detail: /does not list its tools: "no"[.]$/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
];
