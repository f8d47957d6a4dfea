/** `lucanto_list_changes`: what was written through this bridge, from the record of writes on this computer. */
import { singular } from '../contract/naming.ts';
import { daysIn, isDay } from '../core/calendar.ts';
import { ArgumentsError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { textResult } from '../core/results.ts';
import { count, groupedBy } from '../core/text.ts';
import type { Tool, ToolResult } from '../core/tool.ts';
import type { HistoryEntry } from '../writes/write-history.ts';
import { contactNames } from './customers.ts';
import { DocumentReader } from './document-reader.ts';
import { type LocalCall, type LocalDeps, localTool, readRecord, rowSaver, rowsIn, withEach } from './local-tool.ts';
import { amountText } from './money.ts';
import { kindOf, moneyResources } from './money-resource.ts';
import { dateText, textOfRole } from './record-fields.ts';

export const CHANGES_TOOL = 'lucanto_list_changes';

const MOST = 100;
/** Records that are read, the latest, to say what they are now. */
const MOST_READ = 20;
const AT_ONCE = 4;
const READING_MS = 5_000;
const AS_THEY_ARE = 'Names, customers, suppliers and totals, and the numbers beside them, are those of now.';
const NOTHING =
  'No changes from here were found. What was changed elsewhere, such as in the Lucanto app, is not listed.';

export function listChangesTool(deps: LocalDeps): Tool {
  return localTool({
    name: CHANGES_TOOL,
    title: 'List changes',
    description: 'What was written from here.',
    resource: 'workspaces',
    scopes: [],
    idempotent: true,
    saveRows: rowSaver('changes', ({ data }) => rowsIn(data), deps),
    properties: () => ({ since: { type: 'string', description: 'YYYY-MM-DD' } }),
    call: (args, context) => listChanges({ ...deps, args, context }),
  });
}

async function listChanges(call: LocalCall): Promise<ToolResult> {
  const isSince = sinceTest(call.args.since, call.timeZone());
  const found = (await call.changes(call.context)).filter(({ time }) => isSince(Date.parse(time)));
  // A name is worth a request, and not a failure.
  const known = found.length === 0 ? null : await call.companies({}, call.context).catch(() => null);
  const names = new Map(known?.rows.map(({ id, name }) => [id, name]));
  // A program, or a file, gets every one.
  const most = call.context.answer === undefined ? found.length : MOST;
  const shown = found.slice(0, most);
  const records = await recordsOf(shown, call);
  const rows = shown.map((entry) => rowOf(entry, names, records.get(recordKey(entry))));
  const left = found.length - rows.length;
  const notes = [
    ...(found.length === 0 ? [NOTHING] : []),
    ...(records.size > 0 ? [AS_THEY_ARE] : []),
    ...(left > 0 ? [`The newest ${MOST}; ${count(left, 'earlier write')} since then.`] : []),
  ];
  return textResult({ data: rows, has_more: left > 0, ...(notes.length > 0 && { note: notes.join(' ') }) });
}

function rowOf(entry: HistoryEntry, names: ReadonlyMap<string, string>, record: JsonObject = {}): JsonObject {
  const { time, tool, resource, id, number, fields, workspace, outcome, later, resolve } = entry;
  return {
    ...{ time, tool, type: resource === null ? null : singular(resource), id, number },
    ...record,
    ...(fields.length > 0 && { fields }),
    ...{ outcome, later, to_do: resolve },
    company: workspace === null ? null : (names.get(workspace) ?? null),
    workspace_id: workspace,
  };
}

function recordKey({ resource, id, workspace }: HistoryEntry): string {
  return JSON.stringify([resource, id, workspace]);
}

/** What can be read of the latest records that were written, as they are now. */
async function recordsOf(entries: readonly HistoryEntry[], call: LocalCall): Promise<ReadonlyMap<string, JsonObject>> {
  const signal = AbortSignal.any([call.context.signal, AbortSignal.timeout(READING_MS)]);
  const records = new Map<string, JsonObject>();
  const latest = [...groupedBy(entries, recordKey)].slice(0, MOST_READ);
  await withEach(latest, AT_ONCE, async ([key, [entry]]) => {
    try {
      const record =
        entry === undefined ? null : await recordOf(entry, { ...call, context: { ...call.context, signal } });
      if (record !== null) records.set(key, record);
    } catch {
      // One that is gone is known by its id.
    }
  });
  return records;
}

/** @returns null where no operation reads it @throws LucantoError */
async function recordOf({ resource, id, workspace }: HistoryEntry, call: LocalCall): Promise<JsonObject | null> {
  const get = call.operations.get(`lucanto_get_${singular(resource ?? '')}`);
  if (get === undefined || id === null) return null;
  const own = workspace === null ? {} : { workspace_id: workspace };
  const row = await readRecord(call, get, { ...own, id });
  const source = moneyResources(call.operations).find((one) => one.get === get);
  if (source === undefined) return { name: textOfRole('name', row) };
  const kind = kindOf(source);
  const reader = new DocumentReader([row], source.described, call.timeZone, kind);
  const [party, total, currency] = [reader.party(row), reader.amount('total', row), reader.currency(row)];
  const ids = new Set(party.id === null ? [] : [String(party.id)]);
  const names = party.name === null ? await contactNames(reader.partyId ?? '', ids, { ...call, args: own }, 1) : null;
  return {
    ...(reader.number(row) !== null && { number: reader.number(row) }),
    [kind === 'purchase' ? 'supplier' : 'customer']: party.name ?? names?.get(String(party.id)) ?? null,
    total: total === null ? null : [amountText(total, currency), currency].filter(Boolean).join(' '),
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
