import { isJsonObject, type JsonObject, LosslessNumber, OF_REPORTS, recordIn } from '../core/json.ts';
import { member, nodeOf, resolveReference, writtenText } from './document.ts';
import { plainName } from './field-names.ts';
import { FIELD_ROLES } from './field-roles.ts';
import { flatten } from './flat-object.ts';
import type { Kind } from './merge-schemas.ts';
import type { Operation } from './operation.ts';
import { answerSchema, isBesideRows, listIn, type Success } from './response.ts';
import type { SchemaReader } from './schema-reader.ts';

/**
 * Whether the answer to an operation is a success. A status of 2xx is not enough, since a proxy or a broken service sends
 * it with anything: the body must be what the document describes.
 */
export function successOf(reader: SchemaReader, operation: unknown): Success {
  const empty = emptyStatuses(reader, operation);
  const schema = answerSchema(reader, operation);
  const node = nodeOf(schema);
  const { shapes } = reader.alternatives(node);
  const isDescribed = isJsonObject(schema) && shapes.length > 0 && shapes.every(({ kinds }) => kinds !== null);
  if (!isDescribed) return { kinds: null, wrapper: null, required: [], optional: [], empty };
  const kinds = [...new Set(shapes.flatMap((shape) => shape.kinds ?? []))];
  const outer = flatten(reader, node);
  const wrapper = outer.properties.has('id') ? null : wrapperOf(reader, outer.properties);
  const inner = wrapper === null ? outer : flatten(reader, outer.properties.get(wrapper) ?? node);
  const required = [...inner.required];
  const optional = [...inner.properties.keys()].filter((name) => !inner.required.has(name));
  return { kinds, wrapper, required, optional, empty };
}

/** The member called `data`, or the only one, if it is an object with properties. */
function wrapperOf(reader: SchemaReader, properties: ReturnType<typeof flatten>['properties']): string | null {
  const name = properties.has('data') ? 'data' : properties.size === 1 ? [...properties.keys()][0] : undefined;
  const node = name === undefined ? undefined : properties.get(name);
  if (name === undefined || node === undefined) return null;
  const inner = flatten(reader, node);
  return inner.open || inner.properties.size === 0 ? null : name;
}

function emptyStatuses(reader: SchemaReader, operation: unknown): readonly number[] {
  const responses = member(operation, 'responses');
  if (!isJsonObject(responses)) return [];
  return Object.entries(responses).flatMap(([code, response]) => {
    const content = member(resolveReference(reader.root, response), 'content');
    const isEmpty = content === undefined || (isJsonObject(content) && Object.keys(content).length === 0);
    return /^2\d\d$/.test(code) && isEmpty ? [Number(code)] : [];
  });
}

/**
 * Why an answer with a status of 2xx is not a success of the operation: what it is instead, as in "is an empty object".
 * Null where it is one.
 * @param value the parsed body, nulls included; undefined for an answer without one
 */
export function whyNoSuccess(
  operation: Pick<Operation, 'method' | 'reads' | 'rows' | 'success'>,
  status: number,
  value: unknown,
): string | null {
  const { method, reads, rows } = operation;
  const success = operation.success ?? { kinds: null, wrapper: null, required: [], optional: [], empty: [] };
  if (value === undefined) return mayBeEmpty(operation, success, status) ? null : 'is empty';
  const { kinds } = success;
  if (rows !== null) {
    const list = listIn(value);
    if (list === null || isOneRecord(value, list.key)) return kindOf(value);
    return isFailedList(value, list) ? 'is a report of a failure' : null;
  }
  if (reads && isBareReport(value, success)) return kindOf(value);
  if (reads) return kinds === null || fitsRead(kinds, value) ? null : kindOf(value);
  if (saysItFailed(value, success, method === 'DELETE')) return 'is a report of a failure';
  // Services say in many ways that something is gone.
  if (method === 'DELETE' && (kinds === null || kinds.includes('object')))
    return isFilled(value) ? null : kindOf(value);
  if (kinds !== null && !kinds.includes('object')) return fitsWrite(kinds, value) ? null : kindOf(value);
  if (kinds?.includes('array') && Array.isArray(value) && value.length > 0) return null;
  if (!isJsonObject(value)) return kindOf(value);
  return recordsIn(value, success).some((record) => isRecord(record, success)) ? null : withoutId(value);
}

/**
 * An answer to a write that is a success by its status, and none by its own words. @param success what the contract
 * describes: a record may have an error or a state of its own, but none that its contract does not name
 */
