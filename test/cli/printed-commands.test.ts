/** Commands that we print can be pasted into the shell of whoever reads them. */
import { spawnSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { runProgram } from '../../src/cli/main.ts';
import { shellWord } from '../../src/core/command-name.ts';
import { readByCmd, readByPowerShell } from '../helpers/shells.ts';

const WORDS = [
  'plain',
  '',
  'two words',
  'R&D',
  'R&D & more',
  'a|b>c<d',
  '100%',
  '50% of 100% & more',
  '%USERNAME%',
  'a %USERNAME%%USERNAME% b',
  '\\%USERNAME%\\ & "%USERNAME%"',
  "Anna's",
  '"Alfa" s.r.o.',
  'say "a & b" | c',
  'ends in a backslash \\',
  'before a quote \\" and \\\\" & x',
  'C:\\Program Files (x86)\\Lucanto\\',
  'C:\\Users\\Žofia\\Účty',
  'a,b',
  'a;b=c',
  '@splat',
  '^caret^ & x',
  '!bang!',
  '-quotes',
  '-Dx.y',
  '--config-dir',
  '~',
  '~root/x',
  '=ls',
  '$HOME `id` $(id)',
  '*?[a]',
  '#x',
  '„Firma“',
  '\\\\server\\share$\\x',
];

/** What both shells of Windows cannot be given in one form. */
const CMD_ONLY = /\$[\w{(?^$:]|`|[\u201c-\u201e]|%.*%|\\"/;

describe('A word of a printed command', () => {
  it.each(WORDS)('%j is read as it is by cmd.exe, also through the script that npm writes', (word) => {
    const line = `lucanto-mcp ${shellWord(word, { platform: 'win32' })} last`;
    const variables = { USERNAME: 'anna & calc', ' OF 100': 'no', '"^': 'no' };
    expect(readByCmd(line, variables)).toEqual({ words: ['lucanto-mcp', word, 'last'], breaks: false });
  });

  it.each(WORDS.filter((word) => !CMD_ONLY.test(word)))('%j is read as it is by PowerShell', (word) => {
    const read = readByPowerShell(`lucanto-mcp ${shellWord(word, { platform: 'win32' })} last`);
    // A backslash at the end of a path counts the same when it is doubled.
    const paths = (text: string) => text.replace(/\\+$/, '\\');
    expect(read?.map(paths)).toEqual(['lucanto-mcp', paths(word), 'last']);
  });

  it.skipIf(process.platform === 'win32')('is read as it is by the shells of other systems', () => {
    for (const shell of ['sh', 'bash', 'zsh', 'dash']) {
      const line = `printf '%s\\0' ${WORDS.map((word) => shellWord(word, { platform: 'linux' })).join(' ')}`;
      const { status, stdout } = spawnSync(shell, ['-c', line], { encoding: 'utf8', env: { HOME: '/home/anna' } });
      if (status === null) continue;
      expect([shell, stdout.split('\0')]).toEqual([shell, [...WORDS, '']]);
    }
  });
});

/** What the program prints, as on Windows. */
async function onWindows(...args: readonly string[]): Promise<string> {
  const out = new PassThrough();
  let printed = '';
  out.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await runProgram({
    args,
    env: {},
    machine: { platform: 'win32', home: 'C:\\Users\\anna', cwd: 'C:\\Users\\anna' },
    stdio: { stdin: new PassThrough(), stdout: out, stderr: out },
    running: { node: 'C:\\node.exe', script: 'C:\\x\\bin\\lucanto-mcp.js' },
    clock: Date.now,
    interrupt: new AbortController().signal,
    parentId: () => 1,
  });
  return printed;
}

describe('A hint on Windows', () => {
  it.each(['R&D', '50% & 100%', '%USERNAME%', "Anna's (old)", 'Žofia'])(
    'names the folder %j so that it can be pasted',
    async (name) => {
      const folder = `C:\\Users\\anna\\${name}`;
      const printed = await onWindows('status', '--config-dir', folder);
      const [, line = ''] = /`(lucanto-mcp login[^`]*)`/.exec(printed) ?? [];
      const read = readByCmd(line, { USERNAME: 'anna & calc' });
      expect(read).toEqual({ words: ['lucanto-mcp', 'login', '--config-dir', folder], breaks: false });
    },
  );
});

describe.skipIf(process.platform === 'win32')('An example of a command', () => {
  const examples = COMMANDS.flatMap((command) => command.examples);

  it.each(examples.filter((line) => /^lucanto-mcp\b[^<>|]*$/.test(line)))('`%s` is the same in every shell', (line) => {
    const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
    const words = stdout.split('\0').slice(0, -1);
    expect(readByCmd(line, {})).toEqual({ words, breaks: false });
    expect(readByPowerShell(line)).toEqual(words);
  });
});
