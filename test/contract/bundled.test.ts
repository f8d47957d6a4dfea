import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { bundledDocument, GENERATIONS, pathIn, withGeneration } from '../../src/contract/bundled-contract.ts';
import {
  DOCUMENTED_OPERATIONS,
  DOCUMENTED_PROPERTIES,
  ERROR_ROWS,
  INFERRED_OPERATIONS,
  SERVER_SET,
  WRAPPERS,
} from './bundled-facts.ts';
import { child, deref, describedProperties, isNode, operationsOf, propertiesOf } from './bundled-reader.ts';

const document = { ...bundledDocument };
const operations = operationsOf(document);
const schema = (name: string) => child(document, 'components', 'schemas', name);
const EVIDENCE = ['documented', 'inferred'];

function operation(id: string) {
  const found = operations.find((entry) => entry.operation.operationId === id);
  if (found === undefined) throw new Error(`No operation ${id}`);
  return found;
}

describe('the bundled contract', () => {
  it.each(GENERATIONS)('is a valid OpenAPI 3.1 document in the %s generation', async (generation) => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone({ ...withGeneration(document, generation) }));
    expect(result).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('says what it is and where the service is', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Lucanto API', version: '1.0.0' },
      servers: [{ url: 'https://app.lucanto.eu/api/v1' }],
      security: [{ bearer: [] }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    });
  });

  it.each(DOCUMENTED_OPERATIONS)('has the documented operation %s %s as %s', (method, path, id) => {
    const found = operation(id);
    expect([found.method, found.path]).toEqual([method, path.replace('{ws}', '/accounts/{account_id}')]);
    expect(found.operation['x-evidence']).toBe('documented');
  });

  it.each(INFERRED_OPERATIONS)('marks %s %s as inferred', (method, path, id) => {
    const found = operation(id);
    expect([found.method, found.path]).toEqual([method, path.replace('{ws}', '/accounts/{account_id}')]);
    expect(found.operation['x-evidence']).toBe('inferred');
  });

  it.each(DOCUMENTED_PROPERTIES)('has the documented properties of %s %s', (name, place, names) => {
    const places = place === '' ? [] : place.split('.');
    const start = propertiesOf(document, schema(name));
    const properties = places.reduce((at, key) => propertiesOf(document, child(at, key)), start);
    const documented = Object.entries(properties)
      .filter(([, property]) => isNode(property) && property['x-evidence'] === 'documented')
      .map(([key]) => key);
    expect(documented).toEqual(expect.arrayContaining(names.split(' ')));
  });

  it.each(WRAPPERS)('wraps the body of %s in %s', (id, key, evidence) => {
    const body = child(operation(id).operation, 'requestBody', 'content', 'application/json', 'schema');
    expect(Object.keys(child(body, 'properties'))).toEqual([key]);
    expect(body.required).toEqual([key]);
    expect(child(body, 'properties', key)['x-evidence']).toBe(evidence);
  });

  it.each(ERROR_ROWS)('describes status %s with its codes', (status, codes) => {
    const response = deref(document, child(operation('update-invoice').operation, 'responses', status));
    expect(response['x-error-codes']).toEqual(codes);
    expect(Object.keys(child(response, 'headers'))).toContain('X-Request-Id');
    expect(child(response, 'content', 'application/json', 'schema')).toEqual({ $ref: '#/components/schemas/Error' });
  });

  it.each(SERVER_SET)('has no argument for what the server sets of %s', (name, names) => {
    const properties = propertiesOf(document, schema(name));
    const readOnly = Object.keys(properties).filter((key) => child(properties, key).readOnly === true);
    expect(readOnly).toEqual(expect.arrayContaining(names.split(' ')));
  });

  it('gives evidence for every operation, parameter and property', () => {
    const carriers = [
      ...operations.map(({ method, path, operation: node }): [string, unknown] => [
        `${method} ${path}`,
        node['x-evidence'],
      ]),
      ...operations.flatMap(({ path, parameters }) =>
        parameters.map((node): [string, unknown] => [`${path} ${String(node.name)}`, node['x-evidence']]),
      ),
      ...describedProperties(document).map(([place, node]): [string, unknown] => [place, node['x-evidence']]),
    ];
    expect(carriers.length).toBeGreaterThan(300);
    expect(carriers.filter(([, evidence]) => !EVIDENCE.includes(String(evidence)))).toEqual([]);
  });

  it('describes every property and parameter in one short line', () => {
    const texts = [
      ...operations.flatMap(({ parameters }) => parameters.map((node) => node.description)),
      ...describedProperties(child(document, 'components', 'schemas')).map(
        ([, node]) => deref(document, node).description,
      ),
    ];
    expect(texts.length).toBeGreaterThan(250);
    expect(texts.filter((text) => typeof text !== 'string' || text.includes('\n') || text.length > 130)).toEqual([]);
  });

  it('lets every POST, and nothing else, carry an Idempotency-Key of at most 255 characters', () => {
    for (const { method, parameters, operation: node } of operations) {
      const key = parameters.find((parameter) => parameter.name === 'Idempotency-Key');
      expect(key !== undefined, String(node.operationId)).toBe(method === 'post');
      if (key !== undefined) expect(key).toMatchObject({ in: 'header', schema: { maxLength: 255 } });
    }
  });

  it('answers a POST with the headers of a replay', () => {
    for (const { operation: node } of operations.filter(({ method }) => method === 'post')) {
      const [, success] = Object.entries(child(node, 'responses')).find(([status]) => status.startsWith('2')) ?? [];
      expect(Object.keys(child(success, 'headers'))).toEqual([
        'X-Request-Id',
        'Idempotent-Replayed',
        'X-Original-Request-Id',
      ]);
    }
  });

  it('pages every list but that of the workspaces', () => {
    const lists = operations.filter(({ operation: node }) => String(node.operationId).startsWith('list-'));
    expect(lists).toHaveLength(8);
    for (const { operation: node, parameters } of lists) {
      const answer = deref(document, child(node, 'responses', '200', 'content', 'application/json', 'schema'));
      const names = parameters.map((parameter) => parameter.name);
      if (node.operationId === 'list-accounts') {
        expect(answer.type).toBe('array');
        expect(names).toEqual([]);
      } else {
        expect(answer.required).toEqual(['data', 'next_cursor', 'has_more']);
        expect(names).toEqual(expect.arrayContaining(['limit', 'cursor']));
      }
    }
    expect(deref(document, child(document, 'components', 'parameters', 'Limit')).schema).toMatchObject({
      maximum: 100,
      default: 25,
    });
  });

  it('filters contacts by name and expenses by the state of extraction, as documented', () => {
    expect(operation('list-contacts').parameters).toContainEqual(
      expect.objectContaining({ name: 'q', 'x-evidence': 'documented' }),
    );
    expect(operation('list-expenses').parameters).toContainEqual(
      expect.objectContaining({ name: 'extraction_status', 'x-evidence': 'documented' }),
    );
  });

  it('takes money as a number or a numeric string, and nothing else', () => {
    expect(schema('Decimal')).toMatchObject({ type: ['string', 'number'], pattern: '^-?\\d+(\\.\\d+)?$' });
  });

  it('is small enough to be parsed at every start', () => {
    expect(JSON.stringify(document).length).toBeLessThan(120_000);
  });
});

