import { participleOf } from '../contract/acts.ts';
import { FieldNames, plainName } from '../contract/field-names.ts';
import { plural, toolName } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import { isJsonObject, type JsonObject, numbersAsText, objectIn, recordIn } from '../core/json.ts';
import { isSurelyId } from '../core/text.ts';
import type { CallContext, Tool } from '../core/tool.ts';
import type { ErrorSubject } from '../http/api-error.ts';
import type { SendContext } from '../http/request.ts';
import type { RetryClass } from '../http/retry.ts';

/** What both backends need for a call: its context for the HTTP client, the tool to check with, the names of its record. */

/** @param checkWith the read tool that shows whether a write was carried out. */
export function sendContext(context: CallContext, retry: RetryClass, checkWith: string | null): SendContext {
  const { write, ...rest } = context;
  return {
    ...rest,
    retry,
    ...(checkWith === null ? {} : { checkWith }),
    // A read that a write needs first, such as a handshake, does not begin the write.
    ...(write === undefined || retry === 'read' ? {} : { write }),
  };
}

/** The tool that lists the records of a write, for hints; null where the client sees none. @param tool the one that the hint is about */
export type ListToolFinder = (resource: string, tool: string) => string | null;

export function listToolAmong(visible: () => readonly Tool[]): ListToolFinder {
  return (resource, tool) => {
    // A sub-collection has a list of its own: the records of lucanto_create_project_task are in lucanto_list_project_tasks.
    const [, , ...noun] = tool.split('_');
    const names = [...(noun.length === 0 ? [] : [plural(noun.join('_'))]), resource].map((words) =>
      toolName(`list_${words}`),
    );
    const shown = new Set(visible().map(({ descriptor }) => descriptor.name));
    return names.find((name) => shown.has(name)) ?? null;
  };
}

/** What a 404 is about: for a list or a create, the record that the listed or new records belong to. */
export function missingResourceOf(
  { parameters, workspace, resource, tool, action, rows }: Operation,
  find: ListToolFinder,
): NonNullable<ErrorSubject['missing']> {
  const args = parameters.filter((one) => one.in === 'path' && one.name !== workspace).map(({ arg }) => arg);
  const isOfParent = action === 'create' || action === 'list' || rows !== null;
  return { args, listTool: isOfParent ? find(resource, '') : find(resource, tool) };
}

/**
 * Id and number of the record in an answer, for the ledger.
 * @param value a parsed answer, which may wrap the record. @param args of the call: an action names its record there.
 */
export function recordNames(value: unknown, args: JsonObject): { id: string | null; number: string | null } {
  const record = [value, ...onlyMember(value)].find((candidate) => spelled(objectIn(candidate), 'id') !== null);
  const found = objectIn(record);
  return { id: spelled(found, 'id') ?? nameOf(args.id), number: spelled(found, 'number') };
}

/** `Id` and `ID` are `id`. */
function spelled(record: JsonObject, name: string): string | null {
  return nameOf(record[new FieldNames(Object.keys(record)).find(name) ?? '']);
}

/**
 * Whether the answer to what changes one record shows another and not that one: by an id of the same shape, where none
 * of its values is one that the call gave. @param given ids that the call names, its record's last
 */
export function showsAnother(value: unknown, given: readonly unknown[]): boolean {
  if (!isJsonObject(value)) return false;
  const named = given.flatMap((one) => nameOf(one)?.toLowerCase() ?? []);
  const shown = [value, ...Object.values(value).filter(isJsonObject)].flatMap((one) => Object.values(one));
  const id = spelled(recordIn(value), 'id') ?? '';
  const own = named.at(-1) ?? '';
  const isAlike = isSurelyId(id) && isSurelyId(own) && id.includes('-') === own.includes('-');
  return isAlike && !shown.some((one) => named.includes(nameOf(one)?.toLowerCase() ?? ''));
}

