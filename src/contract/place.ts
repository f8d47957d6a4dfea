import { arrayIn, isJsonObject } from '../core/json.ts';
import { member, type OpenApiDocument, writtenText } from './document.ts';
import { isPluralNoun, plural, segmentWord, singular } from './naming.ts';
import type { HttpMethod } from './operation.ts';
import type { Answer } from './response.ts';
import type { Route } from './route.ts';

/**
 * Where an operation stands among the document's resources: which collections its path goes through, which record
 * it names, what remains as an action, and which resources are nearest to people's work. Only the document decides.
 */
interface Collection {
  readonly singular: string;
  readonly plural: string;
  /** The path parameter that names one record of it; null where the path names none. */
  readonly parameter: string | null;
  /** Some path names one record of it. */
  readonly hasRecords: boolean;
}

export interface Place {
  /** From the top down; empty for `/ping`. */
  readonly chain: readonly Collection[];
  /** What follows the last collection or record (`issue`, `pdf_url`); null where nothing does. */
  readonly tail: string | null;
  /** The same path can be read, so that its tail is a thing and not an action. */
  readonly readable: boolean;
}

export function indexRoutes(
  routes: readonly { readonly route: Route; readonly answer: Answer; readonly paged: boolean }[],
): {
  /** By path, without the names of its parameters. */
  readonly entries: Map<
    string,
    { readonly methods: Set<HttpMethod>; answer: Answer | null; paged: boolean; records: boolean }
  >;
  /** Each word of the paths once, since plural rules are slow. */
  readonly nouns: ReadonlyMap<string, ReturnType<typeof nounOf>>;
} {
  const entries: ReturnType<typeof indexRoutes>['entries'] = new Map();
  const nouns = new Map<string, ReturnType<typeof nounOf>>();
  const entry = (key: string) => {
    const found = entries.get(key) ?? { methods: new Set<HttpMethod>(), answer: null, paged: false, records: false };
    entries.set(key, found);
    return found;
  };
  for (const { route, answer, paged } of routes) {
    const own = entry(keyOf(route, route.segments.length));
    own.methods.add(route.method);
    if (route.method === 'GET') {
      own.answer = answer;
      own.paged ||= paged;
    }
    route.segments.forEach((segment, at) => {
      if (segment.parameter !== null) entry(keyOf(route, at)).records = true;
      else if (!nouns.has(segment.word)) nouns.set(segment.word, nounOf(segment.word));
    });
  }
  return { entries, nouns };
}

function nounOf(word: string): Pick<Collection, 'singular' | 'plural'> & { readonly isPlural: boolean } {
  const isPlural = isPluralNoun(word);
  return { singular: singular(word), plural: isPlural ? word : plural(word), isPlural };
}

function keyOf(route: Route, end: number): string {
  const scope = route.underWorkspaces ? (route.workspace === null ? 'workspaces' : 'workspace') : '';
  return [scope, ...route.segments.slice(0, end).map(({ word, parameter }) => (parameter === null ? word : '{}'))].join(
    '/',
  );
}

const WORKSPACES = { singular: 'workspace', plural: 'workspaces', hasRecords: true };

export function placeOf(route: Route, index: ReturnType<typeof indexRoutes>): Place {
  const chain: Collection[] = [];
  const tail: string[] = [];
  const { segments } = route;
  // Whether the literal before was a collection without a record in the path.
  let afterCollection = false;
  for (let at = 0; at < segments.length; at += 1) {
    const segment = segments[at];
    // Parameters that follow no collection (`/reports/{year}/{month}`) keep their own names.
    if (segment === undefined || segment.word === '') continue;
    const next = segments[at + 1];
    const parameter = next?.parameter ?? null;
    const entry = index.entries.get(keyOf(route, at + 1));
    const noun = index.nouns.get(segment.word) ?? nounOf(segment.word);
    if (parameter !== null || isCollection(entry, noun, afterCollection)) {
      chain.push({ ...named(segment.word, noun, entry), parameter });
      tail.length = 0;
      afterCollection = parameter === null;
      continue;
    }
    afterCollection = false;
    if (next === undefined || !/^actions?$/.test(segment.word)) {
      // `/reports/vat`: something that is a folder only.
      if (next !== undefined && chain.length === 0)
        chain.push({ ...named(segment.word, noun, entry), parameter: null });
      else tail.push(segment.word);
    }
  }
  if (chain.length === 0 && route.underWorkspaces) chain.push({ ...WORKSPACES, parameter: route.workspace });
  const own = index.entries.get(keyOf(route, segments.length));
  return { chain, tail: tail.length === 0 ? null : tail.join('_'), readable: own?.methods.has('GET') ?? false };
}

