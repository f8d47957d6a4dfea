/** The properties of the records that an operation answers with, named as on the wire, two levels deep. */

import { type Node, nodeOf } from './node.ts';
import type { AnswerField, Operation } from './operation.ts';
import { answerSchema } from './response.ts';
import type { Alternatives, SchemaReader } from './shape.ts';

const LEVELS = 2;

/** Empty where the document does not describe the answer. */
export function answerFields(
  reader: SchemaReader,
  operation: unknown,
  rows: Operation['rows'],
): readonly AnswerField[] {
  const schema = answerSchema(reader, operation);
  if (schema === undefined) return [];
  const whole = nodeOf(schema);
  if (rows === 'root') return fieldsOf(reader, whole, LEVELS);
  const { shapes } = reader.alternatives(whole);
  const data = shapes.find(({ properties }) => properties.has('data'))?.properties.get('data');
  if (rows === 'data') return data === undefined ? [] : fieldsOf(reader, data, LEVELS);
  const wrapped = fieldsOf(reader, onlyMember(shapes) ?? data ?? whole, LEVELS);
  return wrapped.length > 0 ? wrapped : fieldsOf(reader, whole, LEVELS);
}

/** What a record is wrapped in: `{"invoice": {…}}`. */
function onlyMember(shapes: Alternatives['shapes']): Node | undefined {
  const [only, ...others] = new Map(shapes.flatMap(({ properties }) => [...properties])).values();
  return others.length === 0 ? only : undefined;
}

/** Of an object, or of what a list holds; of every branch of a union. */
function fieldsOf(reader: SchemaReader, node: Node, levels: number): readonly AnswerField[] {
  const found = new Map<string, AnswerField>();
  for (const { properties, items } of reader.alternatives(node).shapes) {
    for (const [name, property] of properties) {
      if (found.has(name)) continue;
      const fields = levels > 1 ? fieldsOf(reader, property, levels - 1) : [];
      found.set(name, { name, fields, ...valuesOf(reader, property) });
    }
    if (properties.size > 0 || items === null) continue;
    for (const field of fieldsOf(reader, items, levels)) if (!found.has(field.name)) found.set(field.name, field);
  }
  return [...found.values()];
}

function valuesOf(reader: SchemaReader, node: Node): Pick<AnswerField, 'values'> {
  const { shapes } = reader.alternatives(node);
  const isClosed = shapes.length > 0 && shapes.every(({ values, kinds }) => values !== null || kinds?.length === 0);
  if (!isClosed) return {};
  const texts = shapes.flatMap(({ values }) => values ?? []).filter((value) => typeof value === 'string');
  return texts.length === 0 ? {} : { values: [...new Set(texts)] };
}
