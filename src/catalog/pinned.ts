/** What `--workspace` does to a tool: the argument that names a workspace leaves its schema and is filled in. */
import type { JsonSchema } from '../contract/schema-types.ts';
import { isJsonObject, parseJson, stringifyJson } from '../json.ts';
import { LIST_WORKSPACES } from './list-workspaces.ts';
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

/** The other workspaces are not even named. */
function onlyRow(value: unknown, pinned: string): unknown {
  if (Array.isArray(value)) return value.filter((row) => !isJsonObject(row) || String(row.id) === pinned);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, Array.isArray(member) ? onlyRow(member, pinned) : member]),
  );
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function listingOnly(tool: Tool, pinned: string): Tool {
  return {
    ...tool,
    call: async (args, context) => {
      const { structuredContent, ...result } = await tool.call(args, context);
      if (result.isError === true) return result;
      const content = result.content.map((block) => {
        const value = typeof block.text === 'string' ? parsed(block.text) : undefined;
        return value === undefined ? block : { ...block, text: stringifyJson(onlyRow(value, pinned)) };
      });
      const structured = onlyRow(structuredContent, pinned);
      return { ...result, content, ...(isJsonObject(structured) && { structuredContent: structured }) };
    },
  };
}

export function pinTool(tool: Tool, pinned: string): Tool {
  if (tool.descriptor.name === LIST_WORKSPACES) return listingOnly(tool, pinned);
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
