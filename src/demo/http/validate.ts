import { isJsonObject, type JsonObject, objectIn } from '../../core/json.ts';
import { type SchemaRules, schemaErrors } from '../../core/schema-check.ts';
import type { SchemaError, ValuePath } from '../../core/schema-keywords.ts';
import type { Contract, ContractOperation } from './demo-contract.ts';
import { invalid, Refusal, refuseAny } from './demo-request.ts';

/** Checks queries and bodies against the contract's own schemas. */

const DATE = /^\d{4}-\d\d-\d\d$/;

function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const ofText = (fits: (text: string) => boolean) => (value: unknown) => typeof value !== 'string' || fits(value);

const RULES: SchemaRules = {
  formats: {
    date: ofText(isDate),
    'date-time': ofText((text) => DATE.test(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))),
    email: ofText((text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)),
  },
  regExp: (pattern) => new RegExp(pattern, 'u'),
};

/** `invoice.items[0].quantity` reads `items[0].quantity`: the wrapper is not a field. */
function readable([, ...steps]: ValuePath): string {
  return steps.map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${step}`)).join('');
}

const WORDS: Readonly<Record<string, (error: SchemaError) => string>> = {
  required: ({ member }) => `must have required property '${member}'`,
  type: ({ demand }) => `must be ${[demand].flat().join(' or ')}`,
  enum: () => 'must be equal to one of the allowed values',
  format: ({ demand }) => `must match format "${demand}"`,
  pattern: ({ demand }) => `must match pattern "${demand}"`,
  maxLength: ({ demand }) => `must NOT have more than ${demand} characters`,
  minLength: ({ demand }) => `must NOT have fewer than ${demand} characters`,
  maximum: ({ demand }) => `must be <= ${demand}`,
  minimum: ({ demand }) => `must be >= ${demand}`,
  minItems: ({ demand }) => `must NOT have fewer than ${demand} items`,
};

export class ContractValidator {
  readonly #contract: Contract;

  constructor(contract: Contract) {
    this.#contract = contract;
  }

  /**
   * @returns the query, whose values are texts that fit.
   * @throws Refusal 501 for a parameter that the contract does not have, 400 for a value that does not fit.
   */
  query(operation: ContractOperation, given: URLSearchParams): JsonObject {
    const known = new Map(operation.query.map((parameter) => [parameter.name, parameter.schema]));
    const values: JsonObject = {};
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
  body(body: unknown, expected: ContractOperation['body']): void {
    const isAbsent = body === undefined || (isJsonObject(body) && Object.keys(body).length === 0);
    if (isAbsent && expected?.required !== true) return;
    if (expected === null) throw invalid(['this operation takes no body']);
    const unknown = this.#unknownFields(body ?? {}, expected.schema, '');
    const errors = schemaErrors(body ?? {}, { $ref: `#${expected.pointer}` }, this.#contract.document, RULES);
    const problems = errors
      .flatMap((error) => (error.branches ?? [[error]]).flat())
      .map((error) => `${readable(error.place) || 'The body'} ${WORDS[error.keyword]?.(error) ?? 'is invalid'}`);
    refuseAny([...new Set([...unknown, ...problems])]);
  }

  /** Fields that the contract does not know or that cannot be written: a real service may ignore them, we say so. */
  #unknownFields(value: unknown, schema: unknown, path: string): string[] {
    const resolved = this.#contract.resolve(schema);
    if (Array.isArray(value)) {
      return value.flatMap((entry, index) => this.#unknownFields(entry, resolved.items, `${path}[${index}]`));
    }
    const properties = this.#contract.properties(resolved);
    if (!isJsonObject(value) || Object.keys(properties).length === 0) return [];
    return Object.entries(value).flatMap(([key, entry]) => {
      const property = properties[key];
      if (property === undefined) return [`${path}${path === '' ? '' : '.'}${key} is not a known field`];
      const name = path === '' && isWrapper(resolved, key) ? '' : `${path}${path === '' ? '' : '.'}${key}`;
      if (objectIn(property).readOnly === true) return [`${name} is read-only`];
      return this.#unknownFields(entry, property, name);
    });
  }
}

function isWrapper(schema: JsonObject, key: string): boolean {
  return (
    Object.keys(objectIn(schema.properties)).length === 1 &&
    Array.isArray(schema.required) &&
    schema.required.includes(key)
  );
}

function queryValue(name: string, text: string, schema: JsonObject): unknown {
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
