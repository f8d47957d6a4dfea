/** Names for the ids by which documents name their customers, from the lists that the key may read. */
import { plural } from '../contract/naming.ts';
import type { JsonObject } from '../core/json.ts';
import type { CallContext } from '../core/tool.ts';
import { argumentsFor, type LocalDeps } from './local-tool.ts';
import { fieldFor, plainText, valueAt, wordOfId } from './record-fields.ts';
import { walk } from './walk.ts';

const MAX_CONTACT_PAGES = 10;

/**
 * @param field that holds the ids: `purchaser_id`
 * @returns names by id; empty where they cannot be read, since figures are right without names
 */
export async function contactNames(
  field: string,
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
): Promise<ReadonlyMap<string, string>> {
  const own = plural(wordOfId(field));
  const list = deps.operations.get(`lucanto_list_${own}`) ?? deps.operations.get('lucanto_list_contacts');
  if (list === undefined) return new Map();
  const bounds = { maxPages: MAX_CONTACT_PAGES, noun: list.resource };
  try {
    const { rows } = await walk(deps, list, argumentsFor(args, {}), context, bounds);
    const name = fieldFor('name', rows, []);
    if (name === null) return new Map();
    return new Map(rows.map((row) => [String(row.id), plainText(valueAt(row, name)) ?? '']));
  } catch {
    return new Map();
  }
}
