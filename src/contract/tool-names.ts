import type { Tier } from '../core/tool.ts';
import { actsInName } from './acts.ts';
import { human, isPluralNoun, plural, snake, toolName } from './naming.ts';
import type { HttpMethod } from './operation.ts';
import type { Place } from './place.ts';
import { type LeftOut, type Route, spelt } from './route.ts';

/**
 * What an operation is called, from its method and its place, and one name for each: by the operationId where the rule's name
 * is too long or says something else than it does. What tells two names apart is never cut off.
 */
export interface Verb {
  /** Words of the tool's name, without `lucanto_`. */
  readonly words: string;
  /** `list`, `get`, `create`, `update`, `delete`, or the action's own name. */
  readonly action: string;
  readonly kind: 'list' | 'get' | 'create' | 'update' | 'delete' | 'action';
  readonly title: string;
  readonly tier: Tier;
  /** The plural of the top collection. */
  readonly resource: string;
  /** The record's word, for wrapper keys and prefixes. */
  readonly singular: string;
}

type VerbWords = Omit<Verb, 'resource' | 'singular'>;

export function verbOf(method: HttpMethod, { chain, tail, readable }: Place): Verb {
  const last = chain.at(-1);
  const named = {
    resource: chain[0]?.plural ?? plural(tail ?? 'service'),
    singular: last?.singular ?? tail ?? 'record',
  };
  const owners = chain.slice(0, -1).map((one) => `${one.singular}_`);
  const isRecord = last !== undefined && last.parameter !== null;
  const noun = last === undefined ? '' : `${owners.join('')}${isRecord ? last.singular : last.plural}`;
  if (last !== undefined && tail === null) {
    const one = `${owners.join('')}${last.singular}`;
    return { ...collectionVerb(method, isRecord, noun, one), ...named };
  }
  return { ...tailVerb(method, isRecord, noun, tail ?? 'service', readable), ...named };
}

/** @param noun of the record or of the collection @param one of a record */
function collectionVerb(method: HttpMethod, isRecord: boolean, noun: string, one: string): VerbWords {
  if (method === 'GET') return plain(isRecord ? 'get' : 'list', noun, 'read');
  if (method === 'DELETE') return plain('delete', noun, 'manage');
  return method === 'POST' && !isRecord ? plain('create', one, 'write') : plain('update', noun, 'write');
}

function plain(kind: Exclude<Verb['kind'], 'action'>, noun: string, tier: Tier): VerbWords {
  const words = `${kind}_${noun}`;
  return { words, action: kind, kind, tier, title: human(words) };
}

/** Questions that are asked with GET and say so themselves. */
const ASKING = /^(search|find|lookup|look_up|query|filter|export|download|validate|check|preview|suggest|count)(_|$)/;

function tailVerb(method: HttpMethod, isRecord: boolean, noun: string, tail: string, readable: boolean): VerbWords {
  const thing = noun === '' ? tail : `${noun}_${tail}`;
  if (method === 'GET') {
    if (!isRecord && ASKING.test(tail) && noun !== '') return action(tail, `${tail}_${noun}`, 'read');
    return { ...plain('get', thing, 'read'), action: `get_${tail}` };
  }
  if (method === 'DELETE') return plain('delete', thing, 'manage');
  if (method !== 'POST' && (readable || isPluralNoun(tail))) return plain('update', thing, 'write');
  return actionVerb(tail, noun);
}

function actionVerb(tail: string, noun: string): VerbWords {
  const mark = /^mark_(?:as_)?(\w+)$/.exec(tail)?.[1];
  if (mark !== undefined && noun !== '') {
    const title = human(`mark_${noun}_as_${mark}`);
    return { ...action(`mark_${mark}`, `mark_${noun}_${mark}`, 'manage'), title };
  }
  const name = RENAMED.get(tail) ?? tail;
  return action(name, noun === '' ? name : `${name}_${noun}`, 'manage');
}

const RENAMED: ReadonlyMap<string, string> = new Map([
  ['send_email', 'send'],
  ['send_by_email', 'send'],
  ['default', 'set_default'],
  ['make_default', 'set_default'],
]);

