/** Small OpenAPI documents, made by hand for one rule each. */
import { compileContract } from '../../src/contract/compile.ts';
import type { OpenApiDocument } from '../../src/contract/document.ts';
import type { Operation } from '../../src/contract/operation.ts';

export const ROWS = answer({ type: 'object', properties: { data: { type: 'array', items: {} } } });
export const RECORD = answer({ type: 'object', properties: { id: { type: 'integer' } } });

export function answer(schema: unknown): object {
  return { responses: { 200: { description: 'OK', content: { 'application/json': { schema } } } } };
}

export function json(schema: unknown, required = true): object {
  return { requestBody: { required, content: { 'application/json': { schema } } } };
}

export function documentOf(paths: object, more: object = {}): OpenApiDocument {
  return JSON.parse(JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths, ...more }));
}

export function compiled(paths: object, more: object = {}): readonly Operation[] {
  return compileContract(documentOf(paths, more)).operations;
}

/** The only operation of a document with one path. */
export function only(paths: object, more: object = {}): Operation {
  const [operation, ...others] = compiled(paths, more);
  if (operation === undefined || others.length > 0)
    throw new Error(`${others.length + 1} operations, one was expected`);
  return operation;
}

export function toolsOf(paths: object, more: object = {}): readonly string[] {
  return compiled(paths, more).map(({ tool }) => tool);
}
