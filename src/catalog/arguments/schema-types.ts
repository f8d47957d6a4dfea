import { isJsonObject, type JsonSchema, jsonTypes, referenced } from '../../core/json.ts';

/** What a JSON Schema says about types and members, as far as coercion needs it. */
export type Types = ReadonlySet<string>;

/** Null stands for "any type". */
type Restriction = Types | null;

// A schema that refers to itself is followed this far; deeper levels are left to validation.
const MAX_EXPANSION = 32;

/** The JSON types that any one of the schemas admits (several schemas: a place described by several branches). */
export function typesOf(schemas: readonly JsonSchema[], root: JsonSchema): Restriction {
  return union(schemas.map((schema) => restriction(schema, root, 0)));
}

/** The schemas of one property, from every branch; empty where the property is unknown to all of them. */
export function propertySchemas(schemas: readonly JsonSchema[], name: string, root: JsonSchema): JsonSchema[] {
  return expand(schemas, root).flatMap((schema) => {
    const properties = isJsonObject(schema.properties) ? schema.properties : {};
    return objects([Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties]);
  });
}

/** The schemas of the item at `index`, from every branch. */
export function itemSchemas(schemas: readonly JsonSchema[], index: number, root: JsonSchema): JsonSchema[] {
  return expand(schemas, root).flatMap((schema) => {
    const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
    return objects([index < prefix.length ? prefix[index] : schema.items]);
  });
}

/** Whether every value must have this property (a branch of a union does not make it so). */
export function isRequired(schemas: readonly JsonSchema[], name: string, root: JsonSchema): boolean {
  return schemas.some((schema) =>
    [...conjuncts(schema, root, 0)].some(({ required }) => Array.isArray(required) && required.includes(name)),
  );
}

/** The properties that any branch names; null where further ones may be given, or nothing says what may be. */
export function knownProperties(schemas: readonly JsonSchema[], root: JsonSchema): readonly string[] | null {
  const branches = expand(schemas, root);
  const names = branches.flatMap(({ properties }) => (isJsonObject(properties) ? Object.keys(properties) : []));
  const isOpen = branches.some(
    ({ additionalProperties: more, patternProperties }) =>
      more === true || isJsonObject(more) || isJsonObject(patternProperties),
  );
  return isOpen || (names.length === 0 && !isClosed(schemas, root)) ? null : [...new Set(names)];
}

/** Whether the schema itself says that nothing but its properties may be given. */
export function isClosed(schemas: readonly JsonSchema[], root: JsonSchema): boolean {
  return expand(schemas, root).some(({ additionalProperties }) => additionalProperties === false);
}

/** Own and alternative branches, flat. */
function expand(schemas: readonly JsonSchema[], root: JsonSchema): JsonSchema[] {
  const found = new Set<JsonSchema>();
  const visit = (schema: JsonSchema, depth: number): void => {
    if (found.has(schema) || depth > MAX_EXPANSION) return;
    found.add(schema);
    const target = referenced(schema, root);
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
  for (const part of [...objects([referenced(schema, root)]), ...list(schema.allOf)])
    yield* conjuncts(part, root, depth + 1);
}

function restriction(schema: JsonSchema, root: JsonSchema, depth: number): Restriction {
  if (depth > MAX_EXPANSION) return null;
  const below = (branch: JsonSchema) => restriction(branch, root, depth + 1);
  const alternatives = [schema.anyOf, schema.oneOf]
    .filter((branches) => Array.isArray(branches))
    .map((branches) => union(list(branches).map(below)));
  const parts = [...objects([referenced(schema, root)]), ...list(schema.allOf)].map(below);
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
