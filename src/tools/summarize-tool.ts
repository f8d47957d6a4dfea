/** `lucanto_summarize_documents`: what it takes, for all lists of the contract whose rows have money and dates. */
import { isJsonObject, type JsonObject, type JsonSchema } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';
import { filtersOf, PERIOD_DATES } from './document-filters.ts';
import { type LocalDeps, localTool, objectSchema, propertyOf } from './local-tool.ts';
import type { MoneyResource } from './money-resource.ts';
import { rowSaver, SAVE_AS } from './save/row-saver.ts';

export const SUMMARIZE = 'lucanto_summarize_documents';
export const GROUPS = ['status', 'month', 'contact', 'currency', 'vat_rate'] as const;
export type Group = (typeof GROUPS)[number];

/** The tool's own arguments; every other one is a filter of the lists. */
const SELDOM = ['from', 'to', 'status', 'date', 'as_of', 'time_zone', 'net_of_credit_notes'] as const;
export const SUMMARY_ARGUMENTS = ['workspace_id', 'type', 'group_by', ...SELDOM] as const;
const NO_FILTERS = new Set<string>([...SUMMARY_ARGUMENTS, 'fields', 'max_chars', 'limit', 'cursor']);

/** Null where the contract has no such list. */
export function summarizeTool(sources: readonly MoneyResource[], deps: LocalDeps): Tool | null {
  const [first] = sources;
  if (first === undefined) return null;
  const filters = [...new Set(sources.flatMap((source) => filtersOf(source).map(({ arg }) => arg)))].filter(
    (name) => !NO_FILTERS.has(name),
  );
  return localTool({
    name: SUMMARIZE,
    title: 'Summarize documents',
    description: 'Exact totals by month, contact, status, VAT rate; aged receivables.',
    resource: first.list.resource,
    scopes: [...new Set(sources.flatMap(({ list }) => list.scopes))],
    idempotent: true,
    // Where the contract has lists describe their filters in prose.
    details: deps.operations.all().some(({ details = [] }) => details.length > 0) ? [...SELDOM, ...filters] : [],
    saveRows: rowSaver('summary', ({ groups, totals }) => rowsOf(groups ?? totals), deps),
    schemas: () => schemasOf(sources, filters),
    call: async (args, context) => {
      const { summarizeDocuments } = await import('./summarize.ts');
      return summarizeDocuments(sources, deps, args, context);
    },
  });
}

function rowsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function schemasOf(sources: readonly MoneyResource[], filters: readonly string[]) {
  const types = sources.map(({ type }) => type);
  const dates = Object.keys(PERIOD_DATES);
  const day = { type: 'string', description: 'YYYY-MM-DD' };
  const ofLists = (schema: (source: MoneyResource) => JsonSchema, name: string) =>
    Object.assign({}, ...sources.map((source) => propertyOf(schema(source), name)).reverse());
  const common = (schema: (source: MoneyResource) => JsonSchema, own: JsonObject) =>
    objectSchema(
      {
        ...ofLists(schema, 'workspace_id'),
        ...own,
        ...Object.assign({}, ...filters.map((name) => ofLists(schema, name))),
      },
      ['type'],
    );
  const text = { type: 'string' };
  const date = { ...text, format: 'date' };
  return {
    input: common(({ list }) => list.inputSchema, {
      type: { ...text, enum: types },
      group_by: { ...text, enum: GROUPS },
      from: day,
      to: day,
      status: { ...text, description: 'several; unpaid, drafts' },
      date: { ...text, enum: dates, description: 'for from/to' },
      as_of: { ...text, description: 'YYYY-MM-DD, receivables then' },
      time_zone: { ...text, description: 'IANA' },
      net_of_credit_notes: { type: 'boolean', description: 'set them off' },
      save_as: SAVE_AS,
    }),
    validation: common(({ list }) => list.validation, {
      type: { ...text, enum: types },
      group_by: { ...text, enum: GROUPS },
      from: date,
      to: date,
      status: text,
      date: { ...text, enum: dates },
      as_of: date,
      time_zone: text,
      net_of_credit_notes: { type: 'boolean' },
    }),
  };
}
