import {
  arrayIn,
  isDeeperThan,
  isJsonObject,
  type JsonObject,
  type JsonSchema,
  LosslessNumber,
  objectIn,
  parseJson,
  tryParseJson,
} from '../../core/json.ts';
import { jsonTypes, referenced, type ValuePath } from '../../core/schema-keywords.ts';

/**
 * Models send arguments in the wrong JSON type: objects as strings, ids as strings, numbers for decimal strings, nulls
 * for options they do not use. A value is changed only where its own type does not fit and exactly one reading does. On
 * the way, what no schema describes is noted: the service would ignore it, or refuse the whole call.
 */

export interface UnknownArgument {
  readonly place: ValuePath;
  readonly name: string;
  /** What may stand in its place. */
  readonly known: readonly string[];
  /** The schema allows nothing else there; otherwise it only describes nothing else. */
  readonly isForbidden: boolean;
}

const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export function fittedArguments(args: JsonObject, schema: JsonSchema) {
  const reading = new Reading();
  return { args: reading.members(args, SchemaPlace.of(schema), []), unknown: reading.unknown };
}

export function fittedValue(value: unknown, schema: JsonSchema): unknown {
  return new Reading().value(value, SchemaPlace.of(schema), []);
}

class Reading {
  readonly unknown: UnknownArgument[] = [];

  value(given: unknown, at: SchemaPlace, place: ValuePath): unknown {
    if (!at.isDescribed) return given;
    const value = at.types === null || at.takes(given) ? given : converted(given, at.types);
    if (Array.isArray(value)) return value.map((item, index) => this.value(item, at.item(index), [...place, index]));
    return isJsonObject(value) ? this.members(value, at, place) : value;
  }

  members(value: JsonObject, at: SchemaPlace, place: ValuePath): JsonObject {
    const { known } = at;
    const read = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
      const below = at.member(name);
      if (member === undefined || (member === null && isUnusedOption(at, name, below))) return [];
      const isKnown = known === null || known.includes(name);
      if (isKnown) return [[name, this.value(member, below, [...place, name])]];
      this.unknown.push({ place, name, known, isForbidden: at.isClosed });
      return [[name, member]];
    });
    // fromEntries defines properties, so that `__proto__` cannot reach the prototype.
    return Object.fromEntries(read);
  }
}

/** An option that is null, and that cannot be. */
function isUnusedOption(at: SchemaPlace, name: string, below: SchemaPlace): boolean {
  return below.isDescribed && !at.requires(name) && !below.takes(null);
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
  const parsed = parsedContainer(text);
  return types.has(Array.isArray(parsed) ? 'array' : 'object') ? parsed : text;
}

/** The object or array that a string holds; anything else as it is. */
export function parsedContainer(text: unknown): unknown {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return text;
  const parsed = tryParseJson(text);
  return parsed === undefined || shapeProblem(parsed) !== null ? text : parsed;
}

/** Levels of nesting; Lucanto's own records need about five. */
const MAX_DEPTH = 64;

/** Why a value is refused unseen, or null: checked before anything recursive sees it. */
export function shapeProblem(value: unknown): string | null {
  if (isDeeperThan(value, MAX_DEPTH)) return `the arguments are nested deeper than ${MAX_DEPTH} levels`;
  return hasMemberNamed('__proto__', value) ? '`__proto__` is not a usable name' : null;
}

export function withoutArguments(args: JsonObject, unknown: readonly UnknownArgument[]): JsonObject {
  const gone = new Set(unknown.map(({ place, name }) => argumentPath([...place, name])));
  const prune = (value: unknown, place: ValuePath): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => prune(item, [...place, index]));
    return isJsonObject(value) ? members(value, place) : value;
  };
  const members = (value: JsonObject, place: ValuePath): JsonObject =>
    Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => !gone.has(argumentPath([...place, name])))
        .map(([name, member]) => [name, prune(member, [...place, name])]),
    );
  return gone.size === 0 ? args : members(args, []);
}

