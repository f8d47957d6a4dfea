/** What a list leaves out of its rows and the record has: the lines that tell VAT rates, read one record at a time. */
import type { JsonObject } from '../core/json.ts';
import { count } from '../core/text.ts';
import type { CallContext } from '../core/tool.ts';
import type { SignedRows } from './credit-notes.ts';
import { argumentsFor, type LocalDeps, readRecord } from './local-tool.ts';
import { fieldFor, ownId, valueAt } from './record-fields.ts';

const MOST = 100;
const AT_ONCE = 4;
/** Time for the sums and the answer. */
const RESERVE_MS = 2_000;

/** The rows with what their records add, as far as there is time; a record that cannot be read stays as it is. */
export async function withDetails(
  list: SignedRows,
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
  notes: string[],
): Promise<SignedRows> {
  const { get } = list.source;
  const bare = list.rows.flatMap((row, index) => (saysRates(row) ? [] : [index])).slice(0, MOST);
  if (get === undefined || bare.length === 0) return list;
  const rows = [...list.rows];
  let read = 0;
  let slowest = 0;
  const worker = async () => {
    for (let index = bare.shift(); index !== undefined; index = bare.shift()) {
      const row = rows[index] ?? {};
      const started = deps.clock();
      if (context.deadline - started < slowest * 2 + RESERVE_MS) return;
      try {
        const record = await readRecord(deps.service, get, argumentsFor(args, { id: ownId(row) }), context);
        rows[index] = { ...record, ...row };
        read += 1;
      } catch {
        // It is counted among those whose rates are not known.
      }
      slowest = Math.max(slowest, deps.clock() - started);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (read > 0) notes.push(`The list has no VAT rates: ${count(read, 'record')} read one by one for their lines.`);
  return { ...list, rows };
}

function saysRates(row: JsonObject): boolean {
  return (['lines', 'vatBreakdown'] as const).some((role) => {
    const field = fieldFor(role, [row], []);
    return field !== null && Array.isArray(valueAt(row, field));
  });
}
