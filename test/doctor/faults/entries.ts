/** With what an entry starts. */
import path from 'node:path';
import { connectProxy } from '../../helpers/connect-proxy.ts';
import { CODEX, DESKTOP, entryOf, type Patient, SERVER } from '../patient.ts';
import { DEAD, type Fault } from './fault.ts';

const ours = (name: string) => path.join('node_modules', 'lucanto-mcp', 'bin', name);

/** A server under the name of ours, started by an app. */
function connected({ put, path: at }: Patient, source: string): void {
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
    detail: /\/nowhere\/lucanto-mcp[.]js does not exist/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'entry with a command that the app has no PATH to',
    arrange: async ({ loggedIn, put }) => {
      await loggedIn();
      put(DESKTOP, '{"mcpServers": {"lucanto": {"command": "no-such-npx", "args": ["-y", "lucanto-mcp"]}}}');
      return undefined;
    },
    finds: ['claude-desktop-entry: fail'],
    detail: /no-such-npx is not on the PATH that the app has/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'entry of a profile without a token',
    arrange: async ({ loggedIn, run }) => {
      await loggedIn();
      await run('setup', 'cursor', '--profile', 'work');
      return undefined;
    },
    finds: ['cursor-entry: fail'],
    detail: /it would have no token. There is no token .* in the profile work/,
    fix: /^Run `lucanto-mcp login --profile work`/,
  },
  {
    fault: 'token that only this terminal has',
    arrange: async ({ run, service }) => {
      await run('setup', 'cursor', '--url', service.url);
      return { args: ['--url', service.url], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['cursor-entry: fail'],
    detail: /started by the app, it would have no token/,
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
    detail: /HTTP_PROXY is set here, but the app starts programs without/,
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
    detail: /no message of MCP: "Debugger listening, token lct_pat_\[token\]"/,
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
    detail: /no message of MCP: "\[token\] ~ -+/,
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
    detail: /exit code 7 instead of answering initialize; it said: "error: no such module"/,
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
    // Not the version, which Node says last.
    detail: /exit code 1 instead of answering initialize; it said: "Error: Cannot find module '\.\/dist\/gone\.js'"/,
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
    detail: /the entry lucanto is switched off \("enabled": false\)/,
    fix: /^Switch lucanto on in Codex, or take that word out of .*config[.]toml[.]$/,
  },
  {
    fault: 'entry that pins a workspace which the token does not reach',
    arrange: async ({ loggedIn, run }) => {
      await loggedIn();
      await run('setup', 'cursor', '--workspace', '999999');
      return undefined;
    },
    finds: ['cursor-tools: fail'],
    detail: /pins the workspace 999999, which is not among those that the token reaches: .*\(\d+\)/,
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
    detail: /did not answer initialize within 1 s, after which Codex gives up/,
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
    detail: /tools\/list: "no"/,
    fix: /^Run `lucanto-mcp setup claude-desktop`/,
  },
];
