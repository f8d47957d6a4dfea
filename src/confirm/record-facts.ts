import { FieldNames, plainName } from '../contract/field-names.ts';
import { type Column, columnNames } from '../contract/field-roles.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { type Amount, amountOf, isAboutMoney, scalar } from './amount.ts';
import { type Recipient, storedAddresses } from './recipients.ts';

/** What a person recognises a record by, from the record's own fields by role. All of it was written by others. */

export interface RecordFacts {
  readonly id: string | null;
  readonly number: string | null;
  readonly name: string | null;
  readonly status: string | null;
  readonly customer: string | null;
  /** By name only: on what the company sends out, its id is the company's own. */
  readonly supplier: string | null;
  readonly amount: Amount | null;
  /** Records like it have an amount, whether or not it was found. */
  readonly isAboutMoney: boolean;
  /** Of the customer, as far as the record itself holds it. */
  readonly customerAddresses: readonly string[];
  /** Others that the record holds; they may have been put there by a call like this one. */
  readonly otherAddresses: readonly Recipient[];
}

const PARTIES: readonly Column[] = ['customer', 'supplier'];

export function factsOf(record: JsonObject): RecordFacts {
  const text = (column: Column) => scalar(fieldOf(record, column)?.value);
  const customer = fieldOf(record, 'customer', isJsonObject)?.name;
  const supplier = new Set(columnNames('supplier'));
  const addresses = storedAddresses(record).filter(({ path }) => !supplier.has(plainName(path.split('.')[0] ?? '')));
  const isOfCustomer = ({ path }: Recipient) => customer !== undefined && path.startsWith(`${customer}.`);
  return {
    id: text('id'),
    number: text('number'),
    name: text('name'),
    status: text('status'),
    customer: partyName(record, 'customer'),
    supplier: partyName(record, 'supplier'),
    amount: amountOf(record),
    isAboutMoney: isAboutMoney(record),
    customerAddresses: addresses.filter(isOfCustomer).map(({ address }) => address),
    otherAddresses: addresses.filter((one) => !isOfCustomer(one)),
  };
}

/** The id of the customer's own record: `purchaser_id`, or `purchaser.id`. */
export function customerId(record: JsonObject): { readonly word: string; readonly id: unknown } | null {
  const names = columnNames('customer').filter((name) => name.endsWith('_id'));
  const found = fieldOf(record, 'customer', (value) => scalar(value) !== null, names);
  if (found !== null) return { word: plainName(found.name).replace(/_id$/, ''), id: found.value };
  const inside = fieldOf(record, 'customer', isJsonObject);
  const id = inside !== null && isJsonObject(inside.value) ? fieldOf(inside.value, 'id')?.value : undefined;
  return inside === null || id === undefined ? null : { word: plainName(inside.name), id };
}

function partyName(record: JsonObject, column: 'customer' | 'supplier'): string | null {
  const found = fieldOf(record, column);
  if (isJsonObject(found?.value)) return scalar(fieldOf(found.value, 'name')?.value);
  return found === null || /_id$/.test(plainName(found.name)) ? null : scalar(found.value);
}

function fieldOf(
  record: JsonObject,
  column: Column,
  fits: (value: unknown) => boolean = (value) =>
    scalar(value) !== null || (PARTIES.includes(column) && isJsonObject(value)),
  names: readonly string[] = columnNames(column),
): { readonly name: string; readonly value: unknown } | null {
  const present = new FieldNames(Object.keys(record).filter((name) => fits(record[name])));
  const name = names.flatMap((wanted) => present.find(wanted) ?? [])[0];
  return name === undefined ? null : { name, value: record[name] };
}
