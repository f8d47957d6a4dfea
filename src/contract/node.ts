/**
 * A place in a schema that has not been read yet, and the pieces it falls into when it is.
 */
import type { JsonObject } from '../json.ts';

/** A schema that has not been read yet: all of `schemas` apply at once. */
export interface Node {
  readonly schemas: readonly unknown[];
  /** References followed from the start to here, for cycles. */
  readonly trail: readonly string[];
  /** Levels on the way here that went through a reference. */
  readonly depth: number;
}

/** A schema object without its reference and `allOf`, and where its children continue. */
export interface Fragment {
  readonly schema: JsonObject;
  readonly trail: readonly string[];
  readonly depth: number;
}

export interface Collected {
  readonly fragments: readonly Fragment[];
  /** Why something of this schema was not read. */
  readonly cut: 'cycle' | 'depth' | null;
  /** Holds a `false` schema: no value fits. */
  readonly impossible: boolean;
}

export function nodeOf(...schemas: readonly unknown[]): Node {
  return { schemas, trail: [], depth: 0 };
}

export function child(fragment: Fragment, schema: unknown): Node {
  return { schemas: [schema], trail: fragment.trail, depth: fragment.depth };
}

/** A node that fits if any of `nodes` does. */
export function anyNode(nodes: readonly Node[]): Node {
  const [first] = nodes;
  if (nodes.length === 1 && first !== undefined) return first;
  let deepest = nodeOf();
  for (const node of nodes) if (node.depth >= deepest.depth) deepest = node;
  const anyOf = nodes.map(({ schemas }) => (schemas.length === 1 ? schemas[0] : { allOf: schemas }));
  return { schemas: [{ anyOf }], trail: deepest.trail, depth: deepest.depth };
}
