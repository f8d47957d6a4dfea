import { arrayIn, isJsonObject } from '../core/json.ts';
import { type Collected, child, type Fragment, member, type Node } from './document.ts';

/**
 * The fragments that apply to one value, merged into one shape: types and enums intersected, bounds tightened,
 * properties joined. Values of a wrong type (`minLength: "3"`) are ignored, so that no document can break Ajv.
 */
export const KINDS = ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const;
export type Kind = (typeof KINDS)[number];

const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
export type Bound = (typeof LOWER_BOUNDS)[number] | (typeof UPPER_BOUNDS)[number];

/** One level of a schema without references, `allOf` and unions. */
export interface Shape {
  /** Allowed types but null; null where any is allowed; empty where only null is. */
  readonly kinds: readonly Kind[] | null;
  readonly nullable: boolean;
  /** Allowed values, without null. */
  readonly values: readonly unknown[] | null;
  readonly bounds: ReadonlyMap<Bound, number>;
  readonly multipleOf: number | null;
  readonly format: string | null;
  readonly patterns: readonly string[];
  readonly description: string;
  readonly preset: unknown;
  readonly properties: ReadonlyMap<string, Node>;
  readonly required: ReadonlySet<string>;
  /** Further properties: any, none, or those that fit. */
  readonly additional: boolean | Node;
  /** The document says that further properties may be given; otherwise it only says of none that they may not. */
  readonly open: boolean;
  readonly items: Node | null;
  readonly tuple: readonly Node[];
  readonly uniqueItems: boolean;
  readonly cut: 'cycle' | 'depth' | null;
}

export function buildShape({ fragments, cut }: Collected): Shape {
  const properties = mergeProperties(fragments);
  const items = mergeItems(fragments);
  const tuple = tupleOf(fragments);
  const values = mergeValues(fragments);
  const merged = mergeKinds(fragments);
  const textual = first(fragments, (schema) => text(schema.pattern) ?? number(schema.maxLength)) !== undefined;
  const kinds = withoutMistake(merged.kinds, values) ?? inferKinds({ properties, items, tuple, values, textual });
  return {
    kinds,
    nullable: merged.nullable || fragments.some(({ schema }) => hasNull(schema)),
    values: values?.filter((value) => value !== null && fits(kinds, value)) ?? null,
    bounds: mergeBounds(fragments),
    multipleOf: first(fragments, (schema) => number(schema.multipleOf)) ?? null,
    format: first(fragments, (schema) => text(schema.format) ?? mediaFormat(schema)) ?? null,
    patterns: fragments.flatMap(({ schema }) => withoutDelimiters(text(schema.pattern)) ?? []),
    description: first(fragments, (schema) => text(schema.description)) ?? '',
    preset: first(fragments, (schema) => member(schema, 'default') ?? undefined),
    properties,
    required: new Set(
      fragments.flatMap(({ schema }) => arrayIn(schema.required).filter((name) => typeof name === 'string')),
    ),
    additional: mergeAdditional(fragments),
    open: fragments.some(({ schema }) => saysOpen(schema)),
    items,
    tuple,
    uniqueItems: fragments.some(({ schema }) => schema.uniqueItems === true),
    cut,
  };
}