function isCollection(
  entry: ReturnType<ReturnType<typeof indexRoutes>['entries']['get']>,
  noun: ReturnType<typeof nounOf>,
  afterCollection: boolean,
): boolean {
  if (entry === undefined) return false;
  if (entry.records) return true;
  const rows = entry.answer === 'root' || entry.answer === 'data' || entry.paged;
  const creates = entry.methods.has('POST');
  if (creates && entry.methods.size === 1) return noun.isPlural;
  // `GET /invoices/overdue` is a question about the invoices, not a collection of its own.
  if (afterCollection) return rows && creates;
  return rows || (entry.answer === 'unknown' && noun.isPlural);
}

/** A list of one kind (`history`) keeps its own word; where there are records, their plural is known. */
function named(
  word: string,
  noun: ReturnType<typeof nounOf>,
  entry: ReturnType<ReturnType<typeof indexRoutes>['entries']['get']>,
): Omit<Collection, 'parameter'> {
  const hasRecords = entry?.records ?? false;
  const keep = entry !== undefined && !hasRecords && !entry.methods.has('POST');
  return { singular: noun.singular, plural: keep ? word : noun.plural, hasRecords };
}

/**
 * The place of each resource, the nearest to people's work first: those that can be listed and created, of these the ones
 * that most others refer to, then in the order of the document's tags. Equal where nothing tells them apart.
 */
export function standings(
  document: OpenApiDocument,
  drafts: readonly { readonly route: Route; readonly verb: { readonly resource: string; readonly action: string } }[],
): ReadonlyMap<string, number> {
  const tags = tagsOf(document);
  const found = new Map<string, { readonly actions: Set<string>; tag: number }>();
  for (const { verb, route } of drafts) {
    const own = found.get(verb.resource) ?? { actions: new Set(), tag: tags.length };
    found.set(verb.resource, own);
    own.actions.add(verb.action);
    for (const tag of arrayIn(route.operation.tags))
      if (tags.includes(tag)) own.tag = Math.min(own.tag, tags.indexOf(tag));
  }
  const referrers = referrersIn(document, found);
  const ranked = [...found].map(([resource, { actions, tag }]) => {
    const isWorked = actions.has('list') && actions.has('create');
    return { resource, evidence: [isWorked ? 0 : 1, -(referrers.get(resource) ?? 0), tag] };
  });
  ranked.sort((a, b) => compare(a.evidence, b.evidence));
  let place = 0;
  return new Map(
    ranked.map(({ resource, evidence }, at) => {
      if (compare(ranked[at - 1]?.evidence ?? evidence, evidence) !== 0) place = at;
      return [resource, place];
    }),
  );
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((one, index) => one !== b[index]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** The names in their order, which somebody chose unless it is the alphabet's. */
function tagsOf(document: OpenApiDocument): readonly unknown[] {
  const names = arrayIn(document.tags).map((tag) => writtenText(member(tag, 'name')));
  const sorted = [...names].sort((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' }));
  return names.every((name, at) => name === sorted[at]) ? [] : names;
}

/** How many schemas and paths have a field or parameter that names a record of a resource, as `customer_id` or `customer`. */
function referrersIn(document: OpenApiDocument, resources: ReadonlyMap<string, unknown>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const nouns = new Map<string, string>();
  const resourceOf = (name: string) => {
    const known = nouns.get(name);
    if (known !== undefined) return known;
    const noun = plural(segmentWord(name).replace(/_(ids?|uuids?|refs?)$/, ''));
    nouns.set(name, noun);
    return noun;
  };
  const owners = [document.paths, member(document.components, 'schemas')].filter(isJsonObject);
  for (const [owner, part] of owners.flatMap((one) => Object.entries(one))) {
    const own = owner.split('/').map(resourceOf);
    const named = new Set([...namesIn(part, 0)].map(resourceOf));
    for (const resource of named) {
      if (resources.has(resource) && !own.includes(resource)) counts.set(resource, (counts.get(resource) ?? 0) + 1);
    }
  }
  return counts;
}

/** Names of the properties and parameters below; what is referred to counts where it stands. */
function namesIn(value: unknown, depth: number): readonly string[] {
  if (depth > 12) return [];
  if (Array.isArray(value)) return value.flatMap((one) => namesIn(one, depth + 1));
  if (!isJsonObject(value)) return [];
  const own = isJsonObject(value.properties) ? Object.keys(value.properties) : [];
  const name = typeof value.in === 'string' && typeof value.name === 'string' ? [value.name] : [];
  return [...own, ...name, ...Object.values(value).flatMap((one) => namesIn(one, depth + 1))];
}
