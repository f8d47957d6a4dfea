/** The steps that make a list shorter, the least harmful first. None of them takes a tool or an argument away. */
import { detailsInWords } from './details.ts';
import { type ListedTool, OWN_ARGUMENTS, optionalOf, propertiesOf } from './listed-tool.ts';
import { nestedInWords, shortenArguments, shortenTool } from './shorten.ts';
import { type Values, valuesInWords } from './values.ts';

export interface Step {
  /** Characters of an argument's description; null for all. */
  readonly argument: number | null;
  /** Characters of a tool's description; null for all. */
  readonly tool: number | null;
  readonly nested: 'schema' | 'words';
  readonly values: Values;
  /** Which arguments are told in words: those marked as details, all optional ones of a tool that has many, or all. */
  readonly words: 'details' | 'many' | 'all';
}

export const WHOLE: Step = { argument: null, tool: null, nested: 'schema', values: 'schema', words: 'details' };

/** Nothing can be told in less; a description stays, since some hosts warn of a tool without one. */
export const SHORTEST: Step = { argument: 0, tool: 30, nested: 'words', values: 'few', words: 'all' };

export const STEPS: readonly Step[] = [
  WHOLE,
  { ...WHOLE, argument: 120 },
  { ...WHOLE, argument: 120, values: 'words' },
  { ...WHOLE, argument: 60, values: 'few' },
  { argument: 60, tool: 200, nested: 'schema', values: 'few', words: 'details' },
  { argument: 60, tool: 200, nested: 'words', values: 'few', words: 'details' },
  { argument: 60, tool: 100, nested: 'words', values: 'few', words: 'details' },
  { argument: 20, tool: 100, nested: 'words', values: 'few', words: 'details' },
  { argument: 20, tool: 100, nested: 'words', values: 'few', words: 'many' },
  { argument: 20, tool: 60, nested: 'words', values: 'few', words: 'all' },
  { argument: 0, tool: 60, nested: 'words', values: 'few', words: 'all' },
  SHORTEST,
];

const MANY = 6;
/** Characters that a reference must spare: some hosts show a model one tool at a time. */
const WORTH_A_REFERENCE = 100;

export function applyStep(step: Step, tools: readonly ListedTool[]): readonly ListedTool[] {
  const { argument, tool: toolMax, values, words, nested } = step;
  const shorter = tools
    .map((tool) => (argument === null ? tool : shortenArguments(tool, argument)))
    .map((tool) => (values === 'schema' ? tool : valuesInWords(tool, values)))
    .map((tool) => (toolMax === null ? tool : shortenTool(tool, toolMax)))
    .map((tool) => (words === 'details' ? tool : { ...tool, details: words === 'many' ? manyOf(tool) : allOf(tool) }));
  const folded = detailsInWords(shorter, words === 'details' ? WORTH_A_REFERENCE : 0);
  return nested === 'words' ? folded.map(nestedInWords) : folded;
}

/** The optional arguments of a tool that has many of them. */
function manyOf(tool: ListedTool): ReadonlySet<string> {
  const seldom = optionalOf(tool).filter((name) => !OWN_ARGUMENTS.has(name));
  return seldom.length > MANY ? new Set(seldom) : tool.details;
}

/** Every optional argument, where there is more than one: the words for one alone are no shorter. */
function allOf(tool: ListedTool): ReadonlySet<string> {
  const optional = optionalOf(tool);
  const [one] = optional;
  const nested = one === undefined ? undefined : propertiesOf(tool.descriptor.inputSchema)[one]?.properties;
  return optional.length > 1 || nested !== undefined ? new Set(optional) : tool.details;
}
