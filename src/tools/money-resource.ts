/** Kinds of documents whose records can be summed and checked, and by what their lists can be narrowed. */
import { plainName } from '../contract/field-names.ts';
import type { Role } from '../contract/field-roles.ts';
import { filterValues, statusParameter } from '../contract/filter-values.ts';
import { singular } from '../contract/naming.ts';
import type { Operation, Operations, ParameterBinding } from '../contract/operation.ts';
import { pagingArguments } from '../contract/paging.ts';
import type { AnswerField } from '../core/tool.ts';
import { fieldFor } from './record-fields.ts';

/** A resource whose records can be summed and checked: its list has money and dates in its rows. */
export interface MoneyResource {
  /** `credit_notes`. */
  readonly resource: string;
  /** `credit_note`. */
  readonly type: string;
  readonly list: Operation;
  readonly get: Operation | undefined;
  readonly create: Operation | undefined;
  /** What the contract says that its records have; empty where it says nothing. */
  readonly described: readonly AnswerField[];
}

/** What a kind of document means for the books, by its name and by whether it names a customer or a supplier. */
export type DocumentKind = 'sale' | 'purchase' | 'credit' | 'proforma' | 'offer';

export function kindOf({ resource, described }: MoneyResource): DocumentKind {
  if (/credit|correct|storno|refund/.test(resource)) return 'credit';
  if (/proforma|pro_forma|advance|deposit/.test(resource)) return 'proforma';
  if (/quote|quotation|estimate|offer|proposal|order/.test(resource)) return 'offer';
  if (/expense|purchase|received|incoming|supplier|vendor|payable|cost/.test(resource)) return 'purchase';
  const has = (...roles: readonly Role[]) => roles.some((role) => fieldFor(role, [], described) !== null);
  const isBill = /bill|receipt/.test(resource) && !has('contactId', 'customerName');
  return isBill && has('supplierId', 'supplierName') ? 'purchase' : 'sale';
}

/** Documents by their names: their list has totals even where no field of it is understood. */
const WITH_MONEY =
  /(^|_)(invoices|quotes|quotations|estimates|offers|proformas|(credit|debit)_(notes|memos)|expenses|bills|orders|receipts)$/;

const LIST = 'lucanto_list_';

export function moneyResources(operations: Operations): readonly MoneyResource[] {
  return [...operations.values()].flatMap((list) => {
    const isList = list.action === 'list' && list.reads && list.tool.startsWith(LIST);
    if (!isList || list.resource === 'workspaces') return [];
    if (list.parameters.some(({ required, name }) => required && name !== list.workspace)) return [];
    const resource = list.tool.slice(LIST.length);
    const type = singular(resource);
    const get = operations.get(`lucanto_get_${type}`);
    const create = operations.get(`lucanto_create_${type}`);
    // Every start gets here, so as little of the contract is read as will do.
    const own = list.answerFields ?? [];
    if (!hasMoney(resource, own.length > 0 ? own : (get?.answerFields ?? []))) return [];
    let described: readonly AnswerField[] | undefined;
    return {
      resource,
      type,
      list,
      get,
      create,
      get described() {
        described ??= joined(own, get?.answerFields ?? []);
        return described;
      },
    };
  });
}

/** One list, whatever its rows hold. */
export function sourceOfList(list: Operation): MoneyResource {
  const resource = list.tool.replace(/^lucanto_list_/, '');
  return { resource, type: resource, list, get: undefined, create: undefined, described: list.answerFields ?? [] };
}

function hasMoney(resource: string, described: readonly AnswerField[]): boolean {
  if (WITH_MONEY.test(resource)) return true;
  const lines = fieldFor('lines', [], described);
  const nested = described.find(({ name }) => name === lines)?.fields ?? [];
  const isSold = lines !== null && (nested.length === 0 || fieldFor('price', [], nested) !== null);
  const isInCents = described.some(({ name }) => /(^|_)(cents|minor(_units?)?)$/.test(plainName(name)));
  return (
    (isSold || isInCents || fieldFor('total', [], described) !== null) && fieldFor('issued', [], described) !== null
  );
}

function joined(first: readonly AnswerField[], second: readonly AnswerField[]): readonly AnswerField[] {
  return [...first, ...second.filter(({ name }) => !first.some((one) => one.name === name))];
}

/** By which of its dates a document belongs to a period. */
export const PERIOD_DATES = { issue: 'issued', delivery: 'delivered', due: 'due' } as const;
export type PeriodDate = keyof typeof PERIOD_DATES;

/** The states that the contract names; empty where it names none. */
export function knownStates({ list, described }: MoneyResource): readonly string[] {
  const field = fieldFor('status', [], described);
  const { values = [] } = described.find(({ name }) => name === field) ?? {};
  const parameter = statusParameter(list);
  const listed = parameter === undefined ? null : filterValues(list, parameter.arg);
  return [...new Set([...values, ...(listed?.isClosed === true ? listed.values : [])])];
}

/** The list's own filters, without those of its pages, its period and its state. */
export function filtersOf({ list, described }: MoneyResource): readonly ParameterBinding[] {
  const date = fieldFor('issued', [], described);
  const isPeriod = (name: string) => date !== null && (name === `${date}_from` || name === `${date}_to`);
  const { cursor, page, offset, size } = pagingArguments(list);
  const own = new Set([cursor, page, offset, size, statusParameter(list)?.arg]);
  return list.parameters.filter(({ arg, in: place }) => place === 'query' && !own.has(arg) && !isPeriod(arg));
}
