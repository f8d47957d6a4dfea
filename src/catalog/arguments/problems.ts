/** Ajv's errors as sentences: which field, what it was, what is expected. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../contract/schema-types.ts';
import { isJsonObject, stringifyJson } from '../../json.ts';
import { describeExpected, describeValue, suggestion } from './wording.ts';

// A long array of wrong items has as many errors; nobody reads that far.
const MAX_ERRORS = 300;

/** One sentence per problem, without a full stop; empty where every error is an artefact of the validation. */
export function problemsOf(errors: readonly ErrorObject[], args: unknown, root: JsonSchema): string[] {
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
      return `${quoted(instancePath, name)} is not known here${suggestion(name, Object.keys(properties))}`;
    }
    case 'enum':
    case 'type':
    case 'const':
    case 'format':
      return `${field} is ${value}, expected ${describeExpected(schema, root)}`;
    case 'pattern':
      return `${field} is ${value}, expected a string that matches ${String(params.pattern).slice(0, 80)}`;
    default:
      return `${field} is ${value}, but it ${error.message ?? 'does not fit'}`;
  }
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
  return steps(instancePath).reduce((path, step) => {
    if (/^\d+$/.test(step)) return `${path}[${step}]`;
    return path === '' ? step : `${path}.${step}`;
  }, '');
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
