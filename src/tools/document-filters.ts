/** How a list of documents can be narrowed: by its own filters, its states, and the dates that people mean. */
import { plainName } from '../contract/field-names.ts';
import { FIELD_ROLES } from '../contract/field-roles.ts';
import { filterValues } from '../contract/filter-values.ts';
import type { Operation, ParameterBinding } from '../contract/operation.ts';
import { pagingArguments } from '../contract/paging.ts';
import type { MoneyResource } from './money-resource.ts';
import { fieldFor } from './record-fields.ts';

/** By which of its dates a document belongs to a period. */
export const PERIOD_DATES = { issue: 'issued', delivery: 'delivered', due: 'due' } as const;
export type PeriodDate = keyof typeof PERIOD_DATES;

/** The list's own filter by state; undefined where it has none. */
export function statusParameter({ parameters }: Operation): ParameterBinding | undefined {
  const names = new Set(FIELD_ROLES.status.names);
  return parameters.find(({ name, in: place }) => place === 'query' && names.has(plainName(name)));
}

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
