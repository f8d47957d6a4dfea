import { isJsonObject, type JsonSchema } from '../core/json.ts';
import { longestText } from './bounded-pattern.ts';
import type { Node } from './document.ts';
import type { Argument } from './inputs.ts';
import { type Bound, KINDS, type Shape } from './merge-schemas.ts';
import type { HttpMethod } from './operation.ts';
import { PortableEmitter } from './portable-schema.ts';
import type { SchemaReader } from './schema-reader.ts';

/**
 * Ids as text. Lucanto's ids have 64 bits, and most hosts round numbers above 2^53, so that a call would reach another
 * record. A string of digits survives; it is sent as the number that the contract wants, and numbers are accepted too.
 */
const ID = /(?:^|_)ids?$|[a-z0-9]Ids?$/;

/** @param schema portable, of the property `name` */
function idsAsText(name: string, schema: JsonSchema): JsonSchema {
  const { type, properties, items } = schema;
  if (type === 'integer') return ID.test(name) && !isBounded(schema) ? asText(schema) : schema;
  return {
    ...schema,
    ...(isJsonObject(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, idsIn(key, value)])),
    }),
    ...(isJsonObject(items) && { items: idsAsText(name, items) }),
  };
}

function idsIn(name: string, schema: unknown): unknown {
  return isJsonObject(schema) ? idsAsText(name, schema) : schema;
}

/** Numbers that no host rounds. */
function isBounded({ enum: values, maximum }: JsonSchema): boolean {
  return values !== undefined || (typeof maximum === 'number' && maximum <= Number.MAX_SAFE_INTEGER);
}

function asText({ minimum: _min, maximum: _max, default: _preset, ...rest }: JsonSchema): JsonSchema {
  return { ...rest, type: 'string' };
}

/**
 * The schema that arguments are checked against before anything is sent: the document's own nullability, unions,
 * formats and bounds, with references inlined. Only keywords whose meaning and value are certain are kept, so that
 * Ajv (2020-12, not strict) compiles it whatever the document holds. The service has the last word.
 */
const MAX_LEVEL = 16;
const MAX_NODES = 4000;

/** Formats of ajv-formats that say something about text which the service will not read more leniently. */
const FORMATS = new Set(['date', 'date-time', 'time', 'email', 'uri', 'hostname', 'byte', 'uuid', 'ipv4', 'ipv6']);

class ValidationEmitter {
  readonly #reader: SchemaReader;
  #left = MAX_NODES;

  constructor(reader: SchemaReader) {
    this.#reader = reader;
  }

  emit(node: Node, level = 0): JsonSchema {
    this.#left -= 1;
    if (level > MAX_LEVEL || this.#left < 0) return {};
    const { shapes, nullable } = this.#reader.alternatives(node);
    const schemas = unique(shapes.map((shape) => this.#shape(shape, level)));
    const [only] = schemas;
    if (only === undefined) return nullable ? { type: 'null' } : {};
    // `oneOf` becomes `anyOf`: without read-only properties two branches may fit where the service tells them apart.
    if (schemas.length > 1) return { anyOf: nullable ? [...schemas, { type: 'null' }] : schemas };
    return nullable ? orNull(only) : only;
  }

  #shape(shape: Shape, level: number): JsonSchema {
    const schema: Record<string, unknown> = {};
    const { kinds } = shape;
    if (kinds !== null) schema.type = kinds.length === 1 ? kinds[0] : [...kinds];
    if (shape.values !== null) schema.enum = shape.values;
    if (shape.format !== null && FORMATS.has(shape.format)) schema.format = shape.format;
    const patterns = shape.patterns.filter(isPattern);
    if (patterns.length === 1) schema.pattern = patterns[0];
    if (patterns.length > 1) schema.allOf = patterns.map((pattern) => ({ pattern }));
    this.#bounds(shape.bounds, schema);
    // 19.99 is no multiple of 0.01 in doubles.
    if (shape.multipleOf !== null && Number.isInteger(shape.multipleOf) && shape.multipleOf > 0) {
      schema.multipleOf = shape.multipleOf;
    }
    if (shape.uniqueItems) schema.uniqueItems = true;
    this.#children(shape, schema, level + 1);
    return schema;
  }

  #bounds(bounds: ReadonlyMap<Bound, number>, schema: Record<string, unknown>): void {
    for (const [bound, value] of bounds) schema[bound] = value;
  }

  #children(shape: Shape, schema: Record<string, unknown>, level: number): void {
    const properties: Record<string, JsonSchema> = {};
    for (const [name, node] of shape.properties) {
      if (!this.#reader.isHidden(node, shape.required.has(name))) properties[name] = this.emit(node, level);
    }
    const names = Object.keys(properties);
    if (names.length > 0) schema.properties = properties;
    const required = [...shape.required].filter(
      (name) => !shape.properties.has(name) || Object.hasOwn(properties, name),
    );
    if (required.length > 0) schema.required = required;
    if (shape.additional === false) schema.additionalProperties = false;
    else if (shape.additional !== true) schema.additionalProperties = this.emit(shape.additional, level);
    else if (shape.open) schema.additionalProperties = true;
    if (shape.tuple.length > 0) schema.prefixItems = shape.tuple.map((node) => this.emit(node, level));
    if (shape.items !== null && !shape.items.schemas.includes(false)) schema.items = this.emit(shape.items, level);
  }
}

/** Only one that JavaScript can read and that surely ends soon: the service checks the others. */
function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return longestText(pattern) > 0;
  } catch {
    return false;
  }
}

function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema;
  if (type === undefined && values === undefined) return schema;
  const types = KINDS.filter((kind) => (Array.isArray(type) ? type.includes(kind) : type === kind));
  return {
    ...schema,
    ...(type === undefined ? {} : { type: [...types, 'null'] }),
    ...(Array.isArray(values) ? { enum: [...values, null] } : {}),
  };
}

/** Without duplicates, which branches become when their read-only properties are gone. */
function unique(schemas: readonly JsonSchema[]): readonly JsonSchema[] {
  const byText = new Map<string, JsonSchema>();
  for (const schema of schemas) byText.set(JSON.stringify(schema), schema);
  return [...byText.values()];
}

/** What clients see. */
export function inputSchemaOf(reader: SchemaReader, method: HttpMethod, args: readonly Argument[]): JsonSchema {
  const emitter = new PortableEmitter(reader, method !== 'PATCH' && method !== 'PUT');
  return objectOf(args, ({ name, node, required }) => {
    const schema = idsAsText(name, emitter.emit(node, 0, name));
    return required && reader.alternatives(node).nullable ? saysNull(schema) : schema;
  });
}

/** Schemas for hosts have no null: the words say that it is a value to give. */
function saysNull({ description, ...rest }: JsonSchema): JsonSchema {
  return { ...rest, description: typeof description === 'string' ? `${description}, or null` : 'or null' };
}

/** What arguments are checked against. */
export function validationOf(reader: SchemaReader, args: readonly Argument[]): JsonSchema {
  const emitter = new ValidationEmitter(reader);
  return objectOf(args, (argument) => emitter.emit(argument.node));
}

function objectOf(args: readonly Argument[], schemaOf: (argument: Argument) => JsonSchema): JsonSchema {
  const properties = Object.fromEntries(args.map((argument) => [argument.name, schemaOf(argument)]));
  // A field that may be null and must be there is asked for: left out by itself, the service would refuse the whole call.
  const required = args.filter((argument) => argument.required).map(({ name }) => name);
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false };
}
