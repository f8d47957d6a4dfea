import { participleOf } from '../contract/acts.ts';
import { FieldNames, plainName } from '../contract/field-names.ts';
import { stateRole } from '../contract/field-roles.ts';
import type { Operation } from '../contract/operation.ts';
import { isJsonObject, type JsonObject, objectIn, recordIn } from '../core/json.ts';
import { isSurelyId } from '../core/text.ts';
import type { CallContext } from '../core/tool.ts';
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

/**
 * Id and number of the record in an answer, for the ledger.
 * @param value a parsed answer, which may wrap the record. @param args of the call: an action names its record there.
 */
export function recordNames(value: unknown, args: JsonObject): { id: string | null; number: string | null } {
  const record = recordIn(objectIn(value));
  return { id: spelled(record, 'id') ?? nameOf(args.id), number: spelled(record, 'number') };
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
  const record = recordIn(value);
  const shown = [value, ...[value, record].flatMap((one) => Object.values(one).flat())].filter(isJsonObject);
  const id = spelled(record, 'id') ?? '';
  const own = named.at(-1) ?? '';
  const isAlike = isSurelyId(id) && isSurelyId(own) && id.includes('-') === own.includes('-');
  const values = shown.flatMap((one) => Object.values(one));
  return isAlike && !values.some((one) => named.includes(nameOf(one)?.toLowerCase() ?? ''));
}

/** Ids in the path, that of the record last. */
export function ownIds({ parameters, workspace }: Operation, args: JsonObject): readonly unknown[] {
  return parameters.flatMap(({ in: place, name, arg }) => (place === 'path' && name !== workspace ? [args[arg]] : []));
}

/** What may stand around a participle: `is_sent`, `email_sent`, `sent_count`. */
const AROUND = /^((is|was|has|have|been|e?mail|message)_)+|_(count|to|successfully)$/g;
/** How the names end, in any spelling, that may speak of the act. */
const SPEAKS =
  /(ed|sent|paid|withdrawn|status|state|message|success|ok|errors?|dry_?run)(_?(count|to|successfully))?$/i;
/** Acts that may well end with `paid: false`. */
const UNDOES = /(^|_)(not|no|toggle|switch|flip|reset|clear|un(?!i[tovq]|der|til)[a-z]+)(_|$)/;
const FLAG = /^((is_)?success|succeeded|ok|persisted)$/;
const UNTRUE = /^(dry_run|simulated|(has_)?errors?|is_error|skipped)$/;
/** Of the act, or of a record that somebody else refused. */
const REFUSED = /^(failed|rejected|refused|denied)$/;
const BAD_END = /(^|_)(failed|failure|error|rejected|refused|bounced)$/;

/** In a message: "could not be sent", "has to be approved before it is sent". */
const DENIES =
  /\b(not|no|never|nothing|already|fail\w*|errors?|unable|could|can|cannot|will|would|invalid|queued|must|needs?|should|has to|have to|to be|being|before|until|unless|once|if|when|pending|waiting|scheduled|shortly|soon|later|only|part(ial)?ly)\b|n't\b/i;
const DONE = /^(ok|success|successful|succeeded|done|completed?)$/;
const ENDS_DRAFT = /(^|_)(issue|expose|finali[sz]e)(_|$)/;

/**
 * What an answer says of the act itself: true for `sent: true`, false for `sent: false` or `not_sent` as a state, undefined
 * for neither. @param act its name: `mark_paid`, `send_invoice`. @param args of the call: what it gave itself says nothing
 */
export function saidOfAct(value: unknown, act: string, args: JsonObject): boolean | undefined {
  if (!isJsonObject(value) || UNDOES.test(act)) return undefined;
  const words = act.split('_');
  const isMark = /^(mark|set|flag)_/.test(act);
  const isOwn = (name: string) => {
    const before = name.split('_');
    const last = before.pop() ?? '';
    const isEnd =
      words.includes(participleOf(last) ?? '') || (isMark && words.includes(last) && /(ed|paid|sent)$/.test(last));
    return isEnd && before.every((word) => words.includes(word));
  };
  const given = Object.keys(args).map(plainName);
  const record = recordIn(value);
  const members = [...new Set([value, record])]
    .flatMap((one) => Object.entries(one))
    .filter(([key]) => SPEAKS.test(key))
    .map(([key, member]) => [plainName(key), member] as const);
  const said = members.map(([name, member]) => {
    if (given.includes(name)) return undefined;
    const text = Array.isArray(member) ? String(member.length) : plainName(String(member));
    if (FLAG.test(name) || isOwn(name.replace(AROUND, '')))
      return /^(true|yes|[1-9]\d*)$/.test(text) || (/^(false|no|0)$/.test(text) ? false : undefined);
    const isSaid = (word: string) => word === 'successfully' || isOwn(word);
    if (name === 'message') return (!DENIES.test(String(member)) && text.split('_').some(isSaid)) || undefined;
    if (UNTRUE.test(name) || (REFUSED.test(name) && record.id === undefined))
      return member === true ? false : undefined;
    if (!/(^|_)(status|state)$/.test(name)) return undefined;
    const isDraft = text === 'draft' && ENDS_DRAFT.test(act);
    const hasFailed = BAD_END.test(text) && isOwn(name.replace(/_?(status|state)$/, ''));
    const isDenied = /^(not_|un)/.test(text) && isOwn(text.replace(/^(not_|un)/, ''));
    return !(isDraft || hasFailed || isDenied) && (isOwn(text) || DONE.test(text) || undefined);
  });
  if (!said.includes(false)) return said.includes(true) || undefined;
  return members.some(([, member]) => stateRole(String(member)) === 'partly') ? undefined : false;
}

function nameOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' || value.length > 100 ? null : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}