export function saysItFailed(value: unknown, success?: Success, deletes = false): boolean {
  if (value === false) return true;
  if (!isJsonObject(value)) return false;
  const known = [success?.required ?? [], success?.optional ?? []].flat();
  const inner = success?.wrapper == null ? undefined : value[success.wrapper];
  const reports = [value, inner].filter(isJsonObject).flatMap((one) => Object.entries(one));
  const isTold = (name: string) =>
    known.length > 0 ? !known.includes(name) : reports.every(([one]) => OF_REPORTS.test(one));
  const isExplained = reports.some(([name, one]) => REASON.test(name) && isTold(name) && typeof one === 'string');
  const says = isExplained ? [...REPORTS, FAILED_STATE] : REPORTS;
  const isReport = ([name, one]: readonly [string, unknown]) =>
    (isTold(name) && says.some(([names, saysSo]) => names.test(name) && saysSo(one))) ||
    (deletes && COUNTS.test(plainName(name)) && isOff(one));
  if (reports.some(isReport)) return true;
  const { success: flag, ok, done, deleted, error, isError, status, id } = value;
  if ([flag, ok, done, deleted].includes(false) && id === undefined) return true;
  if (isOff(flag) || isError === true) return true;
  const isFlagged = error !== undefined && error !== null && error !== false && error !== '';
  // A record may have a status of its own, or an error of its last delivery.
  if (id !== undefined) return false;
  const members = Object.values(value);
  const parts = [value.data, value.result, members.length === 1 ? members[0] : undefined].filter(isJsonObject);
  return isFlagged || /^(error|failed|failure)$/i.test(writtenText(status)) || parts.some((part) => saysItFailed(part));
}

const ERRORS = /^(error|errors|(validation_?|field_?)errors)$/i;

/** `{"success": false, "data": []}` is no empty list, and neither is an error beside one. */
function isFailedList(value: unknown, { key, rows }: NonNullable<ReturnType<typeof listIn>>): boolean {
  if (ERRORS.test(key ?? '') && rows.every((row) => !isJsonObject(row) || row.id === undefined)) return true;
  return (rows.length === 0 && tellsOfError(value, key)) || saysNo(value);
}

/** `{"id": 5, "label": "A", "warnings": []}`: a list inside of one record is not the list. @param key where the rows are */
function isOneRecord(value: unknown, key: string | null): boolean {
  if (!isJsonObject(value) || key === null || key === 'data') return false;
  const others = Object.keys(value).filter((name) => name !== key && !isBesideRows(name));
  return isIdName(key) || (isIdentifier(value.id) && others.length > 1);
}

function saysNo(value: unknown): boolean {
  return Object.entries(Object(value)).some(([name, one]) => /^(success|succeeded|ok)$/i.test(name) && isOff(one));
}

/** An error beside the rows of a list, of which some may be missing then. @param key where the rows are */
export function tellsOfError(value: unknown, key: string | null = listIn(value)?.key ?? null): boolean {
  const isError = ([name, one]: readonly [string, unknown]) =>
    name !== key && ERRORS.test(name) && !isNothing(one) && !isOff(one);
  return isJsonObject(value) && Object.entries(value).some(isError);
}

const SAYS = /^(errors?|message|detail|success|succeeded|ok|exception|failure|fault\w*)$/i;

/** `{"message": "queued"}` in place of a record of which the contract names other members; a failure, where it names none. */
function isBareReport(value: unknown, { required, optional }: Success): boolean {
  const known = new Set([...required, ...optional].map(plainName));
  const names = Object.keys(isJsonObject(value) ? value : {}).filter((name) => !/^(id|uuid)$/.test(name));
  const isOfReport = (name: string) =>
    !known.has(plainName(name)) && (OF_REPORTS.test(name) || isNothing(member(value, name)));
  const { id, status } = isJsonObject(value) ? value : {};
  // A state that failed may well be the answer.
  const isError = id === undefined && typeof status !== 'string' && tellsOfError(value, null);
  const isTold = known.size > 0 ? names.some((name) => SAYS.test(name)) : isError || saysNo(value);
  return isTold && names.every(isOfReport);
}

/** Of a delete: how many were deleted, and whether it was. */
const COUNTS = /^((rows?|records?)_)?(deleted|removed|affected|matched)(_(rows?|records?|count))?$|^(count|n|result)$/;