/** `items[0].name`. */
export function argumentPath(place: ValuePath): string {
  return place.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    return path === '' ? step : `${path}.${step}`;
  }, '');
}

/** In backquotes; a name of any length is cut. */
export function quotedPath(place: ValuePath, name: string): string {
  return `\`${argumentPath([...place, name.length <= 60 ? name : `${name.slice(0, 60)}…`])}\``;
}

type Types = ReadonlySet<string>;

// A schema that refers to itself is followed this far; deeper levels are left to validation.
const MAX_EXPANSION = 32;

/**
 * What a schema says of one place in the arguments, by all its branches together: types, members, items. It is read once,
 * when a first call needs it.
 */
export class SchemaPlace {
  readonly #root: JsonSchema;
  /** Several where several branches describe the place; none where nothing does. */
  readonly #schemas: readonly JsonSchema[];
  #branches: readonly JsonSchema[] | null = null;
  #types: Types | null | undefined;
  #named: ReadonlySet<string> | undefined;
  #known: readonly string[] | null | undefined;
  #longestTuple: number | undefined;
  /** Those below it, by name and position; that of all others is null's. */
  readonly #below = new Map<string | number | null, SchemaPlace>();
  static readonly #ofSchema = new WeakMap<JsonSchema, SchemaPlace>();

  constructor(schemas: readonly unknown[], root: JsonSchema) {
    this.#schemas = objects(schemas);
    this.#root = root;
  }

  static of(schema: JsonSchema): SchemaPlace {
    const known = SchemaPlace.#ofSchema.get(schema);
    if (known !== undefined) return known;
    const place = new SchemaPlace([schema], schema);
    SchemaPlace.#ofSchema.set(schema, place);
    return place;
  }

  get isDescribed(): boolean {
    return this.#schemas.length > 0;
  }

  /** The JSON types that any branch admits; null for any type. */
  get types(): Types | null {
    if (this.#types === undefined) this.#types = union(this.#schemas.map((schema) => this.#restriction(schema, 0)));
    return this.#types;
  }

  takes(value: unknown): boolean {
    const { types } = this;
    return types === null || jsonTypes(value).some((type) => types.has(type));
  }

  /** The properties that any branch names; null where further ones may be given, or nothing says what may be. */
  get known(): readonly string[] | null {
    if (this.#known === undefined) this.#known = this.#isOpen() ? null : [...this.#names()];
    return this.#known;
  }

  #names(): ReadonlySet<string> {
    this.#named ??= new Set(this.#expanded().flatMap(({ properties }) => Object.keys(objectIn(properties))));
    return this.#named;
  }

  #isOpen(): boolean {
    const isOpen = this.#expanded().some(
      ({ additionalProperties: more, patternProperties }) =>
        more === true || isJsonObject(more) || isJsonObject(patternProperties),
    );
    return isOpen || (this.#names().size === 0 && !this.isClosed);
  }

  /** Whether the schema itself says that nothing but its properties may be given. */
  get isClosed(): boolean {
    return this.#expanded().some(({ additionalProperties }) => additionalProperties === false);
  }

