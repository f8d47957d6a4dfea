/** Names for the ids that rows name their contacts by. */
import type { CallContext, JsonObject } from '../../catalog/tool.ts';
import { plural } from '../../contract/naming.ts';
import { fieldFor, plainText, valueAt, wordOfId } from '../roles.ts';
import { argumentsFor, type Operations, type ServicePort } from '../service.ts';
import { walk } from '../walk.ts';

const MAX_PAGES = 10;

/** @param field that holds the ids: `purchaser_id`. @returns empty where names cannot be had: ids do as well */
export async function contactNames(
  field: string,
  operations: Operations,
  service: ServicePort,
  args: JsonObject,
  context: CallContext,
  clock: () => number,
): Promise<ReadonlyMap<string, string>> {
  const own = plural(wordOfId(field));
  const list = operations.get(`lucanto_list_${own}`) ?? operations.get('lucanto_list_contacts');
  if (list === undefined) return new Map();
  const bounds = { maxPages: MAX_PAGES, clock, noun: list.resource };
  try {
    const { rows } = await walk(service, list, argumentsFor(args, {}), context, bounds);
    const name = fieldFor('name', rows, []);
    if (name === null) return new Map();
    return new Map(rows.map((row) => [String(row.id), plainText(valueAt(row, name)) ?? '']));
  } catch {
    // The sums are right without names; whoever asked must not lose them for that.
    return new Map();
  }
}
