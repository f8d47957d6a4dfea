/** The time zone that decides to which day a time belongs: the call's, the company's, else this computer's. */

import { listIn } from '../contract/success.ts';
import { isTimeZone } from '../core/calendar.ts';
import { ArgumentsError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, recordIn } from '../core/json.ts';
import type { CallContext } from '../core/tool.ts';
import { argumentsFor, type LocalDeps } from './local-tool.ts';
import { fieldFor, plainText, valueAt } from './record-fields.ts';

/** @throws ArgumentsError for a time zone that does not exist */
export async function companyTimeZone(
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
): Promise<{
  readonly name: string;
  /** As in "Europe/Prague (this computer)". */
  readonly text: string;
}> {
  const { time_zone: given } = args;
  if (typeof given === 'string') {
    if (isTimeZone(given)) return { name: given, text: given };
    throw new ArgumentsError(`"${given}" is not a time zone.`, {
      hint: 'Give an IANA name, for example "Europe/Prague".',
    });
  }
  const own = await stated(deps, args, context);
  if (own !== null) return { name: own, text: `${own} (the company's)` };
  return { name: deps.timeZone, text: `${deps.timeZone} (this computer's)` };
}

/** What the company's own record says, where the contract has such a field or does not describe the record. */
async function stated(deps: LocalDeps, args: JsonObject, context: CallContext): Promise<string | null> {
  const one = deps.operations.get('lucanto_get_workspace');
  const list = deps.operations.get('lucanto_list_workspaces');
  const operation = [one, list].find(
    (candidate) =>
      candidate !== undefined &&
      ((candidate.answerFields ?? []).length === 0 || fieldFor('timeZone', [], candidate.answerFields ?? []) !== null),
  );
  if (operation === undefined) return null;
  try {
    const id = await deps.companyId(args, context);
    const takesId = operation.parameters.some(({ arg }) => arg === 'id');
    const value = await deps.service.read(
      operation,
      takesId ? { id } : argumentsFor({ workspace_id: id }, {}),
      context,
    );
    const rows = listIn(value)?.rows.filter(isJsonObject) ?? (isJsonObject(value) ? [recordIn(value)] : []);
    const row = rows.length === 1 ? rows[0] : rows.find((candidate) => String(candidate.id) === id);
    const path = row === undefined ? null : fieldFor('timeZone', [row], []);
    const name = row === undefined || path === null ? null : plainText(valueAt(row, path));
    return name !== null && isTimeZone(name) ? name : null;
  } catch {
    return null;
  }
}
