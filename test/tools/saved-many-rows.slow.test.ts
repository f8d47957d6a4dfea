/** Ten thousand rows go through in pieces: what the program holds does not grow with their number. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyProgram, type Program } from '../cli/built-program.ts';
import { listOf, type OddService, oddService, parameters, query } from './odd-service.ts';
import { readCsv, readSheet, sumOf } from './read-back.ts';

const PAGE = 100;
// Enough that what is thrown away has filled the space that Node gives it before it looks.
const FEW = 1_000;
const TEXT = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit. '.repeat(3);

let program: Program;
let service: OddService;
let folder: string;
beforeAll(async () => {
  program = copyProgram();
  folder = mkdtempSync(join(tmpdir(), 'lucanto-many-'));
  // Leaves behind the most memory that the process ever had.
  const peak = `process.on('exit', () => require('fs').writeFileSync(process.env.PEAK, String(process.resourceUsage().maxRSS)))`;
  writeFileSync(join(folder, 'peak.cjs'), peak);
  const list = (operationId: string) => ({
    get: {
      operationId,
      parameters: [...parameters('workspace_id'), ...query('limit', 'cursor')],
      responses: { 200: listOf({ id: { type: 'integer' } }) },
    },
  });
  const paths = {
    '/workspaces/{workspace_id}/few': list('list-few'),
    '/workspaces/{workspace_id}/many': list('list-many'),
  };
  service = await oddService(paths, ({ path, query: asked }) => {
    const total = path.endsWith('/few') ? FEW : 10_000;
    const from = Number(asked.get('cursor') ?? 0);
    const next = from + PAGE < total ? String(from + PAGE) : null;
    return { json: { data: Array.from({ length: PAGE }, (_, at) => row(from + at)), next_cursor: next } };
  });
});
afterAll(async () => {
  await service.close();
  program.remove();
  rmSync(folder, { recursive: true, force: true });
});

function row(at: number) {
  const texts = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`text_${index}`, `${at} ${TEXT}`]));
  return {
    id: at + 1,
    number: `N-${at}`,
    issue_date: '2026-11-28',
    total: totalOf(at),
    customer: { name: `C ${at}` },
    ...texts,
  };
}

function totalOf(at: number): string {
  return `${at * 7}.${String(at % 100).padStart(2, '0')}`;
}

/** @returns what the program said, and its peak memory */
async function saved(tool: string, format: string) {
  const peak = join(folder, 'peak');
  const args = ['--url', service.url, '--scopes', 'read:*', '--timeout', '300', '--files', folder];
  const env = {
    LUCANTO_TOKEN: 'lct_pat_x23456789',
    NODE_OPTIONS: `--require ${join(folder, 'peak.cjs')}`,
    PEAK: peak,
  };
  const { stdout, stderr, code } = await program.run([...args, 'call', tool, '--save-as', format], {
    env,
    optimized: true,
  });
  expect([code, stderr]).toEqual([0, '']);
  return { answer: JSON.parse(stdout), peak: Number(readFileSync(peak, 'utf8')) };
}

it.each(['xlsx', 'csv'])('saves 10,000 rows as %s with little more memory than 1,000', async (format) => {
  const few = await saved('lucanto_list_few', format);
  const many = await saved('lucanto_list_many', format);
  expect(few.answer).toMatchObject({ rows: FEW, complete: true });
  expect(many.answer).toMatchObject({ rows: 10_000, complete: true });
  expect(many.peak / few.peak).toBeLessThan(1.4);
  const totals =
    format === 'csv'
      ? readCsv(many.answer.path).map(({ total = '' }) => total)
      : readSheet(many.answer.path).rows.map(({ total }) => total?.value ?? '');
  expect(sumOf(totals)).toBe(sumOf(Array.from({ length: 10_000 }, (_, at) => totalOf(at))));
});
