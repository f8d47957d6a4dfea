import { isJsonObject, type JsonSchema, jsonTypes, LosslessNumber, parseJson } from '../../core/json.ts';
import { isRequired, itemSchemas, propertySchemas, type Types, typesOf } from './schema-types.ts';

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

/** The object or array that a string holds; anything else as it is. */
export function parsedContainer(text: unknown): unknown {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return text;
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
