import { arrayIn, canonicalJson, isJsonObject, type JsonSchema, jsonTypes, LosslessNumber, objectIn } from './json.ts';

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
  const { value, schema } = here;
  const { type, enum: choices } = schema;
  const named = [type].flat().filter((one) => TYPES.has(one));
  const keywords = [
    ...(named.length === 0 || jsonTypes(value).some((one) => named.includes(one)) ? [] : ['type']),
    ...(!Array.isArray(choices) || choices.some((choice) => isSame(choice, value)) ? [] : ['enum']),
    ...(schema.const === undefined || isSame(schema.const, value) ? [] : ['const']),
    ...(schema.uniqueItems === true && Array.isArray(value) && hasTwice(value) ? ['uniqueItems'] : []),
  ];
  return [...keywords.map((keyword) => broken(here, keyword)), ...brokenLimits(here), ...missingMembers(here)];
}

const TYPES: ReadonlySet<unknown> = new Set(['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']);

type Size = number | bigint;
type Comparison = (size: Size, limit: Size) => boolean;
const atLeast: Comparison = (size, limit) => size >= limit;
const atMost: Comparison = (size, limit) => size <= limit;
const OF_NUMBERS: Readonly<Record<string, Comparison>> = {
  minimum: atLeast,
  maximum: atMost,
  exclusiveMinimum: (size, limit) => size > limit,
  exclusiveMaximum: (size, limit) => size < limit,
  multipleOf: isMultiple,
};

function limitsOf(value: unknown, schema: JsonSchema): readonly [string, Comparison, unknown][] {
  if (isJsonObject(value)) return limits('Properties', schema);
  if (Array.isArray(value)) return limits('Items', schema);
  if (typeof value === 'string') return limits('Length', schema);
  // OpenAPI 3.0 only says of `minimum` and `maximum` whether they are still allowed.
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const demands: JsonSchema = {
    ...schema,
    ...(exclusiveMinimum === true && { minimum: undefined, exclusiveMinimum: minimum }),
    ...(exclusiveMaximum === true && { maximum: undefined, exclusiveMaximum: maximum }),
  };
  return Object.entries(OF_NUMBERS).map(([keyword, keeps]) => [keyword, keeps, demands[keyword]]);
}

function limits(what: string, schema: JsonSchema): readonly [string, Comparison, unknown][] {
  const [least, most] = [`min${what}`, `max${what}`];
  return [
    [least, atLeast, schema[least]],
    [most, atMost, schema[most]],
  ];
}

function brokenLimits(here: Checked): SchemaError[] {
  const { value, schema } = here;
  return limitsOf(value, schema).flatMap(([keyword, keeps, demand]) => {
    const limit = exact(demand);
    if (limit === null) return [];
    const size = sizeOf(value);
    return size === null || keeps(size, limit) ? [] : [broken(here, keyword, { demand })];
  });
}

function sizeOf(value: unknown): Size | null {
  if (typeof value === 'string') return charactersIn(value);
  if (Array.isArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : exact(value);
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
function charactersIn(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

function missingMembers(here: Checked): SchemaError[] {
  const { value, schema } = here;
  if (!isJsonObject(value)) return [];
  const dependent = Object.entries({ ...objectIn(schema.dependencies), ...objectIn(schema.dependentRequired) });
  const needed = [
    ...arrayIn(schema.required).map((name) => ['required', name] as const),
    ...dependent.flatMap(([name, names]) =>
      has(value, name) ? arrayIn(names).map((one) => ['dependentRequired', one] as const) : [],
    ),
  ];
  return needed.flatMap(([keyword, member]) =>
    typeof member === 'string' && !Object.hasOwn(value, member) ? [broken(here, keyword, { member })] : [],
  );
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

export function has(value: unknown, name: string): boolean {
  return isJsonObject(value) && Object.hasOwn(value, name);
}
