import type { ToolDescriptor } from '../catalog/tool.ts';
import { stringifyJson } from '../json.ts';

/** A token of a model is about four characters of JSON. */
const CHARACTERS_PER_TOKEN = 4;

/** Tokens that a tool costs in the context of every conversation, estimated. */
export function contextCost(descriptor: ToolDescriptor): number {
  return Math.ceil(stringifyJson(descriptor).length / CHARACTERS_PER_TOKEN);
}

export function totalCost(tools: readonly { readonly descriptor: ToolDescriptor }[]): number {
  return tools.reduce((sum, { descriptor }) => sum + contextCost(descriptor), 0);
}
