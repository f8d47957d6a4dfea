/** The script of a model: which tool it calls at which turn, and what it says in the end. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { OfferedTool, Reply, Turn } from './dialect.ts';

export interface Step {
  /** Our own name of a tool. */
  readonly tool: string;
  readonly args: JsonObject;
}

/** What a host calls the tool that loads tools of which it has told the names only. */
const LOADS_TOOLS = 'ToolSearch';

const SIDE_ANSWER = 'Nothing to add.';

export function stepId(index: number): string {
  return `toolu_step_${index}`;
}

function searchId(index: number): string {
  return `toolu_search_${index}`;
}

/**
 * @param text the whole request, which may name tools that it does not offer
 * @returns the next step of the script, by the results that the request carries
 */
export function nextReply(turn: Turn, text: string, steps: readonly Step[], closing: string): Reply {
  const answered = new Set(turn.outcomes.map(({ callId }) => callId));
  const index = steps.findIndex((_, at) => !answered.has(stepId(at)));
  const step = steps[index];
  if (step === undefined) return { say: closing };
  const tool = turn.offered.find(({ name }) => isOurs(name, step.tool));
  if (tool !== undefined) return { callId: stepId(index), tool, args: step.args };
  const loader = turn.offered.find(({ name }) => name === LOADS_TOOLS);
  const name = new RegExp(`mcp__[a-z]+__${step.tool}(?!\\w)`).exec(text)?.[0];
  // A title, a quota check: requests beside the conversation, which have no tools.
  if (loader === undefined || name === undefined) return { say: SIDE_ANSWER };
  if (answered.has(searchId(index))) {
    return { callId: stepId(index), tool: namedTool(name), args: step.args };
  }
  return { callId: searchId(index), tool: loader, args: { query: `select:${name}`, max_results: 5 } };
}

export function isOurs(name: string, tool: string): boolean {
  return name === tool || name.endsWith(`_${tool}`) || name.endsWith(`-${tool}`);
}

function namedTool(name: string): OfferedTool {
  return { name, namespace: null, description: '', schema: null };
}
