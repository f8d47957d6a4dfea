import { singular } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import type { AnswerField } from '../core/tool.ts';
import type { Operations } from './local-tool.ts';
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

/** Words of the interface, for contracts that do not describe their answers at all. */
const WITH_MONEY = new Set(['invoices', 'quotes', 'proformas', 'credit_notes', 'expenses']);

const LIST = 'lucanto_list_';

export function moneyResources(operations: Operations): readonly MoneyResource[] {
  return operations.all().flatMap((list) => {
    const isList = list.action === 'list' && list.reads && list.tool.startsWith(LIST);
    const needsMore = list.parameters.some(({ required, name }) => required && name !== list.workspace);
    if (!isList || needsMore || list.resource === 'workspaces') return [];
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

function hasMoney(resource: string, described: readonly AnswerField[]): boolean {
  if (described.length === 0) return WITH_MONEY.has(resource);
  const lines = fieldFor('lines', [], described);
  const nested = described.find(({ name }) => name === lines)?.fields ?? [];
  const isSold = lines !== null && (nested.length === 0 || fieldFor('price', [], nested) !== null);
  return (isSold || fieldFor('total', [], described) !== null) && fieldFor('issued', [], described) !== null;
}

function joined(first: readonly AnswerField[], second: readonly AnswerField[]): readonly AnswerField[] {
  return [...first, ...second.filter(({ name }) => !first.some((one) => one.name === name))];
}