function first<T>(fragments: readonly Fragment[], read: (schema: Fragment['schema']) => T | undefined): T | undefined {
  for (const { schema } of fragments) {
    const value = read(schema);
    if (value !== undefined) return value;
  }
  return undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/**
 * A pattern that is written as some languages do, `/^[a-z]+$/`, without its delimiters: as it stands it would fit nothing.
 * @returns undefined where its flags, or backslashes that were escaped twice, change what it means
 */
function withoutDelimiters(pattern: string | undefined): string | undefined {
  if (pattern === undefined || /\\\\[dDwWsS]/.test(pattern)) return undefined;
  const [, anchored, body, flags] = /^\/(\^?)(.*)\/([a-z]*)$/su.exec(pattern) ?? [];
  if (body === undefined || (anchored === '' && !body.endsWith('$') && flags === '')) return pattern;
  return flags === '' || flags === 'u' ? `${anchored}${body}` : undefined;
}

/** OpenAPI 3.1 writes `format: binary` as a media type without an encoding. */
function mediaFormat(schema: Fragment['schema']): string | undefined {
  if (text(schema.contentEncoding) === 'base64') return 'byte';
  return text(schema.contentMediaType) === undefined ? undefined : 'binary';
}

function hasNull(schema: Fragment['schema']): boolean {
  if (schema.nullable === true) return true;
  return arrayIn(schema.enum).includes(null) || (Object.hasOwn(schema, 'const') && schema.const === null);
}

function isKind(value: unknown): value is Kind {
  return KINDS.some((kind) => kind === value);
}

function mergeKinds(fragments: readonly Fragment[]): { kinds: readonly Kind[] | null; nullable: boolean } {
  let kinds: readonly Kind[] | null = null;
  let nullable = false;
  for (const { schema } of fragments) {
    const types = Array.isArray(schema.type) ? schema.type : [schema.type];
    if (types.includes('null')) nullable = true;
    const known = types.filter(isKind);
    if (known.length === 0 && !types.includes('null')) continue;
    kinds = kinds === null ? known : intersect(kinds, known);
  }
  return { kinds, nullable };
}

/** Types that contradict each other are the document's mistake: the first one counts. */
function intersect(before: readonly Kind[], now: readonly Kind[]): readonly Kind[] {
  const both = before.flatMap((kind) => {
    if (now.includes(kind)) return kind;
    const integers = (kind === 'number' && now.includes('integer')) || (kind === 'integer' && now.includes('number'));
    return integers ? 'integer' : [];
  });
  return both.length === 0 ? before : both;
}

/** Where an enum has values of another type (`type: string, enum: [1, 2]`), the values count. */
function withoutMistake(kinds: readonly Kind[] | null, values: readonly unknown[] | null): readonly Kind[] | null {
  const some = values === null || values.every((value) => value === null) || values.some((value) => fits(kinds, value));
  return some ? kinds : null;
}

function fits(kinds: readonly Kind[] | null, value: unknown): boolean {
  const kind = kindOf(value);
  if (kinds === null || kind === null) return kinds === null;
  return kinds.includes(kind) || (kind === 'integer' && kinds.includes('number'));
}

function inferKinds({
  properties,
  items,
  tuple,
  values,
  textual,
}: Pick<Shape, 'properties' | 'items' | 'tuple' | 'values'> & { readonly textual: boolean }): readonly Kind[] | null {
  if (values !== null) {
    const kinds = values.flatMap((value) => kindOf(value) ?? []);
    return [...new Set(kinds)];
  }
  if (properties.size > 0) return ['object'];
  if (items !== null || tuple.length > 0) return ['array'];
  return textual ? ['string'] : null;
}

function kindOf(value: unknown): Kind | null {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  const kind = value === null ? 'null' : typeof value;
  return isKind(kind) ? kind : null;
}

function mergeValues(fragments: readonly Fragment[]): readonly unknown[] | null {
  let values: readonly unknown[] | null = null;
  for (const { schema } of fragments) {
    const own = Object.hasOwn(schema, 'const') ? [schema.const] : arrayIn(schema.enum);
    // The service checks values that are objects or lists.
    if (own.length === 0 || own.some((value) => typeof value === 'object' && value !== null)) continue;
    const before: readonly unknown[] | null = values;
    const both: readonly unknown[] = before === null ? own : before.filter((value) => own.includes(value));
    values = both.length === 0 ? before : both;
  }
  return values === null ? null : [...new Set(values)];
}

const COUNTS: ReadonlySet<Bound> = new Set([
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
]);

function mergeBounds(fragments: readonly Fragment[]): ReadonlyMap<Bound, number> {
  const bounds = new Map<Bound, number>();
  const tighten = (schema: Fragment['schema'], name: Bound, pick: (a: number, b: number) => number): void => {
    const value = number(schema[name]);
    if (value === undefined || (COUNTS.has(name) && (value < 0 || !Number.isInteger(value)))) return;
    const bound = openBound(schema, name);
    bounds.set(bound, pick(bounds.get(bound) ?? value, value));
  };
  for (const { schema } of fragments) {
    for (const bound of LOWER_BOUNDS) if (bound in schema) tighten(schema, bound, Math.max);
    for (const bound of UPPER_BOUNDS) if (bound in schema) tighten(schema, bound, Math.min);
  }
  return bounds;
}

/** OpenAPI 3.0 writes `minimum: 0, exclusiveMinimum: true`. */
function openBound(schema: Fragment['schema'], bound: Bound): Bound {
  if (bound === 'minimum' && schema.exclusiveMinimum === true) return 'exclusiveMinimum';
  if (bound === 'maximum' && schema.exclusiveMaximum === true) return 'exclusiveMaximum';
  return bound;
}

function mergeProperties(fragments: readonly Fragment[]): ReadonlyMap<string, Node> {
  const properties = new Map<string, Node>();
  for (const fragment of fragments) {
    const own = fragment.schema.properties;
    if (!isJsonObject(own)) continue;
    for (const [name, schema] of Object.entries(own)) {
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
function mergeAdditional(fragments: readonly Fragment[]): boolean | Node {
  const speaking = fragments.filter(
    ({ schema }) => isJsonObject(schema.properties) || 'additionalProperties' in schema,
  );
  if (speaking.some(({ schema }) => isJsonObject(schema.patternProperties))) return true;
  if (speaking.length > 0 && speaking.every(({ schema }) => schema.additionalProperties === false)) return false;
  for (const fragment of speaking) {
    const own = fragment.schema.additionalProperties;
    if (isJsonObject(own) && Object.keys(own).length > 0) return child(fragment, own);
  }
  return true;
}

function saysOpen({ additionalProperties: more, patternProperties }: Fragment['schema']): boolean {
  return more === true || isJsonObject(more) || isJsonObject(patternProperties);
}

function mergeItems(fragments: readonly Fragment[]): Node | null {
  let items: Node | null = null;
  for (const fragment of fragments) {
    const tuple = Array.isArray(fragment.schema.items) || Array.isArray(fragment.schema.prefixItems);
    const own = Array.isArray(fragment.schema.items) ? fragment.schema.additionalItems : fragment.schema.items;
    if (isJsonObject(own) || (tuple && own === false)) items = joined(items ?? undefined, child(fragment, own));
  }
  return items;
}

function tupleOf(fragments: readonly Fragment[]): readonly Node[] {
  for (const fragment of fragments) {
    const { items, prefixItems } = fragment.schema;
    const tuple = Array.isArray(prefixItems) ? prefixItems : arrayIn(items);
    if (tuple.length > 0) return tuple.slice(0, 20).map((schema) => child(fragment, schema));
  }
  return [];
}
