/** Our own tools: what each takes, and which lists and records of the contract it works with. */
import { singular } from '../contract/naming.ts';
import { type BodyBinding, byTool, type Operation, type Operations } from '../contract/operation.ts';
import { lastResult } from '../core/deadline.ts';
import { ArgumentsError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { AnswerField, Tool } from '../core/tool.ts';
import { listChangesTool } from './list-changes.ts';
import { byNumber, documentArguments, type LocalDeps, localTool, propertyOf, rowSaver, rowsIn } from './local-tool.ts';
import { filtersOf, kindOf, type MoneyResource, moneyResources, PERIOD_DATES } from './money-resource.ts';
import { pdfTool } from './pdf-tool.ts';

/**
 * Our own tools, for the contract in force. A tool about one resource is made for every resource, hidden or not. One
 * about several is about those that may be used; where none may, it is made for all, so that it is hidden with a reason.
 * @param isVisible whether the operation's own tool is shown
 */
export function localTools(
  operations: readonly Operation[],
  isVisible: (operation: Operation) => boolean,
  deps: Omit<LocalDeps, 'operations'>,
): readonly Tool[] {
  const all = { ...deps, operations: byTool(operations) };
  const visible = { ...deps, operations: byTool(operations.filter(isVisible)) };
  const known = lastResult(() => moneyResources(all.operations));
  const shown = moneyResources(visible.operations);
  const either = (make: (sources: readonly MoneyResource[], own: LocalDeps) => Tool | null): Tool | null =>
    make(shown, visible) ?? make(known(), all);
  return [
    pdfTool(visible) ?? pdfTool(all) ?? missingTool(...NO_PDF),
    either((sources, own) => checkTool(sources, known, own, all.operations)) ?? missingTool(...NO_CHECK),
    either(summarizeTool) ?? missingTool(SUMMARIZE, 'Summarize documents', NO_LIST),
    either((sources, own) => receivablesTool(sources, known, own)) ??
      missingTool('lucanto_list_receivables', 'List receivables', NO_SALES),
    either((sources, own) => statementTool(sources, known, own)) ??
      missingTool('lucanto_get_statement', 'Get statement', NO_SALES),
    either(repeatTool) ?? missingTool(REPEAT, 'Repeat document', `${NO_LIST} that can be read and created`),
    listChangesTool(visible),
  ];
}

/** One of our tools that the contract has nothing for: hidden, with the reason. */
function missingTool(name: string, title: string, unusable: string): Tool {
  return localTool({
    ...{ name, title, description: `${title}.`, resource: 'workspaces', scopes: [], idempotent: true, unusable },
    properties: () => ({}),
    call: () =>
      Promise.reject(new ArgumentsError(`${name} cannot be used: ${unusable}.`, { hint: 'Use other tools.' })),
  });
}

const NO_LIST = 'the contract has no list of documents with amounts and dates';
const NO_SALES = 'the contract has no list of documents that customers pay';
const NO_PDF = ['lucanto_download_pdf', 'Download PDF', 'the contract has no PDF of any document'] as const;
const NO_CHECK = ['lucanto_check_document', 'Check document', `${NO_LIST} that can be read or created`] as const;

const SUMMARIZE = 'lucanto_summarize_documents';
export const GROUPS = ['status', 'month', 'contact', 'currency', 'vat_rate'] as const;
export type Group = (typeof GROUPS)[number];

/** The tool's own arguments; every other one is a filter of the lists. */
const SELDOM = ['from', 'to', 'status', 'date', 'as_of', 'time_zone', 'net_of_credit_notes'] as const;
export const SUMMARY_ARGUMENTS = ['workspace_id', 'type', 'group_by', ...SELDOM] as const;
const NO_FILTERS = new Set<string>([...SUMMARY_ARGUMENTS, 'fields', 'max_chars', 'limit', 'cursor']);

const DAY_ARGUMENT = { type: 'string', format: 'date', description: 'YYYY-MM-DD' } as const;
/** Every tool that can save takes it. */
const SAVE_AS = { type: 'string', enum: ['xlsx', 'csv'] } as const;
const text = { type: 'string' };
const customer = { ...text, description: 'id or name' };

/** The tool that does the work of one that is gone, and how to call it; null for any other name. */
export function replacementOf(name: string): string | null {
  const [, resource] = /^lucanto_summarize_([a-z_]+)$/.exec(name) ?? [];
  if (resource === undefined || name === SUMMARIZE) return null;
  return `${SUMMARIZE} with type "${singular(resource)}"`;
}

function summarizeTool(sources: readonly MoneyResource[], deps: LocalDeps): Tool | null {
  const [first] = sources;
  if (first === undefined) return null;
  const filters = lastResult(() => {
    const names = new Set(sources.flatMap((source) => filtersOf(source).map(({ arg }) => arg)));
    return [...names].filter((name) => !NO_FILTERS.has(name));
  });
  const ofLists = (side: 'inputSchema' | 'validation', name: string): JsonObject =>
    Object.assign({}, ...sources.map(({ list }) => propertyOf(list[side], name)).reverse());
  return localTool({
    name: SUMMARIZE,
    title: 'Summarize documents',
    description: 'Exact totals by month, contact, status, VAT rate; aged receivables.',
    ...commonFacts(first, sources),
    // Where the contract has lists describe their filters in prose.
    details: () =>
      [...deps.operations.values()].some(({ details = [] }) => details.length > 0) ? [...SELDOM, ...filters()] : [],
    saveRows: rowSaver('summary', ({ groups, totals }) => rowsIn(groups ?? totals), deps),
    properties: (side) => ({
      ...ofLists(side, 'workspace_id'),
      type: { ...text, enum: sources.map(({ type }) => type) },
      group_by: { ...text, enum: GROUPS },
      from: DAY_ARGUMENT,
      to: DAY_ARGUMENT,
      status: { ...text, description: 'several; issued, unpaid, drafts' },
      date: { ...text, enum: Object.keys(PERIOD_DATES), description: 'for from/to' },
      as_of: { ...DAY_ARGUMENT, description: 'YYYY-MM-DD, open then' },
      time_zone: { ...text, description: 'IANA' },
      net_of_credit_notes: { type: 'boolean', description: 'set them off' },
      save_as: SAVE_AS,
      ...Object.assign({}, ...filters().map((name) => ofLists(side, name))),
    }),
    required: ['type'],
    call: async (args, context) => {
      const { summarizeDocuments } = await import('./summarize.ts');
      return summarizeDocuments(sources, { ...deps, args, context });
    },
  });
}

/** Who owes what. @param known every list of the contract, also those that may not be used */
function receivablesTool(
  resources: readonly MoneyResource[],
  known: () => readonly MoneyResource[],
  deps: LocalDeps,
): Tool | null {
  const sources = resources.filter((source) => ['sale', 'credit'].includes(kindOf(source)));
  const sales = sources.filter((source) => kindOf(source) === 'sale');
  const [first] = sales;
  if (first === undefined) return null;
  const owedRows = ({ companies }: JsonObject) =>
    rowsIn(companies).flatMap(({ company, documents }) =>
      rowsIn(documents).map((row) => ({ ...(company !== undefined && { company }), ...row })),
    );
  return localTool({
    name: 'lucanto_list_receivables',
    title: 'List receivables',
    description: 'Who owes what: open invoices of all companies, by customer and age.',
    ...commonFacts(first, sales),
    saveRows: rowSaver('receivables', owedRows, deps),
    properties: (side) => ({
      ...propertyOf(first.list[side], 'workspace_id'),
      as_of: DAY_ARGUMENT,
      customer,
      min_days_overdue: { type: 'integer', description: '1: only overdue' },
      save_as: SAVE_AS,
    }),
    call: async (args, context) => {
      const { listReceivables } = await import('./list-receivables.ts');
      return listReceivables(sources, unreadCredits(known(), sources).length > 0, { ...deps, args, context });
    },
  });
}

/** How it came to that. @param known every list of the contract, also those that may not be used */
function statementTool(
  resources: readonly MoneyResource[],
  known: () => readonly MoneyResource[],
  deps: LocalDeps,
): Tool | null {
  const sources = resources.filter((source) => ['sale', 'credit'].includes(kindOf(source)));
  const first = sources.find((source) => kindOf(source) === 'sale');
  if (first === undefined) return null;
  // A file has nothing beside its rows.
  const accountRows = ({ accounts, from, to }: JsonObject) =>
    rowsIn(accounts).flatMap(({ currency, movements, opening_balance, closing_balance }) =>
      [
        { date: from, what: 'opening balance', balance: opening_balance },
        ...rowsIn(movements),
        { date: to, what: 'closing balance', balance: closing_balance },
      ].map((row) => ({ ...row, currency })),
    );
  return localTool({
    name: 'lucanto_get_statement',
    title: 'Get statement',
    description: "A customer's account: opening balance, documents, payments, balance.",
    ...commonFacts(first, sources),
    saveRows: rowSaver('statement', accountRows, deps),
    properties: (side) => ({
      ...propertyOf(first.list[side], 'workspace_id'),
      customer,
      from: DAY_ARGUMENT,
      to: DAY_ARGUMENT,
    }),
    required: ['customer'],
    call: async (args, context) => {
      const { customerStatement } = await import('./customer-statement.ts');
      const names = unreadCredits(known(), sources).map(({ resource }) => resource);
      return customerStatement(sources, names, { ...deps, args, context });
    },
  });
}

/** Lists of credit notes that may not be used. */
function unreadCredits(known: readonly MoneyResource[], sources: readonly MoneyResource[]): readonly MoneyResource[] {
  return known.filter((one) => kindOf(one) === 'credit' && !sources.some(({ type }) => type === one.type));
}

function commonFacts({ list }: MoneyResource, sources: readonly MoneyResource[]) {
  const scopes = [...new Set(sources.flatMap((source) => source.list.scopes))];
  return { resource: list.resource, scopes, idempotent: true };
}

export const REPEAT = 'lucanto_repeat_document';

/** A kind of document that can be both read and created. */
export interface RepeatSource {
  /** `credit_note`. */
  readonly type: string;
  readonly get: Operation;
  readonly create: Operation;
  readonly body: BodyBinding;
  readonly described: readonly AnswerField[];
}

function repeatTool(resources: readonly MoneyResource[], deps: LocalDeps): Tool | null {
  const kinds = resources.flatMap((resource): readonly RepeatSource[] => {
    const { get, create, type } = resource;
    const body = create?.body ?? null;
    if (get === undefined || create === undefined || body === null || body.whole !== null) return [];
    return [
      {
        ...{ type, get, create, body },
        // Read with the first call.
        get described() {
          return resource.described;
        },
      },
    ];
  });
  const [first] = kinds;
  if (first === undefined) return null;
  return localTool({
    name: REPEAT,
    title: 'Repeat document',
    description: 'Draft like an earlier document, for this or next month.',
    resource: first.create.resource,
    scopes: [...new Set(kinds.flatMap(({ create }) => create.scopes))],
    idempotent: false,
    writes: true,
    properties: (side) => ({ ...documentArguments(first.get[side], kinds), issue_date: DAY_ARGUMENT }),
    required: ['type', 'id'],
    identify: byNumber(deps, () => first.get.validation),
    call: async (args, context) => {
      const { repeatDocument } = await import('./repeat-document.ts');
      return repeatDocument(kinds, { ...deps, args, context });
    },
  });
}

/** Of a draft, or of the arguments for a create tool. */
function checkTool(
  resources: readonly MoneyResource[],
  known: () => readonly MoneyResource[],
  deps: LocalDeps,
  all: Operations,
): Tool | null {
  const sources = resources.filter(({ get, create }) => get !== undefined || create !== undefined);
  const [first] = sources;
  if (first === undefined) return null;
  return localTool({
    name: 'lucanto_check_document',
    title: 'Check document',
    description: 'List all drafts ({}), or find mistakes in one (id) or a create call (document).',
    ...commonFacts(first, sources),
    properties: (side) => ({
      ...documentArguments(first.get?.[side] ?? {}, sources, first.list[side]),
      document: { type: 'object', description: 'its arguments' },
    }),
    identify: byNumber(deps, () => first.get?.validation ?? first.list.validation),
    call: async (args, context) => {
      if (['type', 'id', 'document'].every((name) => args[name] === undefined)) {
        const { listDrafts } = await import('./list-drafts.ts');
        const unread = known().filter(({ type }) => !resources.some((one) => one.type === type));
        return listDrafts(sources, unread, { ...deps, args, context });
      }
      const { checkDocument } = await import('./check/check-document.ts');
      return checkDocument(sources, ({ type }) => all.get(`lucanto_create_${type}`), { ...deps, args, context });
    },
  });
}
