import { canonicalJson, isJsonObject, type JsonSchema, jsonTypes, LosslessNumber } from './json.ts';

/**
 * Checks a value against a JSON Schema (draft 2020-12, and OpenAPI 3.0's own words) by reading it, so that nothing is
 * compiled before a first call. What it cannot read, it lets pass: the service has the last word.
 */

/** The names and positions that lead to a value: `['items', 0]`. */
export type Place = readonly (string | number)[];

export interface SchemaError {
  readonly keyword: string;
  readonly place: Place;
  readonly value: unknown;
  /** What the keyword stands in, and what it demands there. */
  readonly schema: JsonSchema;
  readonly demand: unknown;
  /** The member that is missing, or that may not be given. */
  readonly member?: string;
  /** What is wrong by each branch of a union. */
  readonly branches?: readonly (readonly SchemaError[])[];
}

export interface SchemaRules {
  /** By name, what a value of that format fits; other formats are not checked. */
  readonly formats: Readonly<Record<string, (value: unknown) => boolean>>;
  /** @throws SyntaxError */
  readonly regExp: (pattern: string) => { readonly test: (text: string) => boolean };
}

/** `oneOf` counts as `anyOf`: documents write it where branches overlap, and what fits twice the service decides. */
export function schemaErrors(value: unknown, schema: unknown, root: JsonSchema, rules: SchemaRules) {
  const spot = { value, place: [], trail: [], outer: new Set<string | number>() };
  return new SchemaCheck(root, rules).errors(spot, schema);
}

/** What a reference within the document points at; undefined where there is no such thing. */
export function referenced({ $ref }: JsonSchema, root: JsonSchema): unknown {
  if (typeof $ref !== 'string' || !/^#(?:\/|$)/.test($ref)) return undefined;
  const steps = decoded($ref).split('/').slice(1);
  return steps.reduce<unknown>((place, step) => {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(place)) return place[Number(name)];
    return isJsonObject(place) && Object.hasOwn(place, name) ? place[name] : undefined;
  }, root);
}

function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

/** Branches that hold one another in turn can double the work at each level. */
const MOST_STEPS = 200_000;

interface Spot {
  readonly value: unknown;
  readonly place: Place;
  /** The schemas that were applied to the value already: a reference to one of them has no end. */
  readonly trail: readonly JsonSchema[];
  /** Takes the members and items that a schema which fits has described. */
  readonly outer: Set<string | number>;
}

interface Described extends Spot {
  readonly schema: JsonSchema;
}

class SchemaCheck {
  readonly #root: JsonSchema;
  readonly #rules: SchemaRules;
  readonly #patterns = new Map<string, ReturnType<SchemaRules['regExp']> | null>();
  #left = MOST_STEPS;

  constructor(root: JsonSchema, rules: SchemaRules) {
    this.#root = root;
    this.#rules = rules;
  }

