/** One tool as `tools/list` shows it, on its way through the steps that make the list shorter. */
import type { JsonSchema } from '../../contract/schema-types.ts';
import { isJsonObject } from '../../json.ts';
import type { ToolDescriptor } from '../tool.ts';

export interface ListedTool {
  readonly descriptor: ToolDescriptor;
  /** Arguments that may be told in words, in one argument; empty for a tool that is shown as it is. */
  readonly details: ReadonlySet<string>;
}

export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const { properties } = schema;
  if (!isJsonObject(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, JsonSchema] => isJsonObject(entry[1])),
  );
}

export function withSchema(tool: ListedTool, inputSchema: JsonSchema): ListedTool {
  return { ...tool, descriptor: { ...tool.descriptor, inputSchema } };
}

export function optionalOf({ descriptor: { inputSchema } }: ListedTool): readonly string[] {
  const { required } = inputSchema;
  const needed = new Set<unknown>(Array.isArray(required) ? required : []);
  return Object.keys(propertiesOf(inputSchema)).filter((name) => !needed.has(name));
}

/** Arguments of ours, which no reference to another tool has to mention. */
export const OWN_ARGUMENTS: ReadonlySet<string> = new Set([
  'workspace_id',
  'limit',
  'cursor',
  'fields',
  'max_chars',
  'allow_duplicate',
  'confirmation',
]);
