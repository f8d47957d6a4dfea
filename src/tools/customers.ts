/** Which customer a call means, and the names for the ids by which documents name their customers. */
import { plural, singular } from '../contract/naming.ts';
import { ApiError, ArgumentsError, toLucantoError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { matchingNames, withoutAccents } from '../core/text.ts';
import type { DocumentReader } from './document-reader.ts';
import { argumentsFor, type LocalCall, readRecord, withEach } from './local-tool.ts';
import { fieldFor, ownId, textAt, wordOfId } from './record-fields.ts';
import { walk } from './walk.ts';

export interface Customer {
  /** As text; null for a customer that is known by name alone. */
  readonly id: string | null;
  readonly name: string | null;
}

const MOST_NAMED = 10;

/** Whether a document that names its customer by name alone means this one. */
export function isSameName(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && withoutAccents(one) === withoutAccents(other);
}

/** @param unread why not all customers were read @throws LucantoError where no customer fits, or several do */
export function oneCustomer(text: string, customers: readonly Customer[], unread: string | null = null): Customer {
  const [only, ...others] = matchingNames(customers, text);
  if (only === undefined && unread !== null) {
    throw new ApiError(
      'customers_unread',
      `No customer that was read matches "${text}", and not all were: ${unread}.`,
      {
        hint: 'Try again, or give the id of the customer.',
      },
    );
  }
  if (only === undefined) {
    throw new ArgumentsError(`No customer matches "${text}".`, {
      hint: 'Find the customer with the list of contacts, then give the id.',
    });
  }
  if (others.length === 0) return only;
  const named = [only, ...others]
    .slice(0, MOST_NAMED)
    .map(({ id, name }) => [name, id && `(id ${id})`].filter(Boolean).join(' '));
  const rest = others.length + 1 - named.length;
  throw new ArgumentsError(
    `${others.length + 1} customers match "${text}": ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`,
    {
      hint: {
        person: 'Give the id of one of them, or more of the name.',
        model: 'Ask the user which customer is meant, then pass the id.',
      },
    },
  );
}

/** Of documents that name their customer by id alone; empty for others. */
export async function partyNames(
  reader: DocumentReader,
  rows: readonly JsonObject[],
  call: LocalCall,
): Promise<ReadonlyMap<string, string>> {
  const { partyId, partyName } = reader;
  return partyId === null || partyName !== null ? new Map() : contactNames(partyId, reader.partyIds(rows), call);
}

const MAX_PAGES = 10;
/** So few are read one by one. */
const FEW = 2;
const AT_ONCE = 4;
/** Of those that the list does not have: it leaves out what was deleted. */
const MOST_READ_SINGLY = 20;

/**
 * @param field that holds the ids: `purchaser_id` @param wanted the ids; null for every contact
 * @param most requests: 1 reads one page of contacts, or one contact @param unread is called with why not all were read
 * @returns names by id; without those that cannot be read, since figures are right without names
 */
export async function contactNames(
  field: string,
  wanted: ReadonlySet<string> | null,
  call: LocalCall,
  most = Number.POSITIVE_INFINITY,
  unread: (why: string) => void = () => undefined,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  if (wanted?.size === 0) return names;
  const word = plural(wordOfId(field));
  const list = call.operations.get(`lucanto_list_${word}`) ?? call.operations.get('lucanto_list_contacts');
  const get = call.operations.get(`lucanto_get_${singular(word)}`) ?? call.operations.get('lucanto_get_contact');
  const take = (rows: readonly JsonObject[]) => {
    const name = fieldFor('name', rows, []);
    for (const row of name === null ? [] : rows) {
      const text = textAt(row, name);
      if (text !== null) names.set(String(ownId(row)), text);
    }
  };
  const missing = () => [...(wanted ?? [])].filter((id) => !names.has(id));
  if (list !== undefined && (wanted === null || wanted.size > Math.min(FEW, most) || get === undefined)) {
    const isEnough = (rows: readonly JsonObject[]) => {
      const ids = new Set(rows.map((row) => String(ownId(row))));
      return wanted !== null && [...wanted].every((id) => ids.has(id));
    };
    const bounds = { maxPages: Math.min(MAX_PAGES, most), isEnough };
    try {
      const quiet = { ...call.context, onProgress: () => undefined };
      const { rows, stopped } = await walk({ ...call, context: quiet }, list, argumentsFor(call.args, {}), bounds);
      take(rows);
      if (stopped !== null) unread(stopped);
    } catch (error) {
      unread(toLucantoError(error).message.replace(/\.$/, ''));
      return names;
    }
  }
  const left = most === 1 && wanted?.size !== 1 ? [] : missing().slice(0, MOST_READ_SINGLY);
  if (get === undefined) return names;
  await withEach(left, AT_ONCE, async (id) => {
    try {
      take([{ id, ...(await readRecord(call, get, { id })) }]);
    } catch {
      // One that is gone has no name.
    }
  });
  return names;
}
