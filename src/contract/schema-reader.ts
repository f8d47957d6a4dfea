import { arrayIn, isJsonObject, type JsonObject, objectIn } from '../core/json.ts';
import { atPointer, type Collected, child, type Fragment, member, type Node, writtenText } from './document.ts';
import { buildShape, type Shape } from './merge-schemas.ts';

/**
 * Reading a JSON Schema one level at a time: `$ref` and `allOf` are resolved and merged here, `oneOf` and `anyOf`
 * become alternatives. Children stay unread until they are needed, so recursion costs nothing by itself.
 *
 * Bounds: a `$ref` that was already followed on the way here, or the seventh on one way, is not followed again.
 */
const MAX_REF_DEPTH = 6;
const MAX_ALTERNATIVES = 64;

export class SchemaReader {
  /** Where `#/…` references point into. */
  readonly root: unknown;
  readonly #collected = new WeakMap<Node, Collected>();
  readonly #alternatives = new WeakMap<Node, ReturnType<typeof readAlternatives>>();
  #subtypes: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(root: unknown) {
    this.root = root;
  }

  /**
   * The schema itself, or one shape for each way through its `oneOf` and `anyOf`. Each is free of unions; there is at
   * least one unless only null fits.
   */
  alternatives(node: Node): ReturnType<typeof readAlternatives> {
    const known = this.#alternatives.get(node);
    if (known !== undefined) return known;
    const read = readAlternatives(this, this.#collect(node));
    this.#alternatives.set(node, read);
    return read;
  }

  /** References to the schemas that extend one, directly or through others. */
  subtypesOf(reference: string): readonly string[] {
    this.#subtypes ??= subtypesIn(this.root);
    const found = new Set<string>();
    const open = [reference];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const subtype of this.#subtypes.get(next) ?? []) if (!found.has(subtype)) open.push(subtype);
      if (next !== reference) found.add(next);
    }
    return [...found].sort();
  }

  /** Properties that no caller can set, or should not: read-only, impossible, and deprecated unless demanded. */
  isHidden(node: Node, required: boolean): boolean {
    const { fragments, impossible } = this.#collect(node);
    const says = (keyword: string): boolean => fragments.some(({ schema }) => member(schema, keyword) === true);
    return impossible || says('readOnly') || (!required && says('deprecated'));
  }

  /** Whether an object says itself that it takes fields beside those that it names. */
  takesMore(node: Node): boolean {
    return this.#collect(node).fragments.some(({ schema }) => {
      const more = member(schema, 'additionalProperties');
      return more === true || isJsonObject(more);
    });
  }

  /** Properties that the document says are seldom needed; only the bundled one says so. */
  isDetail(node: Node): boolean {
    return this.#collect(node).fragments.some(({ schema }) => member(schema, 'x-detail') === true);
  }

  #collect(node: Node): Collected {
    const known = this.#collected.get(node);
    if (known !== undefined) return known;
    const read = collect(this, node);
    this.#collected.set(node, read);
    return read;
  }
}

/** Reads this level: everything that applies at once, with references and `allOf` followed. */
function collect(reader: SchemaReader, node: Node): Collected {
  const fragments: Fragment[] = [];
  const seen = new Set<string>();
  let cut: Collected['cut'] = null;
  let impossible = false;

  const follow = (reference: string, trail: readonly string[], hops: number): void => {
    if (seen.has(reference)) return;
    seen.add(reference);
    const target = atPointer(reader.root, reference);
    const cycle = trail.includes(reference);
    if ((cycle || node.depth >= MAX_REF_DEPTH) && !isLeaf(target)) {
      cut = cycle ? 'cycle' : 'depth';
      fragments.push({ schema: cutSchema(reader, target), trail, depth: node.depth + 1 });
      return;
    }
    visit(
      withSubtypes(reader, target, reference, seen),
      cycle ? trail : [...trail, reference],
      node.depth + 1,
      hops + 1,
    );
  };

  const visit = (schema: unknown, trail: readonly string[], depth: number, hops: number): void => {
    if (schema === false) impossible = true;
    if (!isJsonObject(schema) || hops > 64) return;
    // The schema's own words come before those of what it refers to.
    fragments.push({ schema, trail, depth });
    const reference = member(schema, '$ref');
    if (typeof reference === 'string') follow(reference, trail, hops);
    for (const part of arrayIn(member(schema, 'allOf'))) visit(part, trail, depth, hops + 1);
  };

  for (const schema of node.schemas) visit(schema, node.trail, node.depth, 0);
  return { fragments, cut, impossible };
}

