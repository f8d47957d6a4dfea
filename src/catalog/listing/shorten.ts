/** Steps that make descriptors shorter. None of them takes a tool, an argument or a type away. */
import type { JsonSchema } from '../../contract/schema-types.ts';
import { trimText } from '../../contract/text.ts';
import { isJsonObject } from '../../json.ts';
import { fieldsInWords } from './field-words.ts';
import { type ListedTool, propertiesOf, withSchema } from './listed-tool.ts';

/**
 * Every description in the schema at most `max` characters; what closes it in brackets (a format) is kept, and where
 * there is no room for words beside it, alone. At 0 none is left.
 */
export function shortenArguments(tool: ListedTool, max: number): ListedTool {
  return withSchema(tool, shortenSchema(tool.descriptor.inputSchema, max));
}

/** Only the remote endpoint's own tools can have longer ones. */
const MAX_TITLE = 60;

export function shortenTool(tool: ListedTool, max: number): ListedTool {
  const { descriptor } = tool;
  const { description, annotations } = descriptor;
  const title = trimText(annotations.title, MAX_TITLE);
  return {
    ...tool,
    descriptor: { ...descriptor, description: trimText(description, max), annotations: { ...annotations, title } },
  };
}

/** Objects inside arguments become an object whose description names the fields. */
export function nestedInWords(tool: ListedTool): ListedTool {
  const { inputSchema } = tool.descriptor;
  const entries = Object.entries(propertiesOf(inputSchema)).map(([name, schema]) => [name, toWords(schema)]);
  return withSchema(tool, { ...inputSchema, properties: Object.fromEntries(entries) });
}

function toWords(schema: JsonSchema): JsonSchema {
  const words = fieldsInWords(schema);
  if (!/\{[^}]/.test(words)) return schema;
  const { type, description } = schema;
  const said = typeof description === 'string' ? `${description} ${words}` : words;
  if (type !== 'array') return { type: 'object', description: said };
  const isOfLists = isJsonObject(schema.items) && schema.items.type === 'array';
  return { type, items: isOfLists ? { type: 'array', items: {} } : { type: 'object' }, description: said };
}

function shortenSchema(schema: JsonSchema, max: number): JsonSchema {
  const { description, properties, items, additionalProperties, ...rest } = schema;
  const text = typeof description === 'string' ? shortenText(description, max) : '';
  return {
    ...rest,
    ...(isJsonObject(properties) && {
      properties: Object.fromEntries(
        Object.entries(propertiesOf(schema)).map(([name, property]) => [name, shortenSchema(property, max)]),
      ),
    }),
    ...(isJsonObject(items) && { items: shortenSchema(items, max) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: isJsonObject(additionalProperties)
        ? shortenSchema(additionalProperties, max)
        : additionalProperties,
    }),
    ...(text !== '' && { description: text }),
  };
}

function shortenText(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max === 0) return '';
  const closing = / (\([^()]{1,40}\))$/.exec(text)?.[1] ?? '';
  if (closing !== '' && closing.length + 10 > max && closing.length <= max) return closing;
  if (closing === '' || closing.length > max) return trimText(text, max);
  return `${trimText(text.slice(0, -closing.length - 1), max - closing.length - 1)} ${closing}`;
}
