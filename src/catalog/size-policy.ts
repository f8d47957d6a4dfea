/**
 * What the list of tools may cost. Every session of every client pays for it, so it is shortened by fixed steps, the
 * least harmful first, until it fits. No tool and no argument is ever taken out.
 */
import { stringifyJson } from '../json.ts';
import { LIST_WORKSPACES } from './list-workspaces.ts';
import { detailsInWords } from './listing/details.ts';
import { type ListedTool, OWN_ARGUMENTS, propertiesOf } from './listing/listed-tool.ts';
import { nestedInWords, shortenArguments, shortenTool } from './listing/shorten.ts';
import type { Tool, ToolDescriptor } from './tool.ts';

/** As sent, in bytes. */
export const LIST_LIMIT = 40_000;

/** A descriptor as `tools/list` sends it; the title is among the annotations. */
export type SentDescriptor = Omit<ToolDescriptor, 'title'>;

export interface Listing {
  readonly descriptors: readonly SentDescriptor[];
  /** As sent. */
  readonly bytes: number;
  /** What is told in fewer words than the service's, one sentence each; empty for a list that is whole. */
  readonly shortened: readonly string[];
}

interface Step {
  /** Characters of an argument's description; null for all. */
  readonly argument: number | null;
  /** Characters of a tool's description; null for all. */
  readonly tool: number | null;
  readonly nested: 'schema' | 'words';
  /** Which arguments are told in words: those marked as details, or all optional ones of a tool that has many. */
  readonly words: 'details' | 'many';
}

const STEPS: readonly Step[] = [
  { argument: null, tool: null, nested: 'schema', words: 'details' },
  { argument: 120, tool: null, nested: 'schema', words: 'details' },
  { argument: 60, tool: null, nested: 'schema', words: 'details' },
  { argument: 60, tool: 200, nested: 'schema', words: 'details' },
  { argument: 60, tool: 200, nested: 'words', words: 'details' },
  { argument: 60, tool: 100, nested: 'words', words: 'details' },
  { argument: 0, tool: 100, nested: 'words', words: 'details' },
  { argument: 0, tool: 100, nested: 'words', words: 'many' },
];

const MANY = 6;

/** @param detailsOf names of a tool's arguments that its contract marks as seldom needed */
export function listTools(tools: readonly Tool[], detailsOf: (name: string) => readonly string[]): Listing {
  const whole = tools.map(({ descriptor }): ListedTool => {
    return { descriptor: withMeta(descriptor), details: new Set(detailsOf(descriptor.name)) };
  });
  let result: { readonly step: Step; readonly tools: readonly ListedTool[]; readonly bytes: number } | undefined;
  for (const step of STEPS) {
    const shortened = apply(step, whole);
    result = { step, tools: shortened, bytes: bytesOf(shortened.map(sent)) };
    if (result.bytes <= LIST_LIMIT) break;
  }
  if (result === undefined) return { descriptors: [], bytes: 0, shortened: [] };
  return { descriptors: result.tools.map(sent), bytes: result.bytes, shortened: sentences(result.step, whole, result) };
}

/** Claude Code shows a model the names of tools first; this one it loads at once, since every conversation needs it. */
function withMeta(descriptor: ToolDescriptor): ToolDescriptor {
  if (descriptor.name !== LIST_WORKSPACES) return descriptor;
  return { ...descriptor, _meta: { ...descriptor._meta, 'anthropic/alwaysLoad': true } };
}

function sent({ descriptor: { title: _inAnnotations, ...rest } }: ListedTool): SentDescriptor {
  return rest;
}

export function bytesOf(descriptors: readonly SentDescriptor[]): number {
  return Buffer.byteLength(stringifyJson({ tools: descriptors }));
}

function apply(step: Step, tools: readonly ListedTool[]): readonly ListedTool[] {
  const { argument, tool: toolMax } = step;
  const shorter = tools
    .map((tool) => (argument === null ? tool : shortenArguments(tool, argument)))
    .map((tool) => (toolMax === null ? tool : shortenTool(tool, toolMax)))
    .map((tool) => (step.words === 'many' ? { ...tool, details: manyOf(tool) } : tool));
  const folded = detailsInWords(shorter);
  return step.nested === 'words' ? folded.map(nestedInWords) : folded;
}

/** The optional arguments of a tool that has many of them. */
function manyOf({ descriptor, details }: ListedTool): ReadonlySet<string> {
  const { required } = descriptor.inputSchema;
  const needed = new Set<unknown>(Array.isArray(required) ? required : []);
  const optional = Object.keys(propertiesOf(descriptor.inputSchema)).filter((name) => !needed.has(name));
  const seldom = optional.filter((name) => !OWN_ARGUMENTS.has(name));
  return seldom.length > MANY ? new Set(seldom) : details;
}

function sentences(step: Step, whole: readonly ListedTool[], { bytes }: { readonly bytes: number }): readonly string[] {
  const all = bytesOf(whole.map(sent));
  const [first] = STEPS;
  if (step === first) {
    const count = whole.filter(({ details }) => details.size > 0).length;
    return count === 0
      ? []
      : [`${count} tools name arguments that are seldom needed in words, in one argument \`more\`.`];
  }
  const cuts = [
    ...(step.argument === null ? [] : [`descriptions of arguments to ${step.argument} characters`]),
    ...(step.tool === null ? [] : [`descriptions of tools to ${step.tool} characters`]),
    ...(step.nested === 'words' ? ['nested fields to their names'] : []),
    ...(step.words === 'many' ? ['optional arguments to their names, in one argument `more`'] : []),
  ];
  const sizes = `from ${kilobytes(all)} to ${kilobytes(bytes)}`;
  const over = bytes > LIST_LIMIT ? ` It is still above ${kilobytes(LIST_LIMIT)}.` : '';
  return [`The list is shortened ${sizes}: ${cuts.join(', ')}.${over}`];
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
