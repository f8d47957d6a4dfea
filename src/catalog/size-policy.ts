/**
 * What the list of tools may cost. Every session of every client pays for it, so it is shortened by fixed steps, the
 * least harmful first, until it fits. Where even the shortest is too long, whole tools are left out, and it is said.
 */
import { stringifyJson } from '../json.ts';
import { LIST_WORKSPACES } from './list-workspaces.ts';
import { toolsThatFit } from './listing/left-out.ts';
import type { ListedTool } from './listing/listed-tool.ts';
import { applyStep, SHORTEST, STEPS, type Step, WHOLE } from './listing/steps.ts';
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
  /** Tools that the list has no room for. */
  readonly leftOut: readonly Tool[];
}

export function listTools(tools: readonly Tool[]): Listing {
  const whole = new Map(tools.map((tool) => [tool, listedTool(tool)]));
  const at = (step: Step, some: readonly Tool[]): readonly SentDescriptor[] =>
    applyStep(
      step,
      some.flatMap((tool) => whole.get(tool) ?? []),
    ).map(sent);
  const all = bytesOf([...whole.values()].map(sent));
  const step = firstThatFits((one) => bytesOf(at(one, tools)) <= LIST_LIMIT);
  if (step !== undefined) {
    const descriptors = at(step, tools);
    const bytes = bytesOf(descriptors);
    return { descriptors, bytes, shortened: sentences(step, [...whole.values()], all, bytes), leftOut: [] };
  }
  const sizes = new Map(tools.map((tool) => [tool, bytesOf(at(SHORTEST, [tool]))]));
  const kept = toolsThatFit(tools, sizes, LIST_LIMIT, (some) => bytesOf(at(SHORTEST, some)) <= LIST_LIMIT);
  const descriptors = at(
    SHORTEST,
    tools.filter((tool) => kept.has(tool)),
  );
  const bytes = bytesOf(descriptors);
  const leftOut = tools.filter((tool) => !kept.has(tool));
  return { descriptors, bytes, shortened: sentences(SHORTEST, [...whole.values()], all, bytes), leftOut };
}

/** The whole list mostly fits; of the other steps, of which each is shorter than the one before, not all are tried. */
function firstThatFits(fits: (step: Step) => boolean): Step | undefined {
  if (fits(WHOLE)) return WHOLE;
  let [tooLong, fitting] = [0, STEPS.length];
  while (fitting - tooLong > 1) {
    const middle = Math.floor((tooLong + fitting) / 2);
    const step = STEPS[middle];
    if (step !== undefined && fits(step)) fitting = middle;
    else tooLong = middle;
  }
  return STEPS[fitting];
}

/** Of our own arguments: it goes where the service's seldom needed ones are. */
const SELDOM_OWN = 'max_chars';

/** Claude Code shows a model the names of tools first; this one it loads at once, since every conversation needs it. */
function listedTool({ descriptor, details: marked = [] }: Tool): ListedTool {
  const details = new Set(marked.length === 0 ? [] : [...marked, SELDOM_OWN]);
  if (descriptor.name !== LIST_WORKSPACES) return { descriptor, details };
  return { descriptor: { ...descriptor, _meta: { ...descriptor._meta, 'anthropic/alwaysLoad': true } }, details };
}

function sent({ descriptor: { title: _inAnnotations, ...rest } }: ListedTool): SentDescriptor {
  return rest;
}

export function bytesOf(descriptors: readonly SentDescriptor[]): number {
  return Buffer.byteLength(stringifyJson({ tools: descriptors }));
}

function sentences(step: Step, whole: readonly ListedTool[], all: number, bytes: number): readonly string[] {
  if (step === WHOLE) {
    const count = whole.filter(({ details }) => details.size > 0).length;
    return count === 0
      ? []
      : [`${count} tools name arguments that are seldom needed in words, in one argument \`more\`.`];
  }
  const cuts = [
    ...(step.argument === null ? [] : [argumentWords(step.argument)]),
    ...(step.values === 'schema'
      ? []
      : [`long lists of values to ${step.values === 'few' ? 'the first few' : 'words'}`]),
    ...(step.tool === null ? [] : [`descriptions of tools to ${step.tool} characters`]),
    ...(step.nested === 'words' ? ['nested fields to their names'] : []),
    ...(step.words === 'details' ? [] : ['optional arguments to their names, in one argument `more`']),
  ];
  return [`The list is shortened from ${kilobytes(all)} to ${kilobytes(bytes)}: ${cuts.join(', ')}.`];
}

function argumentWords(max: number): string {
  if (max === 0) return 'descriptions of arguments to nothing';
  return `descriptions of arguments to ${max} characters`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
