/** What every command looks like at terminals of all kinds: narrow, dumb, without colours, without UTF-8, and none at all. */
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { NODE_IN_SHELL } from '../helpers/run.ts';
import { atTerminal, HAS_TERMINAL, type Seen } from '../helpers/terminal.ts';
import { programAndService } from './program-and-service.ts';

const bench = programAndService('workspaces');

const COMMANDS = [
  '',
  'help',
  'help options',
  'setup --help',
  'status',
  'tools --all --toolsets invoices',
  'tools --cost --toolsets invoices',
  'call lucanto_list_invoices --arg workspace_id=42 --arg limit=4',
  'call lucanto_list_receivables --arg min_days_overdue=1',
  'call lucanto_get_invoice --arg workspace_id=42 --arg id=1',
  'call lucanto_get_contact --arg workspace_id=42 --arg id=501',
  'history',
  'setup --list',
  'setup --dry-run cursor',
  'setup claude-desktop --yes',
  'doctor',
  'setup --remove claude-desktop',
  'logout --profile other',
] as const;

/** One terminal for all of them; each command begins with a line that names it. */
async function allAt(columns: number, env: Readonly<Record<string, string>>): Promise<Seen> {
  const bin = path.join(path.dirname(bench.program.home), 'bin', 'lucanto-mcp.js');
  const script = COMMANDS.map((line) => `echo "# ${line}"; ${NODE_IN_SHELL} "${bin}" ${line}`).join('; ');
  const own = { HOME: bench.program.home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', ...env };
  return atTerminal(`sh -c '${script}'`, own, bench.program.home, [], columns);
}

function outputOf(seen: Seen, command: (typeof COMMANDS)[number]): string {
  const [, ...parts] = seen.screen.split(/^# (.*)$/m);
  const at = parts.findIndex((part, index) => index % 2 === 0 && part === command);
  return parts[at + 1] ?? '';
}

/** Lines that are too wide although they could be broken at a space. */
function tooWide({ raw }: Seen, columns: number): readonly string[] {
  // What shows progress is taken away again, and must fit too.
  const lines = raw.replaceAll('\u001b[2K', '\n').replaceAll('\r', '').split('\n');
  return lines.filter((line) => {
    if ([...line].length <= columns || line.startsWith('# ')) return false;
    // A path, an address or a command stays whole, on a line of its own if need be.
    return (
      line
        .replace(/`[^`]*`/g, 'x')
        .trim()
        .split(/\s+/).length > 1 && !/^[-+@ ]/.test(line)
    );
  });
}

/** Sixteen commands one after the other, on a computer that may be busy. */
const LONG = 120_000;

describe.skipIf(!HAS_TERMINAL)('Every command', { timeout: LONG }, () => {
  beforeAll(async () => {
    bench.program.newHome();
    await bench.program.run(['login', '--url', bench.service.url], { stdin: bench.service.tokens.manage });
    const create = (tool: string, body: object) =>
      bench.program.run(['call', tool, '--args', JSON.stringify({ ...body, workspace_id: '42' })]);
    await create('lucanto_create_contact', { name: 'Acme s.r.o.' });
    await create('lucanto_create_bank_account', { name: 'Main', iban: 'SK3112000000198742637541' });
    await create('lucanto_create_contact', { name: 'Acme s.r.o.' });
  });

  it.each([60, 80])('fits %d columns, without a colour where NO_COLOR is set', async (columns) => {
    const seen = await allAt(columns, { NO_COLOR: '1' });
    expect(tooWide(seen, columns)).toEqual([]);
    expect(seen.raw.replaceAll('\u001b[2K', '')).not.toContain('\u001b');
    expect(outputOf(seen, '')).toMatch(/lucanto-mcp login.*\n.*lucanto-mcp setup/);
    expect(outputOf(seen, 'help').trim().split('\n').length).toBeLessThanOrEqual(columns < 80 ? 30 : 24);
    expect(outputOf(seen, 'call lucanto_list_invoices --arg workspace_id=42 --arg limit=4')).toMatch(
      /ID +NUMBER +STATUS +CUSTOMER +TOTAL.* CURRENCY[\s\S]*Blue Harbor/,
    );
    expect(outputOf(seen, 'call lucanto_get_invoice --arg workspace_id=42 --arg id=1')).toMatch(
      /error: [\s\S]*404[\s\S]*hint: /,
    );
    // A record within a record has lines of its own, and nothing is shown as JSON.
    const contact = outputOf(seen, 'call lucanto_get_contact --arg workspace_id=42 --arg id=501');
    expect(contact).toMatch(/^LEGAL IDENTITY\n[\s\S]*^ADDRESS\n(?:.+\n)*street +Hlavná 123$/m);
    expect(contact).not.toContain('{');
    // Lists within an answer are tables of their own.
    expect(outputOf(seen, 'call lucanto_list_receivables --arg min_days_overdue=1')).toMatch(
      /^TOTALS\n(?:.+\n)+\nCUSTOMERS\nCUSTOMER .*OPEN.*\n(?:.+\n)+\nCOMPANIES\n[\s\S]*^DOCUMENTS\nCUSTOMER +NUMBER.* AMOUNT_DUE[\s\S]*^workspace_id +\d+\n[\s\S]*^DOCUMENTS$/m,
    );
    const history = outputOf(seen, 'history');
    expect(history).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}Contact \d+ created .*done$/m);
    expect(history).toMatch(/ {2}Bank account \d+ crea\S+ .*done$/m);
    // It did not happen, and does not read as if it had.
    expect(history).toMatch(/ {2}Create contact .*duplicate stopped$/m);
    expect(outputOf(seen, 'setup claude-desktop --yes')).toMatch(/^connected +Claude Desktop/m);
    expect(outputOf(seen, 'setup --remove claude-desktop')).toMatch(/^removed +Claude Desktop[\s\S]*still stored/m);
    expect(outputOf(seen, 'setup --remove claude-desktop')).not.toMatch(/Next:|doctor|connect it/);
    expect(outputOf(seen, 'doctor')).toMatch(/This computer[\s\S]*Your key[\s\S]*Lucanto\n[\s\S]*Your apps/);
    expect(seen.screen).not.toMatch(/cursor:\/\/|vscode:mcp/);
  });

  it('writes no control sequence with TERM=dumb', async () => {
    const dumb = await allAt(60, { TERM: 'dumb' });
    expect(dumb.raw.includes('\u001b')).toBe(false);
    expect(tooWide(dumb, 60)).toEqual([]);
  });

  it('keeps to ASCII marks where the locale is not UTF-8', async () => {
    const { screen, raw } = await allAt(60, { LANG: 'C', LC_ALL: 'POSIX' });
    expect(screen).not.toMatch(/[…✔✖–—→•◆◇]/);
    expect(screen).toMatch(/^\+ /m);
    expect(raw).not.toContain('\u001b[2K');
  });

  it('prints JSON, or whole lines without styles, where there is no terminal', async () => {
    const { stdout, code } = await bench.program.run(['call', 'lucanto_list_invoices', '--arg', 'workspace_id=42']);
    expect([code, Object.keys(JSON.parse(stdout))]).toEqual([0, expect.arrayContaining(['data', 'has_more'])]);
    for (const args of [['status'], ['doctor'], ['tools', '--all'], ['setup', '--list'], ['help']]) {
      const run = await bench.program.run(args);
      for (const control of ['\u001b', '\r']) expect(run.stdout + run.stderr).not.toContain(control);
    }
  });
});
