import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Tool } from '../../core/tool.ts';

/** The record is `id`, and what it belongs to `project_id`; models do not always notice which of the two a tool takes. */

const WORKSPACE = 'workspace_id';

/** The arguments with an `id` that the schema does not have moved to the one parameter that it must have meant. */
export function withRecordId(args: JsonObject, tool: Tool): JsonObject {
  const properties = isJsonObject(tool.validation.properties) ? tool.validation.properties : {};
  if (Object.hasOwn(properties, 'id')) return withPlainId(args, tool, properties);
  if (!Object.hasOwn(args, 'id')) return args;
  const target = missingRecord(args, tool) ?? missingWorkspace(args, tool, properties);
  if (target === null) return args;
  const { id, ...others } = args;
  return { ...others, [target]: id };
}

/** `expense_id` of lucanto_create_expense_receipt, whose record is `id`. */
function withPlainId(args: JsonObject, { descriptor }: Tool, properties: JsonObject): JsonObject {
  if (!isAbsent(args, 'id')) return args;
  const named = Object.keys(args).filter(
    (name) =>
      name.endsWith('_id') &&
      !Object.hasOwn(properties, name) &&
      `${descriptor.name}_`.includes(`_${name.slice(0, -'_id'.length)}_`),
  );
  const [only] = named;
  if (only === undefined || named.length > 1) return args;
  const { [only]: id, ...others } = args;
  return { ...others, id };
}

function missingRecord(args: JsonObject, { validation, descriptor }: Tool): string | null {
  const required = Array.isArray(validation.required) ? validation.required : [];
  const missing = required.filter(
    (name) => typeof name === 'string' && name.endsWith('_id') && name !== WORKSPACE && isAbsent(args, name),
  );
  const [only] = missing;
  if (missing.length !== 1 || typeof only !== 'string') return null;
  // A write may reference records that are not its own (a new invoice's contact_id): there the name must agree.
  const isOwn =
    descriptor.annotations.readOnlyHint || `${descriptor.name}_`.includes(`_${only.slice(0, -'_id'.length)}_`);
  return isOwn ? only : null;
}

function missingWorkspace(args: JsonObject, tool: Tool, properties: JsonObject): string | null {
  const applies = tool.resource === 'workspaces' && Object.hasOwn(properties, WORKSPACE) && isAbsent(args, WORKSPACE);
  return applies ? WORKSPACE : null;
}

function isAbsent(args: JsonObject, name: string): boolean {
  return !Object.hasOwn(args, name) || args[name] === null;
}
