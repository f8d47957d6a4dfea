/** The arguments that create a document like an earlier one: what the create takes, without what the service computes. */
import { argumentEffects } from '../contract/argument-effects.ts';
import { plainName } from '../contract/field-names.ts';
import { FIELD_ROLES, type Role } from '../contract/field-roles.ts';
import type { BodyBinding, Operation } from '../contract/operation.ts';
import { isJsonObject, type JsonObject, type JsonSchema, objectIn } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import { DocumentReader } from './document-reader.ts';
import { dayOf } from './record-days.ts';
import { fieldFor, fieldsFor, textOfRole, valueAt } from './record-fields.ts';

/** What a service gives or computes, also where a contract lets it be written. */
const OWN: readonly Role[] = ['id', 'number', 'status', 'pdf'];
/** What became of the earlier document. */
const HISTORY: readonly Role[] = [
  ...(['created', 'changed', 'paid', 'cancelled', 'isDraft', 'isCancelled', 'isPaid', 'payments'] as const),
  ...(['paidAmount', 'open'] as const),
];
/** What follows from the lines. */
const SUMS: readonly Role[] = ['net', 'vat', 'total', 'rounding'];
const DATES: readonly Role[] = ['issued', 'delivered', 'due', 'starts', 'ends'];
/** Digits of a number that are no coincidence in another field. */
const LEAST_DIGITS = 4;

/** @returns `leftOut`: what is not taken over of the earlier document */
export function repeatedArguments(
  record: JsonObject,
  body: BodyBinding,
  { validation }: Operation,
  described: readonly AnswerField[],
  timeZone: string,
) {
  const linesField = fieldFor('lines', [record], described);
  const dates = new Set(DATES.map((role) => fieldFor(role, [record], [])));
  const dropped = ownFields(record, Array.isArray(valueAt(record, linesField)), dates);
  const properties = objectIn(validation.properties);
  const args: JsonObject = {};
  const taken = new Set<string>();
  const inside: string[] = [];
  for (const { arg, property, file } of body.fields) {
    const schema = properties[arg];
    const { value, field } = valueFor(record, property, described, timeZone);
    if (value === null || value === undefined || file !== undefined || dropped.has(field)) continue;
    const { format } = objectIn(schema);
    // A point in time says what happened to the earlier document, unless it is one of its dates.
    if ((format === 'date-time' && !dates.has(field)) || isActing(arg, value, validation)) continue;
    const calm = isJsonObject(value) ? withoutActing(value, schema, field, (path) => inside.push(path)) : value;
    taken.add(field);
    if (field === linesField && Array.isArray(value)) {
      args[arg] = value.map((line: unknown) => (isJsonObject(line) ? lineArguments(line, schema) : line));
    } else {
      // A create may take the day alone of what the service writes as a time.
      args[arg] = (format === 'date' ? dayOf([record], field, timeZone)(record) : null) ?? calm;
    }
  }
  const leftOut = Object.keys(record).filter((name) => !taken.has(name) && (record[name] ?? null) !== null);
  return { args, leftOut: [...leftOut, ...inside] };
}

/** It would send, issue or cancel the new document, such as `delivery_type: "email"`: a repetition only makes a draft. */
function isActing(arg: string, value: unknown, { required, properties }: JsonSchema): boolean {
  if (Array.isArray(required) && required.includes(arg)) return false;
  const schema = { properties: { [arg]: Object(properties)[arg] } };
  return argumentEffects({ [arg]: value }, [schema]).some(({ path }) => path === arg);
}

/** A switch may stand deeper: `delivery_options: { send: true }`. @param leave is called with where each stood */
function withoutActing(value: JsonObject, schema: unknown, path: string, leave: (path: string) => void): JsonObject {
  const described = objectIn(schema);
  const properties = objectIn(described.properties);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      const inner = `${path}.${name}`;
      if (!isActing(name, one, described))
        return [[name, isJsonObject(one) ? withoutActing(one, properties[name], inner, leave) : one] as const];
      leave(inner);
      return [];
    }),
  );
}

/** What a create may call otherwise than the record does. */
const SAME: readonly Role[] = [...DATES, 'lines', 'contactId', 'exchangeRate'];

/** `customer_id` also stands in the record as `customer: { id }`, and `issued_on` as `issue_date`. */
function valueFor(
  record: JsonObject,
  property: string,
  described: readonly AnswerField[],
  timeZone: string,
): { readonly value: unknown; readonly field: string } {
  if (record[property] !== undefined) return { value: record[property], field: property };
  const plain = plainName(property);
  const base = plain.endsWith('_id') ? property.replace(/_?id$/i, '') : null;
  const whole = base === null ? undefined : record[base];
  if (isJsonObject(whole) && base !== null) return { value: whole.id, field: base };
  const isOf = (role: Role) => FIELD_ROLES[role].names.includes(plain);
  // The amounts may name it, or the contract: without it, the create may take another one.
  if (isOf('currency')) {
    const reader = new DocumentReader([record], described, () => timeZone);
    return { value: reader.currency(record), field: property };
  }
  const [field = property] = SAME.filter(isOf).flatMap((role) => fieldFor(role, [record], []) ?? []);
  return { value: valueAt(record, field), field };
}

function ownFields(record: JsonObject, hasLines: boolean, dates: ReadonlySet<string | null>): ReadonlySet<string> {
  const first = [...OWN, ...(hasLines ? SUMS : [])].map((role) => fieldFor(role, [record], []));
  const past = HISTORY.flatMap((role) => fieldsFor(role, [record])).filter((field) => !dates.has(field));
  const derived = Object.keys(record).filter((name) => isOfNumber(record, name));
  return new Set([...first, ...past, ...derived].flatMap((field) => field?.split('.')[0] ?? []));
}

/** A payment reference that was made from the document's number: it would lead the payment to the earlier document. */
function isOfNumber(record: JsonObject, name: string): boolean {
  const digits = (textOfRole('number', record) ?? '').replaceAll(/\D/g, '');
  const value = record[name];
  if (digits.length < LEAST_DIGITS || typeof value !== 'string') return false;
  return /^[\w /.+-]*$/.test(value) && value.replaceAll(/\D/g, '').replace(/^0+/, '') === digits.replace(/^0+/, '');
}

function lineArguments(line: JsonObject, schema: unknown): JsonObject {
  const { properties } = objectIn(objectIn(schema).items);
  const own = new Set((['id', 'created', 'changed'] as const).flatMap((role) => fieldsFor(role, [line])));
  const isTaken = (name: string) =>
    !isJsonObject(properties) || (Object.hasOwn(properties, name) && objectIn(properties[name]).readOnly !== true);
  return Object.fromEntries(
    Object.entries(line).filter(([name, value]) => value !== null && !own.has(name) && isTaken(name)),
  );
}