/** A base schema whose discriminator tells those that extend it from each other, as a union of them. */
function withSubtypes(reader: SchemaReader, schema: unknown, reference: string, seen: ReadonlySet<string>): unknown {
  const discriminator = member(schema, 'discriminator');
  if (!isJsonObject(schema) || discriminator === undefined || 'oneOf' in schema || 'anyOf' in schema) return schema;
  const mapping = member(discriminator, 'mapping');
  const mapped = Object.values(objectIn(mapping)).map((to) => absolute(reader.root, to));
  const extending = reader.subtypesOf(reference);
  const isMapped = (one: string) => mapped.includes(one);
  // Where all that nothing extends are mapped, those between are not meant to be used.
  const isWhole = extending.filter((one) => reader.subtypesOf(one).length === 0).every(isMapped);
  const kinds = isWhole ? mapped : [...new Set([...mapped, ...extending])];
  const subtypes = kinds.filter((one) => one !== reference);
  // Reached from one of them, it is only what they have in common.
  const isChosen = subtypes.length === 0 || subtypes.some((one) => seen.has(one));
  return isChosen ? schema : { ...schema, oneOf: subtypes.map(($ref) => ({ $ref })) };
}

const SCHEMAS = '#/components/schemas/';

/** Mappings name a schema by its reference or by its name alone. */
function absolute(root: unknown, target: unknown): string {
  const text = writtenText(target);
  return atPointer(root, SCHEMAS + text) === undefined ? text : SCHEMAS + text;
}

/** By reference: the schemas that say `allOf` of it, or refer to it and say more. */
function subtypesIn(root: unknown): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [name, schema] of Object.entries(Object(member(member(root, 'components'), 'schemas')))) {
    for (const part of [schema, ...arrayIn(member(schema, 'allOf'))]) {
      const base = member(part, '$ref');
      if (typeof base !== 'string' || (part === schema && Object.keys(Object(schema)).length === 1)) continue;
      found.set(base, [...(found.get(base) ?? []), SCHEMAS + name]);
    }
  }
  return found;
}

const NESTING = ['$ref', 'allOf', 'oneOf', 'anyOf', 'properties', 'items', 'prefixItems', 'additionalProperties'];

function isLeaf(schema: unknown): boolean {
  return !isJsonObject(schema) || !NESTING.some((keyword) => Object.hasOwn(schema, keyword));
}

/** What is not read further is of its type all the same, and must have what says no more than itself. */
function cutSchema(reader: SchemaReader, target: unknown): JsonObject {
  const parts = partsOf(reader, target);
  const described: JsonObject = Object.assign({}, ...parts.map((part) => objectIn(member(part, 'properties'))));
  const leaves = parts
    .flatMap((part) => arrayIn(member(part, 'required')).map(writtenText))
    .filter((name) => Object.hasOwn(described, name) && partsOf(reader, described[name]).every(isLeaf));
  const type = cutType(reader, target);
  return {
    ...(type !== undefined && { type }),
    ...(leaves.length > 0 && {
      properties: Object.fromEntries(leaves.map((name) => [name, described[name]])),
      required: leaves,
      additionalProperties: true,
    }),
  };
}

/** The schema and all that applies with it. */
function partsOf(reader: SchemaReader, schema: unknown, depth = 0): readonly unknown[] {
  const reference = member(schema, '$ref');
  const target = typeof reference === 'string' ? atPointer(reader.root, reference) : schema;
  if (depth > 8) return [target];
  return [target, ...arrayIn(member(target, 'allOf')).flatMap((part) => partsOf(reader, part, depth + 1))];
}