function action(name: string, words: string, tier: Tier): VerbWords {
  return { words, action: name, kind: 'action', tier, title: human(words) };
}

export interface NamedDraft {
  readonly route: Route;
  readonly verb: Verb;
  readonly operationId: string | null;
  readonly deprecated: boolean;
}

interface Named<T extends NamedDraft> {
  readonly draft: T;
  readonly words: string;
  name: string;
}

/** In the drafts' order. What is the same operation twice is left out. */
export function settleNames<T extends NamedDraft>(
  drafts: readonly T[],
  leftOut: LeftOut[],
): readonly { readonly name: string; readonly draft: T }[] {
  const different = withoutRepeated(drafts, leftOut);
  const named = different.map((draft): Named<T> => {
    const words = wordsOf(draft);
    return { draft, words, name: toolName(words) };
  });
  shortenLong(named);
  settleClashes(named);
  return named;
}

const METHOD_RANK = { GET: 0, PATCH: 0, DELETE: 0, PUT: 1, POST: 2 } as const;

/** Lower is nearer to the name: not deprecated, called so by the document itself, PATCH before PUT. */
function rank({ deprecated, operationId, verb, route }: NamedDraft): number {
  const called = operationId !== null && toolName(snake(operationId)) === toolName(verb.words);
  return (deprecated ? 100 : 0) + (called ? 0 : 10) + METHOD_RANK[route.method];
}

/** Two spellings of one path are one operation; of two that the rule calls the same, a deprecated one is not missed. */
function withoutRepeated<T extends NamedDraft>(drafts: readonly T[], leftOut: LeftOut[]): readonly T[] {
  const first = new Map<string, T>();
  const ranked = drafts.map((draft) => ({ draft, rank: rank(draft) })).sort((a, b) => a.rank - b.rank);
  const kept = new Set<T>();
  for (const { draft } of ranked) {
    const same = first.get(draft.route.identity);
    const alike = first.get(toolName(draft.verb.words));
    const rival = same ?? (draft.deprecated ? alike : undefined);
    if (rival !== undefined && (same !== undefined || !rival.deprecated)) {
      const why =
        same === undefined ? `it is deprecated, and ${spelt(rival.route)} does the same` : 'it is the same as';
      leftOut.push({
        operation: spelt(draft.route),
        reason: same === undefined ? why : `${why} ${spelt(rival.route)}`,
      });
      continue;
    }
    kept.add(draft);
    first.set(draft.route.identity, draft);
    if (alike === undefined) first.set(toolName(draft.verb.words), draft);
  }
  return drafts.filter((draft) => kept.has(draft));
}

function wordsOf({ verb, operationId, route }: NamedDraft): string {
  const id = operationId === null ? '' : wordsOfId(operationId);
  // A verb alone says less than the rule does.
  return id.includes('_') && contradicts(verb, route, id) ? id : verb.words;
}

/** `InvoicesController_findAll.v2` → `invoices_controller_find_all_v2`; without words that only generators write. */
function wordsOfId(operationId: string): string {
  return snake(operationId.slice(0, 300)).replace(/(^|_)(controller|lucanto|api)(?=_|$)/g, '');
}

/** Whether the operationId begins with a verb that speaks of another kind of operation than the rule's name does. */
function contradicts({ kind, action }: Verb, { method }: Route, id: string): boolean {
  if (method === 'GET') return false;
  // `POST /connections/{id}/authorization` is called by what it does, where its path only names a thing.
  if (kind === 'action') return actsInName(action).length === 0 && THING.test(action) && !id.startsWith(action);
  const [said] = actsInName(id);
  if (said === undefined || !id.startsWith(said.verb)) return false;
  if (said.act === 'reads') return method === 'POST';
  if (kind === 'update') return said.act === 'makes' || said.act === 'issues';
  // A deletion that is called `archive` still deletes; one that is called `unlock` takes only a lock away.
  return kind === 'delete' && /^(un|de|dis)/.test(said.verb) && said.act === 'reversible';
}

const THING = /(ion|ment|ance|ence|ity|ure|ing|ings|ions|ments)$/;

const MAX_WORDS = 40 - 'lucanto_'.length;

function isLong(words: string): boolean {
  return words.length > MAX_WORDS;
}

