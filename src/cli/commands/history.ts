import { join } from 'node:path';
import { EXIT, UsageError } from '../../core/errors.ts';
import { count } from '../../core/text.ts';
import type { HistoryEntry, HistoryOutcome } from '../../writes/write-history.ts';
import type { Command, CommandContext, CommandInput } from '../command.ts';

const USUAL_LIMIT = 20;

export const historyCommand: Command = {
  name: 'history',
  summary:
    'Show what was written through this bridge, and how it ended (from this computer, without a network request)',
  operand: null,
  options: [
    { flags: '--open', help: 'Only what is unresolved, each with the way to resolve it' },
    { flags: '--limit <n>', help: `How many to show, the newest first (default ${USUAL_LIMIT})` },
    { flags: '--json', help: 'Print JSON' },
  ],
  examples: ['lucanto-mcp history', 'lucanto-mcp history --open', 'lucanto-mcp history --limit 100 --json'],
  async run(context, input) {
    const { settings, clock, log, output } = context;
    const limit = limitOf(input);
    const { history } = await import('../../writes/write-history.ts');
    const all = await history({ folder: join(settings.configDir, 'writes'), clock, log });
    const unresolved = all.filter(({ resolve }) => resolve !== null);
    const shown = (input.has('open') ? unresolved : all).slice(0, limit);
    if (input.has('json')) {
      output.json({ writes: shown, unresolved: unresolved.length });
      return EXIT.done;
    }
    if (shown.length === 0) {
      output.line(input.has('open') ? 'Nothing is unresolved.' : 'Nothing was written through this bridge yet.');
      return EXIT.done;
    }
    print(context, shown);
    if (!input.has('open') && unresolved.length > 0) {
      output.note(
        `note: ${count(unresolved.length, 'write')} unresolved; \`lucanto-mcp history --open\` says what to do.`,
      );
    }
    return EXIT.done;
  },
};

/** @throws UsageError */
function limitOf(input: CommandInput): number {
  const text = input.text('limit');
  if (text === null) return USUAL_LIMIT;
  if (/^[1-9]\d{0,5}$/.test(text.trim())) return Number(text);
  throw new UsageError(`--limit is ${JSON.stringify(text.slice(0, 40))}, which is not a number of writes.`, {
    hint: 'Write --limit 50, for example.',
  });
}

const WORDS: Readonly<Record<HistoryOutcome, string>> = {
  done: 'done',
  replayed: 'done (replayed)',
  refused: 'refused',
  unknown: 'unknown',
  not_sent: 'not sent',
  duplicate_stopped: 'duplicate stopped',
  expired: 'never resolved',
  running: 'running',
};

function print({ output }: CommandContext, entries: readonly HistoryEntry[]): void {
  const rows = entries.map((entry) => [
    entry.time.slice(0, 19).replace('T', ' '),
    entry.profile,
    entry.workspace ?? '-',
    entry.tool,
    outcomeText(entry),
    [entry.number, entry.id].filter((name) => name !== null).join(' / ') || '-',
    entry.request_id ?? '-',
  ]);
  const head = ['TIME (UTC)', 'PROFILE', 'WORKSPACE', 'TOOL', 'OUTCOME', 'NUMBER / ID', 'REQUEST ID'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  output.line(output.style('bold', line(head)));
  entries.forEach((entry, index) => {
    const text = line(rows[index] ?? []);
    output.line(entry.outcome === 'unknown' && entry.later === null ? output.style('yellow', text) : text);
    if (entry.resolve !== null) output.line(`  ${output.style('cyan', 'hint:')} ${entry.resolve}`);
  });
}

function outcomeText({ outcome, status, later, resolve }: HistoryEntry): string {
  const word = outcome === 'refused' && status !== null ? `refused (${status})` : WORDS[outcome];
  if (later !== null) return `${word}, later ${WORDS[later]}`;
  return resolve !== null && outcome !== 'unknown' ? `${word}, not delivered` : word;
}
