import type { HiddenTool } from '../../catalog/catalogue.ts';
import type { Tool } from '../../catalog/tool.ts';
import { TIERS } from '../../contract/operation.ts';
import { EXIT } from '../../errors.ts';
import { type Command, type CommandContext, switchOption } from '../command.ts';
import { contextCost, totalCost } from '../context-cost.ts';
import { refreshBriefly } from '../refresh-briefly.ts';
import { count, thousands } from '../words.ts';

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
    const { openBridge } = await import('../../open-bridge.ts');
    const bridge = await openBridge({ settings, env, log, clock });
    try {
      const unasked = await refreshBriefly(bridge, context);
      const visible = bridge.visible();
      const hidden = switchOption(input, 'all') ? bridge.catalogue.hidden() : [];
      const notes = [...unasked, ...bridge.catalogue.notes()];
      if (switchOption(input, 'json')) {
        output.json({
          tools: visible.map(toJson),
          ...(switchOption(input, 'all') && {
            hidden: hidden.map(({ tool, reason }) => ({ ...toJson(tool), reason })),
          }),
          total_tokens: totalCost(visible),
          notes,
        });
      } else {
        print(context, visible, hidden);
        for (const note of notes) output.note(`note: ${note}`);
      }
      return EXIT.done;
    } finally {
      await bridge.close();
    }
  },
};

function toJson(tool: Tool): Record<string, unknown> {
  const { name, title, description, annotations } = tool.descriptor;
  const { tier, resource, route, scopes } = tool;
  return { name, title, description, tier, resource, route, scopes, annotations, tokens: contextCost(tool.descriptor) };
}

function print({ output }: CommandContext, visible: readonly Tool[], hidden: readonly HiddenTool[]): void {
  const width = Math.max(
    0,
    ...[...visible, ...hidden.map(({ tool }) => tool)].map((tool) => tool.descriptor.name.length),
  );
  for (const tier of TIERS) {
    const tools = visible.filter((tool) => tool.tier === tier);
    if (tools.length === 0) continue;
    output.line(
      `${output.style('bold', tier)} (${count(tools.length, 'tool')}, about ${thousands(totalCost(tools))} tokens)`,
    );
    for (const tool of tools) output.line(row(tool, width));
    output.line();
  }
  if (hidden.length > 0) {
    output.line(`${output.style('bold', 'hidden')} (${count(hidden.length, 'tool')})`);
    for (const { tool, reason } of hidden) {
      output.line(output.style('dim', `  ${tool.descriptor.name.padEnd(width)}  ${tool.tier.padEnd(6)}  ${reason}`));
    }
    output.line();
  }
  output.line(`${count(visible.length, 'tool')}, about ${thousands(totalCost(visible))} tokens of a model's context.`);
}

function row(tool: Tool, width: number): string {
  const cost = `~${thousands(contextCost(tool.descriptor))}`.padStart(7);
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
