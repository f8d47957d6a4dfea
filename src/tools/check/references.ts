/** What a document names by its id (its customer, its bank account) and the company that it belongs to, as the service knows them. */
import { FIELD_ROLES } from '../../contract/field-roles.ts';
import { singular } from '../../contract/naming.ts';
import type { Operation } from '../../contract/operation.ts';
import { LucantoError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { AnswerField, CallContext } from '../../core/tool.ts';
import { argumentsFor, type LocalDeps, readRecord } from '../local-tool.ts';
import { ownId, plainText, valueAt, wordOfId } from '../record-fields.ts';
import { walk } from '../walk.ts';
import type { CheckedDocument } from './checked-document.ts';

const ROLES = ['contactId', 'supplierId', 'bankAccount'] as const;
type ReferenceRole = (typeof ROLES)[number];

export interface Reference {
  /** `purchaser_id`. */
  readonly field: string;
  readonly id: string;
  /** Null where the service has no such record, or where it could not be read. */
  readonly record: JsonObject | null;
  /** What the contract says that such records have. */
  readonly described: readonly AnswerField[];
  /** Why it was not read; absent for a record that does not exist. */
  readonly problem?: string;
}

/** @returns null where the document names none */
export async function readReference(
  role: ReferenceRole,
  document: CheckedDocument,
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
): Promise<Reference | null> {
  const field = document.field(role);
  const value = field === null ? null : valueAt(document.record, field);
  const id = plainText(value);
  if (field === null || id === null) return null;
  const words = [singular(wordOfId(field)), ...wordsOf(role)];
  const get = firstOf(words, (word) => deps.operations.get(`lucanto_get_${word}`));
  const list = firstOf(words, (word) => deps.operations.all().find((one) => isListOf(one, word)));
  const described = get?.answerFields ?? list?.answerFields ?? [];
  const found = (record: JsonObject | null): Reference => ({ field, id, record, described });
  const unread = (problem: string): Reference => ({ ...found(null), problem });
  try {
    if (get !== undefined)
      return found(await readRecord(deps.service, get, argumentsFor(args, { id: value }), context));
    if (list === undefined) return unread('no tool can read it');
    const { rows, stopped } = await walk(deps, list, argumentsFor(args, {}), context, {
      maxPages: 10,
      noun: 'records',
    });
    const row = rows.find((one) => String(ownId(one)) === id);
    if (row !== undefined || stopped === null) return found(row ?? null);
    return unread(`it is not among the first ${rows.length}`);
  } catch (cause) {
    if (context.signal.aborted) throw cause;
    const { status } = cause instanceof LucantoError ? cause.details : {};
    if (status === 404 || status === 410) return found(null);
    return unread(`${id} could not be read${cause instanceof LucantoError ? `: ${cause.message}` : ''}`);
  }
}

/** `contact`, `customer`, `client` for the role of a customer's id. */
function wordsOf(role: ReferenceRole): readonly string[] {
  const words = FIELD_ROLES[role].names.filter((name) => name.endsWith('_id')).map((name) => name.slice(0, -3));
  // Suppliers are kept among the contacts, where they have no list of their own.
  const also = role === 'supplierId' ? ['contact', 'partner'] : role === 'bankAccount' ? ['account'] : ['company'];
  return [...words, ...also];
}

function firstOf<T>(words: readonly string[], find: (word: string) => T | undefined): T | undefined {
  for (const word of words) {
    const found = find(word);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isListOf({ action, reads, resource, parameters, workspace }: Operation, word: string): boolean {
  const needsMore = parameters.some(({ required, name }) => required && name !== workspace);
  return action === 'list' && reads && !needsMore && singular(resource) === word;
}

/** The company whose books these are, and what the contract says of companies; null where it could not be read. */
export async function ownCompany(deps: LocalDeps, args: JsonObject, context: CallContext) {
  const get = deps.operations.get('lucanto_get_workspace');
  const list = deps.operations.get('lucanto_list_workspaces');
  try {
    const id = await deps.companyId(args, context);
    if (get !== undefined) {
      const takesId = get.parameters.some(({ arg }) => arg === 'id');
      const record = await readRecord(deps.service, get, takesId ? { id } : { workspace_id: id }, context);
      return { record, described: get.answerFields ?? [] };
    }
    if (list === undefined) return null;
    const { rows } = await walk(deps, list, {}, context, { maxPages: 2, noun: 'companies' });
    const record = rows.find((row) => String(ownId(row)) === String(id));
    return record === undefined ? null : { record, described: list.answerFields ?? [] };
  } catch (cause) {
    if (context.signal.aborted) throw cause;
    return null;
  }
}

/** The record of a party that stands in the document itself: `customer: { … }`. */
export function embedded(record: JsonObject, role: 'customer' | 'supplier'): JsonObject | null {
  for (const name of FIELD_ROLES[role].names) {
    const value = record[name];
    if (isJsonObject(value)) return value;
  }
  return null;
}
