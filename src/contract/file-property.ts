/** Properties of a form, and whole bodies, that are files: what the document accepts there. */
import { isJsonObject } from '../json.ts';
import { type Node, nodeOf } from './node.ts';
import type { FileKind } from './operation.ts';
import type { SchemaReader } from './shape.ts';

/**
 * @param stated the media types that stand beside the schema: `application/pdf, image/*`
 * @returns null for what is no file, nor a list of files
 */
export function fileKind(reader: SchemaReader, node: Node, stated: unknown): FileKind | null {
  const { shapes } = reader.alternatives(node);
  const binary = shapes.some(
    ({ format, kinds, items }) =>
      (format === 'binary' && kinds?.includes('string') !== false) ||
      (items !== null && reader.alternatives(items).shapes.some((item) => item.format === 'binary')),
  );
  // A part with a media type of its own that is no text is a file, whatever its schema forgot to say.
  const types = mediaTypes(stated).length > 0 ? mediaTypes(stated) : mediaTypes(mediaOf(node));
  const typed =
    types.length > 0 && types.every((type) => /^(image|audio|video)\/|^application\/(pdf|zip|octet)/.test(type));
  return binary || typed ? { types: types.filter((type) => !/octet-stream|^\*\/\*$/.test(type)) } : null;
}

export function holdsFile(reader: SchemaReader, nodes: Iterable<Node>): boolean {
  return [...nodes].some((node) => fileKind(reader, node, undefined) !== null);
}

function mediaTypes(stated: unknown): readonly string[] {
  if (typeof stated !== 'string') return [];
  return stated
    .split(',')
    .map((type) => (type.split(';')[0] ?? '').trim().toLowerCase())
    .filter((type) => /^[\w.+*-]+\/[\w.+*-]+$/.test(type));
}

function mediaOf({ schemas }: Node): unknown {
  const stated = schemas.map((schema) => (isJsonObject(schema) ? schema.contentMediaType : undefined));
  return stated.find((type) => typeof type === 'string');
}

/** What is asked for in place of the bytes. */
export function pathNode(node: Node, kind: FileKind, several: boolean): Node {
  const types = kind.types.length === 0 ? '' : `; ${kind.types.join(', ')}`;
  const words = wordsOf(node);
  const description = `${words === '' ? '' : `${words.replace(/[.\s]+$/, '')}: `}path of a file in the files folder${types}`;
  const path = { type: 'string', minLength: 1 };
  return nodeOf(several ? { type: 'array', items: path, minItems: 1, description } : { ...path, description });
}

function wordsOf({ schemas }: Node): string {
  const described = schemas.map((schema) => (isJsonObject(schema) ? schema.description : undefined));
  const words = described.find((text) => typeof text === 'string');
  return typeof words === 'string' ? words : '';
}