/** Undefined where its parts do not say one. */
function cutType(reader: SchemaReader, schema: unknown, depth = 0): unknown {
  const reference = member(schema, '$ref');
  const target = typeof reference === 'string' ? atPointer(reader.root, reference) : schema;
  const type = member(target, 'type');
  if (type !== undefined || depth > 8) return type;
  if (isJsonObject(member(target, 'properties'))) return 'object';
  if (member(target, 'items') !== undefined) return 'array';
  const typesIn = (union: string) => arrayIn(member(target, union)).map((part) => cutType(reader, part, depth + 1));
  const [first, ...others] = [...typesIn('oneOf'), ...typesIn('anyOf')];
  const said = typesIn('allOf').find((one) => one !== undefined);
  return said ?? (typeof first === 'string' && others.every((one) => one === first) ? first : undefined);
}

function readAlternatives(
  reader: SchemaReader,
  start: Collected,
): { readonly shapes: readonly Shape[]; readonly nullable: boolean } {
  const shapes: Shape[] = [];
  let nullable = start.fragments.some(({ schema }) => member(schema, 'nullable') === true);
  const ways = expand(reader, start) ?? [{ ...start, fragments: start.fragments.map(withoutUnions) }];
  for (const way of ways) {
    if (way.impossible) continue;
    const shape = buildShape(way);
    if (shape.nullable) nullable = true;
    if (shape.kinds?.length === 0) continue;
    shapes.push(shape);
  }
  return { shapes, nullable };
}

/** Null where there are too many ways to tell apart. */
function expand(reader: SchemaReader, start: Collected): readonly Collected[] | null {
  const done: Collected[] = [];
  const open: Collected[] = [start];
  for (let step = 0; open.length > 0; step += 1) {
    if (step > 4 * MAX_ALTERNATIVES) return null;
    const current = open.shift();
    if (current === undefined) break;
    const found = findUnion(current.fragments);
    if (found === null) {
      done.push(current);
      continue;
    }
    if (done.length + open.length + found.branches.length > MAX_ALTERNATIVES) return null;
    for (const branch of found.branches) {
      const extra = collect(reader, child(found.fragment, branch));
      const tag = tagOf(found.fragment, branch);
      open.push({
        fragments: [
          ...current.fragments.map((one) => (one === found.fragment ? found.rest : one)),
          ...extra.fragments,
          ...(tag === null ? [] : [{ ...found.fragment, schema: tag }]),
        ],
        cut: current.cut ?? extra.cut,
        impossible: current.impossible || extra.impossible,
      });
    }
  }
  return done;
}

/** What a discriminator says of one branch: the values of its property there. */
function tagOf({ schema }: Fragment, branch: unknown): JsonObject | null {
  const discriminator = member(schema, 'discriminator');
  const [name, reference] = [member(discriminator, 'propertyName'), member(branch, '$ref')];
  if (typeof name !== 'string' || typeof reference !== 'string') return null;
  const own = reference.slice(reference.lastIndexOf('/') + 1);
  const mapping = member(discriminator, 'mapping');
  const named = Object.entries(objectIn(mapping)).filter(([, to]) => to === reference || to === own);
  const values = named.length > 0 ? named.map(([value]) => value) : [own];
  return { properties: { [name]: { enum: values } }, required: [name], additionalProperties: false };
}

function findUnion(
  fragments: readonly Fragment[],
): { readonly fragment: Fragment; readonly rest: Fragment; readonly branches: readonly unknown[] } | null {
  for (const fragment of fragments) {
    for (const keyword of ['oneOf', 'anyOf']) {
      const branches = arrayIn(member(fragment.schema, keyword));
      if (branches.length === 0) continue;
      const { [keyword]: _union, ...schema } = fragment.schema;
      const values = constants(branches);
      // `oneOf: [{const: 'EUR', title: 'Euro'}, …]` is how documents write an enum with words.
      if (values !== null) return { fragment, rest: { ...fragment, schema }, branches: [{ enum: values }] };
      return { fragment, rest: { ...fragment, schema }, branches };
    }
  }
  return null;
}

function constants(branches: readonly unknown[]): readonly unknown[] | null {
  const values: unknown[] = [];
  for (const branch of branches) {
    if (!isJsonObject(branch) || !isLeaf(branch)) return null;
    if (Object.hasOwn(branch, 'const')) values.push(branch.const);
    else if (Array.isArray(branch.enum)) values.push(...branch.enum);
    else return null;
  }
  return values;
}

function withoutUnions(fragment: Fragment): Fragment {
  const { oneOf: _oneOf, anyOf: _anyOf, ...schema } = fragment.schema;
  return { ...fragment, schema };
}
