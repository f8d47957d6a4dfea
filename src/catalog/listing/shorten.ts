import { isJsonObject, type JsonSchema } from '../../core/json.ts';
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

function shortenTool(tool: ListedTool, max: number): ListedTool {
  const { descriptor } = tool;
  const { description, annotations } = descriptor;
  const title = trimText(annotations.title, MAX_TITLE);
  return {
    ...tool,
    descriptor: { ...descriptor, description: trimText(description, max), annotations: { ...annotations, title } },
  };
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
  if (closing !== '' && closing.length + 10 > max && closing.length <= max) return closing;
  if (closing === '' || closing.length > max) return trimText(text, max);
  return `${trimText(text.slice(0, -closing.length - 1), max - closing.length - 1)} ${closing}`;
}

const LONG_COUNT = 20;
const LONG_TEXT = 200;
const FEW_TEXT = 60;

/** Long lists of values in prose: `one of a, b … (31 values)`. */
function fewValues(schema: JsonSchema): JsonSchema {
  const whole = withNested(schema, fewValues);
  if (!Array.isArray(whole.enum) || !isLong(whole.enum)) return whole;
  const { enum: _all, description, ...rest } = whole;
  const words = `one of ${fewOf(whole.enum)}`;
  return { ...rest, description: typeof description === 'string' ? `${description}: ${words}` : words };
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
    .map((tool) => (words === 'details' ? tool : { ...tool, details: words === 'many' ? manyOf(tool) : allOf(tool) }));
  const folded = detailsInWords(shorter, words === 'details' ? WORTH_A_REFERENCE : 0);
  return nested === 'words' ? folded.map(nestedInWords) : folded;
}

function manyOf(tool: ListedTool): ReadonlySet<string> {
  const seldom = optionalOf(tool).filter((name) => !COMMON_ARGUMENTS.has(name));
  return seldom.length > MANY ? new Set(seldom) : tool.details;
}

/** Every optional argument, where there is more than one: the words for one alone are no shorter. */
function allOf(tool: ListedTool): ReadonlySet<string> {
  const optional = optionalOf(tool);
  const [one] = optional;
  const nested = one === undefined ? undefined : propertiesOf(tool.descriptor.inputSchema)[one]?.properties;
  return optional.length > 1 || nested !== undefined ? new Set(optional) : tool.details;
}
