/** Documents as a service that grew could publish them: many resources, long words, long lists of values, deep nesting. */
import { bundledDocument } from '../../src/contract/bundled-contract.ts';
import type { OpenApiDocument } from '../../src/contract/document.ts';
import { documentOf, json, RECORD, ROWS } from '../helpers/documents.ts';

export interface Kind {
  readonly name: string;
  /** Characters of each description. */
  readonly words: number;
  readonly values: number;
  readonly fields: number;
  readonly depth: number;
}

export const KINDS: readonly Kind[] = [
  { name: 'plain', words: 20, values: 3, fields: 4, depth: 1 },
  { name: 'wordy', words: 2000, values: 3, fields: 12, depth: 1 },
  { name: 'with long lists of values', words: 60, values: 300, fields: 8, depth: 1 },
  { name: 'deep', words: 60, values: 5, fields: 6, depth: 8 },
  { name: 'wide', words: 60, values: 5, fields: 120, depth: 1 },
];

const PER_RESOURCE = 5;

/** @param operations how many, in resources of five */
export function liveDocument(operations: number, kind: Kind): OpenApiDocument {
  return documentOf(pathsOf(operations, kind), { components: { schemas: { Thing: thing(kind) } } });
}

/** The bundled contract, and that many operations more. */
export function grownDocument(operations: number, kind: Kind): OpenApiDocument {
  const { paths, components } = bundledDocument;
  const schemas = { ...Object(Object(components).schemas), Thing: thing(kind) };
  return {
    ...bundledDocument,
    paths: { ...paths, ...Object(pathsOf(operations, kind)) },
    components: { ...Object(components), schemas },
  };
}

function textOf({ words }: Kind): string {
  return 'Words that explain what this is and what it is for. '.repeat(40).slice(0, words);
}

function valuesOf({ values }: Kind): readonly string[] {
  return Array.from({ length: values }, (_, at) => `value_${at}`);
}

function thing(kind: Kind): object {
  const description = textOf(kind);
  const fields = (depth: number): object => ({
    ...Object.fromEntries(
      Array.from({ length: kind.fields }, (_, at) => [
        `field_${at}`,
        { type: 'string', description, ...(at % 2 === 0 && { format: 'date' }) },
      ]),
    ),
    choice: { type: 'string', enum: valuesOf(kind), description },
    ...(depth > 0 && { inner: { type: 'array', items: { type: 'object', properties: fields(depth - 1) } } }),
  });
  return { type: 'object', required: ['field_0'], properties: fields(kind.depth) };
}

function pathsOf(operations: number, kind: Kind): object {
  const text = textOf(kind);
  const body = json({ $ref: '#/components/schemas/Thing' });
  const query = { name: 'choice', in: 'query', schema: { type: 'string', enum: valuesOf(kind) }, description: text };
  const said = { summary: text, description: `${text} ${text}` };
  const resources = Array.from({ length: operations / PER_RESOURCE }, (_, at) => {
    const base = `/accounts/{account_id}/things_of_kind_${letters(at)}`;
    return [
      [base, { get: { ...said, ...ROWS, parameters: [query] }, post: { ...said, ...body } }],
      [`${base}/{id}`, { get: { ...said, ...RECORD }, patch: { ...said, ...body }, delete: said }],
    ];
  });
  return Object.fromEntries(resources.flat());
}

/** Plurals, so that each is a resource. */
function letters(at: number): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz';
  return `${alphabet[Math.floor(at / 26)]}${alphabet[at % 26]}_items`;
}
