import type { Listing, SentDescriptor } from '../catalog/listing/list-size.ts';
import { stringifyJson } from '../core/json.ts';
import { count, thousands } from '../core/text.ts';

/**
 * Characters of JSON to a token, measured with o200k over our lists: 4.34 for all, 4.32 read-only, 4.30 to 4.63 for one
 * resource, in the middle of which this is. Other models count a little differently.
 */
const CHARACTERS_PER_TOKEN = 4.45;
/** Beyond this, models choose worse and sessions cost more than they need. */
const MANY_TOOLS = 40;
const MANY_RESOURCES = 60;

/** Tokens that a tool costs in the context of every conversation, estimated; annotations stay in the host. */
export function contextCost({ name, description, inputSchema }: SentDescriptor): number {
  return Math.ceil(stringifyJson({ name, description, inputSchema }).length / CHARACTERS_PER_TOKEN);
}

export function totalCost(descriptors: readonly SentDescriptor[]): number {
  return descriptors.reduce((sum, descriptor) => sum + contextCost(descriptor), 0);
}

/** `52 tools, about 4,770 tokens of a model's context`. */
export function costInWords({ descriptors }: Listing): string {
  return `${count(descriptors.length, 'tool')}, about ${thousands(totalCost(descriptors))} tokens of a model's context`;
}

/** How to make a long list shorter; null for one that is short enough. */
export function narrowingAdvice({ descriptors }: Listing, resources: readonly string[]): string | null {
  if (descriptors.length <= MANY_TOOLS) return null;
  const example = resources
    .filter((name) => name !== 'workspaces')
    .slice(0, 2)
    .join(',');
  const rest = resources.length > MANY_RESOURCES ? ` and ${resources.length - MANY_RESOURCES} more` : '';
  return `More than ${MANY_TOOLS} tools: --toolsets ${example} or --read-only offers fewer. Resources: ${resources.slice(0, MANY_RESOURCES).join(', ')}${rest}.`;
}
