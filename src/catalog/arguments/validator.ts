import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { boundedRegExp } from '../../contract/bounded-pattern.ts';
import { isJsonObject, type JsonSchema, stringifyJson } from '../../core/json.ts';
import type { Log } from '../../core/log.ts';
import { plainNumbers } from './coerce.ts';
import { asDecimal } from './pattern-words.ts';
import { jsonTypes, typesOf } from './schema-types.ts';
import { argumentPath } from './unknown-arguments.ts';
import { describeExpected, describeLimit, describeValue } from './wording.ts';

/** What is left of validation where Ajv cannot compile a schema: required, unknown names and types at the top level. */
function basicProblems(args: Readonly<Record<string, unknown>>, schema: JsonSchema): string[] {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === 'string') : [];
  const missing = required.filter((name) => !Object.hasOwn(args, name)).map((name) => `\`${name}\` is missing`);
  const wrong = Object.entries(args).flatMap(([name, value]) => {
    if (!Object.hasOwn(properties, name)) {
      const known = schema.additionalProperties !== false;
      return known ? [] : [`unknown argument \`${name.slice(0, 60)}\``];
    }
    const described = properties[name];
    if (!isJsonObject(described)) return [];
    const types = typesOf([described], schema);
    if (types === null || jsonTypes(value).some((type) => types.has(type))) return [];
    return [`\`${name}\` is ${describeValue(value)}, expected ${describeExpected(described, schema)}`];
  });
  return [...missing, ...wrong];
}

/** Ajv's errors as sentences: which field, what it was, what is expected. */
// A long array of wrong items has as many errors; nobody reads that far.
const MAX_ERRORS = 300;

/** One sentence per problem, without a full stop; empty where every error is an artefact of the validation. */
function problemsOf(errors: readonly ErrorObject[], args: unknown, root: JsonSchema): string[] {
  const real = errors.filter((error) => !isArtefact(error, args)).slice(0, MAX_ERRORS);
  return [...new Set(condense(real).map((error) => sentence(error, args, root)))];
}

/** Two ids beyond 2^53 may only look equal as plain numbers. */
function isArtefact(error: ErrorObject, args: unknown): boolean {
  if (error.keyword !== 'uniqueItems') return false;
  const items = valueAt(args, error.instancePath);
  const { i, j } = error.params;
  return Array.isArray(items) && stringifyJson(items[i] ?? null) !== stringifyJson(items[j] ?? null);
}

/**
 * A union reports the errors of all its branches. Where the value is clearly meant for one of them (an object for the
 * one object branch), that branch's errors are the useful ones; else only the union itself is reported.
 */
