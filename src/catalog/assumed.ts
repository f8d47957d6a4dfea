/**
 * With `--backend remote` and a tool list that was never seen, hosts still get the read tools that the contract
 * knows (some drop tools that appear later); a call goes to the remote tool of that name.
 */
import type { RemotePort } from './ports.ts';
import type { Tool } from './tool.ts';

export function assumedTool(tool: Tool, remote: RemotePort): Tool {
  return {
    ...tool,
    route: 'remote',
    call: (args, context) => remote.callTool(tool.descriptor.name, args, context, { readOnly: tool.tier === 'read' }),
  };
}
