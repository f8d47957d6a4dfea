import type { Bridge } from '../bridge/bridge.ts';
import type { Listing, SentDescriptor } from '../catalog/listing/list-size.ts';
import type { HiddenTool } from '../catalog/tool-selection.ts';
import type { LeftOut } from '../contract/route.ts';
import { EXIT, type ExitCode } from '../core/errors.ts';
import { stringifyJson } from '../core/json.ts';
import { count, groupedBy, thousands } from '../core/text.ts';
import { TIERS, type Tier, type Tool } from '../core/tool.ts';
import type { CommandContext, CommandInput } from './command.ts';
import { refreshBriefly, withBridge } from './short-calls.ts';

/** `tools`: what an assistant may do with this API key, for people and as JSON. */

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

export function runTools(context: CommandContext, input: CommandInput): Promise<ExitCode> {
  const { output } = context;
  return withBridge(context, async (bridge) => {
    const notes = [...(await refreshBriefly(bridge, context)), ...bridge.catalogue.notes()];
    if (input.has('json')) output.json(asJson(bridge, input, notes));
    else {
      print(context, bridge, input);
      for (const note of notes) output.note(`Note: ${note}`);
    }
    return EXIT.done;
  });
}

function asJson(bridge: Bridge, input: CommandInput, notes: readonly string[]): Record<string, unknown> {
  const listing = bridge.catalogue.listing();
  const costs = costsOf(bridge);
  const advice = narrowingAdvice(listing, bridge.catalogue.resources());
  const hidden = bridge.catalogue.hidden().map(({ tool, reason }) => ({
    ...toolAsJson(tool, contextCost(tool.descriptor)),
    reason,
  }));
  return {
    tools: bridge.visible().map((tool) => toolAsJson(tool, costs(tool))),
    ...(input.has('all') && { hidden, left_out: bridge.catalogue.leftOut() }),
    total_tokens: totalCost(listing.descriptors),
    total_bytes: listing.bytes,
    shortened: listing.shortened,
    ...(advice !== null && { advice }),
    notes,
  };
}

function toolAsJson(tool: Tool, tokens: number): Record<string, unknown> {
  const { name, title, description, annotations } = tool.descriptor;
  const { tier, resource, route, scopes } = tool;
  return { name, title, description, tier, resource, route, scopes, annotations, tokens };
}

function costsOf(bridge: Bridge): (tool: Tool) => number {
  const sent = new Map(bridge.catalogue.listing().descriptors.map((descriptor) => [descriptor.name, descriptor]));
  return ({ descriptor }) => contextCost(sent.get(descriptor.name) ?? descriptor);
}

const TITLES: Readonly<Record<Tier, string>> = {
  read: 'Read',
  write: 'Create and change',
  manage: 'Issue, send, delete and other actions',
};

function print({ output, settings }: CommandContext, bridge: Bridge, input: CommandInput): void {
  const visible = bridge.visible();
  const costs = costsOf(bridge);
  const longest = Math.max(0, ...visible.map((tool) => tool.descriptor.name.length));
  const cost = (tool: Tool) => (input.has('cost') ? `  ${`~${thousands(costs(tool))}`.padStart(COST_WIDTH)}` : '');
  for (const tier of TIERS) {
    const tools = visible.filter((tool) => tool.tier === tier);
    if (tools.length === 0) continue;
    output.line(output.style('bold', `${TITLES[tier]} (${count(tools.length, 'tool')})`));
    for (const tool of tools) {
      const { name, description } = tool.descriptor;
      const asks = tool.irreversible !== undefined && settings.confirm !== 'never' ? ' Asks first.' : '';
      const lead = name.padEnd(longest) + cost(tool);
      output.described(lead.trimEnd(), lead.length, firstSentence(description) + asks);
    }
    output.line();
  }
  if (input.has('all')) {
    printHidden(output, bridge.catalogue.hidden());
    printLeftOut(output, bridge.catalogue.leftOut());
  }
  if (input.has('cost')) printCost(output, bridge);
  else output.line(`${count(visible.length, 'tool')}.`);
}

/** `~1,234` */
const COST_WIDTH = 6;

/** `manage:invoices`, with the word for the access. */
const SCOPE = /\b(read|write|manage)(:[a-z_*]+)/g;

/** Reasons that differ in what they need only, with all of that: `read:contacts or write:contacts`. */
function inOne([first = '', ...more]: readonly string[]): string {
  const others = more.map((reason) => reason.match(SCOPE) ?? []);
  let at = -1;
  return first.replace(SCOPE, (scope) => {
    at += 1;
    return [...new Set([scope, ...others.flatMap((scopes) => scopes[at] ?? [])])].join(' or ');
  });
}

/** Each reason once: for one resource, or for all that it is the same for. */
function printHidden(output: CommandContext['output'], hidden: readonly HiddenTool[]): void {
  if (hidden.length === 0) return;
  // The same but for the access that each needs.
  const groups = groupedBy(hidden, ({ reason }) => reason.replace(SCOPE, '$2'));
  output.line(output.style('bold', `Hidden (${count(hidden.length, 'tool')})`));
  for (const group of groups.values()) {
    const [resource, ...others] = new Set(group.map(({ tool }) => tool.resource.replaceAll('_', ' ')));
    const reason = inOne([...new Set(group.map((one) => one.reason))]);
    const names = group.map(({ tool }) => tool.descriptor.name);
    printReason(
      output,
      others.length > 0 || reason.startsWith(`${resource} `) ? `${capital(reason)}:` : `${resource}: ${reason}`,
      names,
    );
  }
  output.line();
}

/** Each reason once, with the operations as the service's document has them. */
function printLeftOut(output: CommandContext['output'], leftOut: readonly LeftOut[]): void {
  if (leftOut.length === 0) return;
  output.line(output.style('bold', `Not a tool (${count(leftOut.length, 'operation')} of the API)`));
  for (const [reason, group] of groupedBy(leftOut, (one) => one.reason)) {
    const operations = group.map(({ operation }) => operation);
    printReason(output, `${capital(reason)}:`, operations);
  }
  output.line();
}

function printReason(output: CommandContext['output'], reason: string, names: readonly string[]): void {
  output.prose(reason, '  ');
  output.prose(`  ${names.join(', ')}`, '  ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function printCost(output: CommandContext['output'], bridge: Bridge): void {
  const listing = bridge.catalogue.listing();
  const advice = narrowingAdvice(listing, bridge.catalogue.resources());
  const size = `Beside each name are its tokens. The list takes ${(listing.bytes / 1000).toFixed(1)} kB as sent.`;
  for (const sentence of [size, ...listing.shortened, ...(advice === null ? [] : [advice])]) output.prose(sentence);
  output.prose(`${costInWords(listing)}.`);
}

function firstSentence(text: string): string {
  return /^.*?[.](?=\s|$)/s.exec(text)?.[0] ?? text;
}
