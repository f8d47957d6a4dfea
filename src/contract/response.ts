/**
 * What a successful answer looks like, as far as a list can be told from a record.
 */
import { isJsonObject } from '../json.ts';
import { member, resolveReference } from './document.ts';
import { nodeOf } from './node.ts';
import type { SchemaReader } from './shape.ts';

export type Answer = 'root' | 'data' | 'other' | 'unknown';

/** The schema of the answer to a request that succeeds; undefined where the document states none. */
export function answerSchema(reader: SchemaReader, operation: unknown): unknown {
  const content = answerContent(reader, operation);
  const media = content === null ? undefined : jsonMedia(content);
  return media === undefined ? undefined : member(media[1], 'schema');
}

function answerContent(reader: SchemaReader, operation: unknown): Record<string, unknown> | null {
  const responses = member(operation, 'responses');
  if (!isJsonObject(responses)) return null;
  const status = ['200', '2XX', '2xx', '201', '206', 'default'].find((code) => Object.hasOwn(responses, code));
  if (status === undefined) return null;
  const content = member(resolveReference(reader.root, responses[status]), 'content');
  return isJsonObject(content) ? content : null;
}

function jsonMedia(content: Record<string, unknown>): [string, unknown] | undefined {
  return Object.entries(content).find(([type]) => isJson(type) || type.startsWith('*/'));
}

/** `root` for an array, `data` for an object whose `data` is one, `unknown` where the document does not say. */
export function answerOf(reader: SchemaReader, operation: unknown): Answer {
  const content = answerContent(reader, operation);
  if (content === null) return 'unknown';
  const media = jsonMedia(content);
  if (media === undefined) return Object.keys(content).length > 0 ? 'other' : 'unknown';
  const schema = member(media[1], 'schema');
  if (!isJsonObject(schema)) return 'unknown';
  const { shapes } = reader.alternatives(nodeOf(schema));
  if (shapes.some(({ kinds }) => kinds?.includes('array'))) return 'root';
  for (const shape of shapes) {
    const data = shape.properties.get('data');
    if (data !== undefined && reader.alternatives(data).shapes.some(({ kinds }) => kinds?.includes('array')))
      return 'data';
  }
  return shapes.some(({ kinds, properties }) => kinds !== null && (kinds[0] !== 'object' || properties.size > 0))
    ? 'other'
    : 'unknown';
}

/**
 * Media types of an answer that is a file: none of them JSON. Empty where the document says nothing of an answer, null
 * where it is JSON.
 */
export function fileTypes(reader: SchemaReader, operation: unknown): readonly string[] | null {
  if (onlyRedirects(operation)) return ['*/*'];
  const content = answerContent(reader, operation);
  if (content === null) return [];
  if (jsonMedia(content) !== undefined) return null;
  return Object.keys(content).map((type) => (type.split(';')[0] ?? type).trim().toLowerCase());
}

/** An answer that is somewhere else is a file there, whatever its type: records are answered with at once. */
function onlyRedirects(operation: unknown): boolean {
  const responses = member(operation, 'responses');
  const codes = isJsonObject(responses) ? Object.keys(responses) : [];
  return codes.some((code) => /^30[12378]$/.test(code)) && !codes.some((code) => /^2/.test(code));
}

export function isJson(mediaType: string): boolean {
  return /^application\/json\b|\+json\b/i.test(mediaType.trim());
}
