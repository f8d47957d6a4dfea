import { boundedRegExp } from '../../contract/bounded-pattern.ts';
import { count } from '../../core/text.ts';

/** What a pattern of a schema asks for, in words, since nobody should have to read a regular expression. */

const DECIMAL_WORDS = 'a decimal number as text';

/**
 * Completes "must be …", with the given value rewritten where there is one reading of it: `"2,5"` as `"2.5"`.
 * @param given what does not fit the pattern
 */
export function patternWords(pattern: string, given: unknown): string {
  const fits = tester(pattern);
  if (fits === null) return 'written in another form';
  if (fits('1') && fits('15') && !fits('a') && !fits('')) return numberWords(fits, given);
  return inWords(pattern) ?? 'written in another form';
}

function numberWords(fits: (text: string) => boolean, given: unknown): string {
  if (!fits('15.5')) return 'digits only';
  const meant = typeof given === 'string' ? asDecimal(given) : null;
  if (meant === null) return `${DECIMAL_WORDS}, for example "15.50"`;
  if (fits(meant)) return `${DECIMAL_WORDS}: "${meant}"`;
  const places = [6, 5, 4, 3, 2, 1].find((one) => fits(`15.${'5'.repeat(one)}`)) ?? 1;
  const most = (meant.split('.')[1]?.length ?? 0) > places ? ` with at most ${count(places, 'decimal')}` : '';
  return `${DECIMAL_WORDS}${most}, for example "15.50"`;
}

/** `2,5`, `1 234,50`, `1.234,50`, `1,234.50`, `12.50 EUR`; null where there is more than one reading, or none. */
export function asDecimal(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^(?:[A-Z]{3}|\p{Sc})\s*|\s*(?:[A-Z]{3}|\p{Sc}|%)$/gu, '')
    .replaceAll(/[\s\u00a0\u202f']/g, '');
  if (/^-?\d+(\.\d+)?$/.test(bare)) return bare;
  // One comma before three digits may part thousands.
  if (/^-?\d+,\d+$/.test(bare)) return /^-?[1-9]\d{0,2},\d{3}$/.test(bare) ? null : bare.replace(',', '.');
  if (/^-?\d{1,3}(\.\d{3})+,\d+$/.test(bare)) return bare.replaceAll('.', '').replace(',', '.');
  return /^-?\d{1,3}(,\d{3})+\.\d+$/.test(bare) ? bare.replaceAll(',', '') : null;
}

function tester(pattern: string): ((text: string) => boolean) | null {
  try {
    const expression = boundedRegExp(pattern, 'u');
    return (text) => expression.test(text);
  } catch {
    return null;
  }
}

const CLASSES: ReadonlyMap<string, string> = new Map([
  ['\\d', 'digit'],
  ['[0-9]', 'digit'],
  ['[A-Z]', 'capital letter'],
  ['[a-z]', 'small letter'],
  ['[A-Za-z]', 'letter'],
  ['[a-zA-Z]', 'letter'],
  ['[A-Z0-9]', 'capital letter or digit'],
  ['[0-9A-Z]', 'capital letter or digit'],
  ['[a-z0-9]', 'small letter or digit'],
  ['[A-Za-z0-9]', 'letter or digit'],
  ['[a-zA-Z0-9]', 'letter or digit'],
  ['[0-9a-f]', 'hexadecimal digit'],
  ['[0-9a-fA-F]', 'hexadecimal digit'],
]);

/** `2 capital letters, then 6 digits`; null for a pattern that is not such a sequence. */
function inWords(pattern: string): string | null {
  const body = /^\^(.*)\$$/su.exec(pattern)?.[1];
  if (body === undefined) return null;
  const parts: string[] = [];
  const part = /(\\d|\[[^\]\\]+\]|\\[-.+/]|[A-Za-z0-9 /:_-])(\{\d+(?:,\d*)?\}|[+*?])?/suy;
  for (let at = 0; at < body.length; at = part.lastIndex) {
    part.lastIndex = at;
    const [, atom = '', times = ''] = part.exec(body) ?? [];
    if (atom === '') return null;
    const known = CLASSES.get(atom);
    if (known === undefined && atom.startsWith('[')) return null;
    const words = known === undefined ? literal(atom, times) : several(known, times);
    if (words === null) return null;
    parts.push(words);
  }
  return parts.length === 0 || parts.length > 5 ? null : parts.join(', then ');
}

function literal(atom: string, times: string): string | null {
  const sign = `"${atom.replace('\\', '')}"`;
  if (times === '') return sign;
  return times === '?' ? `${sign} or nothing` : null;
}

function several(what: string, times: string): string {
  const plural = what.includes(' or ') ? what.replace(/letter\b/, 'letters').replace(/digit\b/, 'digits') : `${what}s`;
  const [, least, most] = /^\{(\d+)(?:,(\d*))?\}$/.exec(times) ?? [];
  if (least !== undefined && most === undefined) return least === '1' ? `1 ${what}` : `${least} ${plural}`;
  if (least !== undefined) return most === '' ? `at least ${least} ${plural}` : `${least} to ${most} ${plural}`;
  if (times === '+') return plural;
  if (times === '*') return `${plural} or nothing`;
  return times === '?' ? `1 ${what} or nothing` : `1 ${what}`;
}
