/** Which customer a call means: by id, else by name or an unambiguous part of it, whatever its case and accents. */
import { ArgumentsError } from '../core/errors.ts';

export interface Customer {
  /** As text; null for a customer that is known by name alone. */
  readonly id: string | null;
  readonly name: string | null;
}

const MOST_NAMED = 10;

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .trim();
}

/** Whether a document that names its customer by name alone means this one. */
export function isSameName(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && plain(one) === plain(other);
}

/** The customers that the text may mean: the one with that id or exactly that name, else those whose name contains it. */
export function customersMatching(text: string, customers: readonly Customer[]): readonly Customer[] {
  const wanted = plain(text);
  const byId = customers.filter(({ id }) => id !== null && id === text.trim());
  if (byId.length > 0) return byId;
  const exact = customers.filter(({ name }) => name !== null && plain(name) === wanted);
  if (exact.length > 0) return exact;
  return customers.filter(({ name }) => name !== null && wanted !== '' && plain(name).includes(wanted));
}

/** @throws ArgumentsError where no customer fits, or several do */
export function oneCustomer(text: string, customers: readonly Customer[]): Customer {
  const [only, ...others] = customersMatching(text, customers);
  if (only === undefined) {
    throw new ArgumentsError(`No customer matches "${text}".`, {
      hint: 'Find the customer with the list of contacts, then give the id.',
    });
  }
  if (others.length === 0) return only;
  const named = [only, ...others]
    .slice(0, MOST_NAMED)
    .map(({ id, name }) => [name, id && `(id ${id})`].filter(Boolean).join(' '));
  throw new ArgumentsError(`${others.length + 1} customers match "${text}": ${named.join(', ')}.`, {
    hint: {
      person: 'Give the id of one of them.',
      model: 'Ask the user which customer is meant, then pass the id.',
    },
  });
}
