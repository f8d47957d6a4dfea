/** Long lists of values told in words: `one of a, b, c` or `one of a, b … (31 values)`. */
import type { JsonSchema } from '../../contract/schema-types.ts';
import { isJsonObject } from '../../json.ts';
import { type ListedTool, propertiesOf, withSchema } from './listed-tool.ts';

/** How values are told: as the schema has them, all in words, or the first few and how many there are. */
export type Values = 'schema' | 'words' | 'few';

const LONG_COUNT = 20;
const LONG_TEXT = 200;
const FEW_TEXT = 60;

export function valuesInWords(tool: ListedTool, values: Exclude<Values, 'schema'>): ListedTool {
  return withSchema(tool, { ...inWords(tool.descriptor.inputSchema, values) });
}

function inWords(schema: JsonSchema, values: Exclude<Values, 'schema'>): JsonSchema {
  const { properties, items, additionalProperties, enum: given, ...rest } = schema;
  const nested = {
    ...(isJsonObject(properties) && {
      properties: Object.fromEntries(
        Object.entries(propertiesOf(schema)).map(([name, property]) => [name, inWords(property, values)]),
      ),
    }),
    ...(isJsonObject(items) && { items: inWords(items, values) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: isJsonObject(additionalProperties)
        ? inWords(additionalProperties, values)
        : additionalProperties,
    }),
  };
  if (!Array.isArray(given)) return { ...rest, ...nested };
  if (!isLong(given)) return { ...rest, ...nested, enum: given };
  const { description, ...bare } = rest;
  const words = `one of ${values === 'words' ? given.map(String).join(', ') : fewOf(given)}`;
  return { ...bare, ...nested, description: typeof description === 'string' ? `${description}: ${words}` : words };
}

function isLong(values: readonly unknown[]): boolean {
  return values.length > LONG_COUNT || values.map(String).join(', ').length > LONG_TEXT;
}

function fewOf(values: readonly unknown[]): string {
  const shown: string[] = [];
  let left = FEW_TEXT;
  for (const value of values.map(String)) {
    left -= value.length + 2;
    if (left < 0) break;
    shown.push(value);
  }
  const more = shown.length < values.length;
  return `${shown.join(', ')}${more ? `${shown.length === 0 ? '' : ' … '}(${values.length} values)` : ''}`;
}
