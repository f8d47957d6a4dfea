/** Which resources are read first, as far as a document shows it: for lists of tools that have no room for all. */
import { isJsonObject } from '../core/json.ts';
import { list, member, type OpenApiDocument } from './document.ts';
import { plural, segmentWord } from './naming.ts';
import type { NamedDraft } from './tool-names.ts';

/**
 * The place of each resource, the nearest to people's work first: those that can be listed and created, of these the ones
 * that most others refer to, then in the order of the document's tags. Equal where nothing tells them apart.
 */
export function standings(document: OpenApiDocument, drafts: readonly NamedDraft[]): ReadonlyMap<string, number> {
  const tags = tagsOf(document);
  const found = new Map<string, { readonly actions: Set<string>; tag: number }>();
  for (const { verb, route } of drafts) {
    const own = found.get(verb.resource) ?? { actions: new Set(), tag: tags.length };
    found.set(verb.resource, own);
    own.actions.add(verb.action);
    for (const tag of list(route.operation.tags))
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
  const names = list(document.tags).map((tag) => String(member(tag, 'name')));
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
