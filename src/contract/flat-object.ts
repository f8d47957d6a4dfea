import { anyNode, type Node } from './document.ts';
import type { Shape } from './merge-schemas.ts';
import type { SchemaReader } from './schema-reader.ts';

/** An object whose schema may be a union, as one flat set of properties: those of all branches, required what all require. */
export interface FlatObject {
  readonly properties: ReadonlyMap<string, Node>;
  readonly required: ReadonlySet<string>;
  readonly additional: boolean | Node;
  /** What the branches need beyond `required`, in words; empty where they agree. */
  readonly note: string;
  /** True where anything but an object could stand here. */
  readonly open: boolean;
  readonly nullable: boolean;
}

export function flatten(reader: SchemaReader, node: Node): FlatObject {
  const { shapes, nullable } = reader.alternatives(node);
  const objects = shapes.filter((shape) => shape.kinds?.includes('object'));
  const required = objects.map((shape) => shape.required);
  const common = new Set([...(required[0] ?? [])].filter((name) => required.every((names) => names.has(name))));
  return {
    properties: mergeProperties(objects),
    required: common,
    additional: mergeAdditional(objects),
    note: needs(objects, common),
    open: objects.length !== shapes.length || objects.length === 0,
    nullable,
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

function needs(objects: readonly Shape[], common: ReadonlySet<string>): string {
  if (objects.length < 2) return '';
  const extras = objects.map(({ required }) => [...required].filter((name) => !common.has(name)).join(' and '));
  const distinct = [...new Set(extras)];
  if (distinct.length < 2 || distinct.includes('') || distinct.length > 5) return '';
  return `needs ${distinct.join(', or ')}`;
}
