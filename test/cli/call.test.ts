import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, NODE_IN_SHELL } from '../helpers/run.ts';
import { atTerminal, HAS_TERMINAL } from '../helpers/terminal.ts';
import type { RunOptions } from './built-program.ts';
import { programAndService } from './program-and-service.ts';

const bench = programAndService('accounts');

function call(args: readonly string[], token = bench.service.tokens.manage, options: RunOptions = {}) {
  return bench.program.run(['--url', bench.service.url, 'call', ...args], {
    ...options,
    env: { LUCANTO_TOKEN: token, ...options.env },
  });
}

async function firstWorkspace(): Promise<string> {
  const rows: { id: number }[] = JSON.parse((await call(['lucanto_list_workspaces'])).stdout);
  return String(rows[0]?.id);
}

describe('The command call', () => {
  it('prints the result as compact JSON and nothing else', async () => {
    const workspace = await firstWorkspace();
    const args = ['lucanto_list_invoices', '--arg', 'limit=3', '--arg', `workspace_id=${workspace}`];
    const { code, stdout, stderr } = await call(args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd()).not.toContain('\n');
    const answer = JSON.parse(stdout);
    expect(answer.data).toHaveLength(3);
    expect(answer).toMatchObject({ has_more: true, next_cursor: expect.any(String) });
  });

  it('takes arguments as JSON on the command line or on stdin, and a single --arg wins over them', async () => {
    const workspace_id = Number(await firstWorkspace());
    const json = JSON.stringify({ workspace_id, limit: 2 });
    const rows = async (...args: Parameters<typeof call>) => JSON.parse((await call(...args)).stdout).data.length;
    expect(await rows(['lucanto_list_contacts', '--args', json])).toBe(2);
    expect(await rows(['lucanto_list_contacts', '--args', '-'], undefined, { stdin: json })).toBe(2);
    expect(await rows(['lucanto_list_contacts', '--args', json, '--arg', 'limit=1'])).toBe(1);
  });

  it('names the one tool that is meant where only its prefix is missing', async () => {
    const { stderr } = await call(['list_invoices']);
    expect(stderr).toContain('Did you mean `lucanto_list_invoices`?');
  });

  it('saves rows as a file, and so does history; a tool without rows is wrong usage', async () => {
    const workspace = `workspace_id=${await firstWorkspace()}`;
    const files = await mkdtemp(join(tmpdir(), 'lucanto-saved-'));
    const env = { LUCANTO_FILES: files };
    const saved = await call(['lucanto_list_contacts', '--arg', workspace, '--save-as', 'csv'], undefined, { env });
    const { path, rows } = JSON.parse(saved.stdout);
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\r\n');
    expect([saved.code, lines.length - 1]).toEqual([0, rows]);
    const history = await bench.program.run(['history', '--save-as', 'xlsx'], { env });
    expect([history.code, JSON.parse(history.stdout).path]).toEqual([0, expect.stringMatching(/History .*\.xlsx$/)]);
    const wrong = [
      ['lucanto_get_contact', '--arg', 'id=501', '--save-as', 'csv'],
      ['lucanto_list_contacts', '--save-as', 'pdf'],
    ];
    for (const args of wrong) expect((await call(args, undefined, { env })).code).toBe(2);
    await rm(files, { recursive: true });
  });

  it('keeps ids beyond 2^53 exact', async () => {
    const { stdout } = await call(['lucanto_get_workspace', '--arg', 'id=9007199254740993']);
    expect(stdout).toContain('"id":9007199254740993');
  });

  it('prints an error answer on stdout and its message on stderr, and exits with 1', async () => {
    const workspace = await firstWorkspace();
    const { code, stdout, stderr } = await call([
      'lucanto_get_invoice',
      '--arg',
      'id=1',
      '--arg',
      `workspace_id=${workspace}`,
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: 'not_found', status: 404, request_id: expect.any(String) });
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
  });

  it.each([
    [['lucanto_list_invoices', '--arg', 'limit'], 'no name and value'],
    [['lucanto_list_invoices', '--arg', 'limit=many'], 'takes a number'],
    [['lucanto_list_invoices', '--arg', 'limit=1', '--arg', 'limit=2'], 'given 2 times'],
    [['lucanto_list_invoices', '--args', '[1]'], 'not a JSON object'],
    [['lucanto_list_invoices', '--args', '-'], 'not a JSON object'],
  ])('refuses %j with exit code 2', async (args, sentence) => {
    const { code, stdout, stderr } = await call(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(sentence);
  });

  it('suggests similar names for a tool that does not exist', async () => {
    const { code, stderr } = await call(['lucanto_list_invoces']);
    expect(code).toBe(1);
    expect(stderr).toContain('`lucanto_list_invoices`');
    expect((await call(['list_contacts'])).stderr).toContain('`lucanto_list_contacts`');
  });

  it('says why a tool is hidden', async () => {
    const { code, stderr } = await call(['lucanto_create_invoice'], bench.service.tokens.read);
    expect(code).toBe(1);
    expect(stderr).toContain('hidden:');
    expect((await call(['lucanto_create_invoice', '--read-only'])).stderr).toContain('--read-only');
  });

  it('speaks of the API key, not of a token, where the tools that it allows were never seen', async () => {
    const { stderr } = await call(['lucanto_issue_invoice', '--url', 'http://127.0.0.1:9'], undefined, { env: {} });
    expect(stderr).toMatch(/never seen with this API key, so only read tools are shown, and this one needs manage:/);
    expect(stderr).not.toMatch(/\btoken\b/);
  });

  it('says how many customers match beyond those that it names', async () => {
    const workspace = await firstWorkspace();
    const args = ['lucanto_get_statement', '--arg', 'customer=s', '--arg', `workspace_id=${workspace}`];
    const { stderr } = await call(args);
    const [, all, names = '', rest] = /(\d+) customers match "s": (.*) and (\d+) more[.]/.exec(stderr) ?? [];
    expect(names.split('(id ').length - 1 + Number(rest)).toBe(Number(all));
  });

  it('exits with 3 without a token and with a token that the service refuses', async () => {
    const without = await bench.program.run(['call', 'lucanto_list_workspaces', '--url', bench.service.url]);
    expect(without.code).toBe(3);
    expect(without.stderr).toContain(`lucanto-mcp login --url ${bench.service.url}`);
    expect((await call(['lucanto_list_workspaces'], 'lct_pat_00000000000000000000000000000000')).code).toBe(3);
  });

  it('exits with 4 when nothing answers', async () => {
    const { code, stderr } = await call(['lucanto_list_workspaces', '--url', 'http://127.0.0.1:9', '--timeout', '3']);
    expect(code).toBe(4);
    expect(stderr).toContain('hint: ');
  });

  it('exits with 130 when it is interrupted', async () => {
    const workspace = await firstWorkspace();
    const held = bench.service.hold(({ query }) => query.get('limit') === '77');
    const args = ['lucanto_list_invoices', '--arg', `workspace_id=${workspace}`, '--arg', 'limit=77'];
    const { code } = await call(args, undefined, { interruptWhen: held.arrived });
    expect(code).toBe(130);
    held.release();
  });
});

describe.skipIf(!HAS_TERMINAL)('The command call at a terminal', () => {
  const home = () => ({ HOME: bench.program.home, PATH: process.env.PATH ?? '' });
  const shown = async (args: string, env = home(), columns = 72) =>
    (await atTerminal(`${NODE_IN_SHELL} ${BIN} --demo --workspace 42 call ${args}`, env, tmpdir(), [], columns)).screen;

  it('shows no amount without its currency, and what is open in all before its parts by age, on 60 columns', async () => {
    expect(await shown('lucanto_list_invoices --arg limit=3', home(), 60)).toMatch(/CUSTOMER .*TOTAL +CURRENCY$/m);
    const receivables = await shown('lucanto_list_receivables', home(), 60);
    expect(receivables).toMatch(/^CURRENCY .* OVERDUE +OPEN$/m);
    expect(receivables).toMatch(/^CUSTOMER .* DAYS_OVERDUE +AMOUNT_DUE +CURRENCY$/m);
  });

  it.each([60, 100])('shows when something was written, what, and how it ended, on %d columns', async (columns) => {
    const own = { workspace_id: Number(await firstWorkspace()) };
    const { stdout } = await call(['lucanto_list_invoices', '--args', JSON.stringify({ ...own, limit: 1 })]);
    // Together they have more fields than are shown of other lists.
    for (const [tool, args] of [
      ['lucanto_repeat_document', { type: 'invoice', id: JSON.parse(stdout).data[0].id }],
      ['lucanto_create_expense', { document_number: `P${columns}`, supplier_name: 'Papierus', currency: 'EUR' }],
      ['lucanto_update_contact', { id: 501, name: `Renamed ${columns}` }],
      ['lucanto_create_contact', { name: `Customer ${columns}` }],
    ] as const) {
      const { code, stderr } = await call([tool, '--args', JSON.stringify({ ...own, ...args, allow_duplicate: true })]);
      expect([code, stderr]).toEqual([0, '']);
    }
    const env = { ...home(), LUCANTO_URL: bench.service.url, LUCANTO_TOKEN: bench.service.tokens.manage };
    const list = `${NODE_IN_SHELL} ${BIN} call lucanto_list_changes`;
    const { screen } = await atTerminal(list, env, tmpdir(), [], columns);
    expect(screen).toMatch(/TIME .*TOOL .*OUTCOME/);
    expect(screen).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d .*lucanto_create_contact .*done/);
  });

  it('shows the movements and the closing balance of a statement, and the drafts of a company', async () => {
    const statement = await shown('lucanto_get_statement --arg customer=503', home(), 60);
    expect(statement).toMatch(/^closing_balance +-?\d+[.]\d\d$/m);
    expect(statement).toMatch(/^MOVEMENTS\n.*DATE +WHAT +NUMBER +AMOUNT +BALANCE$/m);
    expect(await shown('lucanto_check_document', home(), 60)).toMatch(/^DRAFTS\n.*TYPE .*TOTAL +CURRENCY/m);
  });

  it('keeps the lines of a question apart, each at its place', async () => {
    const list = await shown('lucanto_list_invoices --arg status=sent --arg limit=1');
    const [number = ''] = /^\w+-\d+(?= )/m.exec(list) ?? [];
    const preview = await shown(`lucanto_send_invoice --arg id=${number} --arg preview=true`, home(), 60);
    expect(preview).toMatch(/^question {3}Send invoice \S+ .*\n {11}Who: .*\n {11}Total: \d+[.]\d\d \w{3}\n {11}To: /m);
  });

  it('shows no JSON beside a list that is an array', async () => {
    const companies = await shown('lucanto_list_workspaces', home(), 60);
    expect(companies).toMatch(/more fields?: choose with/);
    expect(companies).not.toMatch(/[{}"]/);
  });

  it('shows values that are lists or objects as words', async () => {
    const totals = await shown('lucanto_summarize_documents --arg type=invoice');
    expect(totals).toMatch(/^covered: rows \d+, pages 1, counted \d+$/m);
    expect(totals).toMatch(/^fields: date issue_date, delivered delivery_date,/m);
    expect(totals).toMatch(/^notes: Credit notes in their own list/m);
    expect(totals).not.toMatch(/[{}[\]"]/);
  });

  it('says a mistake once, and each of several', async () => {
    const mistakesIn = async (args: string) =>
      (await shown(args)).replace(/\s+/g, ' ').match(/at most 100|unknown argument/g);
    expect(await mistakesIn('lucanto_list_invoices --arg limit=1000')).toEqual(['at most 100']);
    const two = await mistakesIn('lucanto_list_invoices --arg limit=1000 --arg colour=red');
    expect(two).toEqual(['at most 100', 'unknown argument']);
  });

  it('keeps to the width where marks become longer: hidden characters, and cuts without UTF-8', async () => {
    const name = `\u202ea \u202eb \u202ec \u202ed \u202ee \u202ef \u202eg \u202eh \u202ei \u202ej and so on and so on`;
    const ascii = { HOME: bench.program.home, PATH: process.env.PATH ?? '', LANG: 'C' };
    const lines = [
      ...(await shown(`lucanto_create_contact --args '${JSON.stringify({ name })}'`)).split('\n'),
      ...(await shown('lucanto_list_invoices --arg limit=9', ascii)).split('\n'),
    ];
    expect(lines.some((line) => line.includes('...'))).toBe(true);
    // The progress was erased from its line.
    const seen = lines.map((line) => line.replace(/^Connecting.*…/, ''));
    expect(seen.filter((line) => line.length > 72)).toEqual([]);
  });

  it('shows times as the clock of this computer has them', async () => {
    const env = { HOME: bench.program.home, PATH: process.env.PATH ?? '', TZ: 'Asia/Tokyo' };
    const record = await shown('lucanto_get_invoice --arg id=1077', env);
    // The sample data follows the day: what was issued was sent at 9:30 UTC of the same one.
    const [, day = ''] = /^issue_date +(\d{4}-\d\d-\d\d)$/m.exec(record) ?? [];
    expect(record).toMatch(new RegExp(`^email_sent_at +${day} 18:30:00$`, 'm'));
    expect(day).not.toBe('');
  });
});