/** First the operationId, where that fits; else the words that many names share go, those that few have stay. */
function shortenLong<T extends NamedDraft>(named: readonly Named<T>[]): void {
  const long = named.filter(({ words }) => isLong(words));
  if (long.length === 0) return;
  const taken = new Set(named.filter(({ words }) => !isLong(words)).map(({ name }) => name));
  const frequency = frequencyOf(named.map(({ words }) => words));
  const choices = new Map(long.map((one) => [one, shorterWords(one, frequency)] as const));
  const wanted = new Map<string, number>();
  for (const name of [...choices.values()].flatMap((candidates) => [...new Set(candidates.map(toolName))])) {
    wanted.set(name, count(name, wanted) + 1);
  }
  for (const [one, candidates] of choices) {
    const free = candidates.filter((candidate) => !isLong(candidate) && !taken.has(toolName(candidate)));
    // What is left of two names alike says of neither which one it is.
    const words = free.find((candidate) => count(toolName(candidate), wanted) === 1) ?? free[0];
    one.name = toolName(words ?? one.words);
    taken.add(one.name);
  }
}

function shorterWords<T extends NamedDraft>(
  { draft, words }: Named<T>,
  frequency: ReadonlyMap<string, number>,
): readonly string[] {
  const id = draft.operationId === null ? '' : wordsOfId(draft.operationId);
  return [
    ...(id !== '' && !isLong(id) && startsWithVerb(id) ? [id] : []),
    fewerWords(words, frequency),
    ...(id === '' ? [] : [fewerWords(id, frequency)]),
  ];
}

function startsWithVerb(id: string): boolean {
  const [said] = actsInName(id);
  return said !== undefined && id.startsWith(said.verb);
}

function frequencyOf(all: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const words of all) {
    for (const word of new Set(words.split('_'))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** Without its most common words, the verb in front apart, until it fits; of equally common ones the first goes. */
function fewerWords(words: string, frequency: ReadonlyMap<string, number>): string {
  const left = words.split('_');
  while (left.length > 2 && isLong(left.join('_'))) {
    let most = 1;
    for (let at = 2; at < left.length; at += 1) {
      if (count(left[at], frequency) > count(left[most], frequency)) most = at;
    }
    left.splice(most, 1);
  }
  return left.join('_');
}

function count(word: string | undefined, frequency: ReadonlyMap<string, number>): number {
  return frequency.get(word ?? '') ?? 0;
}

/** Of several of one name the nearest keeps it; the others take the operationId, the version, the method or a number. */
function settleClashes<T extends NamedDraft>(named: readonly Named<T>[]): void {
  const groups = new Map<string, Named<T>[]>();
  for (const one of named) groups.set(one.name, [...(groups.get(one.name) ?? []), one]);
  for (const rivals of groups.values()) {
    const [, ...others] = [...rivals].sort(
      (a, b) =>
        rank(a.draft) - rank(b.draft) ||
        b.draft.route.version.localeCompare(a.draft.route.version, 'en', { numeric: true }),
    );
    for (const one of others) {
      one.name = freeName(one, groups);
      groups.set(one.name, [one]);
    }
  }
}

function freeName<T extends NamedDraft>({ draft, words }: Named<T>, taken: ReadonlyMap<string, unknown>): string {
  const { operationId, route } = draft;
  const candidates = [
    ...(operationId === null ? [] : [wordsOfId(operationId)]),
    ...(route.version === '' ? [] : [`${words}_${route.version}`]),
    ...[...pathWords(route)].map((word) => `${words}_by_${word}`),
    `${words}_${route.method.toLowerCase()}`,
  ];
  for (const candidate of candidates) {
    const name = toolName(candidate);
    if (candidate !== '' && !isLong(candidate) && !taken.has(name)) return name;
  }
  for (let number = 2; ; number += 1) {
    const name = toolName(`${words.slice(0, MAX_WORDS - 4)}_${number}`);
    if (!taken.has(name)) return name;
  }
}

/** Names of the path's parameters, the last one first: `get_invoice_by_number`. */
function pathWords({ segments }: Route): readonly string[] {
  return segments.flatMap(({ parameter }) => (parameter === null ? [] : [snake(parameter)])).reverse();
}
