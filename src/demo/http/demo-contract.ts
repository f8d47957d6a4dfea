import { bundledDocument, type Generation, withGeneration } from '../../contract/bundled-contract.ts';
import { type SchemaRules, schemaErrors } from '../../core/schema-check.ts';
import type { SchemaError, ValuePath } from '../../core/schema-keywords.ts';
import { fieldsOf, isFields, type StoredFields, stringOf } from '../data/totals.ts';
import { invalid, Refusal, refuseAny } from './demo-request.ts';

/** The bundled OpenAPI document as the embedded Lucanto needs it: which operation a request is, and which fields exist. */
export const DEMO_API_BASE = '/api/v1';

const METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;

export interface ContractOperation {
  readonly id: string;
  readonly method: string;
  /** Without the API's base: `/accounts/{account_id}/invoices/{id}`. */
  readonly template: string;
  readonly segments: readonly string[];
  readonly query: readonly { readonly name: string; readonly schema: StoredFields }[];
  readonly body: {
    readonly mediaType: string;
    readonly schema: StoredFields;
    /** Where the schema is in the document, for the validator. */
    readonly pointer: string;
    readonly required: boolean;
  } | null;
  /** Status of a success. */
  readonly status: number;
}

function pointerTo(...keys: readonly string[]): string {
  return keys.map((key) => `/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
}

export class Contract {
  readonly document: StoredFields;
  readonly operations: readonly ContractOperation[];
  readonly #properties = new WeakMap<StoredFields, StoredFields>();

  constructor(generation: Generation) {
    this.document = withGeneration(bundledDocument, generation);
    this.operations = Object.entries(fieldsOf(this.document.paths)).flatMap(([template, item]) =>
      METHODS.flatMap((method) => this.#operation(template, fieldsOf(item), method)),
    );
  }

  /** @returns the operation and its path parameters by name, as they are in the path. */
  match(method: string, path: string) {
    if (!path.startsWith(`${DEMO_API_BASE}/`)) return null;
    const segments = path.slice(DEMO_API_BASE.length + 1).split('/');
    for (const operation of this.operations) {
      if (operation.method !== method) continue;
      const params = paramsOf(operation.segments, segments);
      if (params !== null) return { operation, params };
    }
    return null;
  }

  /** Follows a chain of `$ref` within the document. */
  resolve(schema: unknown): StoredFields {
    const fields = fieldsOf(schema);
    const ref = stringOf(fields, '$ref');
    if (ref === null) return fields;
    const keys = ref.replace(/^#\//, '').split('/');
    return this.resolve(keys.reduce<unknown>((part, key) => fieldsOf(part)[key], this.document));
  }

  /** All properties of a schema in the document's order, `allOf` included. */
  properties(schema: unknown): StoredFields {
    const resolved = this.resolve(schema);
    const known = this.#properties.get(resolved);
    if (known !== undefined) return known;
    const parts = Array.isArray(resolved.allOf) ? resolved.allOf : [];
    const found = Object.assign({}, ...parts.map((part) => this.properties(part)), fieldsOf(resolved.properties));
    this.#properties.set(resolved, found);
    return found;
  }

  /** Every property that the contract gives the named schema, in its order; what is not set is null. */
  present(name: string, values: StoredFields): StoredFields {
    return fieldsOf(this.#shaped({ $ref: `#/components/schemas/${name}` }, values));
  }

  #shaped(schema: unknown, value: unknown): unknown {
    const resolved = this.resolve(schema);
    if (resolved.type === 'array') {
      return Array.isArray(value) ? value.map((entry) => this.#shaped(resolved.items, entry)) : [];
    }
    const properties = Object.entries(this.properties(resolved));
    if (properties.length === 0) return value ?? null;
    const fields = fieldsOf(value);
    return Object.fromEntries(properties.map(([name, property]) => [name, this.#shaped(property, fields[name])]));
  }

  #operation(template: string, item: StoredFields, method: (typeof METHODS)[number]): ContractOperation[] {
    const operation = item[method];
    if (!isFields(operation)) return [];
    const parameters = [item.parameters, operation.parameters].flat().map((entry) => this.resolve(entry));
    const status = Object.keys(fieldsOf(operation.responses)).find((code) => code.startsWith('2'));
    return [
      {
        id: stringOf(operation, 'operationId') ?? `${method} ${template}`,
        method: method.toUpperCase(),
        template,
        segments: template.slice(1).split('/'),
        query: parameters
          .filter((parameter) => parameter.in === 'query')
          .map((parameter) => ({
            name: stringOf(parameter, 'name') ?? '',
            schema: this.resolve(parameter.schema),
          })),
        body: this.#body(template, method, this.resolve(operation.requestBody)),
        status: Number(status ?? 200),
      },
    ];
  }

  #body(template: string, method: string, requestBody: StoredFields): ContractOperation['body'] {
    const [entry] = Object.entries(fieldsOf(requestBody.content));
    if (entry === undefined) return null;
    const [mediaType, media] = entry;
    return {
      mediaType,
      schema: fieldsOf(fieldsOf(media).schema),
      pointer: pointerTo('paths', template, method, 'requestBody', 'content', mediaType, 'schema'),
      required: requestBody.required === true,
    };
  }
}

function paramsOf(template: readonly string[], path: readonly string[]): Record<string, string> | null {
  if (template.length !== path.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const given = path[index] ?? '';
    if (part.startsWith('{') && given !== '') params[part.slice(1, -1)] = given;
    else if (part !== given) return null;
  }
  return params;
}

/** Checks of queries and bodies against the contract's own schemas. */

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

/** As a service says it. */
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
  body(body: unknown, expected: ContractOperation['body']): void {
    const isAbsent = body === undefined || (isFields(body) && Object.keys(body).length === 0);
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
