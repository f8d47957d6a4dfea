/** The argument of a tool that names a workspace. Compiled tools always say `workspace_id`; remote ones say what they like. */
import { isJsonObject } from '../json.ts';
import { coerce } from './arguments/coerce.ts';
import type { Tool } from './tool.ts';
import type { WorkspaceId, Workspaces } from './workspaces.ts';

/** Both words that Lucanto uses for it. */
const NAMES = ['workspace_id', 'account_id'];

export function workspaceArgument(tool: Tool): string | null {
  const { properties } = tool.descriptor.inputSchema;
  return isJsonObject(properties) ? (NAMES.find((name) => Object.hasOwn(properties, name)) ?? null) : null;
}

/** An id in the JSON type that the tool's schema asks for, digit by digit; as a number where it asks for none. */
export function workspaceValue(tool: Tool, argument: string, id: WorkspaceId): unknown {
  const text = String(id);
  const { properties } = tool.validation;
  const described = isJsonObject(properties) ? properties[argument] : undefined;
  const takesText = isJsonObject(described) && coerce(1, described) === '1';
  return takesText ? text : coerce(text, { type: 'integer' });
}

/**
 * A remote tool that takes a workspace gets it as every other tool does: as given, else the only one, else an error
 * that lists them. Left to the endpoint, it would be the endpoint's guess. What clients see stays the remote endpoint's own schema.
 */
export function fillWorkspace(tool: Tool, workspaces: Workspaces): Tool {
  // REST tools resolve it themselves, and their schemas are not to be built at start.
  if (tool.route !== 'remote') return tool;
  const argument = workspaceArgument(tool);
  if (argument === null) return tool;
  const required = Array.isArray(tool.validation.required) ? tool.validation.required : [];
  return {
    ...tool,
    validation: { ...tool.validation, required: required.filter((name) => name !== argument) },
    call: async (args, context) => {
      if (args[argument] !== undefined) return tool.call(args, context);
      const id = await workspaces.resolve({}, context);
      return tool.call({ ...args, [argument]: workspaceValue(tool, argument, id) }, context);
    },
  };
}
