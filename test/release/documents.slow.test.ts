/** README and docs: short, true and typed as they stand. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pictures } from '../../scripts/pictures.ts';
import { COMMANDS as COMMAND_TABLE } from '../../src/cli/commands.ts';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { runToEnd } from '../helpers/child.ts';
import { ROOT } from '../helpers/npm.ts';
import { BIN, NODE, NODE_IN_SHELL } from '../helpers/run.ts';
import { atTerminal, HAS_TERMINAL } from '../helpers/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'lucanto-docs-'));
let service: DemoService;
let env: Record<string, string>;

beforeAll(async () => {
  service = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  // Stand-ins for npx and for an installed program; both start what was built.
  writeFileSync(join(bin, 'lucanto-mcp'), `#!/bin/sh\nexec ${NODE_IN_SHELL} "${BIN}" "$@"\n`);
  writeFileSync(join(bin, 'npx'), '#!/bin/sh\n[ "$1" = -y ] && shift\nexec "$@"\n');
  for (const name of ['lucanto-mcp', 'npx']) chmodSync(join(bin, name), 0o755);
  const home = join(folder, 'home');
  mkdirSync(join(home, '.config', 'Claude'), { recursive: true });
  env = { HOME: home, PATH: `${bin}:${dirname(NODE)}:/usr/bin:/bin`, NO_COLOR: '1', LUCANTO_URL: service.url };
});
afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true, force: true });
});

const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const PAGES = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const DOCUMENTS = ['README.md', ...PAGES.map((name) => `docs/${name}`)];

const VALUES: Readonly<Record<string, string>> = {
  '<app>': 'cursor',
  '<name>': 'cursor',
  '<tool>': 'lucanto_list_workspaces',
  '<command>': 'status',
  '<path>': 'any.json',
  '<shell>': 'bash',
};

/** Names of files in the project, from its root or from `src`. */
const filesNamedIn = (text: string) =>
  [...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|mjs|json|txt|yml))`/g)].map(([, path = '']) => path);

/** Commands as somebody would type them; what stands for a value gets one. */
function commandsIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
  const inline = [...text.matchAll(/`((?:npx )?lucanto-mcp[^`]*)`/g)].map(([, line = '']) => line);
  return [...blocks, ...inline]
    .map((line) =>
      line
        .replace(/ +#.*$/, '')
        .replace(/ \[[^\]]*\]/g, '')
        .trim(),
    )
    .filter((line) => /^(npx )?lucanto-mcp\b(?!-)/.test(line))
    .map((line) => line.replace(/<\w+>/g, (word) => VALUES[word] ?? word));
}

/** What the help of each command gives as an example, in the shells that this test has. */
const EXAMPLES = COMMAND_TABLE.flatMap(({ examples }) => examples).filter((line) => !line.startsWith('Add-Content'));

const COMMANDS = [...new Set([...DOCUMENTS.flatMap((path) => commandsIn(textOf(path))), ...EXAMPLES])]
  // Named, but not typed like that: they take an argument. The other runs until Ctrl-C, and has its own test.
  .filter((line) => !/lucanto-mcp (call|completion|demo|demo --port \d+)$/.test(line))
  // `npx` is one way to start the same.
  .filter((line, _, all) => line.startsWith('npx ') || !all.includes(`npx ${line}`))
  // The key comes first, and is removed last.
  .sort((one, other) => rank(one) - rank(other));

function rank(line: string): number {
  return / login\b/.test(line) ? 0 : / logout\b/.test(line) ? 2 : 1;
}

describe('The README', () => {
  it('has at most 150 lines, two pictures, and the two commands of a clone', () => {
    const text = textOf('README.md');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
    expect(text.match(/!\[[^\]]+\]\(docs\/images\/\w+[.]svg\)/g)).toHaveLength(2);
    const { scripts } = JSON.parse(textOf('package.json'));
    const clone = [...text.matchAll(/^npm (?:run )?(\w+) /gm)].map(([, name = '']) => name);
    expect(clone).toEqual(['demo', 'test']);
    for (const name of clone) expect(scripts).toHaveProperty(name);
  });

  it.skipIf(process.platform !== 'linux')('shows pictures of what the program answers', async () => {
    for (const [name, text] of Object.entries(await pictures(BIN))) {
      expect([name, textOf(`docs/images/${name}`)]).toEqual([name, text]);
    }
  });

  it('has an entry by hand that an app can start', async () => {
    const [, json = ''] = /```json\n([\s\S]*?)```/.exec(textOf('README.md')) ?? [];
    const { command, args } = JSON.parse(json).mcpServers.lucanto;
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a', version: '1' } };
    const message = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`;
    const program = join(folder, 'bin', command);
    const { stdout } = await runToEnd(program, args, { cwd: folder, env }, message);
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: { serverInfo: { title: 'Lucanto' } } });
  });
});

describe('The documents', () => {
  it.each(PAGES)('%s begins with what it is for', (name) => {
    const [title, blank, first = ''] = textOf(`docs/${name}`).split('\n');
    expect([title, blank]).toEqual([expect.stringMatching(/^# \S/), '']);
    expect(first).toMatch(/^[A-Z].{30,}/);
  });

  it.skipIf(!HAS_TERMINAL)('name commands that work as they are typed', { timeout: 180_000 }, async () => {
    expect(COMMANDS.length).toBeGreaterThan(20);
    const cwd = env.HOME ?? folder;
    // Files that examples name as the user's own.
    writeFileSync(join(cwd, 'key.txt'), service.tokens.workspace, { mode: 0o600 });
    mkdirSync(join(cwd, '.config', 'fish', 'completions'), { recursive: true });
    const failed: string[] = [];
    for (const line of COMMANDS) {
      // Without a name, setup asks at a terminal.
      const asked = / setup$/.test(line) ? [{ after: /Which apps/, keys: '\r' }] : null;
      const run =
        asked === null
          ? await runToEnd('sh', ['-c', line], { cwd, env }, service.tokens.workspace)
          : await atTerminal(line, env, cwd, asked);
      if (run.code !== 0) failed.push(`${line}: ${JSON.stringify(run)}`);
    }
    expect(failed).toEqual([]);
  });

  it('name files that are there', () => {
    // What the build makes, and the files of apps, are not in the project.
    const named = ['CONTRIBUTING.md', ...DOCUMENTS].flatMap((path) => filesNamedIn(textOf(path)));
    const ours = named.filter((path) => !/^(dist|[.]cursor|[.]vscode)[/]/.test(path));
    expect(ours.length).toBeGreaterThan(40);
    expect(ours.filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, 'src', path)))).toEqual([]);
  });

  it('show a client that runs as it stands', async () => {
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(textOf('docs/embedding.md')) ?? [];
    writeFileSync(join(folder, 'client.mjs'), code);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    expect(
      code
        .trim()
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('//')).length,
    ).toBeLessThanOrEqual(15);
    const { code: exit, stdout } = await runToEnd(NODE, ['client.mjs'], { cwd: folder, env });
    expect([exit, stdout]).toEqual([0, expect.stringContaining('Tatranské štúdio')]);
  });
});
