import { isJsonObject, type JsonSchema, LosslessNumber, parseJson } from '../../core/json.ts';

/** What a JSON Schema says about types and members, as far as coercion needs it. Validation proper is Ajv's. */
type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';
type Types = ReadonlySet<string>;

/** Null stands for "any type". */
type Restriction = Types | null;

// A schema that refers to itself is followed this far; deeper levels are left to validation.
const MAX_EXPANSION = 32;

/** The JSON types that any one of the schemas admits (several schemas: a place described by several branches). */
export function typesOf(schemas: readonly JsonSchema[], root: JsonSchema): Restriction {
  return union(schemas.map((schema) => restriction(schema, root, 0)));
}

/** The schemas of one property, from every branch; empty where the property is unknown to all of them. */
function propertySchemas(schemas: readonly JsonSchema[], name: string, root: JsonSchema): JsonSchema[] {
  return expand(schemas, root).flatMap((schema) => {
    const properties = isJsonObject(schema.properties) ? schema.properties : {};
    return objects([Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties]);
  });
}

/** The schemas of the item at `index`, from every branch. */
function itemSchemas(schemas: readonly JsonSchema[], index: number, root: JsonSchema): JsonSchema[] {
  return expand(schemas, root).flatMap((schema) => {
    const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
    return objects([index < prefix.length ? prefix[index] : schema.items]);
  });
}

/** Whether every value must have this property (a branch of a union does not make it so). */
function isRequired(schemas: readonly JsonSchema[], name: string, root: JsonSchema): boolean {
  return schemas.some((schema) =>
    [...conjuncts(schema, root, 0)].some(({ required }) => Array.isArray(required) && required.includes(name)),
  );
}

/** Own and alternative branches, flat. */
function expand(schemas: readonly JsonSchema[], root: JsonSchema): JsonSchema[] {
  const found = new Set<JsonSchema>();
  const visit = (schema: JsonSchema, depth: number): void => {
    if (found.has(schema) || depth > MAX_EXPANSION) return;
    found.add(schema);
    const target = resolve(schema, root);
    for (const branch of [...objects([target]), ...list(schema.anyOf), ...list(schema.oneOf), ...list(schema.allOf)]) {
      visit(branch, depth + 1);
    }
  };
  for (const schema of schemas) visit(schema, 0);
  return [...found];
}

function* conjuncts(schema: JsonSchema, root: JsonSchema, depth: number): Generator<JsonSchema> {
  yield schema;
  if (depth > MAX_EXPANSION) return;
  for (const part of [...objects([resolve(schema, root)]), ...list(schema.allOf)])
    yield* conjuncts(part, root, depth + 1);
}

function restriction(schema: JsonSchema, root: JsonSchema, depth: number): Restriction {
  if (depth > MAX_EXPANSION) return null;
  const below = (branch: JsonSchema) => restriction(branch, root, depth + 1);
  const alternatives = [schema.anyOf, schema.oneOf]
    .filter((branches) => Array.isArray(branches))
    .map((branches) => union(list(branches).map(below)));
  const parts = [...objects([resolve(schema, root)]), ...list(schema.allOf)].map(below);
  const types = [ownTypes(schema), ...alternatives, ...parts].reduce(intersection, null);
  return types !== null && schema.nullable === true ? new Set([...types, 'null']) : types;
}

function ownTypes(schema: JsonSchema): Restriction {
  if (typeof schema.type === 'string') return new Set([schema.type]);
  if (Array.isArray(schema.type)) return new Set(schema.type.filter((type) => typeof type === 'string'));
  if (Array.isArray(schema.enum)) return new Set(schema.enum.flatMap((value) => jsonTypes(value)));
  if (schema.const !== undefined) return new Set(jsonTypes(schema.const));
  // Documents often leave `type` out where the members already say it.
  if (isJsonObject(schema.properties)) return new Set(['object']);
  if (isJsonObject(schema.items)) return new Set(['array']);
  return null;
}

/** The type names that a value fits, `integer` before `number`. */
export function jsonTypes(value: unknown): readonly JsonType[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  if (typeof value === 'bigint') return ['integer', 'number'];
  if (typeof value === 'number') return Number.isInteger(value) ? ['integer', 'number'] : ['number'];
  if (typeof value === 'string') return ['string'];
  if (typeof value === 'boolean') return ['boolean'];
  return isJsonObject(value) ? ['object'] : ['number'];
}

function resolve(schema: JsonSchema, root: JsonSchema): unknown {
  const { $ref } = schema;
  if (typeof $ref !== 'string' || !$ref.startsWith('#')) return undefined;
  const steps = $ref.slice(1).split('/').slice(1);
  return steps.reduce<unknown>((place, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    return isJsonObject(place) && Object.hasOwn(place, name) ? place[name] : undefined;
  }, root);
}

