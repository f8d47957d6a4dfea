/** Descriptions that say no more than the name they stand beside: they cost context in every session. */
import { snake } from './naming.ts';

const FILLERS = new Set(['a', 'an', 'the', 'of', 'its', 'this', 'id', 'record', 'value', 'field', 'in', 'for', 'to']);

/** True for "The issue date." beside `issue_date`, "Record id" beside `id`, "Bank code" beside `bank_code`. */
export function isEcho(description: string, name: string): boolean {
  if (name === '' || description.length > 60 || /[^A-Za-z0-9 .'_-]|\d/.test(description)) return false;
  const said = snake(name).split('_');
  const words = snake(description).split('_');
  return words.every((word) => said.includes(word) || FILLERS.has(word));
}