describe('the generation of paths', () => {
  it('renames every workspace path and its parameter, and nothing else', () => {
    const newer = operationsOf({ ...withGeneration(document, 'workspaces') });
    expect(
      newer.map(({ path }) => path).filter((path) => path.includes('/accounts') || path.includes('account_id')),
    ).toEqual([]);
    expect(newer.map(({ operation: node }) => node.operationId)).toEqual(
      operations.map(({ operation: node }) => node.operationId),
    );
    for (const { path, parameters } of newer) {
      const inPath = parameters
        .filter((parameter) => parameter.in === 'path')
        .map((parameter) => `{${parameter.name}}`);
      expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
    }
    expect(child(withGeneration(document, 'workspaces'), 'components', 'schemas')).toEqual(
      child(document, 'components', 'schemas'),
    );
  });

  it('leads back to the same document', () => {
    expect(withGeneration(withGeneration(document, 'workspaces'), 'accounts')).toEqual(document);
    expect(withGeneration(document, 'accounts')).toEqual(document);
  });

  it.each([
    ['/accounts/{account_id}/bank_accounts/{id}', '/workspaces/{workspace_id}/bank_accounts/{id}'],
    ['/user/accounts/{id}/default', '/user/workspaces/{id}/default'],
    ['/user/accounts', '/user/workspaces'],
    ['/bank_accounts/{account_id}', '/bank_accounts/{account_id}'],
  ])('puts %s as %s', (older, newer) => {
    expect(pathIn(older, 'workspaces')).toBe(newer);
    expect(pathIn(newer, 'accounts')).toBe(older);
  });
});
