/** What a person recognises a record by, from the record's own fields by role. All of it was written by others. */
import { ROLES, type Role } from '../answers/roles.ts';
import { FieldNames, plainName } from '../contract/field-names.ts';
import { human } from '../contract/naming.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { scalar } from './plain.ts';

export interface Facts {
  readonly id: string | null;
  readonly number: string | null;
  readonly name: string | null;
  readonly status: string | null;
  readonly who: string | null;
  /** By name only: on what the firm sends out, its id is the firm's own. */
  readonly supplier: string | null;
  /** By the field's own name: it may be a total or a balance. */
  readonly amount: { readonly label: string; readonly value: string } | null;
  readonly currency: string | null;
  readonly address: string | null;
}

export const NO_FACTS: Facts = {
  ...{ id: null, number: null, name: null, status: null, who: null, supplier: null },
  ...{ amount: null, currency: null, address: null },
};

interface Found {
  readonly name: string;
  readonly value: unknown;
}

const ADDRESS = /(^|_)e_?mail(_address)?$/;

export function factsOf(record: JsonObject): Facts {
  const text = (role: Role['role']) => scalar(fieldOf(record, role)?.value);
  const total = fieldOf(record, 'total');
  const value = scalar(total?.value);
  return {
    id: text('id'),
    number: text('number'),
    name: text('name'),
    status: text('status'),
    who: partyName(record, 'who'),
    supplier: partyName(record, 'supplier'),
    amount: total === null || value === null ? null : { label: human(plainName(total.name)), value },
    currency: text('currency'),
    address: addressOf(record),
  };
}

/** The field that names another record by its id alone: `purchaser_id`. */
export function partyId(record: JsonObject): { readonly word: string; readonly id: unknown } | null {
  const found = fieldOf(record, 'who');
  const word = /^(.+)_id$/.exec(plainName(found?.name ?? ''))?.[1];
  return found === null || word === undefined || isJsonObject(found.value) ? null : { word, id: found.value };
}

function partyName(record: JsonObject, role: 'who' | 'supplier'): string | null {
  const found = fieldOf(record, role);
  if (isJsonObject(found?.value)) return scalar(fieldOf(found.value, 'name')?.value);
  return found === null || /_id$/.test(plainName(found.name)) ? null : scalar(found.value);
}

function fieldOf(record: JsonObject, role: Role['role']): Found | null {
  const names = ROLES.find((one) => one.role === role)?.names ?? [];
  const shown = new FieldNames(Object.keys(record).filter((name) => isShown(record[name], role)));
  for (const wanted of names) {
    const name = shown.find(wanted);
    if (name !== null) return { name, value: record[name] };
  }
  return null;
}

function isShown(value: unknown, role: Role['role']): boolean {
  return scalar(value) !== null || ((role === 'who' || role === 'supplier') && isJsonObject(value));
}

/** In the record, or in an object in it (`legal_identity.email`). */
function addressOf(record: JsonObject, depth = 0): string | null {
  for (const [name, value] of Object.entries(record)) {
    if (ADDRESS.test(plainName(name)) && typeof value === 'string' && value.includes('@')) return value;
  }
  if (depth > 1) return null;
  for (const value of Object.values(record)) {
    const found = isJsonObject(value) ? addressOf(value, depth + 1) : null;
    if (found !== null) return found;
  }
  return null;
}
