/** What `--workspace` does to a tool: the argument that names a workspace leaves its schema and is filled in. */
import type { JsonSchema } from '../contract/schema-types.ts';
import { isJsonObject } from '../json.ts';
import type { Tool } from './tool.ts';
import { workspaceArgument, workspaceValue } from './workspace-argument.ts';

function pinnedArgument(tool: Tool): string | null {
  const named = workspaceArgument(tool);
  if (named !== null) return named;
  const { properties } = tool.descriptor.inputSchema;
  // A remote tool about one workspace may call it plainly `id`.
  const isRecord = tool.route === 'remote' && tool.resource === 'workspaces';
  return isRecord && isJsonObject(properties) && Object.hasOwn(properties, 'id') ? 'id' : null;
}

function without(schema: JsonSchema, argument: string): JsonSchema {
  const properties = isJsonObject(schema.properties) ? { ...schema.properties } : {};
  delete properties[argument];
  const required = Array.isArray(schema.required) ? schema.required.filter((name) => name !== argument) : [];
  const { required: _dropped, ...rest } = schema;
  return { ...rest, properties, ...(required.length > 0 && { required }) };
}

export function pinTool(tool: Tool, pinned: string): Tool {
  const argument = pinnedArgument(tool);
  if (argument === null) return tool;
  return {
    ...tool,
    descriptor: { ...tool.descriptor, inputSchema: without(tool.descriptor.inputSchema, argument) },
    validation: without(tool.validation, argument),
    call: (args, context) =>
      tool.call(
        tool.route === 'remote' ? { ...args, [argument]: workspaceValue(tool, argument, pinned) } : args,
        context,
      ),
  };
}
