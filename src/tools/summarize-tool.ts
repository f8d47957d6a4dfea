import { human, toolName } from '../contract/naming.ts';
import type { ParameterBinding } from '../contract/operation.ts';
import type { JsonObject } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';
import { localTool, type Operations, objectSchema, propertyOf, type ServicePort } from './local-tool.ts';
import { fieldFor, type MoneyResource } from './money-roles.ts';

/** `lucanto_summarize_<resource>`, for every list of the contract whose rows have money and dates. */
export const GROUPS = ['status', 'month', 'contact', 'currency', 'vat_rate'] as const;
export type Group = (typeof GROUPS)[number];

export interface SummarizeDeps {
  readonly service: ServicePort;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** The user's own date, YYYY-MM-DD. */
  readonly today: () => string;
}

/** Ours, or about the pages, which are all read. */
const OWN = new Set(['workspace_id', 'group_by', 'from', 'to', 'status', 'limit', 'cursor', 'fields', 'max_chars']);

export function summarizeTool(source: MoneyResource, operations: Operations, deps: SummarizeDeps): Tool {
  const { resource, list } = source;
  const words = resource.replaceAll('_', ' ');
  return localTool({
    name: toolName(`summarize_${resource}`),
    title: human(`summarize_${resource}`),
    description: `Exact sums of ${words} by month, contact, status; overdue by age.`,
    resource: list.resource,
    scopes: list.scopes,
    idempotent: true,
    // Where the contract has its lists tell filters in words.
    details: operations.all().some(({ details = [] }) => details.length > 0) ? detailsOf(source) : [],
    schemas: () => schemasOf(source),
    call: async (args, context) => {
      const { summarize } = await import('./summarize.ts');
      return summarize({ source, operations, filters: filtersOf(source), ...deps }, args, context);
    },
  });
}

/** The list's own filters; those of the period are `from` and `to`. */
function filtersOf({ list, described }: MoneyResource): readonly ParameterBinding[] {
  const date = fieldFor('issued', [], described);
  const isPeriod = (name: string) => date !== null && (name === `${date}_from` || name === `${date}_to`);
  return list.parameters.filter(({ arg, in: place }) => place === 'query' && !OWN.has(arg) && !isPeriod(arg));
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

/** Which states there are, where no list tool tells. */
function statusOf({ list, described }: MoneyResource): JsonObject {
  const { values = [] } = described.find(({ name }) => name === fieldFor('status', [], described)) ?? {};
  const isTold = values.length === 0 || list.parameters.some(({ arg }) => arg === 'status');
  return { type: 'string', ...(!isTold && { description: values.join(', ') }) };
}

function schemasOf(source: MoneyResource) {
  const { list } = source;
  const filters = filtersOf(source).map(({ arg }) => arg);
  const common = (schema: JsonObject, groups: readonly Group[], date: JsonObject, status: unknown) =>
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
  // Five tools of this kind are on every list: which states there are, the list tool tells.
  return {
    input: common({ ...list.inputSchema }, groupsOf(source), text, statusOf(source)),
    // Rows may have more than the contract describes: whoever knows better is not refused.
    validation: common({ ...list.validation }, GROUPS, { ...text, format: 'date' }, status),
  };
}
