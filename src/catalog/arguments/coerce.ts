/**
 * Models send arguments in the wrong JSON type: objects as strings, ids as strings, numbers for decimal strings, nulls
 * for options they do not use. A value is changed only where its own type does not fit and exactly one reading does.
 */
import type { JsonSchema } from '../../contract/schema-types.ts';
import { isJsonObject, LosslessNumber, parseJson } from '../../json.ts';
import { isRequired, itemSchemas, jsonTypes, propertySchemas, type Types, typesOf } from './schema-view.ts';
import { shapeProblem } from './shape.ts';

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
