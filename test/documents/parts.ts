/** Parts of OpenAPI documents in few words. */
export interface TestDocument {
  readonly name: string;
  readonly document: Readonly<Record<string, unknown>>;
  /** Path of the service on its origin, as the document's `servers` say. */
  readonly base: string;
}

export const id = { type: 'string' };
export const money = { type: 'string', pattern: '^-?\\d+\\.\\d{2}$' };
export const date = { type: 'string', format: 'date' };

export function object(properties: object, required: readonly string[] = []): object {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

export function arrayOf(items: object): object {
  return { type: 'array', items };
}

export function ref(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

export function ok(schema: object, status = 200): object {
  return { responses: { [status]: { description: 'OK', content: { 'application/json': { schema } } } } };
}

export function rows(schema: object): object {
  return ok(object({ data: arrayOf(schema), next_cursor: { type: 'string' } }));
}

export const done = { responses: { 204: { description: 'Done' } } };

export function body(schema: object, type = 'application/json', encoding?: object): object {
  return { requestBody: { required: true, content: { [type]: { schema, ...(encoding && { encoding }) } } } };
}

export const FORM = 'application/x-www-form-urlencoded';

export function query(name: string, schema: object = { type: 'string' }, more: object = {}): object {
  return { name, in: 'query', schema, ...more };
}

export function inPath(name: string, schema: object = id, more: object = {}): object {
  return { name, in: 'path', required: true, schema, ...more };
}

export function inHeader(name: string, schema: object = { type: 'string' }, required = true): object {
  return { name, in: 'header', required, schema };
}

export function parameters(...all: readonly object[]): object {
  return { parameters: all };
}

export function named(operationId: string, ...parts: readonly object[]): object {
  return Object.assign({ operationId }, ...parts);
}

export function documentOf(paths: object, more: object = {}): Record<string, unknown> {
  const { components, ...rest }: { components?: object } = { ...more };
  return {
    openapi: '3.0.3',
    info: { title: 'A service', version: '1' },
    security: [{ key: [] }],
    ...rest,
    paths,
    components: {
      ...components,
      securitySchemes: { key: { type: 'http', scheme: 'bearer' }, ...schemesOf(components) },
    },
  };
}

function schemesOf(components: object | undefined): object {
  return Object(components).securitySchemes ?? {};
}
