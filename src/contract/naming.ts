/** The contract's words: snake_case, singular and plural, segments of paths, tool names that every host accepts, titles. */
import pluralize from 'pluralize';
import { onceFor } from '../core/deadline.ts';
import { capitalised } from '../core/text.ts';

const MAX_TOOL_NAME = 40;

/** Words that the plural rules take apart although they are no plurals, or that people never count. */
// biome-ignore format: a table
const KEPT: ReadonlySet<string> = new Set(['data', 'media', 'vies', 'gps', 'sms', 'stats', 'settings', 'news', 'series',
  'access', 'basis', 'premises', 'goods', 'proceeds', 'customs', 'earnings', 'savings', 'means', 'thanks', 'canvas',
  'lens', 'iris', 'pos', 'dns', 'kyc', 'aws', 'cms', 'tls', 'https', 'ros', 'os']);

/** `markAsPaid`, `mark-as-paid`, `Mark As Paid` → `mark_as_paid`; letters lose their diacritics. */
export function snake(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Where the plural rules are wrong about words that services use. */
// biome-ignore format: a table
const SINGULARS: ReadonlyMap<string, string> = new Map(Object.entries({ caches: 'cache', cookies: 'cookie', leaves: 'leave',
  calories: 'calorie', niches: 'niche' }));

/** The word for a path segment; one in another script becomes a stable stand-in. */
export function segmentWord(text: string): string {
  return snake(text) || `x${hash(text)}`;
}

export const singular = onceFor((word: string): string =>
  onLastWord(word, (last) => SINGULARS.get(last) ?? (KEPT.has(last) ? last : pluralize.singular(last))),
);

export const plural = onceFor((word: string): string =>
  onLastWord(word, (last) => (KEPT.has(last) ? last : pluralize.plural(last))),
);

/** True for words that name several things (`payments`), not for `status`, `series` or `process`. */
export function isPluralNoun(word: string): boolean {
  const last = word.slice(word.lastIndexOf('_') + 1);
  return singular(last) !== last && pluralize.plural(singular(last)) === last;
}

function onLastWord(word: string, change: (last: string) => string): string {
  const at = word.lastIndexOf('_') + 1;
  return word.slice(0, at) + change(word.slice(at));
}

/** The tool's name for some words in snake_case: at most 40 characters, long ones end in a stable hash. */
export function toolName(words: string): string {
  const rest = words === '' ? hash(words) : words;
  return shorten(rest.startsWith('lucanto_') ? rest : `lucanto_${rest}`, MAX_TOOL_NAME);
}

/** The name under which hosts are shown a remote tool: its own, unless some of them would refuse it. */
export function hostName(wireName: string): string {
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(wireName)) return wireName;
  return shorten(wireName.replace(/[^a-zA-Z0-9_-]+/g, '_'), MAX_TOOL_NAME);
}

export function shorten(name: string, max: number): string {
  if (name.length <= max) return name;
  const tail = hash(name);
  return `${name.slice(0, max - tail.length - 1).replace(/_+$/, '')}_${tail}`;
}

/** FNV-1a, 32 bits, in base 36: the same in every release, so that names never change. */
export function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(36);
}

const ACRONYMS = new Set(['pdf', 'url', 'vat', 'iban', 'csv', 'xml', 'json', 'api', 'qr', 'sms', 'isdoc', 'ubl', 'id']);

/** `get_invoice_pdf_url` → `Get invoice PDF URL`. */
export function human(words: string): string {
  const all = words.split('_').map((word) => (ACRONYMS.has(word) ? word.toUpperCase() : word));
  return capitalised(all.join(' '));
}

export interface Segment {
  /** A literal in snake_case, or '' for a parameter. */
  readonly word: string;
  /** The parameter as the template spells it. */
  readonly parameter: string | null;
}

/** The parts of a path or a template. OData names a record in brackets, `Orders({Id})` or `Customers('{Code}')`. */
export function pathParts(path: string): readonly string[] {
  return path.replace(/\(('?)([^()/]+)\1\)(?=\/|$)/g, '/$2').split('/');
}

export const segmentsOf = onceFor((path: string): readonly Segment[] =>
  pathParts(path)
    .filter((part) => part !== '')
    .flatMap((part) => {
      if (/^v?\d+(\.\d+)+$/.test(part)) return [{ word: segmentWord(part), parameter: null }];
      // `{id}.pdf` and `invoices:import` are a record or collection and something of it.
      const [, head = part, tail] = /^(\{[^{}]+\}|[\w-]+)[.:]([\w-]+)$/.exec(part) ?? [];
      const parameter = /^\{([^{}]+)\}$/.exec(head)?.[1] ?? null;
      const first = { word: parameter === null ? segmentWord(head) : '', parameter };
      // `invoices.json` only says in which form the answer comes.
      const isPart = tail !== undefined && !(tail === 'json' && part.endsWith('.json'));
      return isPart ? [first, { word: segmentWord(tail), parameter: null }] : [first];
    }),
);

const VERSION = /^(v_?\d+(_?\d+)*(_?(alpha|beta)\d*)?|\d+(_\d+)+|\d{4}_\d{2}(_\d{2})?|latest)$/;

/** Without `/api/v2/books` at the beginning: such segments are no resources. @param product as `productWord` finds it */
export function withoutVersion(segments: readonly Segment[], product: string | null = null) {
  let [at, version] = [0, ''];
  for (; at < segments.length - 1; at += 1) {
    const word = segments[at]?.word ?? '';
    // `/api/{id}` names a record of something that is called so.
    const isFolder = ['api', 'rest', product].includes(word) && segments[at + 1]?.parameter === null;
    if (VERSION.test(word)) version = word;
    else if (!isFolder) break;
  }
  return { segments: segments.slice(at), version };
}
