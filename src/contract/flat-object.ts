import { anyNode, type Node } from './document.ts';
import type { Shape } from './merge-schemas.ts';
import type { BodyBinding } from './operation.ts';
import type { SchemaReader } from './schema-reader.ts';

/** An object whose schema may be a union, as one flat set of properties: those of all branches, required what all require. */
export function flatten(
  reader: SchemaReader,
  node: Node,
): {
  readonly properties: ReadonlyMap<string, Node>;
  readonly required: ReadonlySet<string>;
  readonly additional: boolean | Node;
  /** What the branches need beyond `required`, in words; empty where they agree. */
  readonly note: string;
  /** True where anything but an object could stand here. */
  readonly open: boolean;
} {
  const { shapes } = reader.alternatives(node);
  const objects = shapes.filter((shape) => shape.kinds?.includes('object'));
  const required = objects.map((shape) => shape.required);
  const common = new Set([...(required[0] ?? [])].filter((name) => required.every((names) => names.has(name))));
  return {
    properties: mergeProperties(objects),
    required: common,
    additional: mergeAdditional(objects),
    note: needs(reader, objects, common),
    open: objects.length !== shapes.length || objects.length === 0,
  };
}

function mergeProperties(objects: readonly Shape[]): ReadonlyMap<string, Node> {
  const found = new Map<string, Node[]>();
  for (const { properties } of objects) {
    for (const [name, node] of properties) {
      const before = found.get(name) ?? [];
      if (!before.some((other) => sameSchemas(other, node))) before.push(node);
      found.set(name, before);
    }
  }
  return new Map([...found].map(([name, nodes]) => [name, anyNode(nodes)]));
}

function sameSchemas(a: Node, b: Node): boolean {
  return a.schemas.length === b.schemas.length && a.schemas.every((schema, index) => schema === b.schemas[index]);
}

function mergeAdditional(objects: readonly Shape[]): boolean | Node {
  const [first] = objects;
  if (objects.length === 1 && first !== undefined) return first.additional;
  return !(objects.length > 0 && objects.every(({ additional }) => additional === false));
}

function needs(reader: SchemaReader, objects: readonly Shape[], common: ReadonlySet<string>): string {
  if (objects.length < 2) return '';
  const extras = objects.map(({ required }) => [...required].filter((name) => !common.has(name)).join(' and '));
  const tag = tagOf(reader, objects);
  if (tag !== null) {
    const kinds = extras.flatMap((extra, at) =>
      extra === '' ? [] : `${extra} with ${tag.property} ${tag.values[at]?.join(' or ')}`,
    );
    return kinds.length === 0 || kinds.length > 5 ? '' : `needs ${kinds.join(', ')}`;
  }
  const distinct = [...new Set(extras)];
  if (distinct.length < 2 || distinct.includes('') || distinct.length > 5) return '';
  return `needs ${distinct.join(', or ')}`;
}

/** The property whose values tell every kind from the others: a discriminator, or one that does its work. */
function tagOf(
  reader: SchemaReader,
  kinds: readonly Shape[],
): { readonly property: string; readonly values: readonly (readonly unknown[])[] } | null {
  const [first] = kinds;
  for (const property of first?.properties.keys() ?? []) {
    const values = kinds.map((kind) => valuesOf(reader, kind, property));
    const all = values.flat();
    if (values.every((some) => some.length > 0) && new Set(all).size === all.length) return { property, values };
  }
  return null;
}

function valuesOf(reader: SchemaReader, kind: Shape, property: string): readonly unknown[] {
  const node = kind.properties.get(property);
  const { shapes } = node === undefined ? { shapes: [] } : reader.alternatives(node);
  return shapes.every(({ values }) => values !== null) ? shapes.flatMap(({ values }) => values ?? []) : [];
}

/** What holds between the fields of a body: which of several kinds it is, and what a wrapper that may be left out needs. */
export function rulesOf(
  reader: SchemaReader,
  {
    wrapper,
    isWrapperOptional,
    kinds,
    properties,
  }: {
    readonly wrapper: string | null;
    readonly isWrapperOptional: boolean;
    readonly kinds: readonly Shape[];
    readonly properties: readonly { readonly property: string; readonly place: string; readonly required: boolean }[];
  },
  fields: BodyBinding['fields'],
  required: boolean,
): Pick<BodyBinding, 'wrapperNeeds' | 'kinds'> {
  const place = wrapper === null ? 'root' : 'wrapper';
  const own = fields.filter((field) => field.place === place);
  const argOf = new Map(own.map(({ property, arg }) => [property, arg]));
  const argsOf = (names: Iterable<string>) => [...names].flatMap((name) => argOf.get(name) ?? []);
  const needed = properties.filter((one) => one.place === 'wrapper' && one.required).map(({ property }) => property);
  const tag = tagOf(reader, kinds);
  const tagArg = argOf.get(tag?.property ?? '');
  return {
    ...(isWrapperOptional && { wrapperNeeds: required ? [] : argsOf(needed) }),
    ...(kinds.length > 1 && {
      kinds: kinds.map((kind, at) => ({
        tag: tag === null || tagArg === undefined ? null : { arg: tagArg, values: tag.values[at] ?? [] },
        required: argsOf(kind.required),
        // What belongs to another kind is a mistake where it is said which kind is meant.
        allowed: tagArg !== undefined || kind.additional === false ? argsOf(kind.properties.keys()) : null,
      })),
    }),
  };
}
