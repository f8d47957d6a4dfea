import { bundledDocument, type Generation, withGeneration } from '../../contract/bundled-contract.ts';
import { isJsonObject, type JsonObject, objectIn } from '../../core/json.ts';
import { referenced } from '../../core/schema-keywords.ts';
import { stringOf } from '../data/totals.ts';

/** The bundled OpenAPI document as the embedded Lucanto needs it: which operation a request is, and which fields exist. */
export const DEMO_API_BASE = '/api/v1';

const METHODS = ['get', 'post', 'patch', 'put', 'delete'] as const;

export interface ContractOperation {
  readonly id: string;
  readonly method: string;
  /** Without the API's base: `/accounts/{account_id}/invoices/{id}`. */
  readonly template: string;
  readonly segments: readonly string[];
  readonly query: readonly { readonly name: string; readonly schema: JsonObject }[];
  readonly body: {
    readonly mediaType: string;
    readonly schema: JsonObject;
    /** Where the schema is in the document, for the validator. */
    readonly pointer: string;
    readonly required: boolean;
  } | null;
  readonly status: number;
}

export class Contract {
  readonly document: JsonObject;
  readonly operations: readonly ContractOperation[];
  readonly #properties = new WeakMap<JsonObject, JsonObject>();

  constructor(generation: Generation) {
    this.document = withGeneration(bundledDocument, generation);
    this.operations = Object.entries(objectIn(this.document.paths)).flatMap(([template, item]) =>
      METHODS.flatMap((method) => this.#operation(template, objectIn(item), method)),
    );
  }

  /** @returns the operation and its path parameters by name, as they are in the path. */
  match(method: string, path: string) {
    if (!path.startsWith(`${DEMO_API_BASE}/`)) return null;
    const segments = path.slice(DEMO_API_BASE.length + 1).split('/');
    for (const operation of this.operations) {
      const params = operation.method === method ? paramsOf(operation.segments, segments) : null;
      if (params !== null) return { operation, params };
    }
    return null;
  }

  /** Follows a chain of `$ref` within the document. */
  resolve(schema: unknown): JsonObject {
    const fields = objectIn(schema);
    const target = referenced(fields, this.document);
    return target === undefined ? fields : this.resolve(target);
  }

  /** All properties of a schema in the document's order, `allOf` included. */
  properties(schema: unknown): JsonObject {
    const resolved = this.resolve(schema);
    const known = this.#properties.get(resolved);
    if (known !== undefined) return known;
    const parts = Array.isArray(resolved.allOf) ? resolved.allOf : [];
    const found = Object.assign({}, ...parts.map((part) => this.properties(part)), objectIn(resolved.properties));
    this.#properties.set(resolved, found);
    return found;
  }

  /** Every property that the contract gives the named schema, in its order; what is not set is null. */
  present(name: string, values: JsonObject): JsonObject {
    return objectIn(this.#shaped({ $ref: `#/components/schemas/${name}` }, values));
  }

  #shaped(schema: unknown, value: unknown): unknown {
    const resolved = this.resolve(schema);
    if (resolved.type === 'array') {
      return Array.isArray(value) ? value.map((entry) => this.#shaped(resolved.items, entry)) : [];
    }
    const properties = Object.entries(this.properties(resolved));
    if (properties.length === 0) return value ?? null;
    const fields = objectIn(value);
    return Object.fromEntries(properties.map(([name, property]) => [name, this.#shaped(property, fields[name])]));
  }

  #operation(template: string, item: JsonObject, method: (typeof METHODS)[number]): ContractOperation[] {
    const operation = item[method];
    if (!isJsonObject(operation)) return [];
    const parameters = [item.parameters, operation.parameters].flat().map((entry) => this.resolve(entry));
    const status = Object.keys(objectIn(operation.responses)).find((code) => code.startsWith('2'));
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

  #body(template: string, method: string, requestBody: JsonObject): ContractOperation['body'] {
    const [[mediaType, media] = []] = Object.entries(objectIn(requestBody.content));
    if (mediaType === undefined) return null;
    const steps = ['paths', template, method, 'requestBody', 'content', mediaType, 'schema'];
    return {
      mediaType,
      schema: objectIn(objectIn(media).schema),
      pointer: steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join(''),
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