  /**
   * Whether a value says what another would not: not where it is the only one, nor where that is so of all its members.
   * @param id of the record, which says nothing within it either
   */
  tells(value: unknown, id: unknown): boolean {
    const values = this.#expanded().flatMap(({ const: only, enum: some }) =>
      only === undefined ? arrayIn(some) : [only],
    );
    if (value === undefined || new Set(values).size === 1) return false;
    if (!isJsonObject(value)) return true;
    const isOwn = (name: string, member: unknown) => name === 'id' && String(member) === String(id);
    return Object.entries(value).some(([name, one]) => !isOwn(name, one) && this.member(name).tells(one, id));
  }

  member(name: string): SchemaPlace {
    return this.#placeBelow(this.#names().has(name) ? name : null, ({ properties, additionalProperties }) => {
      const own = objectIn(properties);
      return Object.hasOwn(own, name) ? own[name] : additionalProperties;
    });
  }

  item(index: number): SchemaPlace {
    this.#longestTuple ??= Math.max(0, ...this.#expanded().map(({ prefixItems }) => arrayIn(prefixItems).length));
    return this.#placeBelow(Math.min(index, this.#longestTuple), ({ prefixItems, items }) => {
      const first = arrayIn(prefixItems);
      return index < first.length ? first[index] : items;
    });
  }

  #placeBelow(key: string | number | null, schemaOf: (schema: JsonSchema) => unknown): SchemaPlace {
    const known = this.#below.get(key);
    if (known !== undefined) return known;
    const place = new SchemaPlace(this.#expanded().map(schemaOf), this.#root);
    this.#below.set(key, place);
    return place;
  }

  /** Whether every value must have this property (a branch of a union does not make it so). */
  requires(name: string): boolean {
    const inAll = (schema: JsonSchema, depth: number): boolean =>
      arrayIn(schema.required).includes(name) ||
      (depth < MAX_EXPANSION && this.#parts(schema).some((part) => inAll(part, depth + 1)));
    return this.#schemas.some((schema) => inAll(schema, 0));
  }

  /** Own and alternative branches, flat. */
  #expanded(): readonly JsonSchema[] {
    if (this.#branches !== null) return this.#branches;
    const found = new Set<JsonSchema>();
    const visit = (schema: JsonSchema, depth: number): void => {
      if (found.has(schema) || depth > MAX_EXPANSION) return;
      found.add(schema);
      const branches = objects([...arrayIn(schema.anyOf), ...arrayIn(schema.oneOf)]);
      for (const branch of [...this.#parts(schema), ...branches]) visit(branch, depth + 1);
    };
    for (const schema of this.#schemas) visit(schema, 0);
    this.#branches = [...found];
    return this.#branches;
  }

  /** What holds beside the schema itself. */
  #parts(schema: JsonSchema): readonly JsonSchema[] {
    return objects([referenced(schema, this.#root), ...arrayIn(schema.allOf)]);
  }

  #restriction(schema: JsonSchema, depth: number): Types | null {
    if (depth > MAX_EXPANSION) return null;
    const below = (branch: JsonSchema) => this.#restriction(branch, depth + 1);
    const alternatives = [schema.anyOf, schema.oneOf]
      .filter(Array.isArray)
      .map((all) => union(objects(all).map(below)));
    const parts = this.#parts(schema).map(below);
    const types = [ownTypes(schema), ...alternatives, ...parts].reduce(intersection, null);
    return types !== null && schema.nullable === true ? new Set([...types, 'null']) : types;
  }
}

function ownTypes({ type, enum: choices, const: only, properties, items }: JsonSchema): Types | null {
  if (typeof type === 'string') return new Set([type]);
  if (Array.isArray(type)) return new Set(type.filter((one) => typeof one === 'string'));
  if (Array.isArray(choices)) return new Set(choices.flatMap(jsonTypes));
  if (only !== undefined) return new Set(jsonTypes(only));
  // Documents often leave `type` out where the members already say it.
  if (isJsonObject(properties)) return new Set(['object']);
  return isJsonObject(items) ? new Set(['array']) : null;
}

function union(all: readonly (Types | null)[]): Types | null {
  const known = all.filter((types) => types !== null);
  return known.length < all.length || all.length === 0 ? null : new Set(known.flatMap((types) => [...types]));
}

function intersection(left: Types | null, right: Types | null): Types | null {
  if (left === null || right === null) return left ?? right;
  const admits = (types: Types, type: string) => types.has(type) || (type === 'integer' && types.has('number'));
  return new Set([
    ...[...left].filter((type) => admits(right, type)),
    ...[...right].filter((type) => admits(left, type)),
  ]);
}

function objects(values: readonly unknown[]): JsonSchema[] {
  return values.filter(isJsonObject);
}

function hasMemberNamed(name: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => hasMemberNamed(name, item));
  if (!isJsonObject(value)) return false;
  return Object.hasOwn(value, name) || Object.values(value).some((member) => hasMemberNamed(name, member));
}
