/**
 * What lies below one level of a schema: the properties and items of all fragments that apply to it.
 */
import { isJsonObject } from '../json.ts';
import { list } from './document.ts';
import { child, type Fragment, type Node } from './node.ts';

export function mergeProperties(fragments: readonly Fragment[]): ReadonlyMap<string, Node> {
  const properties = new Map<string, Node>();
  for (const fragment of fragments) {
    const stated = fragment.schema.properties;
    if (!isJsonObject(stated)) continue;
    for (const [name, schema] of Object.entries(stated)) {
      // Ajv ignores a property of this name, and an assignment to it would change a prototype.
      if (name === '__proto__') continue;
      properties.set(name, joined(properties.get(name), child(fragment, schema)));
    }
  }
  return properties;
}

function joined(before: Node | undefined, now: Node): Node {
  if (before === undefined || before.schemas.includes(now.schemas[0])) return before ?? now;
  const deeper = now.depth >= before.depth ? now : before;
  return { ...deeper, schemas: [...before.schemas, ...now.schemas] };
}

/** Parts of an `allOf` that each close themselves would allow nothing together: closed only if all of them say so. */
export function mergeAdditional(fragments: readonly Fragment[]): boolean | Node {
  const speaking = fragments.filter(
    ({ schema }) => isJsonObject(schema.properties) || 'additionalProperties' in schema,
  );
  if (speaking.some(({ schema }) => isJsonObject(schema.patternProperties))) return true;
  if (speaking.length > 0 && speaking.every(({ schema }) => schema.additionalProperties === false)) return false;
  for (const fragment of speaking) {
    const stated = fragment.schema.additionalProperties;
    if (isJsonObject(stated) && Object.keys(stated).length > 0) return child(fragment, stated);
  }
  return true;
}

export function mergeItems(fragments: readonly Fragment[]): Node | null {
  let items: Node | null = null;
  for (const fragment of fragments) {
    const tuple = Array.isArray(fragment.schema.items) || Array.isArray(fragment.schema.prefixItems);
    const stated = Array.isArray(fragment.schema.items) ? fragment.schema.additionalItems : fragment.schema.items;
    if (isJsonObject(stated) || (tuple && stated === false))
      items = joined(items ?? undefined, child(fragment, stated));
  }
  return items;
}

export function tupleOf(fragments: readonly Fragment[]): readonly Node[] {
  for (const fragment of fragments) {
    const { items, prefixItems } = fragment.schema;
    const tuple = Array.isArray(prefixItems) ? prefixItems : list(items);
    if (tuple.length > 0) return tuple.slice(0, 20).map((schema) => child(fragment, schema));
  }
  return [];
}
