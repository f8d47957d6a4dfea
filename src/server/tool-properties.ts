/** What the arguments of a tool look like, as its own schema says; nothing about them is known beforehand. */
import type { Tool } from '../catalog/tool.ts';
import type { JsonSchema } from '../contract/schema-types.ts';
import { isJsonObject } from '../json.ts';

/** Seldom needed arguments may be told in words only; arguments are checked against all of them. */
export function propertiesOf({ descriptor, validation }: Tool): ReadonlyMap<string, JsonSchema> {
  const all = [validation.properties, descriptor.inputSchema.properties].flatMap((properties) =>
    isJsonObject(properties) ? Object.entries(properties) : [],
  );
  return new Map(
    all.flatMap(([name, schema]): [string, JsonSchema][] => (isJsonObject(schema) ? [[name, schema]] : [])),
  );
}

const STATUS_NAMES = ['status', 'state'];

export interface StatusArgument {
  readonly name: string;
  readonly values: readonly string[];
  /** The filter itself says so; otherwise they are what records may have, and the filter may take others. */
  readonly isClosed: boolean;
}

/** The argument that filters by status, and its values where the contract states them. */
export function statusOf(tool: Tool | undefined): StatusArgument | null {
  if (tool === undefined) return null;
  const properties = propertiesOf(tool);
  const name = STATUS_NAMES.find((candidate) => properties.has(candidate));
  if (name === undefined) return null;
  const own = valuesOf(properties.get(name) ?? {});
  if (own.length > 0) return { name, values: own, isClosed: true };
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
  const told = texts.find(([, { description }]) => typeof description === 'string' && /\bsearch/i.test(description));
  return (named ?? told)?.[0] ?? null;
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
