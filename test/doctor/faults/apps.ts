/** In the files of apps. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { CODEX, CONFIG, CURSOR, DESKTOP } from '../test-computer.ts';
import type { Fault } from './fault.ts';

export const APP_FAULTS: readonly Fault[] = [
  {
    fault: 'file of an app is not valid JSON',
    arrange: async ({ loggedIn, put }) => {
      await loggedIn();
      put(DESKTOP, '{"mcpServers": {');
      return undefined;
    },
    finds: ['claude-desktop-file: fail'],
    detail: /valid JSON \(line 1\)[.]$/,
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
    detail: /has comments or a comma at the end of a list, which Claude Desktop does not read[.]$/,
    fix: /^Remove those comments and commas/,
  },
  {
    fault: "service's address and API key in Claude Desktop",
    arrange: async ({ loggedIn, put, service }) => {
      await loggedIn();
      const entry = { url: `${service.url}/api/mcp/v1`, headers: { Authorization: 'Bearer opaque-secret-4711' } };
      put(DESKTOP, JSON.stringify({ mcpServers: { lucanto: entry } }));
      return undefined;
    },
    finds: ['claude-desktop-file: fail'],
    detail: /holds the service's address and an API key in plain text[.] Claude Desktop only starts programs/,
    fix: /^Run `lucanto-mcp setup claude-desktop`, which replaces it/,
  },
  {
    fault: "service's address and API key in Cursor",
    arrange: async ({ loggedIn, put, service }) => {
      await loggedIn();
      const entry = { url: `${service.url}/api/mcp/v1`, headers: { Authorization: `Bearer ${service.tokens.read}` } };
      put(CURSOR, JSON.stringify({ mcpServers: { books: entry } }));
      return undefined;
    },
    finds: ['cursor-file: warn'],
    detail: /The entry books .* an API key in plain text[.]$/,
    fix: /^Remove the entry books from the file, then run `lucanto-mcp setup cursor`/,
  },
  {
    fault: "service's address and API key in Codex, which can use it",
    arrange: async ({ loggedIn, put, service }) => {
      await loggedIn();
      const headers = `http_headers = { Authorization = "Bearer ${service.tokens.read}" }`;
      put(CODEX, `[mcp_servers.lucanto]\nurl = "${service.url}/api/mcp/v1"\n${headers}\n`);
      return undefined;
    },
    finds: ['codex-file: warn'],
    detail: /The entry lucanto .* holds the service's address and an API key in plain text[.]$/,
    fix: /^Run `lucanto-mcp setup codex`, which replaces it/,
  },
  {
    fault: "service's address and API key for one folder of Claude Code",
    arrange: async ({ loggedIn, put, service }) => {
      await loggedIn();
      const entry = { url: `${service.url}/api/mcp/v1`, headers: { Authorization: `Bearer ${service.tokens.read}` } };
      put('.claude.json', JSON.stringify({ projects: { '/srv/books': { mcpServers: { lucanto: entry } } } }));
      return undefined;
    },
    finds: ['claude-code-file: warn'],
    detail: /The entry lucanto for the folder \/srv\/books in .* an API key in plain text[.]$/,
    fix: /^Run `claude mcp remove --scope local lucanto` in that folder, then `lucanto-mcp setup claude-code`/,
  },
  {
    fault: 'API key in the environment of an entry',
    arrange: async ({ loggedIn, run, put, path: at, program: { files }, service }) => {
      await loggedIn();
      await run('setup', 'cursor');
      const file = JSON.parse(files()[CURSOR] ?? '');
      file.mcpServers.lucanto.env = { LUCANTO_TOKEN: service.tokens.read };
      put(CURSOR, JSON.stringify(file));
      return { args: ['--config-dir', at(CONFIG)] };
    },
    finds: ['cursor-file: warn'],
    detail: /The entry lucanto .* holds an API key in plain text[.]$/,
    fix: /^Run `lucanto-mcp login .*` with that API key, then `lucanto-mcp setup cursor /,
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
    detail: /every tool is there twice[.]$/,
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
    detail: /No app is connected[.] Installed: Cursor[.]$/,
    fix: /^Run `lucanto-mcp setup`/,
  },
];
