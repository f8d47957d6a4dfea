/**
 * With `--backend remote` and a tool list that was never seen, hosts still get the read tools that the contract
 * knows (some drop tools that appear later); a call goes to the remote tool of that name.
 */
import type { Tool } from './tool.ts';

/** @param call calls the remote tool of that name */
export function assumedTool(tool: Tool, call: Tool['call']): Tool {
  return { ...tool, route: 'remote', call };
}
