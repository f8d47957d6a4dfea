/**
 * The two pictures of the README, drawn from what the built program answers over the demo at a fixed time: a chat with a
 * real answer, and a terminal from the key to a connected app. `npm run pictures` writes them; a test compares them.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { wrapped } from '../src/cli/terminal-text.ts';
import { startDemo } from '../src/demo/demo-server.ts';

/** A Monday in the afternoon. */
const DAY = '2026-11-23';
const NOW = Date.parse(`${DAY}T14:30:00Z`);
const COMPANY = '42';
const SERVICE = 'https://app.lucanto.eu';

const Receivables = z.object({
  totals: z.array(z.object({ currency: z.string(), overdue: z.string() })),
  companies: z.array(
    z.object({
      documents: z.array(
        z.object({
          customer: z.string(),
          number: z.string(),
          days_overdue: z.number(),
          amount_due: z.string(),
          currency: z.string(),
        }),
      ),
    }),
  ),
});

/** The text of each picture's file, by its name in docs/images. @param program the launcher of the built program */
export async function pictures(program: string): Promise<Readonly<Record<string, string>>> {
  const demo = await startDemo({ port: 0, generation: 'workspaces', clock: () => NOW });
  const home = mkdtempSync(join(tmpdir(), 'lucanto-pictures-'));
  try {
    // So that the app counts as installed.
    mkdirSync(join(home, '.config', 'Claude'), { recursive: true });
    const run = (args: readonly string[], stdin = '') => runProgram(program, args, home, stdin);
    const login = await run(['login', '--url', demo.url], demo.tokens.manage);
    const setup = await run(['setup', 'claude-desktop']);
    const shown = (output: string) =>
      output
        .trimEnd()
        .replaceAll(demo.url, SERVICE)
        .replaceAll(home, '~')
        // What it says where it was started through npx.
        .replaceAll('`lucanto-mcp ', '`npx lucanto-mcp ')
        .split('\n')
        // As the program wraps them at a terminal.
        .flatMap((line) => wrapped(line, COLUMNS, ' '.repeat(/^\w+: +/.exec(line)?.[0].length ?? 2)).split('\n'));
    const lines = [
      '$ npx lucanto-mcp login',
      `API key (from ${SERVICE}/settings/api_keys)`,
      '▪'.repeat(40),
      ...shown(login),
      '',
      '$ npx lucanto-mcp setup claude-desktop',
      ...shown(setup),
    ];
    return { 'terminal.svg': terminal(lines), 'chat.svg': await chat(run) };
  } finally {
    rmSync(home, { recursive: true, force: true });
    await demo.close();
  }
}

function runProgram(program: string, args: readonly string[], home: string, stdin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { HOME: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
    const child = spawn(process.execPath, [program, ...args], { env, cwd: home });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject).once('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${args.join(' ')}: ${stderr}`));
    });
    child.stdin.end(stdin);
  });
}

const COLUMNS = 78;
const MOST_ROWS = 5;

async function chat(run: (args: readonly string[]) => Promise<string>): Promise<string> {
  const args = { workspace_id: COMPANY, as_of: DAY, min_days_overdue: 1 };
  const pairs = Object.entries(args).flatMap(([name, value]) => ['--arg', `${name}=${value}`]);
  const { companies, totals } = Receivables.parse(
    JSON.parse(await run(['call', 'lucanto_list_receivables', ...pairs])),
  );
  const rows = companies
    .flatMap(({ documents }) => documents)
    .filter(({ currency }) => currency === 'EUR')
    .sort((one, other) => Number(other.amount_due) - Number(one.amount_due));
  const overdue = totals.find(({ currency }) => currency === 'EUR')?.overdue ?? '';
  const [most] = rows;
  if (most === undefined) throw new Error('The demo has no overdue invoice.');
  const sentences = [
    `${rows.length} invoices in euros are overdue, ${money(overdue)} EUR in all.`,
    `${most.customer} owes most: ${money(most.amount_due)} EUR, ${most.days_overdue} days late.`,
  ];
  const head = ['Invoice', 'Customer', 'Days late', 'Open, EUR'];
  const cells = rows
    .slice(0, MOST_ROWS)
    .map((row) => [row.number, row.customer, String(row.days_overdue), money(row.amount_due)]);
  return chatPicture('Which invoices are overdue, and who owes us most?', sentences, [head, ...cells]);
}

