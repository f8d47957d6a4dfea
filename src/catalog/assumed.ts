/**
 * With `--backend remote` and a tool list that was never seen, hosts still get the read tools that the contract
 * knows (some drop tools that appear later); a call goes to the remote tool of that name.
 */
import type { Operation } from '../contract/operation.ts';
import type { Tool } from './tool.ts';

/** @param call calls the remote tool of that name, whose arguments are the operation's and no others */
export function assumedTool(tool: Tool, operation: Operation, call: Tool['call']): Tool {
  const { name, title, description, annotations } = tool.descriptor;
  const descriptor = {
    ...{ name, title, description, annotations },
    get inputSchema() {
      return operation.inputSchema;
    },
  };
  return { ...tool, descriptor, route: 'remote', call };
}
