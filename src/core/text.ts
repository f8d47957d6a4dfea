/** Text: counted things in words, lines that fit, names that match, and characters that nobody sees. */
import { TIERS, type Tier } from './tool.ts';

export function count(number: number, singular: string): string {
  return `${thousands(number)} ${singular}${number === 1 ? '' : 's'}`;
}

/** With a full stop, where it has no end of its own. */
export function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Always with commas: output must not depend on the locale of the machine. */
export function thousands(number: number): string {
  return number.toLocaleString('en-US');
}

/** `3 hours ago`. @param since ISO 8601 */
export function ago(since: string, now: number): string {
  const minutes = Math.floor((now - Date.parse(since)) / 60_000);
  if (!Number.isFinite(minutes)) return 'at an unknown time';
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${count(minutes, 'minute')} ago`;
  if (minutes < 48 * 60) return `${count(Math.floor(minutes / 60), 'hour')} ago`;
  return `${count(Math.floor(minutes / (24 * 60)), 'day')} ago`;
}

// Control characters can neither be shown nor are they meant; JSON would spend six characters on each.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;

/** Text of the document, made fit for a model's context. */
export function oneLine(text: string): string {
  return text
    .replace(/\[([^\]]{1,200})\]\((?:[^()\s]{1,500})\)/g, '$1')
    .replace(/<\/?[a-zA-Z][^<>]{0,200}>/g, ' ')
    .replace(CONTROL, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** At most `max` characters; prefers whole sentences if they use at least half of that. */
export function trimText(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = text.slice(0, max);
  const sentence = Math.max(head.lastIndexOf('. '), head.endsWith('.') ? max - 1 : -1);
  if (sentence >= max / 2) return head.slice(0, sentence + 1);
  const word = text.slice(0, max - 1);
  const space = word.lastIndexOf(' ');
  // A surrogate pair must not be cut in half.
  return `${(space > max / 2 ? word.slice(0, space) : word).replace(/[\uD800-\uDBFF]$/, '').replace(/[\s,;:(–-]+$/, '')}…`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The text and a closing sentence, which is kept when the text must be shortened. */
export function withSentence(text: string, sentence: string, max: number): string {
  if (sentence === '') return trimText(text, max);
  if (text === '') return trimText(sentence, max);
  const head = trimText(text, Math.max(40, max - sentence.length - 2));
  return trimText(/[.!?…]$/.test(head) ? `${head} ${sentence}` : `${head}. ${sentence}`, max);
}

// An emoji of several, joined by zero-width joiners; whatever nobody can see; half a surrogate pair. What chooses a form
// belongs behind an emoji: behind letters, each could carry a piece of a hidden text.
const EMOJI = String.raw`\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*`;
const HIDDEN = String.raw`(?:(?![\t\n\r]|(?<=\p{Emoji})[\ufe0e\ufe0f])[\p{Cc}\p{DI}\u2028\u2029\ufff9-\ufffb])+`;
let unseen: RegExp | undefined;
/** Made when it is first needed, since most starts never need it and it takes half a millisecond. */
function unseenPattern(): RegExp {
  unseen ??= new RegExp(`(${EMOJI}(?:\\u200d${EMOJI})+)|(${HIDDEN})|\\p{Cs}`, 'gu');
  return unseen;
}

// In a text that is JSON, control characters and half pairs are escaped.
const MAY_HIDE = /[\p{Cc}\p{DI}\u2028\u2029\ufff9-\ufffb]|\\(?:[bf]|u(?:00|d[89a-f]))/u;

/** Whether JSON text may hold what `visibleText` would show: quick, and wrong only on the safe side. */
export function mayHideText(json: string): boolean {
  return MAY_HIDE.test(json);
}

/**
 * The text as a reader sees it: control characters, bidirectional controls, zero-width and tag characters are named,
 * so that no instruction can hide in them; half a surrogate pair becomes U+FFFD. Tabs and line breaks stay.
 */
export function visibleText(text: string): string {
  return text.replace(unseenPattern(), (match, emoji?: string, hidden?: string) => {
    if (emoji !== undefined) return match;
    if (hidden === undefined) return '\ufffd';
    const [first = '', ...more] = hidden;
    if (more.length > 0) return `[${more.length + 1} hidden characters]`;
    return `[U+${(first.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}

/** JSON text in which every character that `visibleText` would name is written as \uXXXX: the same value for programs. */
export function escapedJson(json: string): string {
  return json.replace(unseenPattern(), (match, emoji?: string) => (emoji === undefined ? escapes(match) : match));
}

function escapes(text: string): string {
  return text.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** In the order in which each key first comes; Map.groupBy needs a newer Node. */
export function groupedBy<K, T>(all: readonly T[], key: (one: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return groups;
}

/** Which company or customer is meant: by its id, else by its whole name, else by a part of it, whatever the case, the accents and the punctuation. */
export function matchingNames<T extends { readonly id: string | null; readonly name: string | null }>(
  all: readonly T[],
  given: string,
): readonly T[] {
  const text = given.trim();
  const byId = all.filter(({ id }) => id === text);
  if (byId.length > 0) return byId;
  const wanted = foldedName(text);
  if (wanted === '') return [];
  const whole = all.filter(({ name }) => name !== null && foldedName(name) === wanted);
  return whole.length > 0 ? whole : all.filter(({ name }) => name !== null && foldedName(name).includes(wanted));
}

/** An id that cannot be taken for a name: it is used as it is. */
export function isSurelyId(given: string): boolean {
  return /^\d+$/.test(given) || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given);
}

export interface Company {
  /** Digits or an opaque id, exactly as the service wrote it. */
  readonly id: string;
  /** Empty where it is not known. */
  readonly name: string;
}

export function companyList(companies: readonly Company[]): string {
  return companies.map(({ id, name }) => (name === '' ? id : `${id} (${name})`)).join(', ');
}

/** Why --workspace names none of the companies, or more than one; null where it names one. */
export function pinProblem(companies: readonly Company[], pin: string): string | null {
  const meant = matchingNames(companies, pin);
  if (meant.length === 1) return null;
  return meant.length === 0
    ? `No company matches "${pin}". The API key reaches ${companyList(companies) || 'no company'}.`
    : `${meant.length === 2 ? 'Two' : meant.length} companies match "${pin}": ${companyList(meant)}.`;
}

/** `ACME, s.r.o.` is `acme s r o`; empty where nothing but signs is left. */
export function foldedName(text: string): string {
  return withoutAccents(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Letters whose stroke or second part Unicode takes for no mark. */
const PLAIN = new Map(
  Object.entries({ ł: 'l', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i', ħ: 'h' }),
);

/** In lower case. */
export function withoutAccents(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
  return plain.replace(/[^ -~]/g, (letter) => PLAIN.get(letter) ?? letter);
}

const TIER_WORDS: Readonly<Record<Tier, string>> = {
  read: 'read only',
  write: 'read, create and change',
  manage: 'read, create, change, issue, send and delete',
};

/** What scopes allow, in words: `read, create and change: invoices; read only: contacts`, from `write:invoices`, `read:contacts`; empty where nothing is known. */
export function accessInWords(scopes: readonly string[]): string {
  const highest = new Map<string, number>();
  for (const scope of scopes) {
    const [word = '', resource = ''] = scope.split(':');
    const tier = TIERS.map(String).indexOf(word);
    highest.set(resource, Math.max(tier, highest.get(resource) ?? 0));
  }
  return TIERS.toReversed()
    .flatMap((tier) => {
      const names = [...highest].filter(([, own]) => TIERS[own] === tier).map(([name]) => name.replaceAll('_', ' '));
      return names.length === 0
        ? []
        : [`${TIER_WORDS[tier]}: ${names.includes('*') ? 'everything' : names.join(', ')}`];
    })
    .join('; ');
}
