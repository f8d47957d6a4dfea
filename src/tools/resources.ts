/** Which lists of the contract have money and dates in their rows. */
import { singular } from '../contract/naming.ts';
import type { AnswerField, Operation } from '../contract/operation.ts';
import { fieldFor } from './roles.ts';
import type { Operations } from './service.ts';

/** A resource whose records can be summed and checked. */
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
    const isList = list.action === 'list' && list.method === 'GET' && list.tool.startsWith(LIST);
    const needsMore = list.parameters.some(({ required, name }) => required && name !== list.workspace);
    if (!isList || needsMore || list.resource === 'workspaces') return [];
    const resource = list.tool.slice(LIST.length);
    const type = singular(resource);
    const get = operations.get(`lucanto_get_${type}`);
    const create = operations.get(`lucanto_create_${type}`);
    // Read at every start, so as little of the contract as will do.
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
