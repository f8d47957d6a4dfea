/** The history of writes, saved as an Excel or CSV file in the files folder. */
import type { ResolvedSettings } from '../config/resolve.ts';
import { daysIn, ownTimeZone } from '../core/calendar.ts';
import type { SaveRequest } from '../core/tool.ts';
import { FilesFolder } from '../files/folder.ts';
import { saveTable } from '../tools/save-table.ts';
import type { HistoryEntry } from '../writes/write-history.ts';

/** @throws LocalError */
export async function saveHistory(
  entries: readonly HistoryEntry[],
  format: SaveRequest['format'],
  { files, machine }: ResolvedSettings,
  now: number,
  signal: AbortSignal,
) {
  const day = daysIn(machine.timeZone ?? ownTimeZone())(now);
  const table = { name: ['History', day], format, described: [], fields: null };
  const rows = entries.map((entry) => ({ ...entry }));
  const { file } = await saveTable(table, new FilesFolder(files, machine), signal, (take) => take(rows));
  return file;
}
