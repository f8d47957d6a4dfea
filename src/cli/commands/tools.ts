import type { Listing } from '../../catalog/listing/list-size.ts';
import type { HiddenTool } from '../../catalog/tool-selection.ts';
import { EXIT } from '../../core/errors.ts';
import { count, thousands } from '../../core/text.ts';
import { TIERS, type Tool } from '../../core/tool.ts';
import type { Command, CommandContext } from '../command.ts';
import { contextCost, costInWords, narrowingAdvice, totalCost } from '../context-cost.ts';
import { refreshBriefly } from '../short-calls.ts';

export const toolsCommand: Command = {
  name: 'tools',
  summary: 'Show the tools that this token may use',
  operand: null,
  options: [
    { flags: '--all', help: 'Add the hidden ones, each with the reason' },
    { flags: '--json', help: 'Print JSON' },
  ],
  examples: ['lucanto-mcp tools', 'lucanto-mcp tools --all --read-only', 'lucanto-mcp tools --demo'],
  async run(context, input) {
    const { output, settings, env, log, clock } = context;
    const { openBridge } = await import('../../bridge/open-bridge.ts');
    const bridge = await openBridge({ settings, env, log, clock });
    try {
      const unasked = await refreshBriefly(bridge, context);
      const listing = bridge.catalogue.listing();
      const sent = new Map(listing.descriptors.map((descriptor) => [descriptor.name, descriptor]));
      const visible = bridge.visible();
      const shown = {
        visible,
        listing,
        cost: (tool: Tool) => contextCost(sent.get(tool.descriptor.name) ?? tool.descriptor),
      };
      const hidden = input.has('all') ? bridge.catalogue.hidden() : [];
      const advice = narrowingAdvice(listing, bridge.catalogue.resources());
      const notes = [...unasked, ...bridge.catalogue.notes()];
      if (input.has('json')) {
        output.json({
          tools: visible.map((tool) => toJson(tool, shown.cost(tool))),
          ...(input.has('all') && {
            hidden: hidden.map(({ tool, reason }) => ({ ...toJson(tool, contextCost(tool.descriptor)), reason })),
          }),
          total_tokens: totalCost(listing.descriptors),
          total_bytes: listing.bytes,
          shortened: listing.shortened,
          ...(advice !== null && { advice }),
          notes,
        });
      } else {
        print(context, shown, hidden);
        output.line(output.style('dim', `The list is ${(listing.bytes / 1000).toFixed(1)} kB as sent.`));
        for (const sentence of listing.shortened) output.line(output.style('dim', sentence));
        if (advice !== null) output.line(output.style('dim', advice));
        output.line(`${costInWords(listing)}.`);
        for (const note of notes) output.note(`note: ${note}`);
      }
      return EXIT.done;
    } finally {
      await bridge.close();
    }
  },
};

interface Shown {
  readonly visible: readonly Tool[];
  readonly listing: Listing;
  /** Tokens, as the tool is sent. */
  readonly cost: (tool: Tool) => number;
}

function toJson(tool: Tool, tokens: number): Record<string, unknown> {
  const { name, title, description, annotations } = tool.descriptor;
  const { tier, resource, route, scopes } = tool;
  return { name, title, description, tier, resource, route, scopes, annotations, tokens };
}

function print({ output }: CommandContext, { visible, cost }: Shown, hidden: readonly HiddenTool[]): void {
  const width = Math.max(
    0,
    ...[...visible, ...hidden.map(({ tool }) => tool)].map((tool) => tool.descriptor.name.length),
  );
  for (const tier of TIERS) {
    const tools = visible.filter((tool) => tool.tier === tier);
    if (tools.length === 0) continue;
    output.line(
      `${output.style('bold', tier)} (${count(tools.length, 'tool')}, about ${thousands(sum(tools.map(cost)))} tokens)`,
    );
    for (const tool of tools) output.line(row(tool, width, cost(tool)));
    output.line();
  }
  if (hidden.length > 0) {
    output.line(`${output.style('bold', 'hidden')} (${count(hidden.length, 'tool')})`);
    for (const { tool, reason } of hidden) {
      output.line(output.style('dim', `  ${tool.descriptor.name.padEnd(width)}  ${tool.tier.padEnd(6)}  ${reason}`));
    }
    output.line();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function row(tool: Tool, width: number, tokens: number): string {
  const cost = `~${thousands(tokens)}`.padStart(7);
  return `  ${tool.descriptor.name.padEnd(width)}  ${tool.route.padEnd(6)}  ${cost}  ${hintsOf(tool)}`.trimEnd();
}

function hintsOf({ descriptor: { annotations } }: Tool): string {
  const words = [
    annotations.readOnlyHint ? 'read-only' : '',
    annotations.destructiveHint ? 'destructive' : '',
    annotations.idempotentHint && !annotations.readOnlyHint ? 'idempotent' : '',
    annotations.openWorldHint ? 'reaches outside' : '',
  ];
  return words.filter((word) => word !== '').join(', ');
}