function union(all: readonly Restriction[]): Restriction {
  const known = all.filter((types) => types !== null);
  return known.length < all.length || all.length === 0 ? null : new Set(known.flatMap((types) => [...types]));
}

function intersection(left: Restriction, right: Restriction): Restriction {
  if (left === null || right === null) return left ?? right;
  const admits = (types: Types, type: string) => types.has(type) || (type === 'integer' && types.has('number'));
  return new Set([
    ...[...left].filter((type) => admits(right, type)),
    ...[...right].filter((type) => admits(left, type)),
  ]);
}

function list(branches: unknown): JsonSchema[] {
  return Array.isArray(branches) ? objects(branches) : [];
}

function objects(values: readonly unknown[]): JsonSchema[] {
  return values.filter(isJsonObject);
}

/**
 * Models send arguments in the wrong JSON type: objects as strings, ids as strings, numbers for decimal strings, nulls
 * for options they do not use. A value is changed only where its own type does not fit and exactly one reading does.
 */
const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export function coerce(value: unknown, schema: JsonSchema): unknown {
  return new Coercion(schema).value(value, [schema]);
}

class Coercion {
  readonly #root: JsonSchema;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  value(value: unknown, schemas: readonly JsonSchema[]): unknown {
    if (schemas.length === 0) return value;
    const types = typesOf(schemas, this.#root);
    const fitting =
      types === null || jsonTypes(value).some((type) => types.has(type)) ? value : converted(value, types);
    if (Array.isArray(fitting)) {
      return fitting.map((item, index) => this.value(item, itemSchemas(schemas, index, this.#root)));
    }
    return isJsonObject(fitting) ? this.#object(fitting, schemas) : fitting;
  }

  #object(value: Record<string, unknown>, schemas: readonly JsonSchema[]): Record<string, unknown> {
    const members = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
      const described = propertySchemas(schemas, name, this.#root);
      return this.#isUnusedOption(name, member, schemas, described) ? [] : [[name, this.value(member, described)]];
    });
    // fromEntries defines properties, so that `__proto__` cannot reach the prototype.
    return Object.fromEntries(members);
  }

  #isUnusedOption(
    name: string,
    member: unknown,
    schemas: readonly JsonSchema[],
    described: readonly JsonSchema[],
  ): boolean {
    if (member === undefined) return true;
    if (member !== null || described.length === 0 || isRequired(schemas, name, this.#root)) return false;
    const types = typesOf(described, this.#root);
    return types !== null && !types.has('null');
  }
}

function converted(value: unknown, types: Types): unknown {
  if (typeof value === 'string') return fromString(value, types);
  const isNumeric = typeof value === 'number' || typeof value === 'bigint' || value instanceof LosslessNumber;
  const onlyString = types.has('string') && !types.has('integer') && !types.has('number');
  return isNumeric && onlyString ? String(value) : value;
}

function fromString(text: string, types: Types): unknown {
  if (types.has('number') ? NUMBER.test(text) : types.has('integer') && INTEGER.test(text)) return parseJson(text);
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (!types.has('object') && !types.has('array')) return text;
  const parsed = parsedContainer(text);
  return jsonTypes(parsed).some((type) => types.has(type)) ? parsed : text;
}

/** The object or array that a string holds, or the string itself. */
export function parsedContainer(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    const parsed = parseJson(text);
    return shapeProblem(parsed) === null ? parsed : text;
  } catch {
    return text;
  }
}

/** Bounds of what is accepted at all, checked without recursion before anything recursive sees the value. */
/** Levels of nesting; Lucanto's own records need about five. */
const MAX_DEPTH = 64;

function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}

/** Why a value is refused unseen, or null. */
export function shapeProblem(value: unknown): string | null {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const members = membersOf(next.value);
    if (members.length > 0 && next.depth >= MAX_DEPTH)
      return `the arguments are nested deeper than ${MAX_DEPTH} levels`;
    if (isJsonObject(next.value) && Object.hasOwn(next.value, '__proto__')) return '`__proto__` is not a usable name';
    for (const member of members) open.push({ value: member, depth: next.depth + 1 });
  }
  return null;
}

/** The same value with plain numbers: what Ajv, which knows no bigint, can look at. Keeps identity where nothing changes. */
export function plainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint' || value instanceof LosslessNumber) return Number(value);
  if (Array.isArray(value)) {
    const items = value.map(plainNumbers);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [name, plainNumbers(member)]);
  return members.every(([name, member]) => member === value[name]) ? value : Object.fromEntries(members);
}
