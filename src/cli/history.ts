import { join } from 'node:path';
import { EXIT, type ExitCode, UsageError } from '../core/errors.ts';
import { capitalised, count } from '../core/text.ts';
import type { HistoryEntry, HistoryOutcome } from '../writes/write-history.ts';
import { savedForm } from './call-arguments.ts';
import type { CommandContext, CommandInput } from './command.ts';
import { withLocalTimes } from './terminal-text.ts';

/** `history`: what was written through this bridge, and how it ended. */
const USUAL_LIMIT = 20;

export async function runHistory(context: CommandContext, input: CommandInput): Promise<ExitCode> {
  const { settings, clock, log, output } = context;
  const limit = limitOf(input);
  const { history } = await import('../writes/write-history.ts');
  const all = await history({ folder: join(settings.configDir, 'writes'), clock, log });
  const unresolved = all.filter(({ resolve }) => resolve !== null);
  const form = savedForm(input);
  const wanted = input.has('open') ? unresolved : all;
  if (form !== null) {
    const { saveHistory } = await import('../bridge/tool-factories.ts');
    // A file holds everything, unless some of it is asked for.
    const saved = await saveHistory(input.has('limit') ? wanted.slice(0, limit) : wanted, form, context);
    if (input.has('json') || !output.isTerminal) output.json(saved);
    else output.line(`${count(saved.rows, 'write')} saved in ${saved.path}`);
    return EXIT.done;
  }
  const shown = wanted.slice(0, limit);
  if (input.has('json')) {
    output.json({ writes: shown, unresolved: unresolved.length });
    return EXIT.done;
  }
  if (shown.length === 0) {
    output.line(input.has('open') ? 'Nothing is unresolved.' : 'Nothing has been written yet.');
    return EXIT.done;
  }
  print(context, shown);
  if (!input.has('open') && unresolved.length > 0) {
    output.note(
      `Note: ${count(unresolved.length, 'write')} unresolved; \`lucanto-mcp history --open\` shows what to do.`,
    );
  }
  return EXIT.done;
}

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
  replayed: 'done (when repeated)',
  refused: 'refused',
  unknown: 'unknown',
  not_sent: 'not sent',
  partly: 'partly done',
  duplicate_stopped: 'duplicate stopped',
  expired: 'never settled',
  running: 'running',
};

/** Local time, what was done with which record, and in which company; tool names and request ids are in the JSON. */
function print({ output, settings, profile }: CommandContext, entries: readonly HistoryEntry[]): void {
  const names = new Map(
    (profile.state === 'stored' ? profile.profile.workspaces : []).map(({ id, name }) => [id, name]),
  );
  const { timeZone } = settings.machine;
  const rows = entries.map((entry) => [
    withLocalTimes(entry.time, timeZone, 'short'),
    actionInWords(entry),
    entry.workspace === null ? '' : (names.get(entry.workspace) ?? entry.workspace),
    outcomeText(entry),
  ]);
  output.table(
    [
      { title: 'TIME', priority: 1, isWhole: true },
      { title: 'WHAT', priority: 2 },
      { title: 'COMPANY', priority: 3 },
      // Without it, what did not happen would read as done.
      { title: 'RESULT', priority: 0, isWhole: true },
    ],
    rows,
    entries.map(
      ({ resolve }) => resolve && `${output.style('cyan', 'hint:')} ${withLocalTimes(resolve, timeZone, 'short')}`,
    ),
  );
}

/** `Invoice FAK2026-0057 created`, or `create invoice` where that did not happen, from the parts of the tool's name: verb, resource, and perhaps a state. */
function actionInWords({ tool, number, id, outcome, later }: HistoryEntry): string {
  const [verb = '', ...words] = tool.replace(/^lucanto_/, '').split('_');
  if (words.length === 0) return [tool, number ?? id].filter((part) => part !== null).join(' ');
  const state = verb === 'mark' && words.length > 1 ? words.pop() : undefined;
  const resource = words.join(' ');
  if (!DONE.has(later ?? outcome)) {
    const wanted = `${capitalised(verb)} ${resource}`;
    return [wanted, number ?? id, state && `as ${state}`].filter((part) => part != null).join(' ');
  }
  const record = capitalised(resource);
  const done = state === undefined ? pastOf(verb) : `${pastOf(verb)} as ${state}`;
  return [record, number ?? id, done].filter((part) => part !== null).join(' ');
}

/** What did not happen, or may not have, must not read as if it had. */
const DONE: ReadonlySet<HistoryOutcome> = new Set(['done', 'replayed']);

const IRREGULAR: Readonly<Record<string, string>> = { send: 'sent', pay: 'paid', set: 'set', undo: 'undone' };

function pastOf(verb: string): string {
  const irregular = IRREGULAR[verb];
  if (irregular !== undefined) return irregular;
  if (verb.endsWith('e')) return `${verb}d`;
  return /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ied` : `${verb}ed`;
}

function outcomeText({ outcome, status, later, resolve }: HistoryEntry): string {
  const word = outcome === 'refused' && status !== null ? `refused (${status})` : WORDS[outcome];
  if (later !== null) return `${word}, later ${WORDS[later]}`;
  return resolve !== null && outcome !== 'unknown' ? `${word}, not delivered` : word;
}