function condense(errors: readonly ErrorObject[]): ErrorObject[] {
  const union = errors
    .filter(({ keyword }) => keyword === 'anyOf')
    .sort((left, right) => left.schemaPath.length - right.schemaPath.length)[0];
  if (union === undefined) return [...errors];
  const inside = (error: ErrorObject) => error.schemaPath.startsWith(`${union.schemaPath}/`);
  // The same union may have failed at several items of an array.
  const isBelow = (error: ErrorObject) => inside(error) && isAtOrUnder(error.instancePath, union.instancePath);
  const below = errors.filter(isBelow);
  const branches = new Map<string, ErrorObject[]>();
  for (const error of below) {
    const branch = error.schemaPath.slice(union.schemaPath.length + 1).split('/')[0] ?? '';
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  const meant = [...branches.values()].filter(
    (branch) => !branch.some(({ instancePath, keyword }) => instancePath === union.instancePath && keyword === 'type'),
  );
  const chosen = meant.length === 1 && meant[0] !== undefined ? condense(meant[0]) : [{ ...union, keyword: 'type' }];
  return condense(errors.flatMap((error) => (error === union ? chosen : isBelow(error) ? [] : [error])));
}

function isAtOrUnder(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

function sentence(error: ErrorObject, args: unknown, root: JsonSchema): string {
  const { keyword, params, instancePath } = error;
  const schema = isJsonObject(error.parentSchema) ? error.parentSchema : {};
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const field = fieldName(instancePath);
  const value = describeValue(valueAt(args, instancePath));
  switch (keyword) {
    case 'required':
    case 'dependentRequired': {
      const name = String(params.missingProperty);
      const described = properties[name];
      const expected = isJsonObject(described) ? ` (${describeExpected(described, root)})` : '';
      return `${quoted(instancePath, name)} is missing${expected}`;
    }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name = String(params.additionalProperty ?? params.unevaluatedProperty);
      return `unknown argument ${quoted(instancePath, name)}`;
    }
    case 'type':
      return `${field} is ${value}, expected ${describeExpected(schema, root)}${numberMeant(valueAt(args, instancePath), schema)}`;
    case 'enum':
    case 'const':
    case 'format':
      return `${field} is ${value}, expected ${describeExpected(schema, root)}`;
    default:
      return `${field} ${describeLimit(keyword, schema[keyword], valueAt(args, instancePath))}`;
  }
}

/** `: 2.5` for "2,5" where a number is expected. */
function numberMeant(value: unknown, { type }: JsonSchema): string {
  const isNumeric = [type].flat().some((one) => one === 'number');
  const meant = isNumeric && typeof value === 'string' ? asDecimal(value) : null;
  return meant === null ? '' : `: ${meant}`;
}

function quoted(instancePath: string, name: string): string {
  const short = name.length <= 60 ? name : `${name.slice(0, 60)}…`;
  const parent = plainPath(instancePath);
  return `\`${parent === '' ? short : `${parent}.${short}`}\``;
}

function fieldName(instancePath: string): string {
  const path = plainPath(instancePath);
  return path === '' ? 'the arguments' : `\`${path}\``;
}

/** `/items/0/unit_price` as `items[0].unit_price`. */
function plainPath(instancePath: string): string {
  return argumentPath(steps(instancePath).map((step) => (/^\d+$/.test(step) ? Number(step) : step)));
}

function valueAt(args: unknown, instancePath: string): unknown {
  return steps(instancePath).reduce<unknown>((place, step) => {
    if (Array.isArray(place)) return place[Number(step)];
    return isJsonObject(place) && Object.hasOwn(place, step) ? place[step] : undefined;
  }, args);
}

function steps(instancePath: string): string[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Ajv and its formats: 120 kB that only a call needs, hence a chunk of its own (import it lazily). */
// Formats whose meaning is beyond doubt. The service checks the rest: its idea of an e-mail address may be wider.
const FORMATS = ['date', 'date-time', 'time', 'uri', 'hostname', 'byte', 'uuid', 'int32', 'int64'] as const;

export class Validator {
  readonly #log: Log;
  readonly #ajv: Ajv2020;
  /** By schema; null for one that cannot be compiled. */
  readonly #compiled = new WeakMap<JsonSchema, ValidateFunction | null>();

  constructor(log: Log) {
    this.#log = log;
    // verbose: errors bring their schema along.
    this.#ajv = new Ajv2020({
      strict: false,
      // 1e400 reads as infinity, which is written as null.
      strictNumbers: true,
      allErrors: true,
      verbose: true,
      validateSchema: false,
      logger: false,
      // A pattern of a remote schema could freeze the process.
      code: { regExp: Object.assign(boundedRegExp, { code: 'boundedRegExp' }) },
    });
    addFormats(this.#ajv, [...FORMATS]);
  }

  /** One sentence per problem, without a full stop. */
  problems(tool: string, schema: JsonSchema, args: Readonly<Record<string, unknown>>): string[] {
    const validate = this.#validate(tool, schema);
    if (validate === null) return basicProblems(args, schema);
    try {
      return validate(plainNumbers(args)) ? [] : problemsOf(validate.errors ?? [], args, schema);
    } catch (error) {
      this.#giveUp(tool, schema, error);
      return basicProblems(args, schema);
    }
  }

  #validate(tool: string, schema: JsonSchema): ValidateFunction | null {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    try {
      const validate = this.#compile(schema);
      this.#compiled.set(schema, validate);
      return validate;
    } catch (error) {
      this.#giveUp(tool, schema, error);
      return null;
    }
  }

  /** @throws Error where the schema cannot be compiled. */
  #compile(schema: JsonSchema): ValidateFunction {
    // Schemas of different tools may carry the same $id.
    const { $id: _id, ...rest } = schema;
    const compilable = asMeant(plainNumbers(rest));
    if (!isJsonObject(compilable)) throw new TypeError('it is not an object');
    return this.#ajv.compile(compilable);
  }

  #giveUp(tool: string, schema: JsonSchema, error: unknown): void {
    this.#compiled.set(schema, null);
    const why = error instanceof Error ? error.message : String(error);
    this.#log.warn(`the schema of ${tool} cannot be used to validate in full, names and types only: ${why}`);
  }
}

/**
 * The schema in words that Ajv takes as they are meant: OpenAPI 3.0's `nullable` also without `type`, and `oneOf` as
 * `anyOf`, since documents write it where branches overlap, and a value that fits twice is for the service to decide.
 */
function asMeant(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(asMeant);
  if (!isJsonObject(schema)) return schema;
  const { nullable, oneOf, ...rest } = schema;
  // Neither is a keyword where its value has another type: both may be names of properties.
  const named = {
    ...rest,
    ...(nullable === undefined || typeof nullable === 'boolean' ? {} : { nullable }),
    ...(oneOf === undefined || Array.isArray(oneOf) ? {} : { oneOf }),
  };
  const copy = Object.fromEntries(Object.entries(named).map(([keyword, value]) => [keyword, asMeant(value)]));
  const chosen = Array.isArray(oneOf) ? withUnion(copy, oneOf.map(asMeant)) : copy;
  return nullable === true ? { anyOf: [{ type: 'null' }, chosen] } : chosen;
}

function withUnion(schema: Record<string, unknown>, branches: readonly unknown[]): Record<string, unknown> {
  return schema.anyOf === undefined ? { ...schema, anyOf: branches } : { allOf: [schema, { anyOf: branches }] };
}
