import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/config/settings.ts';
import { VERSION } from '../../src/core/command-name.ts';
import { copyProgram, type Program } from './built-program.ts';

let program: Program;
beforeAll(() => {
  program = copyProgram();
});
afterAll(() => program?.remove());

describe('The command line', () => {
  it('prints its version and nothing else', async () => {
    expect(await program.run(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  it('has help on one screen, on each command, and on every option with its variable', async () => {
    const { code, stdout, stderr } = await program.run(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(24);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect((await program.run(['help'])).stdout).toBe(stdout);
    expect((await program.run(['help', 'help'])).stdout).toBe(stdout);
    const options = (await program.run(['help', 'options'])).stdout;
    for (const { flag, variable } of Object.values(SETTINGS)) {
      expect(options).toContain(flag);
      expect(options).toContain(variable);
    }
    for (const command of ['serve', 'login', 'logout', 'status', 'tools', 'call', 'demo']) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
      const help = await program.run([command, '--help']);
      expect([help.code, help.stderr]).toEqual([0, '']);
      expect(help.stdout).toContain('Examples');
      expect(help.stdout.trimEnd()).toMatch(/Global options: `lucanto-mcp help options`[.]$/);
      expect(help.stdout).not.toContain('--config-dir');
      expect((await program.run(['help', command])).stdout).toBe(help.stdout);
    }
  });

  it.each([
    [['loign'], 'There is no command "loign".', '`login`'],
    [['inovices', '--json'], 'There is no command "inovices".', '`lucanto-mcp help`'],
    [['help', 'tols'], 'There is no command "tols".', '`tools`'],
    [['--bakend', 'rest'], 'There is no option --bakend.', '`--backend`'],
    [['tools', '--jsn'], 'There is no option --jsn.', '--json'],
    [['call'], 'call needs <tool>: Name of the tool, as `lucanto-mcp tools` shows it.', 'call --help'],
    [['completion'], 'completion needs <shell>: bash, zsh, fish or powershell.', 'completion --help'],
    [['status', 'now'], 'status takes no arguments.', 'status --help'],
    [['call', 'one', 'two'], 'call takes <tool> and nothing more.', 'call --help'],
    [['tools', '--timeout', 'soon'], '--timeout is "soon"', 'seconds'],
    [['--url', 'http://lucanto.example', 'status'], '--url would send the API key unencrypted', '--url takes'],
    [['status', '--config-dir'], '--config-dir needs a value: --config-dir <dir>.', 'status --help'],
    [['demo', '--port', '70000'], '--port is "70000"', '65535'],
    [['demo', '--generation', 'third'], '--generation does not know "third"', 'accounts'],
    [['login', '--demo'], '--demo needs no login', 'Leave out --demo'],
  ])('answers %j with one sentence and one hint, and exit code 2', async (args, message, hint) => {
    const { code, stdout, stderr } = await program.run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(/^error: /), expect.stringMatching(/^hint: /)]);
    expect(stderr).toContain(message);
    expect(stderr.split('\n')[1]).toContain(hint);
  });

  it('names a variable whose value is not valid', async () => {
    const { code, stderr } = await program.run(['status'], { env: { LUCANTO_BACKEND: 'soap' } });
    expect(code).toBe(2);
    expect(stderr).toContain('error: LUCANTO_BACKEND cannot be "soap".');
  });

  it.each([
    [['login', 'lct_pat_hunter2secret']],
    [['--token', 'lct_pat_hunter2secret']],
    [['--token=lct_pat_hunter2secret', 'tools']],
  ])('refuses a token as an argument, says why and does not repeat it: %j', async (args) => {
    const { code, stderr, stdout } = await program.run(args);
    expect(code).toBe(2);
    expect(stderr).toContain('hint: An API key is never an argument');
    expect(stderr + stdout).not.toContain('hunter2secret');
  });

  it('shows a stack with --log-level debug only', async () => {
    const stackOf = async (level: string) =>
      (await program.run(['call', 'x', '--log-level', level])).stderr.includes('    at ');
    expect(await stackOf('debug')).toBe(true);
    expect(await stackOf('info')).toBe(false);
  });

  it('accepts global options before and after the command', async () => {
    for (const args of [
      ['--profile', 'work', 'status', '--json'],
      ['status', '--json', '--profile', 'Work'],
    ]) {
      const { stdout } = await program.run(args);
      expect(JSON.parse(stdout)).toMatchObject({ profile: 'work', settings: { profile: { source: 'flag' } } });
    }
  });
});