/** `6279.52` as `6,279.52`. */
function money(amount: string): string {
  return amount.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

const FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";
const MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const WIDTH = 760;

function chatPicture(question: string, sentences: readonly string[], table: readonly (readonly string[])[]): string {
  const columns = [36, 172, 546, 712];
  const rowHeight = 26;
  const top = 178;
  const height = top + table.length * rowHeight + 46;
  const cell = (text: string, column: number, row: number) => {
    const isRight = column > 1;
    const style = row === 0 ? ' font-weight="600" fill="#57606a"' : '';
    return `<text x="${columns[column]}" y="${top + 22 + row * rowHeight}"${isRight ? ' text-anchor="end"' : ''}${style}>${escaped(text)}</text>`;
  };
  const rules = table.map(
    (_, row) =>
      `<path d="M36 ${top + 4 + row * rowHeight}H712" stroke="#d0d7de" stroke-opacity="${row === 0 ? 0 : 1}"/>`,
  );
  return svg(height, 'A chat: which invoices are overdue, and the answer with a table', [
    `<rect width="${WIDTH}" height="${height}" rx="12" fill="#ffffff" stroke="#d0d7de"/>`,
    `<g font-family="${FONT}" font-size="15" fill="#1f2328">`,
    `<rect x="296" y="24" width="432" height="44" rx="16" fill="#1f4e79"/>`,
    `<text x="512" y="52" text-anchor="middle" fill="#ffffff">${escaped(question)}</text>`,
    `<text x="36" y="104" font-size="13" fill="#57606a">lucanto_list_receivables</text>`,
    ...sentences.map((text, at) => `<text x="36" y="${132 + at * 24}">${escaped(text)}</text>`),
    ...rules,
    ...table.flatMap((row, at) => row.map((text, column) => cell(text, column, at))),
    '</g>',
  ]);
}

function terminal(lines: readonly string[]): string {
  const lineHeight = 21;
  const top = 52;
  const height = top + lines.length * lineHeight + 14;
  const rows = lines.map((line, at) => {
    const isTyped = line.startsWith('$ ');
    const colour = isTyped ? '#ffffff' : '#c9d1d9';
    // As the program colours them.
    const text = escaped(line).replace(/^(Signed in|connected)\b/, '<tspan fill="#7ee787">$1</tspan>');
    return `<text x="22" y="${top + 14 + at * lineHeight}" fill="${colour}"${isTyped ? ' font-weight="600"' : ''}>${text}</text>`;
  });
  const dots = ['#ff5f56', '#ffbd2e', '#27c93f'].map(
    (fill, at) => `<circle cx="${24 + at * 20}" cy="22" r="6" fill="${fill}"/>`,
  );
  return svg(height, 'A terminal: npx lucanto-mcp login, then setup, until Claude Desktop is connected', [
    `<rect width="${WIDTH}" height="${height}" rx="10" fill="#0d1117"/>`,
    ...dots,
    `<g font-family="${MONO}" font-size="13" xml:space="preserve">`,
    ...rows,
    '</g>',
  ]);
}

function svg(height: number, title: string, parts: readonly string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`;
  return `${[head, `<title>${escaped(title)}</title>`, ...parts, '</svg>'].join('\n')}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export async function writePictures(root: string): Promise<void> {
  const drawn = await pictures(join(root, 'bin', 'lucanto-mcp.js'));
  mkdirSync(join(root, 'docs', 'images'), { recursive: true });
  for (const [name, text] of Object.entries(drawn)) writeFileSync(join(root, 'docs', 'images', name), text);
}
