/** Text that others wrote, in a question to a person: on one line, short, and never able to look like ours. */
import { LosslessNumber, stringifyJson } from '../json.ts';

const LONGEST_TEXT = 80;

/** Without line breaks, control characters and marks that change the direction of writing. */
export function oneLine(text: string, most = LONGEST_TEXT): string {
  const flat = text.replace(/[\p{C}\p{Z}\s]+/gu, ' ').trim();
  const signs = [...flat];
  return signs.length <= most ? flat : `${signs.slice(0, most - 1).join('')}…`;
}

/** In quotes that the text itself cannot close. */
export function quoted(text: string): string {
  return `"${oneLine(text).replaceAll('"', "'")}"`;
}

/** Numbers and words as they are; what could pass for more than one of them in quotes. */
export function named(text: string): string {
  return /^[\p{L}\p{N}._/#-]{1,40}$/u.test(text) ? text : quoted(text);
}

/** Texts and numbers digit by digit; null for anything else. */
export function scalar(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  const isNumber = typeof value === 'number' || typeof value === 'bigint' || value instanceof LosslessNumber;
  return isNumber ? String(value) : null;
}

export function shownValue(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : oneLine(stringifyJson(value) ?? '');
}
