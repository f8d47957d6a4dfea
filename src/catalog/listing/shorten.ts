import { arrayIn, isJsonObject, type JsonSchema } from '../../core/json.ts';
import { trimText } from '../../core/text.ts';
import {
  COMMON_ARGUMENTS,
  detailsInWords,
  fieldsInWords,
  type ListedTool,
  optionalOf,
  propertiesOf,
  withNested,
  withSchema,
} from './details.ts';

/** Only the remote endpoint's own tools can have longer ones. */
const MAX_TITLE = 60;

function shortenTool({ descriptor, ...tool }: ListedTool, max: number): ListedTool {
  const description = trimText(descriptor.description, max);
  const annotations = { ...descriptor.annotations, title: trimText(descriptor.annotations.title, MAX_TITLE) };
  return { ...tool, descriptor: { ...descriptor, description, annotations } };
}

/** Objects inside arguments become an object whose description names the fields. */
function nestedInWords(tool: ListedTool): ListedTool {
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
  const { description, ...rest } = withNested(schema, (below) => shortenSchema(below, max));
  const text = typeof description === 'string' ? shortenText(description, max) : '';
  return text === '' ? rest : { ...rest, description: text };
}

function shortenText(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max === 0) return '';
  const closing = / (\([^()]{1,40}\))$/.exec(text)?.[1] ?? '';
  if (closing === '' || closing.length > max) return trimText(text, max);
  if (closing.length + 10 > max) return closing;
  return `${trimText(text.slice(0, -closing.length - 1), max - closing.length - 1)} ${closing}`;
}

const LONG_COUNT = 20;
const LONG_TEXT = 200;
const FEW_TEXT = 58;

/** Long lists of values in prose: `one of a, b … (31 values)`. */
function fewValues(schema: JsonSchema): JsonSchema {
  const whole = withNested(schema, fewValues);
  const { enum: given, description, ...rest } = whole;
  const values = arrayIn(given).map(String);
  if (values.length <= LONG_COUNT && values.join(', ').length <= LONG_TEXT) return whole;
  const words = `one of ${fewOf(values)}`;
  return { ...rest, description: typeof description === 'string' ? `${description}: ${words}` : words };
}

function fewOf(values: readonly string[]): string {
  const shown: string[] = [];
  for (const value of values) {
    if ([...shown, value].join(', ').length > FEW_TEXT) break;
    shown.push(value);
  }
  return `${shown.length === 0 ? '' : `${shown.join(', ')} … `}(${values.length} values)`;
}

/** The steps that make a list shorter, the least harmful first. None of them takes a tool or an argument away. */
export interface Step {
  /** Characters of an argument's description; null for all. */
  readonly argument: number | null;
  /** Characters of a tool's description; null for all. */
  readonly tool: number | null;
  readonly nested: 'schema' | 'words';
  /** Long lists of values: all of them, or the first few and how many there are. */
  readonly values: 'all' | 'few';
  /** Which arguments are told in words: those marked as details, all optional ones of a tool that has many, or all. */
  readonly words: 'details' | 'many' | 'all';
}

export const WHOLE: Step = { argument: null, tool: null, nested: 'schema', values: 'all', words: 'details' };

/** Nothing can be told in less; a description stays, since some hosts warn of a tool without one. */
export const SHORTEST: Step = { argument: 0, tool: 60, nested: 'words', values: 'few', words: 'all' };

/** Steps in between that hardly ever decided, on 457 documents of all kinds and sizes, were taken out. */
export const STEPS: readonly Step[] = [
  WHOLE,
  { argument: 60, tool: null, nested: 'schema', values: 'few', words: 'details' },
  { argument: 60, tool: 200, nested: 'words', values: 'few', words: 'details' },
  { argument: 20, tool: 100, nested: 'words', values: 'few', words: 'details' },
  { argument: 20, tool: 100, nested: 'words', values: 'few', words: 'many' },
  { argument: 20, tool: 60, nested: 'words', values: 'few', words: 'all' },
  SHORTEST,
];

const MANY = 6;
/** Characters that a reference must spare: some hosts show a model one tool at a time. */
const WORTH_A_REFERENCE = 100;

export function applyStep(step: Step, tools: readonly ListedTool[]): readonly ListedTool[] {
  const { argument, tool: toolMax, values, words, nested } = step;
  const shorter = tools
    .map((tool) => (argument === null ? tool : withSchema(tool, shortenSchema(tool.descriptor.inputSchema, argument))))
    .map((tool) => (values === 'all' ? tool : withSchema(tool, fewValues(tool.descriptor.inputSchema))))
    .map((tool) => (toolMax === null ? tool : shortenTool(tool, toolMax)))
    .map((tool) => (words === 'details' ? tool : { ...tool, details: detailsFor(tool, words) }));
  const folded = detailsInWords(shorter, words === 'details' ? WORTH_A_REFERENCE : 0);
  return nested === 'words' ? folded.map(nestedInWords) : folded;
}

/** The seldom needed ones of a tool that has many, or all optional ones: for a single plain one, words are no shorter. */
function detailsFor(tool: ListedTool, words: 'many' | 'all'): ReadonlySet<string> {
  const optional = optionalOf(tool);
  const seldom = optional.filter((name) => !COMMON_ARGUMENTS.has(name));
  if (words === 'many') return seldom.length > MANY ? new Set(seldom) : tool.details;
  const properties = propertiesOf(tool.descriptor.inputSchema);
  const isWorth = optional.length > 1 || optional.some((name) => properties[name]?.properties !== undefined);
  return isWorth ? new Set(optional) : tool.details;
}
