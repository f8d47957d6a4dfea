/** In the files of apps. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CODEX, CONFIG, CURSOR, DESKTOP } from '../patient.ts';
import type { Fault } from './fault.ts';

export const APP_FAULTS: readonly Fault[] = [
  {
    fault: "app's file is no JSON",
    arrange: async ({ loggedIn, put }) => {
      await loggedIn();
      put(DESKTOP, '{"mcpServers": {');
      return undefined;
    },
    finds: ['claude-desktop-file: fail'],
    detail: /no valid JSON \(line 1\)/,
    fix: /^Repair the file, or move it away, then run `lucanto-mcp setup claude-desktop`/,
  },
  {
    fault: 'comments in a file of strict JSON',
    arrange: async ({ loggedIn, run, put, path: at, program: { files } }) => {
      await loggedIn();
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
    arrange: async ({ loggedIn, put, service }) => {
      await loggedIn();
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
    arrange: async ({ loggedIn, put, service }) => {
      await loggedIn();
      const entry = { url: `${service.url}/api/mcp/v1`, headers: { Authorization: `Bearer ${service.tokens.read}` } };
      put(CURSOR, JSON.stringify({ mcpServers: { books: entry } }));
      return undefined;
    },
    finds: ['cursor-file: warn'],
    detail: /the entry books .* a token in plain text/,
    fix: /^Take the entry books out of the file, then run `lucanto-mcp setup cursor`/,
  },
  {
    fault: "service's address and token in Codex, which can use it",
    arrange: async ({ loggedIn, put, service }) => {
      await loggedIn();
      const headers = `http_headers = { Authorization = "Bearer ${service.tokens.read}" }`;
      put(CODEX, `[mcp_servers.lucanto]\nurl = "${service.url}/api/mcp/v1"\n${headers}\n`);
      return undefined;
    },
    finds: ['codex-file: warn'],
    detail: /the entry lucanto .* holds the service's address and a token in plain text$/,
    fix: /^Run `lucanto-mcp setup codex`, which replaces it/,
  },
  {
    fault: "service's address and token for one folder of Claude Code",
    arrange: async ({ loggedIn, put, service }) => {
      await loggedIn();
      const entry = { url: `${service.url}/api/mcp/v1`, headers: { Authorization: `Bearer ${service.tokens.read}` } };
      put('.claude.json', JSON.stringify({ projects: { '/srv/books': { mcpServers: { lucanto: entry } } } }));
      return undefined;
    },
    finds: ['claude-code-file: warn'],
    detail: /the entry lucanto for the folder \/srv\/books in .* a token in plain text/,
    fix: /^Run `claude mcp remove --scope local lucanto` in that folder, then `lucanto-mcp setup claude-code`/,
  },
  {
    fault: 'token in the environment of an entry',
    arrange: async ({ loggedIn, run, put, path: at, program: { files }, service }) => {
      await loggedIn();
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
    fault: 'bundle and entry in Claude Desktop',
    arrange: async ({ loggedIn, run, put }) => {
      await loggedIn();
      await run('setup', 'claude-desktop');
      const folder = path.join(path.dirname(DESKTOP), 'Claude Extensions', 'local.mcpb.lucanto');
      put(path.join(folder, 'manifest.json'), '{"name": "lucanto-mcp", "version": "0.1.0"}');
      return undefined;
    },
    finds: ['apps: warn'],
    detail: /every tool is there twice/,
    fix: /^Run `lucanto-mcp setup --remove claude-desktop`/,
  },
  {
    fault: 'no app is connected',
    arrange: async ({ loggedIn, path: at }) => {
      await loggedIn();
      mkdirSync(at('.cursor'));
      return undefined;
    },
    finds: ['apps: warn'],
    detail: /none is connected; installed: Cursor/,
    fix: /^Run `lucanto-mcp setup`/,
  },
];
