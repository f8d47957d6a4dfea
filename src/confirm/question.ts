import { FieldNames, plainName } from '../contract/field-names.ts';
import { type Column, columnNames } from '../contract/field-roles.ts';
import { human } from '../contract/naming.ts';
import { isJsonObject, type JsonObject, LosslessNumber, stringifyJson } from '../core/json.ts';
import type { Irreversible, Tool } from '../core/tool.ts';

/** Text that others wrote, in a question to a person: on one line, short, and never able to look like ours. */
const LONGEST_TEXT = 80;

/** Without line breaks, control characters and marks that change the direction of writing. */
function oneLine(text: string, most = LONGEST_TEXT): string {
  const flat = text.replace(/[\p{C}\p{Z}\s]+/gu, ' ').trim();
  const signs = [...flat];
  return signs.length <= most ? flat : `${signs.slice(0, most - 1).join('')}…`;
}

/** In quotes that the text itself cannot close. */
function quoted(text: string): string {
  return `"${oneLine(text).replaceAll('"', "'")}"`;
}

/** Numbers and words as they are; what could pass for more than one of them in quotes. */
function named(text: string): string {
  return /^[\p{L}\p{N}._/#-]{1,40}$/u.test(text) ? text : quoted(text);
}

/** Texts and numbers digit by digit; null for anything else. */
function scalar(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  const isNumber = typeof value === 'number' || typeof value === 'bigint' || value instanceof LosslessNumber;
  return isNumber ? String(value) : null;
}

function shownValue(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : oneLine(stringifyJson(value) ?? '');
}

/** What a person recognises a record by, from the record's own fields by role. All of it was written by others. */
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
  const text = (role: Column) => scalar(fieldOf(record, role)?.value);
  const total = fieldOf(record, 'total');
  const value = scalar(total?.value);
  return {
    id: text('id'),
    number: text('number'),
    name: text('name'),
    status: text('status'),
    who: partyName(record, 'customer'),
    supplier: partyName(record, 'supplier'),
    amount: total === null || value === null ? null : { label: human(plainName(total.name)), value },
    currency: text('currency'),
    address: addressOf(record),
  };
}

/** The field that names another record by its id alone: `purchaser_id`. */
export function partyId(record: JsonObject): { readonly word: string; readonly id: unknown } | null {
  const found = fieldOf(record, 'customer');
  const word = /^(.+)_id$/.exec(plainName(found?.name ?? ''))?.[1];
  return found === null || word === undefined || isJsonObject(found.value) ? null : { word, id: found.value };
}

function partyName(record: JsonObject, role: 'customer' | 'supplier'): string | null {
  const found = fieldOf(record, role);
  if (isJsonObject(found?.value)) return scalar(fieldOf(found.value, 'name')?.value);
  return found === null || /_id$/.test(plainName(found.name)) ? null : scalar(found.value);
}

function fieldOf(record: JsonObject, role: Column): Found | null {
  const shown = new FieldNames(Object.keys(record).filter((name) => isShown(record[name], role)));
  for (const wanted of columnNames(role)) {
    const name = shown.find(wanted);
    if (name !== null) return { name, value: record[name] };
  }
  return null;
}

function isShown(value: unknown, role: Column): boolean {
  return scalar(value) !== null || ((role === 'customer' || role === 'supplier') && isJsonObject(value));
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

/** What a person is shown before they agree: as a question, and as data for a model to show. */
export interface Shown {
  readonly tool: Tool;
  /** Without the workspace. */
  readonly args: JsonObject;
  readonly facts: Facts;
  readonly workspace: { readonly id: string; readonly name: string | null } | null;
}

const MOST_ARGUMENTS = 8;

const LAST_WORD: Readonly<Record<Irreversible, string>> = {
  deletes: 'This cannot be undone.',
  issues: 'This cannot be undone.',
  sends: 'This cannot be undone.',
  unknown: 'Whether this can be undone is not known.',
};

/** Some short lines; no text of others can begin one. */
export function questionText(shown: Shown): string {
  const { tool, facts, workspace } = shown;
  const { amount, currency, who, supplier } = facts;
  const to = recipient(shown);
  const lines = [
    `${oneLine(tool.descriptor.title)}${label(facts)}?`,
    who === null ? null : `Who: ${quoted(who)}`,
    who !== null || supplier === null ? null : `Supplier: ${quoted(supplier)}`,
    amount === null ? null : `${oneLine(amount.label)}: ${money(amount.value, currency)}`,
    to === null ? null : `To: ${quoted(to)}`,
    ...argumentLines(shown),
    workspace === null ? null : `Workspace: ${workspaceText(workspace)}`,
    lastWord(tool),
  ];
  return lines.filter((line) => line !== null).join('\n');
}

/** The same for a model: texts of others stay values. */
export function previewOf(shown: Shown): JsonObject {
  const { tool, facts, workspace } = shown;
  const { id, number, name, status, who, supplier, amount, currency } = facts;
  const short = (text: string | null) => (text === null ? undefined : oneLine(text));
  const record = {
    ...{ id: short(id), number: short(number), name: short(name), status: short(status), who: short(who) },
    supplier: who === null ? short(supplier) : undefined,
    ...(amount !== null && { amount: money(amount.value, currency) }),
  };
  const others = otherArguments(shown);
  return {
    action: oneLine(tool.descriptor.title),
    tool: tool.descriptor.name,
    ...(Object.values(record).some((value) => value !== undefined) && { record }),
    to: recipient(shown) ?? undefined,
    ...(others.length > 0 && { arguments: Object.fromEntries(others.map(([key, value]) => [key, shownValue(value)])) }),
    workspace: workspace === null ? undefined : { id: workspace.id, name: short(workspace.name) },
    note: lastWord(tool),
  };
}

function label({ id, number, name, status }: Facts): string {
  const called = number !== null ? named(number) : name !== null ? quoted(name) : null;
  const rest = [status === null ? null : named(status), id === null || called === null ? null : `id ${named(id)}`];
  const more = rest.filter((part) => part !== null).join(', ');
  const first = called ?? (id === null ? null : named(id));
  return first === null ? '' : ` ${first}${more === '' ? '' : ` (${more})`}`;
}

function money(value: string, currency: string | null): string {
  return `${named(value)}${currency === null ? '' : ` ${named(currency)}`}`;
}

/** Where it will go, as far as the call does not say it itself. */
function recipient({ tool, args, facts }: Shown): string | null {
  if (tool.irreversible !== 'sends' || mentionsAddress(args)) return null;
  return facts.address === null ? null : oneLine(facts.address);
}

function mentionsAddress(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('@');
  return typeof value === 'object' && value !== null && Object.values(value).some(mentionsAddress);
}

function otherArguments({ args }: Shown): readonly (readonly [string, unknown])[] {
  return Object.entries(args).filter(([name]) => name !== 'id');
}

function argumentLines(shown: Shown): readonly string[] {
  const others = otherArguments(shown);
  const lines = others.slice(0, MOST_ARGUMENTS).map(([name, value]) => `${oneLine(name, 40)}: ${shownValue(value)}`);
  return others.length > MOST_ARGUMENTS ? [...lines, `and ${others.length - MOST_ARGUMENTS} more arguments`] : lines;
}

function workspaceText({ id, name }: NonNullable<Shown['workspace']>): string {
  return name === null || name === '' ? named(id) : `${quoted(name)} (${named(id)})`;
}

function lastWord({ irreversible }: Tool): string {
  return LAST_WORD[irreversible ?? 'unknown'];
}
