/** Arguments as a model could give them, from the schema of a tool alone. */
import type { Tool } from '../../src/core/tool.ts';

type Schema = Readonly<Record<string, unknown>>;

const BY_FORMAT: Readonly<Record<string, string>> = {
  date: '2024-02-29',
  'date-time': '2024-02-29T09:30:00Z',
  time: '09:30:00Z',
  email: 'jana@example.com',
  uri: 'https://example.com/a?b=c',
  uuid: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
  hostname: 'example.com',
  byte: 'YWJj',
};

/** Texts of which one fits each pattern of the documents. */
const TEXTS = ['a b&c=d/ž', 'CZ', 'CZ6508000000192000145399', '123456', '15.50'];

/** @param full whether everything optional is given, too */
export function sampleArguments(
  { validation, descriptor }: Pick<Tool, 'validation' | 'descriptor'>,
  full: boolean,
  fileName: string,
): Record<string, unknown> {
  const args = objectOf(validation, full, 0);
  for (const name of Object.keys(args)) {
    const described = Object(Object(descriptor.inputSchema.properties)[name]);
    if (!/(^|_)path$/.test(name) || !/path of a file/.test(String(described.description ?? ''))) continue;
    args[name] = described.type === 'array' ? [fileName] : fileName;
  }
  return args;
}

function objectOf(schema: Schema, full: boolean, depth: number): Record<string, unknown> {
  const properties = Object.entries<Schema>(Object(schema.properties));
  const needed = new Set(Array.isArray(schema.required) ? schema.required : []);
  const given = properties.filter(([name]) => needed.has(name) || (full && depth < 4));
  const entries = given.map(([name, property]): [string, unknown] => [name, sample(property, full, depth + 1)]);
  const extra = Object(schema.additionalProperties);
  const isMap = full && typeof schema.additionalProperties === 'object' && properties.length === 0;
  return Object.fromEntries(isMap ? [['extra', sample(extra, full, depth + 1)]] : entries);
}

function sample(schema: Schema, full: boolean, depth: number): unknown {
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.const !== undefined) return schema.const;
  const branches = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(branches)) return sample(Object(branches[0]), full, depth);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object' || schema.properties !== undefined) return objectOf(schema, full, depth);
  if (type === 'array') {
    const items = sample(Object(schema.items), full, depth + 1);
    return full ? [items, items] : [items];
  }
  if (type === 'integer') return Math.max(3, Number(schema.minimum ?? 3));
  if (type === 'number') return 19.99;
  if (type === 'boolean') return true;
  const format = BY_FORMAT[String(schema.format)];
  if (format !== undefined) return format;
  const fitting = TEXTS.filter(
    (text) =>
      (schema.pattern === undefined || new RegExp(String(schema.pattern), 'u').test(text)) &&
      text.length >= Number(schema.minLength ?? 0) &&
      text.length <= Number(schema.maxLength ?? 1000),
  );
  return fitting[0] ?? 'EUR';
}
