/** `lucanto_list_receivables` and `lucanto_get_statement`: who owes what, and how it came to that. */
import { isJsonObject, type JsonObject, type JsonSchema } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';
import { type LocalDeps, localTool, objectSchema, propertyOf } from './local-tool.ts';
import { kindOf, type MoneyResource } from './money-resource.ts';
import { rowSaver, SAVE_AS } from './save/row-saver.ts';

export const RECEIVABLES = 'lucanto_list_receivables';
export const STATEMENT = 'lucanto_get_statement';
const text = { type: 'string' };
const date = { ...text, format: 'date' };
const day = { ...text, description: 'YYYY-MM-DD' };
const customer = { ...text, description: 'id or name' };

/**
 * Null where the contract has no list of documents that customers pay.
 * @param known every list of the contract, also those that may not be used
 */
export function receivablesTool(
  resources: readonly MoneyResource[],
  known: readonly MoneyResource[],
  deps: LocalDeps,
): Tool | null {
  const sources = resources.filter((source) => kindOf(source) === 'sale');
  const [first] = sources;
  if (first === undefined) return null;
  return localTool({
    name: RECEIVABLES,
    title: 'List receivables',
    description: 'Who owes what: open invoices of all companies, days overdue, aged totals.',
    ...commonFacts(first, sources),
    saveRows: rowSaver('receivables', owedRows, deps),
    schemas: () => ({
      input: schemaOf(first.list.inputSchema, {
        as_of: day,
        customer,
        min_days_overdue: { type: 'integer', description: '1: only overdue' },
        save_as: SAVE_AS,
      }),
      validation: schemaOf(first.list.validation, {
        as_of: date,
        customer: text,
        min_days_overdue: { type: 'integer' },
      }),
    }),
    call: async (args, context) => {
      const { listReceivables } = await import('./list-receivables.ts');
      const hasCreditNotes = known.some((one) => kindOf(one) === 'credit');
      return listReceivables(sources, hasCreditNotes, deps, args, context);
    },
  });
}

/**
 * Null where the contract has no list of documents that customers pay.
 * @param known every list of the contract, also those that may not be used
 */
export function statementTool(
  resources: readonly MoneyResource[],
  known: readonly MoneyResource[],
  deps: LocalDeps,
): Tool | null {
  const sources = resources.filter((source) => ['sale', 'credit'].includes(kindOf(source)));
  const first = sources.find((source) => kindOf(source) === 'sale');
  if (first === undefined) return null;
  return localTool({
    name: STATEMENT,
    title: 'Get statement',
    description: "A customer's account: opening balance, documents, payments, closing balance.",
    ...commonFacts(first, sources),
    saveRows: rowSaver('statement', movementRows, deps),
    schemas: () => ({
      input: schemaOf(first.list.inputSchema, { customer, from: day, to: day }, ['customer']),
      validation: schemaOf(first.list.validation, { customer: text, from: date, to: date }, ['customer']),
    }),
    call: async (args, context) => {
      const { customerStatement } = await import('./customer-statement.ts');
      const unread = known.filter((one) => kindOf(one) === 'credit' && !sources.some(({ type }) => type === one.type));
      return customerStatement(
        sources,
        unread.map(({ resource }) => resource),
        deps,
        args,
        context,
      );
    },
  });
}

function owedRows({ companies }: JsonObject): readonly JsonObject[] {
  return listOf(companies).flatMap(({ company, documents }) =>
    listOf(documents).map((row) => ({ ...(company !== undefined && { company }), ...row })),
  );
}

function movementRows({ accounts }: JsonObject): readonly JsonObject[] {
  return listOf(accounts).flatMap(({ currency, movements }) => listOf(movements).map((row) => ({ ...row, currency })));
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function commonFacts({ list }: MoneyResource, sources: readonly MoneyResource[]) {
  const scopes = [...new Set(sources.flatMap((source) => source.list.scopes))];
  return { resource: list.resource, scopes, idempotent: true };
}

function schemaOf(schema: JsonSchema, own: JsonObject, required: readonly string[] = []): JsonSchema {
  return objectSchema({ ...propertyOf(schema, 'workspace_id'), ...own }, required);
}
