/** What `--workspace` does to a tool: the argument that names a workspace leaves its schema and is filled in. */
import type { JsonSchema } from '../contract/schema-types.ts';
import { isJsonObject } from '../json.ts';
import type { Tool } from './tool.ts';

/** Both words that Lucanto uses for it; compiled tools always say `workspace_id`. */
const WORKSPACE_ARGUMENTS = ['workspace_id', 'account_id'];

function workspaceArgument(tool: Tool): string | null {
  const { properties } = tool.descriptor.inputSchema;
  if (!isJsonObject(properties)) return null;
  const named = WORKSPACE_ARGUMENTS.find((name) => name in properties);
  if (named !== undefined) return named;
  // A remote tool about one workspace may call it plainly `id`.
  return tool.route === 'remote' && tool.resource === 'workspaces' && 'id' in properties ? 'id' : null;
}

function without(schema: JsonSchema, argument: string): JsonSchema {
  const properties = isJsonObject(schema.properties) ? { ...schema.properties } : {};
  delete properties[argument];
  const required = Array.isArray(schema.required) ? schema.required.filter((name) => name !== argument) : [];
  const { required: _dropped, ...rest } = schema;
  return { ...rest, properties, ...(required.length > 0 && { required }) };
}

/** The service's ids are integers in every known generation; anything else stays text. */
function asArgument(pinned: string): unknown {
  const number = Number(pinned);
  if (Number.isSafeInteger(number) && String(number) === pinned) return number;
  return /^[1-9]\d*$/.test(pinned) ? BigInt(pinned) : pinned;
}

export function pinTool(tool: Tool, pinned: string): Tool {
  const argument = workspaceArgument(tool);
  if (argument === null) return tool;
  return {
    ...tool,
    descriptor: { ...tool.descriptor, inputSchema: without(tool.descriptor.inputSchema, argument) },
    validation: without(tool.validation, argument),
    call: (args, context) =>
      tool.call(tool.route === 'remote' ? { ...args, [argument]: asArgument(pinned) } : args, context),
  };
}
