import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/main.ts';
import { startDemo } from '../../src/demo/demo-server.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lucanto-setup-tty-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const CURSOR = '.cursor/mcp.json';
const DESKTOP = '.config/Claude/claude_desktop_config.json';
const TOKEN = 'lct_pat_0123456789abcdef0123456789abcdef';

function put(name: string, text: string): void {
  mkdirSync(dirname(join(home, name)), { recursive: true });
  writeFileSync(join(home, name), text);
}

/** Runs the program at a terminal; each answer is typed once its question is shown. */
async function atTerminal(args: readonly string[], answers: readonly (readonly [RegExp, string])[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  let shown = '';
  let printed = '';
  const waiting = [...answers];
  stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  stderr.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    const [next] = waiting;
    if (next === undefined || !next[0].test(shown)) return;
    waiting.shift();
    setTimeout(() => stdin.write(next[1]), 50);
  });
  const code = await runProgram({
    args,
    env: { NO_COLOR: '1', PATH: '' },
    machine: { platform: 'linux', home, cwd: home },
    stdio: { stdin, stdout, stderr },
    running: { node: '/usr/bin/node', script: '/x/bin/lucanto-mcp.js' },
    clock: Date.now,
    interrupt: new AbortController().signal,
    parentId: () => 1,
  });
  return { code, shown, printed };
}

const ENTER = '\r';
const SPACE = ' ';
const DOWN = '\u001b[B';

describe('setup at a terminal', () => {
  it('shows what is installed, offers a login, and connects what is picked', async () => {
    put(CURSOR, '{}');
    put('.config/Claude/window-state.json', '{}');
    const { code, shown, printed } = await atTerminal(
      ['setup'],
      // Both are picked already.
      [
        [/Which apps/, ENTER],
        [/no API key for .*\s*Log in first/, `n`],
      ],
    );
    expect(code).toBe(0);
    expect(shown).toMatch(/Claude Desktop\s/);
    // What is picked is said in one line, without the state that all of them have.
    expect(shown).toMatch(/Claude Desktop, Cursor\s/);
    expect(shown).not.toContain('Windsurf');
    expect(shown.replace(/\s+/g, ' ')).toContain('`lucanto-mcp setup --list` shows all');
    expect(shown).toContain('There is no API key');
    expect(printed).toMatch(/connected +Claude Desktop/);
    expect(printed).toMatch(/connected +Cursor/);
    expect(readFileSync(join(home, DESKTOP), 'utf8')).toContain('/x/bin/lucanto-mcp.js');
  });

  it('says the next step once where it logs in first', async () => {
    const service = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
    try {
      put(CURSOR, '{}');
      const { code, printed } = await atTerminal(
        ['setup', '--url', service.url],
        [
          [/Which apps/, ENTER],
          [/Log in first/, 'y'],
          [/API key \(from/, `${service.tokens.read}${ENTER}`],
        ],
      );
      expect(code).toBe(0);
      expect(printed).toContain('Signed in');
      expect(printed.match(/Next: .*/g)).toEqual([expect.stringContaining('In Cursor')]);
    } finally {
      await service.close();
    }
  });

  it('asks nothing but for a login when apps are named, and nothing with --yes', async () => {
    const named = await atTerminal(['setup', 'cursor'], [[/Log in first/, 'n']]);
    expect([named.code, named.shown.match(/[?]/g)]).toEqual([0, expect.arrayContaining(['?'])]);
    expect(named.shown).not.toContain('Which apps');
    const { code, shown } = await atTerminal(['setup', 'cursor', '--yes'], []);
    expect([code, shown.includes('?')]).toEqual([0, false]);
  });

  it.each([['--file', 'any.json'], ['zed', '--file', 'any.json'], ['kiro', 'goose'], []])(
    'offers the login before it writes: setup %s %s %s',
    async (...args) => {
      const { code, shown } = await atTerminal(['setup', ...args], [[/Log in first/, '\u0003']]);
      expect([code, shown.match(/Log in first/g)?.length]).toEqual([130, expect.any(Number)]);
      expect(['any.json', '.kiro', '.config'].filter((name) => existsSync(join(home, name)))).toEqual([]);
    },
  );

  it.each(['\u0003', '\u0004'])('says that nothing was changed when %j cancels it at a later question', async (key) => {
    put(CURSOR, '{}');
    const { code, shown } = await atTerminal(
      ['setup'],
      [
        [/Which apps/, ENTER],
        [/Log in first/, key],
      ],
    );
    expect([code, existsSync(join(home, DESKTOP))]).toEqual([130, false]);
    expect(shown).toContain('Cancelled. Nothing was changed.');
    expect(readFileSync(join(home, CURSOR), 'utf8')).toBe('{}');
  });

  it('ends with 130 on Ctrl-C and has written nothing', async () => {
    put(CURSOR, '{}');
    expect(await atTerminal(['setup'], [[/Which apps/, '\u0003']])).toMatchObject({ code: 130 });
    expect(readFileSync(join(home, CURSOR), 'utf8')).toBe('{}');
  });

  it('picks among the connected ones with --remove', async () => {
    await atTerminal(['setup', 'cursor', 'claude-desktop', '--yes'], []);
    const { code } = await atTerminal(['setup', '--remove'], [[/disconnect from/, DOWN + SPACE + ENTER]]);
    expect(code).toBe(0);
    expect([existsSync(join(home, DESKTOP)), existsSync(join(home, CURSOR))]).toEqual([true, false]);
  });

  it('keeps an entry with the address of the service where the user says so', async () => {
    const url = 'http://127.0.0.1:9/api/mcp/v1';
    const text = JSON.stringify({ mcpServers: { lucanto: { url, headers: { Authorization: `Bearer ${TOKEN}` } } } });
    put(CURSOR, text);
    const { code, shown, printed } = await atTerminal(['setup', 'cursor'], [[/Cursor has an entry/, 'n']]);
    expect(code).toBe(0);
    expect(shown.replace(/\s+/g, ' ')).toContain('an API key in plain text, which it can use as it is');
    expect(printed).toContain('You kept the entry');
    expect(readFileSync(join(home, CURSOR), 'utf8')).toBe(text);
    expect(shown + printed).not.toContain(TOKEN);
  });

  it('does not lose the token of an entry where nothing answers', async () => {
    const url = 'http://127.0.0.1:9/api/mcp/v1';
    const text = JSON.stringify({ mcpServers: { lucanto: { url, headers: { Authorization: `Bearer ${TOKEN}` } } } });
    put(DESKTOP, text);
    const { code, printed } = await atTerminal(['setup', 'claude-desktop', '--timeout', '2'], [[/cannot use/, 'y']]);
    expect([code, printed]).toEqual([1, expect.stringContaining('could not be verified')]);
    expect(readFileSync(join(home, DESKTOP), 'utf8')).toBe(text);
    expect(existsSync(join(home, '.config/lucanto-mcp/profiles'))).toBe(false);
  });
});
