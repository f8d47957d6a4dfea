import { thousands } from '../core/text.ts';

/**
 * Text of others in a question to a person: on one line, and unable to look like ours, whether the app shows the
 * question as plain text, as Markdown or as HTML. What is shortened says how much more there is.
 */

/** Of a record's name, a title and the like. */
const LONGEST_TEXT = 80;

/** Each leaves the text readable, and no meaning to a renderer. */
// biome-ignore format: a table
const SUBSTITUTES: readonly (readonly [RegExp, string])[] = [
  // Line breaks, control characters, bidirectional and invisible ones, and a letter that is drawn as nothing.
  [/[\p{C}\p{Z}\s\p{Default_Ignorable_Code_Point}\u2800]+/gu, ' '],
  // Marks that are piled up over the lines above and below.
  [/(\p{M}{2})\p{M}+/gu, '$1'],
  [/["“”„‟«»〝〞＂]/g, "'"],
  [/</g, '‹'], [/>/g, '›'], [/&(?=#?\w{1,32};)/g, '＆'],
  [/\\/g, '＼'], [/`/g, "'"], [/\*/g, '∗'], [/~~+/g, '~'], [/\|/g, '¦'],
  [/\](?=[([])/g, '] '], [/!\[/g, '! ['],
  [/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '＿'],
];

export function neutral(text: string): string {
  return SUBSTITUTES.reduce((left, [pattern, by]) => left.replace(pattern, by), text.normalize('NFC')).trim();
}

/** In quotes that the text itself cannot close. @param most characters; what follows them is counted behind the quotes */
export function quoted(text: string, most = LONGEST_TEXT, quote = '"'): string {
  const signs = [...neutral(text)];
  if (signs.length <= most) return `${quote}${signs.join('')}${quote}`;
  return `${quote}${signs.slice(0, most).join('')}…${quote} (${thousands(signs.length - most)} more ${signs.length - most === 1 ? 'character' : 'characters'})`;
}

/** The same without quotes, for a value of its own. */
export function brief(text: string): string {
  return quoted(text, LONGEST_TEXT, '');
}

/** Numbers and words as they are; what could pass for more than one of them in quotes. */
export function named(text: string): string {
  return text === neutral(text) && /^[\p{L}\p{N}._/#-]{1,40}$/u.test(text) ? text : quoted(text);
}

/** A value in full, of whatever shape: texts in it are neutral, and their own quotes cannot be closed. */
export function neutralValue(value: unknown): unknown {
  if (typeof value === 'string') return neutral(value);
  if (Array.isArray(value)) return value.map(neutralValue);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [neutral(name), neutralValue(member)]));
}

/** Whole, however long: an address must not hide in what is left out. */
export function quotedAddress(address: string): string {
  return quoted(address, Number.POSITIVE_INFINITY);
}
