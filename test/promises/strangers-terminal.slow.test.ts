/** Text of strangers reaches no terminal raw: in every command, on stdout and stderr, in a pipe and at a terminal. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programAndService } from '../cli/program-and-service.ts';
import { NODE_IN_SHELL } from '../helpers/run.ts';
import { atTerminal, HAS_TERMINAL } from '../helpers/terminal.ts';

const bench = programAndService('workspaces');

/** OSC, CSI, one of C1, bidirectional, zero-width, a tag: each beside a letter, so that each is seen by itself. */
const HOSTILE = 'Zlo\u001b]0;own\u0007a\u001b[35;7mb\u009b2Jc\u202ed\u2066e\u200bf\ufeffg\u{e0041}h\u0008i';
const PIECES = [
  '\u001b]',
  '\u001b[35;7m',
  '\u0007',
  '\u0008',
  '\u009b',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u{e0041}',
];
/** How the filter names one of them, for people and in JSON. */
const NAMED = /a?\[U\+202E\]d|c\\u202ed/;

const IN_JSON = JSON.stringify(HOSTILE).slice(1, -1);

/** The embedded Lucanto, with its names, texts, numbers and errors rewritten on the way. */
let front: Server;
let origin: string;
beforeAll(async () => {
  front = createServer(async (request, response) => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk);
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(bench.service.url + request.url, {
      method: request.method ?? 'GET',
      headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
      ...(body.length > 0 && { body: Buffer.concat(body) }),
    });
    const text = (await answer.text())
      // The document names the address of its own API.
      .replaceAll(bench.service.url, origin)
      .replaceAll('Tatranské štúdio s.r.o.', IN_JSON)
      .replaceAll(/"(name|number|title|description|summary)":"(?=[A-Z])/g, (start) => start + IN_JSON)
      .replaceAll(/"message":"/g, (start) => start + IN_JSON);
    const kept = [...answer.headers].filter(
      ([name]) => !/^(content-length|content-encoding|etag|connection|transfer-encoding|keep-alive)$/.test(name),
    );
    response.writeHead(answer.status, Object.fromEntries(kept)).end(text);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const address = front.address();
  if (address === null || typeof address === 'string') throw new Error('A port was expected.');
  origin = `http://127.0.0.1:${(address satisfies AddressInfo).port}`;
});
afterAll(() => front.close());

const CLI = () => path.join(path.dirname(bench.program.home), 'bin', 'lucanto-mcp.js');

function put(name: string, value: unknown): void {
  const file = path.join(bench.program.home, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
}

/** Apps whose files strangers wrote: names of entries and folders, arguments, addresses. */
function hostileApps(): void {
  const program = { command: process.execPath, args: [CLI()] };
  put('.cursor/mcp.json', {
    mcpServers: { lucanto: { ...program, args: [CLI(), '--toolsets', HOSTILE] }, [HOSTILE]: program },
  });
  put('.config/Claude/claude_desktop_config.json', { mcpServers: { [HOSTILE]: { url: `${origin}/api/mcp/v1` } } });
  put('.claude.json', { projects: { [`/${HOSTILE}`]: { mcpServers: { lucanto: { url: `${origin}/api/mcp/v1` } } } } });
  put('.gemini/settings.json', { mcpServers: { lucanto: { command: HOSTILE } } });
}

/** Every command, and in how many of its lines such a text stands at least. */
const LINES: readonly (readonly [line: string, places: number])[] = [
  ['login --url ORIGIN < key', 1],
  ['status', 1],
  ['status --json', 1],
  ['tools --backend remote --toolsets contacts', 3],
  ['tools --all --json --backend remote --toolsets contacts', 3],
  ['call lucanto_list_workspaces', 1],
  ['call lucanto_list_contacts --arg workspace_id=42 --arg limit=4', 3],
  ['call lucanto_get_contact --arg workspace_id=42 --arg id=518', 1],
  ['call lucanto_get_contact --arg workspace_id=42 --arg id=1', 1],
  ['call lucanto_get_contact --arg "HOSTILE=1"', 1],
  ['call "HOSTILE"', 1],
  ['call lucanto_issue_invoice --arg workspace_id=42 --arg id=1086 --confirm never', 1],
  ['history', 1],
  ['history --json', 1],
  ['doctor', 3],
  ['doctor --json', 1],
  ['setup --list', 0],
  ['setup "HOSTILE"', 1],
  ['setup cursor claude-desktop claude-code gemini --dry-run', 3],
  ['setup cursor claude-desktop claude-code gemini --yes --profile "HOSTILE"', 1],
  ['setup cursor claude-desktop claude-code gemini --yes', 3],
  ['setup --remove cursor claude-desktop', 0],
  ['login --url ORIGIN < wrong', 0],
];

function script(): string {
  const shell = LINES.map(([line]) => {
    const typed = line.replaceAll('ORIGIN', origin).replaceAll('"HOSTILE', '"$HOSTILE');
    return `echo "# ${line.replaceAll('"', '')}"; ${NODE_IN_SHELL} "${CLI()}" ${typed}`;
  });
  put('run.sh', shell.join('\n'));
  put('key', bench.service.tokens.manage);
  put('wrong', 'lct_pat_00000000000000000000000000000000');
  hostileApps();
  return 'sh run.sh';
}

function judge(shown: string): void {
  for (const piece of PIECES) expect(shown).not.toContain(piece);
  const [, ...parts] = shown.split(/^# (.*)$/m);
  const found = LINES.map(([line], at) => {
    const text = parts[at * 2 + 1] ?? '';
    expect(parts[at * 2]?.trim()).toBe(line.replaceAll('"', ''));
    return [line, text.split(/\r?\n|,"/).filter((one) => NAMED.test(one)).length] as const;
  });
  // Otherwise the test would have tried nothing.
  const few = LINES.filter(([, places], at) => (found[at]?.[1] ?? 0) < places);
  expect(few.map(([line]) => [line, parts[LINES.findIndex(([one]) => one === line) * 2 + 1]])).toEqual([]);
}

const environment = () => ({ HOME: bench.program.home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOSTILE });

/** Every command one after the other, on a computer that may be busy. */
const LONG = 120_000;

describe.skipIf(process.platform === 'win32')('Text of strangers', { timeout: LONG }, () => {
  it('is shown, and controls nothing, in a pipe', async () => {
    bench.program.newHome();
    const { runToEnd } = await import('../helpers/child.ts');
    const home = bench.program.home;
    const { stdout, stderr } = await runToEnd('sh', ['-c', `${script()} 2>&1`], { cwd: home, env: environment() });
    judge(stdout + stderr);
  });

  it.skipIf(!HAS_TERMINAL)('is shown, and controls nothing, at a terminal', async () => {
    bench.program.newHome();
    bench.service.reset();
    const { raw } = await atTerminal(script(), environment(), bench.program.home, [], 4000);
    judge(raw);
  });

  it.skipIf(!HAS_TERMINAL)('is shown, and controls nothing, in a question', async () => {
    bench.program.newHome();
    const url = `${origin}/api/mcp/v1`;
    const home = bench.program.home;
    rmSync(path.join(home, '.cursor'), { recursive: true, force: true });
    put('.cursor/mcp.json', {
      mcpServers: { lucanto: { url, headers: { Authorization: `Bearer ${bench.service.tokens.manage}` } } },
    });
    await bench.program.run(['login', '--url', origin], { stdin: bench.service.tokens.manage });
    for (const TERM of ['dumb', 'xterm']) {
      const line = `${NODE_IN_SHELL} "${CLI()}" call lucanto_delete_contact --arg workspace_id=42 --arg id=518`;
      const { raw, code } = await atTerminal(
        line,
        { ...environment(), TERM },
        home,
        [{ after: /Zlo/, keys: 'n\r' }],
        200,
      );
      expect([code, raw]).toEqual([1, expect.stringMatching(/contact "Zlo .*c d e f/)]);
      for (const piece of PIECES) expect(raw).not.toContain(piece);
    }
  });
});
