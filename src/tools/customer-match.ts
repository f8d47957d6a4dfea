/** Which customer a call means: by id, else by name or an unambiguous part of it, whatever its case and accents. */
import { ArgumentsError } from '../core/errors.ts';
import { matchingNames, withoutAccents } from '../core/text.ts';

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

/** @throws ArgumentsError where no customer fits, or several do */
export function oneCustomer(text: string, customers: readonly Customer[]): Customer {
  const [only, ...others] = matchingNames(customers, text);
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
