/** `call` before what cannot be undone: at a terminal, and in a script. */
import { describe, expect, it } from 'vitest';
import { whenItTakesEffect } from '../helpers/asking.ts';
import { useOneOther } from '../helpers/one-other.ts';
import { writesOf } from '../helpers/other-writes.ts';
import { BIN, NODE_IN_SHELL, run } from '../helpers/run.ts';
import { atTerminal, HAS_TERMINAL } from '../helpers/terminal.ts';

const at = useOneOther();
const deleting = (...more: string[]) => [
  'call',
  'lucanto_delete_invoice',
  '--arg',
  `id=${at.other.ids('invoices')[0]}`,
  ...more,
];

describe.skipIf(!HAS_TERMINAL)('The confirmation of call at a terminal', () => {
  async function typing(keys: string, mode: string) {
    const { env } = at.bridge({ LUCANTO_CONFIRM: mode });
    const line = [NODE_IN_SHELL, BIN, ...deleting()].join(' ');
    return atTerminal(line, { ...at.home.env, ...env }, at.home.dir, [{ after: /cannot be undone/, keys }]);
  }

  it.each(['auto', 'always'])('with the mode %s asks, and carries the call out after yes', async (mode) => {
    const { code, screen } = await typing('y', mode);
    expect(screen).toMatch(/Delete invoice FAK2026-0001 [\s\S]*Who: "Ján Novák"/);
    expect([code, writesOf(at.other).length]).toEqual([0, 1]);
  });

  it.each([
    ['no', 'n'],
    ['Enter alone', '\r'],
  ])('carries nothing out after %s', async (_what, keys) => {
    const { code, screen } = await typing(keys, 'auto');
    expect(screen).toContain('error: This was not confirmed: ');
    expect([code, writesOf(at.other)]).toEqual([1, []]);
  });

  it('carries nothing out after Ctrl-C', async () => {
    const { code } = await typing('\u0003', 'auto');
    expect([code, writesOf(at.other)]).toEqual([130, []]);
  });
});

describe('The confirmation of call in a script', () => {
  it('with the mode auto does not stop the call', async () => {
    const { exitCode } = await run(deleting(), at.bridge());
    expect([exitCode, writesOf(at.other).length]).toEqual([0, 1]);
  });

  it('with the mode always prints a preview and exits with 1, and a second call with its code is carried out', async () => {
    const options = at.bridge({ LUCANTO_CONFIRM: 'always' });
    const { exitCode, stdout, stderr } = await run(deleting(), options);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^error: .* was not carried out: the user has not been asked yet\.\nhint: .*--arg confirmation=/,
    );
    const preview = JSON.parse(stdout);
    expect([preview.done, writesOf(at.other)]).toEqual([false, []]);
    await whenItTakesEffect(preview);
    const second = await run(deleting('--arg', `confirmation=${preview.confirmation}`), options);
    expect([second.exitCode, writesOf(at.other).length]).toEqual([0, 1]);
  });

  it('is passed on to the app by setup', async () => {
    const { stdout } = await run(['setup', 'cursor', '--print', '--confirm', 'always'], at.bridge());
    expect(stdout).toMatch(/"--confirm",\s+"always"/);
  });

  it('is shown by status with its source', async () => {
    const { stdout } = await run(['status', '--json', '--confirm', 'never'], at.bridge());
    expect(JSON.parse(stdout).settings.confirm).toEqual({ value: 'never', source: 'flag' });
  });
});
