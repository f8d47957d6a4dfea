import { canonicalJson, isJsonObject, type JsonSchema, LosslessNumber, uriDecoded } from './json.ts';

/** What the keywords of a JSON Schema demand of one value by itself, its members and items left aside. */

/** The names and positions that lead to a value: `['items', 0]`. */
export type ValuePath = readonly (string | number)[];

type Checked = Pick<SchemaError, 'value' | 'place' | 'schema'>;

export interface SchemaError {
  readonly keyword: string;
  readonly place: ValuePath;
  readonly value: unknown;
  /** What the keyword stands in, and what it demands there. */
  readonly schema: JsonSchema;
  readonly demand: unknown;
  /** The member that is missing, or that may not be given. */
  readonly member?: string;
  /** What is wrong by each branch of a union. */
  readonly branches?: readonly (readonly SchemaError[])[];
}

/** What is wrong with a value, which does not depend on the rules of the caller. */
export function valueErrors(here: Checked): SchemaError[] {
  const demands = withNumericBounds(here.schema);
  const wrong = Object.keys(demands).filter((keyword) => KEPT.get(keyword)?.(here.value, demands[keyword]) === false);
  return wrong.map((keyword) => broken(here, keyword, { demand: demands[keyword] }));
}

/** OpenAPI 3.0 only says of `minimum` and `maximum` whether they are still allowed. */
function withNumericBounds(schema: JsonSchema): JsonSchema {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (exclusiveMinimum !== true && exclusiveMaximum !== true) return schema;
  return {
    ...schema,
    ...(exclusiveMinimum === true && { minimum: undefined, exclusiveMinimum: minimum }),
    ...(exclusiveMaximum === true && { maximum: undefined, exclusiveMaximum: maximum }),
  };
}

const TYPES: ReadonlySet<unknown> = new Set(['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']);

type Keeps = (value: unknown, demand: unknown) => boolean;
type Size = number | bigint;

/** Whether a value keeps to a keyword, as one of another type always does. */
const KEPT: ReadonlyMap<string, Keeps> = new Map<string, Keeps>([
  ['type', isOfType],
  ['enum', (value, demand) => !Array.isArray(demand) || demand.some((choice) => isSame(choice, value))],
  ['const', (value, demand) => isSame(demand, value)],
  ['uniqueItems', (value, demand) => demand !== true || !Array.isArray(value) || !hasTwice(value)],
  ['minimum', limit(exact, atLeast)],
  ['maximum', limit(exact, atMost)],
  ['exclusiveMinimum', limit(exact, (size, bound) => size > bound)],
  ['exclusiveMaximum', limit(exact, (size, bound) => size < bound)],
  ['multipleOf', limit(exact, isMultiple)],
  ['minLength', limit(charactersIn, atLeast)],
  ['maxLength', limit(charactersIn, atMost)],
  ['minItems', limit(itemsIn, atLeast)],
  ['maxItems', limit(itemsIn, atMost)],
  ['minProperties', limit(membersIn, atLeast)],
  ['maxProperties', limit(membersIn, atMost)],
]);

function limit(sizeOf: (value: unknown) => Size | null, keeps: (size: Size, bound: Size) => boolean): Keeps {
  return (value, demand) => {
    const bound = exact(demand);
    const size = bound === null ? null : sizeOf(value);
    return bound === null || size === null || keeps(size, bound);
  };
}

function isOfType(value: unknown, demand: unknown): boolean {
  const named = [demand].flat().filter((one) => TYPES.has(one));
  return named.length === 0 || jsonTypes(value).some((type) => named.includes(type));
}

function atLeast(size: Size, bound: Size): boolean {
  return size >= bound;
}

function atMost(size: Size, bound: Size): boolean {
  return size <= bound;
}

/** A number that can be compared; null for anything else. */
function exact(value: unknown): Size | null {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof LosslessNumber ? Number(value.value) : null;
}

function isMultiple(size: Size, of: Size): boolean {
  if (typeof size === 'bigint' && Number.isInteger(Number(of))) return Number(of) !== 0 && size % BigInt(of) === 0n;
  const times = Number(size) / Number(of);
  // 19.99 / 0.01 is not quite whole in doubles.
  return Math.abs(times - Math.round(times)) < 1e-8;
}

/** A character outside of the basic plane is two in a JavaScript string. */
function charactersIn(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  return value.length - (value.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

function itemsIn(value: unknown): number | null {
  return Array.isArray(value) ? value.length : null;
}

function membersIn(value: unknown): number | null {
  return isJsonObject(value) ? Object.keys(value).length : null;
}

export function broken(
  { value, place, schema }: Checked,
  keyword: string,
  more: Partial<SchemaError> = {},
): SchemaError {
  return { keyword, place, value, schema, demand: schema[keyword], ...more };
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one === 'string' || typeof other === 'string' || one === undefined) return false;
  return canonicalJson(one) === canonicalJson(other);
}

function hasTwice(items: readonly unknown[]): boolean {
  return new Set(items.map((item) => canonicalJson(item ?? null))).size < items.length;
}

/** The type names that a value fits, `integer` before `number`; none for a number that JSON cannot write. */
export function jsonTypes(
  value: unknown,
): readonly ('null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object')[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  if (typeof value === 'string') return ['string'];
  if (typeof value === 'boolean') return ['boolean'];
  if (typeof value === 'bigint' || Number.isInteger(value)) return ['integer', 'number'];
  if (value instanceof LosslessNumber) return typesOfDigits(value.value);
  if (typeof value === 'number') return Number.isFinite(value) ? ['number'] : [];
  return isJsonObject(value) ? ['object'] : [];
}

/** `1.5e3` is whole: the exponent reaches over the digits after the point. */
function typesOfDigits(text: string) {
  if (!Number.isFinite(Number(text))) return [];
  const [, fraction = '', exponent = '0'] = /^[^.eE]*(?:\.(\d*?)0*)?(?:[eE](.*))?$/.exec(text) ?? [];
  return fraction.length <= Number(exponent) ? (['integer', 'number'] as const) : (['number'] as const);
}

/** What a reference within the document points at; undefined where there is no such thing. */
export function referenced({ $ref }: JsonSchema, root: JsonSchema): unknown {
  if (typeof $ref !== 'string' || !/^#(?:\/|$)/.test($ref)) return undefined;
  const steps = uriDecoded($ref).split('/').slice(1);
  return steps.reduce<unknown>((place, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(place)) return place[Number(name)];
    return isJsonObject(place) && Object.hasOwn(place, name) ? place[name] : undefined;
  }, root);
}
