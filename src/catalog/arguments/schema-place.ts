import { arrayIn, isJsonObject, type JsonSchema, jsonTypes, objectIn, referenced } from '../../core/json.ts';

/**
 * What a schema says of one place in the arguments, by all its branches together: types, members, items. It is read once,
 * when a first call needs it.
 */

export type Types = ReadonlySet<string>;

// A schema that refers to itself is followed this far; deeper levels are left to validation.
const MAX_EXPANSION = 32;

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
