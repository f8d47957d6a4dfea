import { capitalised, oneLine, trimText } from '../core/text.ts';
import { boundedRegExp } from './bounded-pattern.ts';
import type { Shape } from './merge-schemas.ts';

/**
 * A property's description as a model reads it: the document's words, then in prose what hosts strip from schemas
 * (format, pattern, lengths), unless the document's words say it already.
 */
const MAX_DESCRIPTION = 200;

/** A fact, and what a description contains that says it already. */
interface Fact {
  readonly say: string;
  readonly said: RegExp;
}

const FORMATS: ReadonlyMap<string, Fact> = new Map([
  ['date', { say: 'YYYY-MM-DD', said: /YYYY-MM-DD/i }],
  ['date-time', { say: 'like 2024-01-15T09:30:00Z', said: /ISO ?8601|RFC ?3339|\d{4}-\d\d-\d\dT|YYYY-MM-DDT/i }],
  ['time', { say: 'like 09:30:00Z', said: /HH:MM|\d\d:\d\d/i }],
  ['email', { say: 'e-mail address', said: /e-?mail/i }],
  ['uri', { say: 'URL', said: /\bUR[IL]\b/i }],
  ['url', { say: 'URL', said: /\bUR[IL]\b/i }],
  ['hostname', { say: 'host name', said: /\bhost/i }],
  ['uuid', { say: 'UUID', said: /uuid/i }],
  ['byte', { say: 'base64', said: /base64/i }],
  ['binary', { say: 'a file', said: /\bfile\b/i }],
  ['decimal', { say: 'decimal, like "15.50"', said: /decimal|\d\.\d/i }],
]);

/** Formats that mean nothing to a model. */
const SILENT = new Set(['int32', 'int64', 'float', 'double', 'password', 'string', 'enum', 'text', 'regex']);

export const DECIMAL: Fact = { say: 'decimal as a string, like "15.50"', said: /decimal|\d\.\d/i };

/** @param more further facts, left out where `said` matches the description */
export function describe(shape: Shape, more: readonly Fact[] = []): string {
  const text = oneLine(shape.description.slice(0, 2000));
  const own = [...formatWords(shape), ...lengthWords(shape), ...boundWords(shape), ...more];
  const facts = own.filter(({ say, said }) => !said.test(text) && !text.includes(say)).map(({ say }) => say);
  const bare = shape.items === null && [...shape.properties.keys()].every((name) => shape.required.has(name));
  if (shape.cut === 'cycle' && bare) facts.push('same shape as the object around it');
  if (shape.cut === 'depth' && bare) facts.push('an object, too deep to show here');
  return join(text, [...new Set(facts)], shape.values === null);
}

function join(text: string, facts: readonly string[], isSentence: boolean): string {
  const suffix = facts.join('; ');
  if (suffix === '') return trimText(text, MAX_DESCRIPTION);
  // A list of values begins with a value, whose letters count.
  if (text === '') return trimText(isSentence ? capitalised(suffix) : suffix, MAX_DESCRIPTION);
  const room = Math.max(60, MAX_DESCRIPTION - suffix.length - 3);
  return `${trimText(text, room).replace(/\.$/, '')} (${suffix})`;
}

function formatWords({ kinds, format, values, patterns }: Shape): readonly Fact[] {
  if (kinds !== null && !kinds.includes('string')) return [];
  if (format === null || SILENT.has(format)) return values === null ? patterns.flatMap(patternWords) : [];
  const known = FORMATS.get(format);
  return known === undefined ? facts(`format ${format.slice(0, 40)}`) : [known];
}

function patternWords(pattern: string): readonly Fact[] {
  if (pattern.length > 80) return facts('in a form that the service checks');
  return isDecimal(pattern) ? [DECIMAL] : facts(`matches ${pattern}`);
}

function isDecimal(pattern: string): boolean {
  try {
    const expression = boundedRegExp(pattern, 'u');
    return expression.test('15.50') && expression.test('7') && !expression.test('a') && !expression.test('');
  } catch {
    return false;
  }
}

function lengthWords({ bounds, values }: Shape): readonly Fact[] {
  if (values !== null) return [];
  const min = bounds.get('minLength') ?? 0;
  const max = bounds.get('maxLength');
  if (max === undefined || max > 100_000) return min > 1 ? [counted(min, `at least ${min} characters`)] : [];
  if (min === max) return [counted(max, `${max} characters`)];
  return [counted(max, min > 1 ? `${min}–${max} characters` : `max ${max} characters`)];
}

function boundWords({ bounds }: Shape): readonly Fact[] {
  const above = bounds.get('exclusiveMinimum');
  const below = bounds.get('exclusiveMaximum');
  return [
    ...(above === undefined ? [] : [counted(above, `more than ${above}`)]),
    ...(below === undefined ? [] : [counted(below, `less than ${below}`)]),
  ];
}

/** Beyond it a bound is the integer type's own and means nothing to a model. */
export const MACHINE_BOUND = 2 ** 31 - 1;

/** What a number may be: "1 to 100", "at most 31", "a multiple of 0.5"; never "at least 1", which holds for every id. */
export function rangeFacts({ bounds, multipleOf: step }: Shape): readonly Fact[] {
  const [min, max] = [bounds.get('minimum'), bounds.get('maximum')];
  const least = min !== undefined && min > -MACHINE_BOUND ? min : undefined;
  const most = max !== undefined && max < MACHINE_BOUND ? max : undefined;
  const steps = step === null || step === 1 ? [] : [counted(step, `a multiple of ${step}`)];
  if (least !== undefined && most !== undefined) return [range(least, most), ...steps];
  if (most !== undefined) return [counted(most, `at most ${most}`), ...steps];
  return least === undefined || least === 1 ? steps : [counted(least, `at least ${least}`), ...steps];
}

export function countFacts({ bounds }: Shape): readonly Fact[] {
  const [min = 0, max] = [bounds.get('minItems'), bounds.get('maxItems')];
  if (max !== undefined) return min > 0 ? [range(min, max, ' of them')] : [counted(max, `at most ${max} of them`)];
  return min === 0 ? [] : [counted(min, `at least ${min}`)];
}

function range(min: number, max: number, what = ''): Fact {
  const both = [min, max].map((bound) => `(?=.*${counted(bound, '').said.source})`).join('');
  return { say: `${min} to ${max}${what}`, said: new RegExp(both) };
}

function counted(count: number, say: string): Fact {
  return { say, said: new RegExp(`(?<![\\d.])${String(count).replace(/[^\d]/g, '\\$&')}(?![\\d])`) };
}

/** Facts that no description says already. */
export function facts(...sayings: readonly string[]): readonly Fact[] {
  return sayings.filter((say) => say !== '').map((say) => ({ say, said: /(?!)/ }));
}
