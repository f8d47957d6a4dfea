import { human, toolName } from '../contract/naming.ts';
import type { ParameterBinding } from '../contract/operation.ts';
import { pagingArguments } from '../contract/paging.ts';
import type { JsonObject, JsonSchema } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';
import { type LocalDeps, localTool, objectSchema, propertyOf } from './local-tool.ts';
import type { MoneyResource } from './money-resource.ts';
import { fieldFor } from './record-fields.ts';

/** `lucanto_summarize_<resource>`, for every list of the contract whose rows have money and dates. */
export const GROUPS = ['status', 'month', 'contact', 'currency', 'vat_rate'] as const;
export type Group = (typeof GROUPS)[number];

/** Arguments of this tool itself, or about pages, which are all read. */
const OWN = new Set(['workspace_id', 'group_by', 'from', 'to', 'status', 'limit', 'cursor', 'fields', 'max_chars']);

export function summarizeTool(source: MoneyResource, deps: LocalDeps): Tool {
  const { resource, list } = source;
  const words = resource.replaceAll('_', ' ');
  return localTool({
    name: toolName(`summarize_${resource}`),
    title: human(`summarize_${resource}`),
    description: `Exact sums of ${words} by month, contact, status; overdue by age.`,
    resource: list.resource,
    scopes: list.scopes,
    idempotent: true,
    // Where the contract has lists describe their filters in prose.
    details: deps.operations.all().some(({ details = [] }) => details.length > 0) ? detailsOf(source) : [],
    schemas: () => schemasOf(source),
    call: async (args, context) => {
      const { summarize } = await import('./summarize.ts');
      return summarize(source, filtersOf(source), deps, args, context);
    },
  });
}

/** The list's own filters; those of the period are `from` and `to`. */
function filtersOf({ list, described }: MoneyResource): readonly ParameterBinding[] {
  const date = fieldFor('issued', [], described);
  const isPeriod = (name: string) => date !== null && (name === `${date}_from` || name === `${date}_to`);
  const { cursor, page, offset, size } = pagingArguments(list);
  const own = new Set([...OWN, cursor, page, offset, size]);
  return list.parameters.filter(({ arg, in: place }) => place === 'query' && !own.has(arg) && !isPeriod(arg));
}

function detailsOf(source: MoneyResource): readonly string[] {
  return ['from', 'to', 'status', ...filtersOf(source).map(({ arg }) => arg)];
}

function groupsOf({ described }: MoneyResource): readonly Group[] {
  if (described.length === 0) return GROUPS;
  const lines = described.find(({ name }) => name === fieldFor('lines', [], described))?.fields ?? [];
  const has: Readonly<Record<Group, boolean>> = {
    status: fieldFor('status', [], described) !== null,
    month: true,
    contact: fieldFor('contact', [], described) !== null,
    currency: fieldFor('currency', [], described) !== null,
    vat_rate: fieldFor('rate', [], lines) !== null,
  };
  return GROUPS.filter((group) => has[group]);
}

/** With the states that there are, unless the list tool names them. */
function statusOf({ list, described }: MoneyResource): JsonObject {
  const { values = [] } = described.find(({ name }) => name === fieldFor('status', [], described)) ?? {};
  const isKnown = values.length === 0 || list.parameters.some(({ arg }) => arg === 'status');
  return { type: 'string', ...(!isKnown && { description: values.join(', ') }) };
}

function schemasOf(source: MoneyResource) {
  const { list } = source;
  const filters = filtersOf(source).map(({ arg }) => arg);
  const common = (schema: JsonSchema, groups: readonly Group[], date: JsonObject, status: unknown) =>
    objectSchema({
      ...propertyOf(schema, 'workspace_id'),
      group_by: { type: 'string', enum: groups, description: 'sum per' },
      from: { ...date, description: 'YYYY-MM-DD' },
      to: { ...date, description: 'YYYY-MM-DD' },
      status,
      ...Object.assign({}, ...filters.map((name) => propertyOf(schema, name))),
    });
  const text = { type: 'string' };
  const { status = text } = propertyOf(list.validation, 'status');
  return {
    input: common(list.inputSchema, groupsOf(source), text, statusOf(source)),
    // Rows may have more than the contract describes, so every group is accepted.
    validation: common(list.validation, GROUPS, { ...text, format: 'date' }, status),
  };
}