/** What may stand around a participle: `is_sent`, `email_sent`, `sent_count`. */
const AROUND = /^((is|was|has|have|been|e?mail|message)_)+|_(count|to|successfully)$/g;
/** Acts that may well end with `paid: false`. */
const UNDOES = /(^|_)(not|no|toggle|switch|flip|reset|clear|un[a-z]+)(_|$)/;
const FLAG = /^((is_)?success|succeeded|ok|persisted)$/;
const UNTRUE = /^(dry_run|simulated|(has_)?errors?|is_error|failed|rejected|refused|denied|skipped)$/;
const BAD_END = /(^|_)(failed|failure|error|rejected|refused|bounced)$/;

/**
 * What an answer says of the act itself: true for `sent: true`, false for `sent: false` or `not_sent` as a state, undefined
 * for neither. @param act its name: `mark_paid`, `send_invoice`. @param args of the call: what it gave itself says nothing
 */
export function saidOfAct(value: unknown, act: string, args: JsonObject): boolean | undefined {
  if (!isJsonObject(value) || UNDOES.test(act)) return undefined;
  const words = act.split('_');
  const given = new Set(Object.keys(args).map(plainName));
  const isOwn = (name: string) => {
    const all = name.split('_');
    const last = all.at(-1) ?? '';
    const isEnd = words.includes(participleOf(last) ?? '') || (/(ed|paid|sent)$/.test(last) && words.includes(last));
    return isEnd && all.slice(0, -1).every((word) => words.includes(word));
  };
  const said = [value, recordIn(value)]
    .flatMap((one) => Object.entries(one))
    .map(([key, member]) => {
      const name = plainName(key);
      const isFlag = FLAG.test(name) || isOwn(name.replace(AROUND, ''));
      const state = /^(?:(.+)_)?(?:status|state)$/.exec(name);
      const isAbout = isFlag || state !== null || name === 'message' || UNTRUE.test(name);
      if (!isAbout || given.has(name)) return undefined;
      const text = plainName(String(numbersAsText(member)));
      const isOff = /^(false|no|0)$/.test(text) || (Array.isArray(member) && member.length === 0);
      const isOn = /^(true|yes|[1-9]\d*)$/.test(text) || (Array.isArray(member) && member.length > 0);
      if (isFlag) return isOn ? true : isOff ? false : undefined;
      if (name === 'message' && typeof member === 'string') return saysDone(member, isOwn) || undefined;
      if (UNTRUE.test(name)) return isOn && typeof member === 'boolean' ? false : undefined;
      if (state === null) return undefined;
      const ofAct = state[1] !== undefined && isOwn(state[1]);
      if (/^not_|^un/.test(text) && isOwn(text.replace(/^not_|^un/, ''))) return false;
      if ((ofAct && BAD_END.test(text)) || (text === 'draft' && words.some((word) => ENDS_DRAFT.has(word))))
        return false;
      return isOwn(text) || DONE.test(text) ? true : undefined;
    });
  return said.includes(false) ? false : said.includes(true) || undefined;
}

const DENIES =
  /\b(not|no|never|nothing|already|fail\w*|errors?|unable|could|can|cannot|will|would|invalid|queued)\b|n't\b/i;

/** "The invoice was sent." */
function saysDone(text: string, isOwn: (word: string) => boolean): boolean {
  const words = text
    .slice(0, 300)
    .toLowerCase()
    .split(/[^a-z]+/);
  return !DENIES.test(text) && words.some((word) => word === 'successfully' || isOwn(word));
}

const DONE = /^(ok|success|successful|succeeded|done|completed?)$/;
const ENDS_DRAFT = new Set(['issue', 'expose', 'finalise', 'finalize']);

/** What a delete was about, which an empty answer does not say. */
export function deletedBy({ action, tool, parameters, workspace }: Operation, args: JsonObject): JsonObject {
  const own = parameters.filter(({ in: place, name }) => place === 'path' && name !== workspace).at(-1);
  const id = own === undefined ? undefined : args[own.arg];
  if (action !== 'delete' || id === undefined) return {};
  return { deleted: { type: tool.replace(/^lucanto_[a-z]+_/, ''), id } };
}

function onlyMember(value: unknown): unknown[] {
  if (!isJsonObject(value)) return [];
  const members = Object.values(value).filter(isJsonObject);
  return members.length === 1 ? members : [];
}

function nameOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' || value.length > 100 ? null : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}
