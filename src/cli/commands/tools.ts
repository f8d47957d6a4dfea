/** `tools`: what an assistant may do with this API key, for people and as JSON. */

import type { Bridge } from '../../bridge/bridge.ts';
import type { HiddenTool } from '../../catalog/tool-selection.ts';
import type { LeftOut } from '../../contract/route.ts';
import { EXIT } from '../../core/errors.ts';
import { count, thousands } from '../../core/text.ts';
import { TIERS, type Tier, type Tool } from '../../core/tool.ts';
import type { Command, CommandContext, CommandInput } from '../command.ts';
import { contextCost, costInWords, narrowingAdvice, totalCost } from '../context-cost.ts';
import { refreshBriefly } from '../short-calls.ts';

export const toolsCommand: Command = {
  name: 'tools',
  group: 'Look',
  summary: 'Show what an assistant may do',
  operand: null,
  options: [
    { flags: '--cost', help: "Add what each tool takes of a model's context" },
    { flags: '--all', help: 'Add the hidden tools, with the reason' },
    { flags: '--json', help: 'Print JSON' },
  ],
  examples: ['lucanto-mcp tools', 'lucanto-mcp tools --all --read-only', 'lucanto-mcp tools --demo'],
  async run(context, input) {
    const { settings, env, log, clock, output } = context;
    const { openBridge } = await import('../../bridge/open-bridge.ts');
    const bridge = await openBridge({ settings, env, log, clock });
    try {
      const notes = [...(await refreshBriefly(bridge, context)), ...bridge.catalogue.notes()];
      if (input.has('json')) output.json(asJson(bridge, input, notes));
      else {
        print(context, bridge, input);
        for (const note of notes) output.note(`Note: ${note}`);
      }
      return EXIT.done;
    } finally {
      await bridge.close();
    }
  },
};

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

/** Tokens of each tool, as it is sent. */
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
  const width = Math.max(0, ...visible.map((tool) => tool.descriptor.name.length));
  for (const tier of TIERS) {
    const tools = visible.filter((tool) => tool.tier === tier);
    if (tools.length === 0) continue;
    output.line(output.style('bold', `${TITLES[tier]} (${count(tools.length, 'tool')})`));
    output.table(
      [
        { title: 'TOOL'.padEnd(width), priority: 0 },
        ...(tier === 'read' ? [] : [{ title: 'ASKS FIRST', priority: 1 }]),
        ...(input.has('cost') ? [{ title: 'TOKENS', align: 'right', priority: 1 } as const] : []),
        { title: 'WHAT IT DOES', priority: 2 },
      ],
      tools.map((tool) => [
        tool.descriptor.name,
        ...(tier === 'read' ? [] : [tool.irreversible !== undefined && settings.confirm !== 'never' ? 'yes' : '']),
        ...(input.has('cost') ? [`~${thousands(costs(tool))}`] : []),
        firstSentence(tool.descriptor.description),
      ]),
    );
    output.line();
  }
  if (input.has('all')) {
    printHidden(output, bridge.catalogue.hidden());
    printLeftOut(output, bridge.catalogue.leftOut());
  }
  if (input.has('cost')) printCost(output, bridge);
  else output.line(`${count(visible.length, 'tool')}.`);
}

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

/** Each reason once per resource. */
function printHidden(output: CommandContext['output'], hidden: readonly HiddenTool[]): void {
  if (hidden.length === 0) return;
  const groups = new Map<string, { readonly reasons: string[]; readonly names: string[] }>();
  for (const { tool, reason } of hidden) {
    const title = `${tool.resource.replaceAll('_', ' ')}: ${reason}`;
    // The same but for the access that each needs.
    const key = title.replace(SCOPE, '$2');
    const group = groups.get(key) ?? { reasons: [], names: [] };
    groups.set(key, group);
    group.names.push(tool.descriptor.name);
    if (!group.reasons.includes(title)) group.reasons.push(title);
  }
  output.line(output.style('bold', `Hidden (${count(hidden.length, 'tool')})`));
  for (const { reasons, names } of groups.values()) {
    output.prose(inOne(reasons), '  ');
    output.prose(`  ${names.join(', ')}`, '  ');
  }
  output.line();
}

/** Each reason once, with the operations as the service's document has them. */
function printLeftOut(output: CommandContext['output'], leftOut: readonly LeftOut[]): void {
  if (leftOut.length === 0) return;
  const groups = new Map<string, string[]>();
  for (const { operation, reason } of leftOut) groups.set(reason, [...(groups.get(reason) ?? []), operation]);
  output.line(output.style('bold', `Not a tool (${count(leftOut.length, 'operation')} of the API)`));
  for (const [reason, operations] of groups) {
    output.prose(`${reason.charAt(0).toUpperCase()}${reason.slice(1)}:`, '  ');
    output.prose(`  ${operations.join(', ')}`, '  ');
  }
  output.line();
}

function printCost(output: CommandContext['output'], bridge: Bridge): void {
  const listing = bridge.catalogue.listing();
  const advice = narrowingAdvice(listing, bridge.catalogue.resources());
  const size = `The list takes ${(listing.bytes / 1000).toFixed(1)} kB as sent.`;
  for (const sentence of [size, ...listing.shortened, ...(advice === null ? [] : [advice])]) output.prose(sentence);
  output.prose(`${costInWords(listing)}.`);
}

function firstSentence(text: string): string {
  return /^.*?[.](?=\s|$)/s.exec(text)?.[0] ?? text;
}
