import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { CLIENTS } from '../../src/setup/client-table.ts';
import { BIN, type Home, NODE_IN_SHELL, run, temporaryHome } from '../helpers/run.ts';

let home: Home;
beforeAll(async () => {
  home = await temporaryHome();
});
afterAll(() => home.remove());

/** The candidates for what stands behind the last space. */
async function complete(line: string, env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const words = line.split(' ');
  const args = ['complete', ...words.slice(0, -1), `--for=${words.at(-1)}`];
  const { stdout, stderr, exitCode } = await run(args, { home, env });
  expect([stderr, exitCode]).toEqual(['', 0]);
  return stdout.split('\n').flatMap((text) => text.split('\t')[0] || []);
}

describe('Completion of a command line', () => {
  it('offers the commands with their descriptions, but not the one that shells call', async () => {
    const { stdout } = await run(['complete', '--for='], { home });
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0]);
    expect(names).toEqual(expect.arrayContaining(['serve', 'login', 'setup', 'call', 'completion']));
    expect(names).not.toContain('complete');
    for (const line of stdout.trim().split('\n')) expect(line).toMatch(/^[a-z]+\t[^\t]{10,}$/);
  });

  it('offers the options of the command and those of all commands, each once', async () => {
    expect(await complete('history --')).toEqual(expect.arrayContaining(['--open', '--limit', '--profile', '--help']));
    expect(await complete('history --o')).toEqual(['--open']);
    expect(await complete('history --open --o')).toEqual([]);
    expect(await complete('login --o')).toEqual([]);
    expect(await complete('--v')).toEqual(['--version']);
    expect(await complete('call x --arg a=1 --arg')).toEqual(['--arg', '--args']);
  });

  it('offers the values of an option after a space and after =', async () => {
    expect(await complete('tools --backend ')).toEqual(['auto', 'rest', 'remote']);
    expect(await complete('tools --backend re')).toEqual(['rest', 'remote']);
    expect(await complete('--log-level=d')).toEqual(['--log-level=debug']);
    expect(await complete('--files ')).toEqual([':files']);
    expect(await complete('--token-file=/h')).toEqual([':files']);
    expect(await complete('--profile ')).toEqual([]);
  });

  it('understands an option with = in three words, as bash splits it', async () => {
    expect(await complete('tools --backend = rem')).toEqual(['--backend=remote']);
    expect(await complete('tools --backend =')).toEqual(['--backend=auto', '--backend=rest', '--backend=remote']);
    expect(await complete('--profile = other his')).toEqual(['history']);
  });

  it('offers apps for setup, except those already named, and shells for completion', async () => {
    expect(await complete('setup ')).toEqual(CLIENTS.map(({ id }) => id));
    const left = ['claude-desktop', 'claude-code', 'chatgpt', 'codex', 'copilot', 'cline', 'continue'];
    expect(await complete('--read-only setup --dry-run cursor c')).toEqual(left);
    expect(await complete('completion ')).toEqual(['bash', 'zsh', 'fish', 'powershell']);
    expect(await complete('completion fish ')).toEqual([]);
    expect(await complete('status ')).toEqual([]);
  });

  it('prints nothing for a wrong line, since a message would appear in the middle of it', async () => {
    const args = ['complete', '--timeout', 'never', 'call', '--for='];
    expect(await run(args, { home })).toEqual({ stdout: '', stderr: '', exitCode: 1 });
  });

  it('tells a person who calls it what to run instead', async () => {
    const { stdout, stderr, exitCode } = await run(['complete'], { home });
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toMatch(/^error: .+\nhint: Run `lucanto-mcp completion --help`/);
  });

  it('explains how each shell loads it, and names the supported shells for any other', async () => {
    const { stdout: help } = await run(['completion', '--help'], { home });
    for (const word of ['~/.bashrc', '~/.zshrc', '~/.config/fish/completions', '$PROFILE'])
      expect(help).toContain(word);
    const { stderr, exitCode } = await run(['completion', 'tcsh'], { home });
    expect([stderr, exitCode]).toEqual([
      'error: There is no completion for "tcsh".\n' +
        'hint: Run `lucanto-mcp completion` with one of bash, zsh, fish, powershell.\n',
      2,
    ]);
  });
});

describe('Completion of the name of a tool', () => {
  let demo: DemoService;
  let token: Record<string, string>;
  beforeAll(async () => {
    demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
    token = { LUCANTO_URL: demo.url, LUCANTO_TOKEN: demo.tokens.write };
  });
  afterAll(() => demo.close());

  it('offers the tools last seen with this token, without a network request', async () => {
    expect(await complete('call lucanto_create_i', token)).toEqual([]);
    await run(['tools'], { home, env: token });
    await demo.close();
    expect(await complete('call lucanto_create_i', token)).toEqual(['lucanto_create_invoice']);
    expect(await complete('call lucanto_delete_', token)).toEqual([]);
    expect(await complete('--read-only call lucanto_create_', token)).toEqual([]);
    expect(await complete('call lucanto_list_invoices ', token)).toEqual([]);
  });

  it('offers the tools of the demo', async () => {
    expect(await complete('--demo call lucanto_create_i')).toEqual(['lucanto_create_invoice']);
  });
});

const WINDOWS = process.platform === 'win32';

function hasShell(name: string): boolean {
  return !WINDOWS && spawnSync(name, ['-c', 'exit']).status === 0;
}