  errors(spot: Spot, schema: unknown): SchemaError[] {
    this.#left -= 1;
    if (schema === false) return [broken({ ...spot, schema: {} }, 'false')];
    if (!isJsonObject(schema) || spot.trail.includes(schema) || this.#left < 0) return [];
    if (spot.value === null && schema.nullable === true) return [];
    const described = new Set<string | number>();
    const here = { ...spot, outer: described, schema };
    const found = [...this.#ofValue(here), ...this.#ofMembers(here), ...this.#ofItems(here), ...this.#ofBranches(here)];
    // Only now is it known which members the branches describe.
    found.push(...this.#ofUnevaluated(here));
    if (found.length === 0) for (const one of described) spot.outer.add(one);
    return found;
  }

  #ofValue(here: Described): SchemaError[] {
    const { value, schema } = here;
    const { type, enum: choices, pattern, format } = schema;
    const keywords: string[] = [];
    const named = [type].flat().filter((one) => TYPES.has(one));
    if (named.length > 0 && !jsonTypes(value).some((one) => named.includes(one))) keywords.push('type');
    if (Array.isArray(choices) && !choices.some((choice) => isSame(choice, value))) keywords.push('enum');
    if (schema.const !== undefined && !isSame(schema.const, value)) keywords.push('const');
    if (typeof value === 'string' && typeof pattern === 'string' && !this.#matches(pattern, value, true))
      keywords.push('pattern');
    const formats = typeof format === 'string' && Object.hasOwn(this.#rules.formats, format);
    if (formats && this.#rules.formats[format]?.(value) === false) keywords.push('format');
    if (schema.uniqueItems === true && Array.isArray(value) && hasTwice(value)) keywords.push('uniqueItems');
    return [...keywords.map((keyword) => broken(here, keyword)), ...brokenLimits(here), ...missingMembers(here)];
  }

  #ofMembers(here: Described): SchemaError[] {
    const { value, schema, outer } = here;
    if (!isJsonObject(value)) return [];
    const properties = objectIn(schema.properties);
    const patterns = Object.entries(objectIn(schema.patternProperties));
    const { additionalProperties: more, propertyNames } = schema;
    return Object.entries(value).flatMap(([name, member]) => {
      const badName = propertyNames !== undefined && this.#isRefused(name, propertyNames);
      const wrong = badName ? [broken(here, 'propertyNames', { member: name })] : [];
      const own = [
        ...(Object.hasOwn(properties, name) ? [properties[name]] : []),
        ...patterns.flatMap(([pattern, below]) => (this.#matches(pattern, name, false) ? [below] : [])),
      ];
      if (own.length === 0 && more === undefined) return wrong;
      outer.add(name);
      if (own.length === 0 && more === false) return [...wrong, broken(here, 'additionalProperties', { member: name })];
      const below = own.length === 0 ? [more] : own;
      return [...wrong, ...below.flatMap((one) => this.errors(child(here, name, member), one))];
    });
  }

  #ofItems(here: Described): SchemaError[] {
    const { value, schema, outer } = here;
    if (!Array.isArray(value)) return [];
    // Before 2020, `items` could be what is now `prefixItems`.
    const isTuple = Array.isArray(schema.items);
    const first = [isTuple ? schema.items : schema.prefixItems].flat();
    const rest = isTuple ? schema.additionalItems : schema.items;
    const found = value.flatMap((item, index) => {
      const below = index < first.length && first[0] !== undefined ? first[index] : rest;
      if (below === undefined) return [];
      outer.add(index);
      return this.errors(child(here, index, item), below);
    });
    return [...found, ...this.#ofContained(here, value)];
  }

  #ofContained(here: Described, items: readonly unknown[]): SchemaError[] {
    const { contains, minContains = 1, maxContains = Number.POSITIVE_INFINITY } = here.schema;
    if (contains === undefined) return [];
    const fitting = [...items.keys()].filter((index) => !this.#isRefused(items[index], contains));
    for (const index of fitting) here.outer.add(index);
    if (fitting.length < Number(minContains)) return [broken(here, 'contains')];
    return fitting.length > Number(maxContains) ? [broken(here, 'maxContains')] : [];
  }

  #ofBranches(here: Described): SchemaError[] {
    const { schema, value } = here;
    const inside = { ...here, trail: [...here.trail, schema] };
    const all = [referenced(schema, this.#root), ...listIn(schema.allOf), ...this.#conditional(inside, schema)];
    const dependent = Object.entries({ ...objectIn(schema.dependencies), ...objectIn(schema.dependentSchemas) });
    all.push(...dependent.flatMap(([name, one]) => (has(value, name) && !Array.isArray(one) ? [one] : [])));
    const found = all.flatMap((one) => this.errors(inside, one));
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = listIn(schema[keyword]).map((one) => this.errors(inside, one));
      const fits = branches.length === 0 || branches.some((errors) => errors.length === 0);
      if (!fits) found.push(broken(here, keyword, { branches }));
    }
    if (schema.not !== undefined && !this.#isRefused(value, schema.not, inside.trail)) found.push(broken(here, 'not'));
    return found;
  }

  /** What follows from `if`. */
  #conditional(inside: Spot, { if: condition, then: fits, else: otherwise }: JsonSchema): readonly unknown[] {
    if (condition === undefined) return [];
    return [this.errors(inside, condition).length === 0 ? fits : otherwise];
  }

  #ofUnevaluated(here: Described): SchemaError[] {
    const { value, schema, outer } = here;
    const below = Array.isArray(value) ? schema.unevaluatedItems : schema.unevaluatedProperties;
    if (below === undefined) return [];
    const members = Array.isArray(value) ? [...value.entries()] : Object.entries(objectIn(value));
    return members.flatMap(([name, member]) => {
      if (outer.has(name)) return [];
      outer.add(name);
      const isForbidden = below === false && typeof name === 'string';
      if (isForbidden) return [broken(here, 'unevaluatedProperties', { member: name })];
      return this.errors(child(here, name, member), below);
    });
  }

  #isRefused(value: unknown, schema: unknown, trail: Spot['trail'] = []): boolean {
    return this.errors({ value, place: [], trail, outer: new Set() }, schema).length > 0;
  }

  /** @param unreadable what counts for a pattern that is no regular expression here */
  #matches(pattern: string, text: string, unreadable: boolean): boolean {
    const known = this.#patterns.get(pattern);
    const expression = known === undefined ? this.#read(pattern) : known;
    return expression?.test(text) ?? unreadable;
  }

  #read(pattern: string) {
    let expression: ReturnType<SchemaRules['regExp']> | null = null;
    try {
      expression = this.#rules.regExp(pattern);
    } catch {
      // Another language's regular expressions.
    }
    this.#patterns.set(pattern, expression);
    return expression;
  }
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
const OF_TEXTS = { minLength: atLeast, maxLength: atMost };
const OF_LISTS = { minItems: atLeast, maxItems: atMost };
const OF_OBJECTS = { minProperties: atLeast, maxProperties: atMost };

function brokenLimits(here: Described): SchemaError[] {
  const { value, schema } = here;
  if (typeof value === 'string') return beyond(here, OF_TEXTS, () => charactersIn(value), schema);
  if (Array.isArray(value)) return beyond(here, OF_LISTS, () => value.length, schema);
  if (isJsonObject(value)) return beyond(here, OF_OBJECTS, () => Object.keys(value).length, schema);
  const size = exact(value);
  if (size === null) return [];
  // OpenAPI 3.0 only says of `minimum` and `maximum` whether they are still allowed.
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const demands = {
    ...schema,
    ...(exclusiveMinimum === true && { minimum: undefined, exclusiveMinimum: minimum }),
    ...(exclusiveMaximum === true && { maximum: undefined, exclusiveMaximum: maximum }),
  };
  return beyond(here, OF_NUMBERS, () => size, demands);
}

function beyond(
  here: Described,
  limits: Readonly<Record<string, Comparison>>,
  size: () => Size,
  demands: JsonSchema,
): SchemaError[] {
  return Object.entries(limits).flatMap(([keyword, keeps]) => {
    const demand = exact(demands[keyword]);
    return demand === null || keeps(size(), demand) ? [] : [broken(here, keyword, { demand: demands[keyword] })];
  });
}

/** A number that can be compared; null for anything else. */
function exact(value: unknown): Size | null {
  if (typeof value === 'bigint') return value;
  return jsonTypes(value).includes('number') ? Number(value instanceof LosslessNumber ? value.value : value) : null;
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

function missingMembers(here: Described): SchemaError[] {
  const { value, schema } = here;
  if (!isJsonObject(value)) return [];
  const dependent = Object.entries({ ...objectIn(schema.dependencies), ...objectIn(schema.dependentRequired) });
  const needed = [
    ...listIn(schema.required).map((name) => ['required', name] as const),
    ...dependent.flatMap(([name, names]) =>
      has(value, name) ? listIn(names).map((one) => ['dependentRequired', one] as const) : [],
    ),
  ];
  return needed.flatMap(([keyword, member]) =>
    typeof member === 'string' && !Object.hasOwn(value, member) ? [broken(here, keyword, { member })] : [],
  );
}

function broken(
  { value, place, schema }: Pick<Described, 'value' | 'place' | 'schema'>,
  keyword: string,
  more: Partial<SchemaError> = {},
): SchemaError {
  return { keyword, place, value, schema, demand: schema[keyword], ...more };
}

function child({ place }: Spot, step: string | number, value: unknown): Spot {
  return { value, place: [...place, step], trail: [], outer: new Set() };
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one === 'string' || typeof other === 'string' || one === undefined) return false;
  return canonicalJson(one) === canonicalJson(other);
}

function hasTwice(items: readonly unknown[]): boolean {
  return new Set(items.map((item) => canonicalJson(item ?? null))).size < items.length;
}

function has(value: unknown, name: string): boolean {
  return isJsonObject(value) && Object.hasOwn(value, name);
}

function objectIn(value: unknown): Record<string, unknown> {
  return isJsonObject(value) ? value : {};
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
