/** `lucanto_list_changes`: what was written through this bridge, from the record of writes on this computer. */
import { daysIn, isDay } from '../core/calendar.ts';
import { ArgumentsError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { count } from '../core/text.ts';
import type { CallContext, Tool, ToolResult } from '../core/tool.ts';
import type { HistoryEntry } from '../writes/write-history.ts';
import { answerWith, type LocalDeps, localTool, rowSaver, rowsIn } from './local-tool.ts';
import { dateText } from './record-fields.ts';

export const CHANGES_TOOL = 'lucanto_list_changes';

const MOST = 100;

export function listChangesTool(
  deps: Pick<LocalDeps, 'changes' | 'companies' | 'timeZone' | 'clock' | 'folder' | 'service'>,
): Tool {
  return localTool({
    name: CHANGES_TOOL,
    title: 'List changes',
    description: 'What was written from here.',
    resource: 'workspaces',
    scopes: [],
    idempotent: true,
    saveRows: rowSaver('changes', ({ data }) => rowsIn(data), deps),
    properties: () => ({ since: { type: 'string', description: 'YYYY-MM-DD' } }),
    call: (args, context) => listChanges(args, deps, context),
  });
}

/** @throws LucantoError */
async function listChanges(
  { since: given }: JsonObject,
  { changes, companies, timeZone }: Parameters<typeof listChangesTool>[0],
  context: CallContext,
): Promise<ToolResult> {
  const isSince = sinceTest(given, timeZone);
  const found = (await changes(context)).filter(({ time }) => isSince(Date.parse(time)));
  // A name is worth a request, and not a failure.
  const known = found.length === 0 ? [] : await companies({}, context).catch(() => []);
  const names = new Map(known.map(({ id, name }) => [id, name]));
  // A program, or a file, gets every one.
  const most = context.answer === undefined ? found.length : MOST;
  const rows = found.slice(0, most).map((entry) => rowOf(entry, names));
  const left = found.length - rows.length;
  return answerWith({
    data: rows,
    has_more: left > 0,
    ...(left > 0 && { note: `The newest ${MOST}; ${count(left, 'earlier write')} since then.` }),
  });
}

function rowOf(entry: HistoryEntry, names: ReadonlyMap<string, string>): JsonObject {
  const { time, tool, id, number, workspace, outcome, later, resolve } = entry;
  return {
    ...{ time, tool, id, number, outcome, later, to_do: resolve },
    company: workspace === null ? null : (names.get(workspace) ?? null),
    workspace_id: workspace,
  };
}

/** A day begins at midnight where the user is. @throws ArgumentsError */
function sinceTest(given: unknown, timeZone: string): (time: number) => boolean {
  if (given === undefined || given === null || given === '') return () => true;
  const text = String(given).trim();
  const at = Date.parse(text);
  const day = dateText(text);
  if (Number.isNaN(at) || (day !== null && !isDay(day))) {
    throw new ArgumentsError('since must be a date or a time.', {
      hint: 'Give it as 2026-01-31 or 2026-01-31T09:30:00+01:00.',
    });
  }
  if (!isDay(text)) return (time) => time >= at;
  const dayOf = daysIn(timeZone);
  return (time) => dayOf(time) >= text;
}
