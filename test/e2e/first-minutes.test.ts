/** The first two minutes of a new user: an empty home, a package from a tarball, a real terminal. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { npm, ROOT } from '../helpers/npm.ts';
import { NODE } from '../helpers/run.ts';
import { atTerminal, HAS_TERMINAL, type Seen, type Typed } from '../helpers/terminal.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'lucanto-first-'));
const shim = join(folder, 'app', 'node_modules', '.bin');
const home = join(folder, 'home');
const env = { HOME: home, PATH: `${shim}:${dirname(NODE)}:/usr/bin:/bin`, NO_COLOR: '1' };
const transcript: string[] = [];
let service: DemoService;

beforeAll(async () => {
  service = await startDemo({ port: 0, generation: 'accounts', clock: Date.now });
  mkdirSync(home);
  mkdirSync(join(folder, 'app'));
  await npm(['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, home: folder });
  await npm(['install', join(folder, `lucanto-mcp-${version}.tgz`)], { cwd: join(folder, 'app'), home: folder });
});
afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${transcript.join('\n')}\n`);
});

/** A line that the user types, and what the terminal shows. */
async function type(line: string, ...typed: readonly Typed[]): Promise<Seen> {
  const seen = await atTerminal(line, env, home, typed);
  // A prompt is drawn anew for every key; what stays on the screen is its last form.
  const shown = seen.screen
    .replace(/◆[^◇]*◇/g, '◇')
    .trim()
    .replaceAll(folder, '/…');
  transcript.push(`$ ${line}`, shown, ...(seen.code === 0 ? [] : [`(exit code ${seen.code})`]), '');
  return seen;
}

const paste = (token: string): Typed => ({ after: /API key \(from /, keys: `${token}\r` });

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('A port was expected.');
  return address.port;
}

const Entry = z.object({ command: z.string(), args: z.array(z.string()) });
const DesktopFile = z.object({ mcpServers: z.object({ lucanto: Entry }) });

const ERROR = /^error: [^\n]+\nhint: [^\n]+$/m;

describe.skipIf(!HAS_TERMINAL)('The first two minutes at a terminal', () => {
  it('begin with a help text that names the first step', async () => {
    const { code, screen } = await type('lucanto-mcp --help');
    expect(code).toBe(0);
    expect(screen).toContain('login');
    expect(screen).toContain('setup');
  });

  it('include a message when no app is installed', async () => {
    const { code, screen } = await type('lucanto-mcp setup', { after: /Log in first/, keys: 'n' });
    expect(code).toBe(1);
    expect(screen).toMatch(ERROR);
    expect(screen).toContain('lucanto-mcp setup claude-desktop');
  });

  it('distinguish a wrong paste from a token that the service refuses, and show neither', async () => {
    const again = (token: string): Typed => ({ after: /Try\s+again[\s\S]*API key \(from /, keys: `${token}\r` });
    const thrice = (token: string) => [paste(token), again(token), again(token)];
    const wrong = await type(`lucanto-mcp login --url ${service.url}`, ...thrice('hunter2hunter2'));
    expect(wrong.code).toBe(3);
    expect(wrong.screen).toMatch(/does not look like an API key/);
    expect(wrong.screen.match(/Try\s+again/g)).toHaveLength(2);
    expect(wrong.screen).not.toContain('hunter2');
    const unknown = 'lct_pat_00000000000000000000000000000000000000';
    const refused = await type(`lucanto-mcp login --url ${service.url}`, ...thrice(unknown));
    expect(refused.code).toBe(3);
    expect(refused.screen).toMatch(/refused this API key \(401 unauthenticated\)/);
    expect(refused.screen).not.toContain(unknown);
  });

  it('name the network when it is the cause', async () => {
    const line = `lucanto-mcp login --timeout 5 --url http://127.0.0.1:${await closedPort()}`;
    const { code, screen } = await type(line, paste(service.tokens.manage));
    expect(code).toBe(4);
    expect(screen).toMatch(/could not be reached/);
    expect(screen).toContain('not verified and not stored');
    expect(screen).not.toContain(service.tokens.manage);
  });

  it('show how to give a token without a terminal', async () => {
    const { code, screen } = await type('lucanto-mcp login < /dev/null');
    expect(code).toBe(3);
    expect(screen).toMatch(ERROR);
  });

  it('end in a login, a connected app, and an answer with the workspaces', async () => {
    const login = await type(`lucanto-mcp login --url ${service.url}`, paste(service.tokens.manage));
    expect(login.code).toBe(0);
    expect(login.screen).toContain('Signed in');
    expect(login.screen).not.toContain(service.tokens.manage);
    expect(login.screen).toMatch(/Next: `lucanto-mcp setup/);

    mkdirSync(join(home, '.config', 'Claude'), { recursive: true });
    const file = join(home, '.config', 'Claude', 'claude_desktop_config.json');
    writeFileSync(file, '{\n  "globalShortcut": ""\n}\n');
    const setup = await type('lucanto-mcp setup claude-desktop');
    expect(setup.code).toBe(0);
    expect(setup.screen).toMatch(/^connected +Claude Desktop/m);
    expect(setup.screen).toMatch(/^Next: Quit Claude/m);
    expect((await type('lucanto-mcp setup claude-desktop')).screen).toMatch(/^unchanged/m);

    const { command, args } = DesktopFile.parse(JSON.parse(readFileSync(file, 'utf8'))).mcpServers.lucanto;
    const client = new Client({ name: 'first-minutes', version: '1' });
    await client.connect(
      new StdioClientTransport({ command, args, env: { HOME: home, PATH: '/usr/bin:/bin' }, cwd: '/' }),
    );
    try {
      const answer = await client.callTool({ name: 'lucanto_list_workspaces', arguments: {} });
      transcript.push('(the app starts the written command, and asks for the workspaces)', JSON.stringify(answer), '');
      expect(answer.isError).not.toBe(true);
      expect(JSON.stringify(answer.content)).toContain('Tatranské štúdio');
    } finally {
      await client.close();
    }

    const doctor = await type('lucanto-mcp doctor');
    expect(doctor.code).toBe(0);
    expect(doctor.screen).toMatch(/Claude Desktop: start +started in/);
    expect(doctor.screen).toMatch(/^No problem/m);
    expect(doctor.screen).not.toContain(service.tokens.manage);
  });
});
