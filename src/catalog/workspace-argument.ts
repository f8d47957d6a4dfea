import { isJsonObject, type JsonSchema, parseJson, stringifyJson } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';
import { coerce } from './arguments/coerce.ts';
import { LIST_WORKSPACES, type WorkspaceId, type Workspaces } from './workspaces.ts';

/** The argument of a tool that names a workspace. Compiled tools always say `workspace_id`; remote ones say what they like. */
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

/** What `--workspace` does to a tool: the argument that names a workspace leaves its schema and is filled in. */
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
