import { fullFormats } from 'ajv-formats/dist/formats.js';
import { boundedRegExp } from '../../contract/bounded-pattern.ts';
import { isJsonObject, type JsonSchema, objectIn } from '../../core/json.ts';
import { type SchemaRules, schemaErrors } from '../../core/schema-check.ts';
import { jsonTypes, type SchemaError } from '../../core/schema-keywords.ts';
import { argumentPath, quotedPath } from './fitted-arguments.ts';
import { asDecimal } from './pattern-words.ts';
import { describeExpected, describeLimit, describeValue } from './wording.ts';

/** What is wrong with arguments, as sentences: which field, what it was, what is expected. */

// A long array of wrong items has as many errors; nobody reads that far.
const MAX_ERRORS = 300;

/** One sentence per problem, without a full stop. */
export function argumentProblems(args: Readonly<Record<string, unknown>>, schema: JsonSchema): readonly string[] {
  const errors = schemaErrors(args, schema, schema, RULES).slice(0, MAX_ERRORS).flatMap(meant);
  return [...new Set(errors.map((error) => sentence(error, schema)))];
}

// Formats whose meaning is beyond doubt. The service checks the rest.
const TEXT_FORMATS = ['date', 'date-time', 'time', 'uri', 'hostname', 'byte', 'uuid'] as const;

const RULES: SchemaRules = {
  formats: {
    ...Object.fromEntries(TEXT_FORMATS.map((name) => [name, textFormat(fullFormats[name])])),
    // The service's idea of an e-mail address may be wider; a text without @ cannot be one.
    email: (value) => typeof value !== 'string' || value === '' || /[^\s@]@[^\s@]/.test(value),
    int32: (value) => isWhole(value, 2 ** 31),
    int64: (value) => isWhole(value, Number.POSITIVE_INFINITY),
  },
  // A pattern of a remote schema could freeze the process.
  regExp: (pattern) => boundedRegExp(pattern, 'u'),
};

function textFormat(format: unknown): (value: unknown) => boolean {
  if (isJsonObject(format) && 'validate' in format) return textFormat(format.validate);
  return (value) => {
    if (typeof value !== 'string') return true;
    return format instanceof RegExp ? format.test(value) : typeof format !== 'function' || format(value) === true;
  };
}

function isWhole(value: unknown, end: number): boolean {
  const types = jsonTypes(value);
  return !types.includes('number') || (types.includes('integer') && Number(value) >= -end && Number(value) < end);
}

/**
 * A union has the errors of all its branches. Where the value is clearly meant for one of them (an object for the one
 * object branch, or for the one of its `type`), that branch's errors are the useful ones; else only the union itself is.
 */
function meant(error: SchemaError): readonly SchemaError[] {
  const { branches, place } = error;
  if (branches === undefined) return [error];
  const fails = (branch: readonly SchemaError[], keywords: readonly string[], depth: number) =>
    branch.some((one) => keywords.includes(one.keyword) && one.place.length === place.length + depth);
  const typed = branches.map((branch) => branch.flatMap(meant)).filter((branch) => !fails(branch, ['type'], 0));
  const named = typed.filter((branch) => !fails(branch, ['const', 'enum'], 1));
  const [only, ...others] = named.length === 1 ? named : typed;
  return only === undefined || others.length > 0 ? [{ ...error, keyword: 'type' }] : only;
}

function sentence({ keyword, place, value, schema, demand, member }: SchemaError, root: JsonSchema): string {
  const field = place.length === 0 ? 'the arguments' : `\`${argumentPath(place)}\``;
  switch (keyword) {
    case 'required':
    case 'dependentRequired': {
      const described = objectIn(schema.properties)[member ?? ''];
      const expected = isJsonObject(described) ? ` (${describeExpected(described, root)})` : '';
      return `${quotedPath(place, member ?? '')} is missing${expected}`;
    }
    case 'additionalProperties':
    case 'unevaluatedProperties':
    case 'propertyNames':
      return `unknown argument ${quotedPath(place, member ?? '')}`;
    case 'type':
      return `${field} is ${describeValue(value)}, expected ${describeExpected(schema, root)}${numberMeant(value, schema)}`;
    case 'enum':
    case 'const':
    case 'format':
      return `${field} is ${describeValue(value, true)}, expected ${describeExpected(schema, root)}`;
    default:
      return `${field} ${describeLimit(keyword, demand, value)}`;
  }
}

/** `: 2.5` for "2,5" where a number is expected. */
function numberMeant(value: unknown, { type }: JsonSchema): string {
  const isNumeric = [type].flat().some((one) => one === 'number');
  const decimal = isNumeric && typeof value === 'string' ? asDecimal(value) : null;
  return decimal === null ? '' : `: ${decimal}`;
}
