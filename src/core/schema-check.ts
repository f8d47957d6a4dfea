import { arrayIn, isJsonObject, type JsonSchema, objectIn } from './json.ts';
import { broken, referenced, type SchemaError, type ValuePath, valueErrors } from './schema-keywords.ts';

/**
 * Checks a value against a JSON Schema (draft 2020-12, and OpenAPI 3.0's own words) by reading it, so that nothing is
 * compiled before a first call. What it cannot read, it lets pass: the service has the last word.
 */

export interface SchemaRules {
  /** By name, what a value of that format fits; other formats are not checked. */
  readonly formats: Readonly<Record<string, (value: unknown) => boolean>>;
  readonly regExp: (pattern: string) => { readonly test: (text: string) => boolean };
}

/** `oneOf` counts as `anyOf`: documents write it where branches overlap, and what fits twice the service decides. */
export function schemaErrors(value: unknown, schema: unknown, root: JsonSchema, rules: SchemaRules) {
  const spot = { value, place: [], trail: [], outer: new Set<string | number>() };
  return new SchemaCheck(root, rules).errors(spot, schema);
}

// biome-ignore format: a table
const BRANCHING = ['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'dependencies', 'dependentSchemas'];

/** Branches that hold one another in turn can double the work at each level. */
const MOST_STEPS = 200_000;

const NEEDING = ['required', 'dependencies', 'dependentRequired'];

interface Spot {
  readonly value: unknown;
  readonly place: ValuePath;
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
    const found = [
      ...valueErrors(here),
      ...missingMembers(here),
      ...this.#ofText(here),
      ...this.#ofMembers(here),
      ...this.#ofItems(here),
      ...this.#ofBranches(here),
    ];
    // Only now is it known which members the branches describe.
    found.push(...this.#ofUnevaluated(here));
    if (found.length === 0) for (const one of described) spot.outer.add(one);
    return found;
  }

  #ofText(here: Described): SchemaError[] {
    const { value, schema } = here;
    const { pattern, format } = schema;
    const isOther = typeof value === 'string' && typeof pattern === 'string' && !this.#matches(pattern, value, true);
    const { formats } = this.#rules;
    const fits = typeof format !== 'string' || !Object.hasOwn(formats, format) || formats[format]?.(value) !== false;
    return [...(isOther ? [broken(here, 'pattern')] : []), ...(fits ? [] : [broken(here, 'format')])];
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
    if (!BRANCHING.some((keyword) => Object.hasOwn(schema, keyword))) return [];
    const inside = { ...here, trail: [...here.trail, schema] };
    const all = [referenced(schema, this.#root), ...arrayIn(schema.allOf), ...this.#conditional(inside, schema)];
    const dependent = Object.entries({ ...objectIn(schema.dependencies), ...objectIn(schema.dependentSchemas) });
    all.push(...dependent.flatMap(([name, one]) => (has(value, name) && !Array.isArray(one) ? [one] : [])));
    const found = all.flatMap((one) => this.errors(inside, one));
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = arrayIn(schema[keyword]).map((one) => this.errors(inside, one));
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

function child({ place }: Spot, step: string | number, value: unknown): Spot {
  return { value, place: [...place, step], trail: [], outer: new Set() };
}

function missingMembers(here: Described): SchemaError[] {
  const { value, schema } = here;
  if (!NEEDING.some((keyword) => Object.hasOwn(schema, keyword)) || !isJsonObject(value)) return [];
  const dependent = Object.entries({ ...objectIn(schema.dependencies), ...objectIn(schema.dependentRequired) });
  const needed = [
    ...arrayIn(schema.required).map((name) => ['required', name] as const),
    ...dependent.flatMap(([name, names]) =>
      Object.hasOwn(value, name) ? arrayIn(names).map((one) => ['dependentRequired', one] as const) : [],
    ),
  ];
  return needed.flatMap(([keyword, member]) =>
    typeof member === 'string' && !Object.hasOwn(value, member) ? [broken(here, keyword, { member })] : [],
  );
}

export function has(value: unknown, name: string): boolean {
  return isJsonObject(value) && Object.hasOwn(value, name);
}
