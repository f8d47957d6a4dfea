import { Ajv2020 } from 'ajv/dist/2020.js';
import { LosslessNumber } from '../../core/json.ts';
import { fieldsOf, isFields, type StoredFields } from '../data/fields.ts';
import type { Contract, ContractOperation } from './demo-contract.ts';
import { invalid, Refusal, refuseAny } from './demo-request.ts';

/** Checks of queries and bodies against the contract's own schemas. */

type CompiledSchema = (
  value: unknown,
) => readonly { readonly instancePath: string; readonly message?: string | undefined }[];

/** @returns what compiles the schema at a pointer; its result names the problems of a value, none where it fits. */
function compiler(
  document: StoredFields,
  formats: Readonly<Record<string, (text: string) => boolean>>,
): (pointer: string) => CompiledSchema {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, logger: false, formats });
  ajv.addSchema(document, 'lucanto');
  return (pointer) => {
    const validate = ajv.compile({ $ref: `lucanto#${pointer}` });
    return (value) => (validate(value) ? [] : (validate.errors ?? []));
  };
}

const DATE = /^\d{4}-\d\d-\d\d$/;

function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  'date-time': (text) => DATE.test(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)),
  email: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text),
};

/** Ajv knows JavaScript's numbers only; the real values keep their digits. */
function asPlainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof LosslessNumber) return Number(value.toString());
  if (Array.isArray(value)) return value.map(asPlainNumbers);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asPlainNumbers(entry)]));
}

/** `/invoice/items/0/quantity` reads `items[0].quantity`: the wrapper is not a field. */
function readable(instancePath: string): string {
  const [, ...keys] = instancePath.split('/').slice(1);
  return keys.map((key, index) => (/^\d+$/.test(key) ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`)).join('');
}

export class ContractValidator {
  readonly #contract: Contract;
  readonly #checks = new Map<string, CompiledSchema>();
  #compile: ((pointer: string) => CompiledSchema) | null = null;

  constructor(contract: Contract) {
    this.#contract = contract;
  }

  /**
   * @returns the query, whose values are texts that fit.
   * @throws Refusal 501 for a parameter that the contract does not have, 400 for a value that does not fit.
   */
  query(operation: ContractOperation, given: URLSearchParams): StoredFields {
    const known = new Map(operation.query.map((parameter) => [parameter.name, parameter.schema]));
    const values: StoredFields = {};
    for (const [name, text] of given) {
      const schema = known.get(name);
      if (schema === undefined) {
        throw new Refusal(501, 'not_implemented', `The contract has no query parameter ${name} here.`);
      }
      values[name] = queryValue(name, text, schema);
    }
    return values;
  }

  /**
   * @param body the whole body, wrapper included; an empty object counts as none, since some clients cannot send nothing.
   * @throws Refusal 422 with one message per problem.
   */
  async body(body: unknown, expected: ContractOperation['body']): Promise<void> {
    const isAbsent = body === undefined || (isFields(body) && Object.keys(body).length === 0);
    if (isAbsent && expected?.required !== true) return;
    if (expected === null) throw invalid(['this operation takes no body']);
    const unknown = this.#unknownFields(body ?? {}, expected.schema, '');
    const check = await this.#check(expected.pointer);
    const problems = check(asPlainNumbers(body ?? {})).map(
      ({ instancePath, message }) => `${readable(instancePath) || 'The body'} ${message ?? 'is invalid'}`,
    );
    refuseAny([...new Set([...unknown, ...problems])]);
  }

  async #check(pointer: string): Promise<CompiledSchema> {
    const known = this.#checks.get(pointer);
    if (known !== undefined) return known;
    this.#compile ??= compiler(this.#contract.document, FORMATS);
    const check = this.#compile(pointer);
    this.#checks.set(pointer, check);
    return check;
  }

  /** Fields that the contract does not know or that cannot be written: a real service may ignore them, we say so. */
  #unknownFields(value: unknown, schema: unknown, path: string): string[] {
    const resolved = this.#contract.resolve(schema);
    if (Array.isArray(value)) {
      return value.flatMap((entry, index) => this.#unknownFields(entry, resolved.items, `${path}[${index}]`));
    }
    const properties = this.#contract.properties(resolved);
    if (!isFields(value) || Object.keys(properties).length === 0) return [];
    return Object.entries(value).flatMap(([key, entry]) => {
      const property = properties[key];
      if (property === undefined) return [`${path}${path === '' ? '' : '.'}${key} is not a known field`];
      const name = path === '' && isWrapper(resolved, key) ? '' : `${path}${path === '' ? '' : '.'}${key}`;
      if (fieldsOf(property).readOnly === true) return [`${name} is read-only`];
      return this.#unknownFields(entry, property, name);
    });
  }
}

function isWrapper(schema: StoredFields, key: string): boolean {
  return (
    Object.keys(fieldsOf(schema.properties)).length === 1 &&
    Array.isArray(schema.required) &&
    schema.required.includes(key)
  );
}

function queryValue(name: string, text: string, schema: StoredFields): unknown {
  const refuse = (what: string): Refusal => new Refusal(400, 'bad_request', `${name} must be ${what}.`);
  if (schema.type === 'integer') {
    const { minimum, maximum } = schema;
    const range =
      typeof maximum === 'number' ? `an integer from ${String(minimum)} to ${maximum}` : 'a positive integer';
    if (!/^\d{1,19}$/.test(text)) throw refuse(range);
    if (typeof minimum === 'number' && BigInt(text) < BigInt(minimum)) throw refuse(range);
    if (typeof maximum === 'number' && BigInt(text) > BigInt(maximum)) throw refuse(range);
    return text;
  }
  if (schema.format === 'date' && !isDate(text)) throw refuse('a date, YYYY-MM-DD');
  return text;
}