/** Members among these, and what says in them that it failed. */
const REPORTS: readonly (readonly [RegExp, (value: unknown) => boolean])[] = [
  [
    /^(error|(validation_?|field_?)errors|error_?(message|code))$/i,
    (value) => typeof value === 'object' && !isNothing(value),
  ],
  [/^(exception|failure|fault(_?(code|string))?)$/i, (value) => !isNothing(value)],
  [/^(success|succeeded|ok|created|saved)$/i, isOff],
  [/^(result|outcome|type)$/i, (value) => /(^|_)(error|failed|failure)$/i.test(writtenText(value))],
  [/^(code|status|(status_?|http_?)(code|status))$/i, (value) => /^[45]\d\d$/.test(writtenText(value))],
];

/** With a reason beside it: alone it is the state of a record. */
const FAILED_STATE = [
  /^(status|state)$/i,
  (value: unknown) => /(^|_)(error|failed|failure)$/i.test(writtenText(value)),
] as const;
const REASON = /^(message|detail|reason)$/i;

function isOff(value: unknown): boolean {
  return /^(false|0|no)$/i.test(writtenText(value));
}

export function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '' || value === 0) return true;
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}

/** Nothing to say is a success where the document or the status says so, unless a record or a list was to come. */
function mayBeEmpty({ method }: Pick<Operation, 'method'>, success: Success, status: number): boolean {
  if (success.empty.includes(status)) return true;
  return status === 204 && (method === 'DELETE' || success.kinds === null);
}

function fitsRead(kinds: readonly Kind[], value: unknown): boolean {
  if (kinds.includes('array') && listIn(value) !== null) return true;
  if (kinds.includes('object') && isJsonObject(value)) return isFilled(value);
  return kinds.some((kind) => kind !== 'array' && kind !== 'object' && isOfKind(value, kind));
}

/** Of a write that answers with something else than a record. */
function fitsWrite(kinds: readonly Kind[], value: unknown): boolean {
  if (Array.isArray(value)) return kinds.includes('array') && value.length > 0;
  return kinds.some((kind) => kind !== 'array' && isOfKind(value, kind));
}

function isOfKind(value: unknown, kind: Kind): boolean {
  if (kind === 'integer' || kind === 'number') return isNumber(value);
  return kind === 'boolean' ? typeof value === 'boolean' : kind === 'string' && typeof value === 'string';
}

/** An object that says something: `{}`, `{"data": null}` and `{"id": ""}` do not. */
function isFilled(value: unknown): boolean {
  const says = ([name, one]: readonly [string, unknown]) => one !== null && (!isIdName(name) || isIdentifier(one));
  const isSaid = (one: unknown) => !isJsonObject(one) || Object.entries(one).some(says);
  return isJsonObject(value) && Object.entries(value).some((one) => says(one) && isSaid(one[1]));
}

/** The answer itself, and what may be the record in it, whether the contract says that it is wrapped or not. */
function recordsIn(value: JsonObject, { wrapper }: Success): readonly JsonObject[] {
  return [value, wrapper === null ? value : value[wrapper], recordIn(value)].filter(isJsonObject);
}

/** With an id, or with all that the contract requires; where that is nothing, with anything that it describes. */
function isRecord(record: JsonObject, { required, optional }: Success): boolean {
  const has = (name: string) => (IDS.includes(name) ? isIdentifier(record[name]) : (record[name] ?? null) !== null);
  if (Object.entries(record).some(([name, one]) => isIdName(name) && isIdentifier(one))) return true;
  if (required.length > 0) return required.every(has);
  return !optional.includes('id') && optional.some(has);
}

const IDS: readonly string[] = FIELD_ROLES.id.names;

function isIdName(name: string): boolean {
  return IDS.includes(plainName(name).replace(/^_/, ''));
}

/** What programs write for an id that they do not have. */
const NO_ID = /^(|[0-]+|null|none|nil|undefined|nan)$/i;

function isIdentifier(value: unknown): boolean {
  if (isJsonObject(value)) return isFilled(value);
  return isNumber(value) ? Number(String(value)) > 0 : typeof value === 'string' && !NO_ID.test(value.trim());
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof LosslessNumber;
}

function kindOf(value: unknown): string {
  if (value === null) return 'is null';
  if (Array.isArray(value)) return value.length === 0 ? 'is an empty list' : 'is a list';
  if (isJsonObject(value)) return isFilled(value) ? 'is an object of another kind' : 'is an empty object';
  if (isNumber(value)) return 'is a number';
  return typeof value === 'boolean' ? 'is true or false' : 'is text';
}

function withoutId(value: JsonObject): string {
  return isFilled(value) ? 'is an object without an id' : 'is an empty object';
}
