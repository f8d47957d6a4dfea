import { workspaceArgument } from '../catalog/workspace-argument.ts';
import { plural, singular, toolName } from '../contract/naming.ts';
import { isJsonObject, type JsonSchema } from '../core/json.ts';
import { type Company, withoutAccents } from '../core/text.ts';
import type { Tool } from '../core/tool.ts';

/** The roles of a tool's arguments, read from its own schema: status, search, dates, the record and its workspace. */

/** Seldom needed arguments may be described in prose only; all of them are in `validation`. */
function propertiesOf({ descriptor, validation }: Tool): ReadonlyMap<string, JsonSchema> {
  const all = [validation.properties, descriptor.inputSchema.properties].flatMap((properties) =>
    isJsonObject(properties) ? Object.entries(properties) : [],
  );
  return new Map(
    all.flatMap(([name, schema]): [string, JsonSchema][] => (isJsonObject(schema) ? [[name, schema]] : [])),
  );
}

const STATUS_NAMES = ['status', 'state'];

/**
 * The argument that filters by status, with its values where the contract lists them. `isClosed`: the filter itself
 * lists them; otherwise they are what records may have, and the filter may take others.
 */
export function statusOf(tool: Tool | undefined) {
  if (tool === undefined) return null;
  const properties = propertiesOf(tool);
  const name = STATUS_NAMES.find((candidate) => properties.has(candidate));
  if (name === undefined) return null;
  const own = valuesOf(properties.get(name) ?? {});
  if (own.length > 0) return { name, values: own, isClosed: true };
  // The list takes groups of states too, so its schema names only some of what the document does.
  const stated = tool.filterValues?.(name);
  if (stated !== undefined && stated.values.length > 0) return { name, ...stated };
  const field = tool.answerFields?.().find((one) => one.name === name);
  return { name, values: field?.values ?? [], isClosed: false };
}

/** An enum, or a description that is nothing but a list of words. */
function valuesOf(schema: JsonSchema): readonly string[] {
  const items = isJsonObject(schema.items) ? schema.items : schema;
  if (Array.isArray(items.enum)) return items.enum.filter((value) => typeof value === 'string');
  const text = typeof schema.description === 'string' ? schema.description.replace(/\.$/, '') : '';
  return /^[a-z_]+(, [a-z_]+)+$/.test(text) ? text.split(', ') : [];
}

const SEARCH_NAME = /^(q|query|search|search_.*|term|keyword|name)$/;

/** The argument that searches by name, or null. */
export function searchArgument(tool: Tool): string | null {
  const texts = [...propertiesOf(tool)].filter(([, schema]) => schema.type === undefined || takesText(schema));
  const named = texts.find(([name]) => SEARCH_NAME.test(name));
  const described = texts.find(
    ([, { description }]) => typeof description === 'string' && /\bsearch/i.test(description),
  );
  return (named ?? described)?.[0] ?? null;
}

function takesText({ type }: JsonSchema): boolean {
  return type === 'string' || (Array.isArray(type) && type.includes('string'));
}

/** The greatest page that the list gives, 100 where it does not say. */
export function pageSize(tool: Tool): { readonly limit: number } | Record<string, never> {
  const limit = propertiesOf(tool).get('limit');
  if (limit === undefined) return {};
  return { limit: typeof limit.maximum === 'number' ? Math.min(limit.maximum, 100) : 100 };
}

/** Arguments that are dates, such as those that bound a period. */
export function dateArguments(tool: Tool | undefined): readonly string[] {
  if (tool === undefined) return [];
  return [...propertiesOf(tool)].flatMap(([name, { format, description }]) =>
    format === 'date' || (typeof description === 'string' && description.includes('YYYY-MM-DD')) ? [name] : [],
  );
}

/** The records that can be read one by one: found among the visible tools by rule, not from a list. */
export interface RecordKind {
  /** The word in the address (`invoices`). */
  readonly resource: string;
  /** `credit note`, for people. */
  readonly word: string;
  readonly get: Tool;
  /** What the get tool calls the workspace, and the record. */
  readonly workspaceArgument: string;
  readonly idArgument: string;
  readonly list: Tool | undefined;
}

/** The tool that answers with one record of its resource; decided by name, since schemas are built when first read. */
export function isGetTool({ descriptor, resource, tier }: Tool): boolean {
  return tier === 'read' && resource !== 'workspaces' && descriptor.name === toolName(`get_${singular(resource)}`);
}

export function recordKinds(visible: readonly Tool[], pinned: string | null): readonly RecordKind[] {
  return visible.filter(isGetTool).flatMap((get) => {
    const workspace = workspaceArgument(get);
    const idArgument = recordArgument(get);
    if (idArgument === null || (workspace === null && pinned === null)) return [];
    return [
      {
        resource: get.resource,
        word: singular(get.resource).replaceAll('_', ' '),
        get,
        workspaceArgument: workspace ?? 'workspace_id',
        idArgument,
        list: visible.find(({ descriptor }) => descriptor.name === toolName(`list_${plural(get.resource)}`)),
      },
    ];
  });
}

/** Null where one id does not name a record (of a sub-collection, say). */
function recordArgument(tool: Tool): string | null {
  const { properties, required } = tool.descriptor.inputSchema;
  const workspace = workspaceArgument(tool);
  const needed = (Array.isArray(required) ? required : []).filter((name) => name !== workspace);
  const [only = 'id'] = needed;
  const isThere = isJsonObject(properties) && Object.hasOwn(properties, String(only));
  return needed.length <= 1 && typeof only === 'string' && isThere ? only : null;
}

/** By id, or by a name that no other workspace has; case and diacritics do not count in names. */
export function workspaceNamed(workspaces: readonly Company[], given: string): Company | null {
  const wanted = given.trim();
  const byId = workspaces.find(({ id }) => id === wanted);
  const [only, ...others] = workspaces.filter(({ name }) => withoutAccents(name) === withoutAccents(wanted));
  return byId ?? (others.length === 0 ? (only ?? null) : null);
}
