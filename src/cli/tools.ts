import type { Bridge } from '../bridge/bridge.ts';
import { contextCost, hiddenByReason, narrowingAdvice, totalCost } from '../catalog/catalogue-notes.ts';
import type { HiddenTool } from '../catalog/tool-selection.ts';
import type { LeftOut } from '../contract/route.ts';
import { EXIT, type ExitCode } from '../core/errors.ts';
import { capitalised, count, groupedBy, thousands } from '../core/text.ts';
import { TIERS, type Tier, type Tool } from '../core/tool.ts';
import type { CommandContext, CommandInput } from './command.ts';
import { refreshBriefly, withBridge } from './short-calls.ts';

/** `tools`: what an assistant may do with this API key, for people and as JSON. */

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

/** Each reason once: for one resource, or for all that it is the same for. */
function printHidden(output: CommandContext['output'], hidden: readonly HiddenTool[]): void {
  if (hidden.length === 0) return;
  output.line(output.style('bold', `Hidden (${count(hidden.length, 'tool')})`));
  for (const { reason, tools } of hiddenByReason(hidden)) {
    const [resource, ...others] = new Set(tools.map((tool) => tool.resource.replaceAll('_', ' ')));
    const isWhole = others.length > 0 || reason.startsWith(`${resource} `);
    const names = tools.map(({ descriptor }) => descriptor.name);
    printReason(output, isWhole ? `${capitalised(reason)}:` : `${resource}: ${reason}`, names);
  }
  output.line();
}

/** Each reason once, with the operations as the service's document has them. */
function printLeftOut(output: CommandContext['output'], leftOut: readonly LeftOut[]): void {
  if (leftOut.length === 0) return;
  output.line(output.style('bold', `Not a tool (${count(leftOut.length, 'operation')} of the API)`));
  for (const [reason, group] of groupedBy(leftOut, (one) => one.reason)) {
    const operations = group.map(({ operation }) => operation);
    printReason(output, `${capitalised(reason)}:`, operations);
  }
  output.line();
}

function printReason(output: CommandContext['output'], reason: string, names: readonly string[]): void {
  output.prose(reason, '  ');
  output.prose(`  ${names.join(', ')}`, '  ');
}

function printCost(output: CommandContext['output'], bridge: Bridge): void {
  const listing = bridge.catalogue.listing();
  const advice = narrowingAdvice(listing, bridge.catalogue.resources());
  const size = `Beside each name are its tokens. The list takes ${(listing.bytes / 1000).toFixed(1)} kB as sent.`;
  for (const sentence of [size, ...listing.shortened, ...(advice === null ? [] : [advice])]) output.prose(sentence);
  const cost = `${count(listing.descriptors.length, 'tool')}, about ${thousands(totalCost(listing.descriptors))} tokens`;
  output.prose(`${cost} of a model's context.`);
}

function firstSentence(text: string): string {
  return /^.*?[.](?=\s|$)/s.exec(text)?.[0] ?? text;
}