describe('Completion in a real shell', () => {
  let env: Record<string, string>;
  beforeAll(() => {
    const bin = join(home.dir, 'bin');
    mkdirSync(bin);
    mkdirSync(join(home.dir, 'a folder'));
    const program = join(bin, 'lucanto-mcp');
    writeFileSync(program, `#!/bin/sh\nexec ${NODE_IN_SHELL} "${BIN}" "$@"\n`);
    chmodSync(program, 0o755);
    env = { ...home.env, PATH: `${bin}:${process.env.PATH}`, TERM: 'dumb' };
  });

  /** What the shell prints for a script. */
  function shell(name: string, args: readonly string[], script: string): string {
    const { stdout, stderr } = spawnSync(name, [...args, script], {
      cwd: home.dir,
      env,
      encoding: 'utf8',
      timeout: 25_000,
    });
    expect(stderr).toBe('');
    return stdout;
  }

  /** Each line as a list of bash words, the last one at the cursor. */
  function inBash(...words: readonly string[]): string[] {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const script = `eval "$(lucanto-mcp completion bash)"; eval "$(lucanto-mcp completion bash)"
      COMP_WORDS=(lucanto-mcp ${quoted}); COMP_CWORD=${words.length}
      complete -p lucanto-mcp | grep -q -- '-F _lucanto_mcp lucanto-mcp' && _lucanto_mcp
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    return shell('bash', ['--norc', '--noprofile', '-c'], script)
      .split('\n')
      .filter((line) => line !== '');
  }

  it.skipIf(!hasShell('bash'))('works in bash, without its completion package', () => {
    expect(inBash('log')).toEqual(['login', 'logout']);
    expect(inBash('setup', 'cursor', 'cl')).toEqual(['claude-desktop', 'claude-code', 'cline']);
    expect(inBash('tools', '--backend', '=', 're')).toEqual(['rest', 'remote']);
    expect(inBash('tools', '--backend', '=')).toEqual(['auto', 'rest', 'remote']);
    expect(inBash('--files', 'a')).toEqual(['a folder']);
    expect(inBash('call', 'lucanto_get_inv')).toEqual(['lucanto_get_invoice', 'lucanto_get_invoice_pdf_url']);
  });

  it.skipIf(!hasShell('bash'))('does not execute what was typed so far', () => {
    expect(inBash('call', '$(touch typed)', '`touch typed`', '--back')).toEqual(['--backend']);
    expect(shell('bash', ['-c'], 'ls')).not.toContain('typed');
  });

  it.skipIf(!hasShell('fish'))('works in fish', () => {
    const inFish = (line: string) =>
      shell('fish', ['--no-config', '-c'], `lucanto-mcp completion fish | source; complete -C "${line}"`).split('\n');
    expect(inFish('lucanto-mcp log').map((text) => text.split('\t')[0])).toEqual(['login', 'logout', '']);
    expect(inFish('lucanto-mcp log')[0]).toContain('\tStore a token');
    expect(inFish('lucanto-mcp setup cursor cl').map((text) => text.split('\t')[0])).toEqual([
      'claude-code',
      'claude-desktop',
      'cline',
      '',
    ]);
    expect(inFish('lucanto-mcp tools --backend=re')).toEqual(['--backend=remote', '--backend=rest', '']);
    expect(inFish('lucanto-mcp --files a')).toEqual([expect.stringMatching(/^a folder\//), '']);
    expect(inFish('lucanto-mcp status ')).toEqual(['']);
  });

  it.skipIf(!hasShell('zsh'))('works in zsh', () => {
    // A zsh with a terminal, where Tab is pressed and a key shows the line.
    const inZsh = (typed: string) => {
      const script = `zmodload zsh/zpty
        zpty z 'zsh -f -i'
        zpty -w z 'PS1=; autoload -U compinit; compinit -D -u; show() { print -r -- "<$BUFFER>" }; zle -N show; bindkey "^X" show'
        zpty -w z 'eval "$(lucanto-mcp completion zsh)"; print READ''Y'
        zpty -r z out '*READY*'
        zpty -w -n z $'${typed}\\t\\C-x'
        zpty -r z out '*<*>*'
        print -r -- "\${\${out##*<}%%>*}"
        zpty -d z`;
      return shell('zsh', ['-f', '-c'], script).trim();
    };
    expect(inZsh('lucanto-mcp hist')).toBe('lucanto-mcp history');
    expect(inZsh('lucanto-mcp setup cursor windsu')).toBe('lucanto-mcp setup cursor windsurf');
    expect(inZsh('lucanto-mcp tools --backend=rem')).toBe('lucanto-mcp tools --backend=remote');
    expect(inZsh('lucanto-mcp --files a')).toBe('lucanto-mcp --files a\\ folder/');
    expect(inZsh('lucanto-mcp call lucanto_list_inv')).toBe('lucanto-mcp call lucanto_list_invoices');
  });

  it.skipIf(!hasShell('pwsh'))('works in PowerShell', () => {
    const inPowerShell = (line: string) =>
      shell(
        'pwsh',
        ['-NoProfile', '-NonInteractive', '-Command'],
        `lucanto-mcp completion powershell | Out-String | Invoke-Expression
        (TabExpansion2 -inputScript '${line}' -cursorColumn ${line.length}).CompletionMatches.CompletionText`,
      )
        .trim()
        .split(/\r?\n/);
    expect(inPowerShell('lucanto-mcp log')).toEqual(['login', 'logout']);
    expect(inPowerShell('lucanto-mcp tools --backend ')).toEqual(['auto', 'rest', 'remote']);
    expect(inPowerShell('lucanto-mcp setup cursor cl')).toEqual(['claude-desktop', 'claude-code', 'cline']);
  });
});
