import { plainName } from '../contract/field-names.ts';
import { isJsonObject, type JsonObject, objectIn, tryParseJson } from '../core/json.ts';
import type { ToolResult } from '../core/tool.ts';
import { withNote } from '../writes/write-messages.ts';
import { type CallSubject, effectOf } from './call-subject.ts';
import { quoted, quotedAddress } from './neutral-text.ts';
import { questionText } from './question.ts';
import { addressesIn, isSenderField, isStored, recipientsOf } from './recipients.ts';
import { namesSeveral } from './sends-of-call.ts';

/**
 * What the answer to a call says besides: to which addresses something was sent, as the service says, else as far as it is
 * known; and what was deleted, as it was read for the question.
 */

const SENT_TO = /(?:^|_)(?:to|cc|bcc|recipients?|sent_to|delivered_to)(?:_(?:e_?mails?|address(?:es)?))?$/;
/** A record that was created or changed may keep recipients to whom nothing was sent. */
const WAS_SENT_TO = /(?:^|_)(?:sent|delivered)_to$/;
const NOT_SENT =
  /(?:^|_)(?:not|un|non|fail|reject|skip|invalid|bounce|block|suppress|undeliver|ignor|error|refus|exclud|suggest)/;
const DEPTH = 2;

export function withSubject(result: ToolResult, subject: CallSubject): ToolResult {
  const effect = result.isError === true ? undefined : effectOf(subject);
  if (effect === 'sends') return withNote(result, recipientsNote(result, subject));
  const note = effect === 'deletes' ? deletedNote(result, subject) : null;
  return note === null ? result : withNote(result, note);
}

/** Null where the answer names it, or nothing was read. */
function deletedNote(result: ToolResult, subject: CallSubject): string | null {
  const { facts, tool, args } = subject;
  if (facts === null || namesSeveral(tool, args)) return null;
  const called = facts.number ?? facts.name;
  if (called !== null && String(result.content[0]?.text).includes(called)) return null;
  const [question = ''] = questionText(subject).split('\n');
  const who = facts.customer === null ? '' : ` Who: ${quoted(facts.customer)}.`;
  const amount = facts.amount === null ? '' : ` ${facts.amount.label}: ${facts.amount.text}.`;
  return `${question.replace(/[?]$/, '')}: done.${who}${amount}`;
}

function recipientsNote(result: ToolResult, { tool, args, stored, facts, records = [] }: CallSubject): string {
  const isSend = tool.irreversible === 'sends';
  const answered = unique(addressesOf(answerOf(result), DEPTH, isSend ? SENT_TO : WAS_SENT_TO));
  if (answered.length > 0) return `Sent to ${list(answered, stored)}, according to the service.`;
  const given = unique(recipientsOf(args, tool.validation).map(({ address }) => address));
  if (isSend && given.length > 0) return `Sent to ${list(given, stored)}, as given in this call.`;
  const all = [{ facts, stored }, ...records];
  const others = all.flatMap((one) => one.facts?.otherAddresses ?? []).map(({ address }) => address);
  const known = unique([...all.flatMap((one) => one.stored ?? []), ...others]);
  // An argument asks for it, and the service may do it later, or not at all.
  const unsaid = `The service does not say ${isSend ? 'to which address this was sent' : 'whether something was sent, and to which address'}`;
  if (given.length > 0) return `${unsaid}. Recipients in this call: ${list(given, stored)}.`;
  if (known.length > 0)
    return `${unsaid}; this call gives no address. On record: ${list(
      known,
      all.flatMap((one) => one.stored ?? []),
    )}.`;
  return `${unsaid}, and ${stored === null ? 'the stored address is not known' : 'no address is stored'}.`;
}

function list(addresses: readonly string[], stored: readonly string[] | null): string {
  const named = addresses.map((address) => {
    const text = quotedAddress(address);
    return isStored(address, stored ?? []) ? `${text} (the customer's stored address)` : text;
  });
  return named.join(', ');
}

function unique(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses)];
}

/** Not every address in a record is one that something was sent to: the field must say so. */
function addressesOf(value: JsonObject, depth: number, isSentTo: RegExp): readonly string[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const plain = plainName(name);
    if (isSenderField(plain) || NOT_SENT.test(plain)) return [];
    if (isSentTo.test(plain)) return addressesWithin(member);
    return isJsonObject(member) && depth > 1 ? addressesOf(member, depth - 1, isSentTo) : [];
  });
}

function addressesWithin(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(addressesWithin);
  if (isJsonObject(value)) return saysNotSent(value) ? [] : Object.values(value).flatMap(addressesWithin);
  return typeof value === 'string' ? (addressesIn(value) ?? []).map(({ address }) => address) : [];
}

/** `{ email, status: "rejected" }`, `{ address, delivered: false }`. */
function saysNotSent(one: JsonObject): boolean {
  return Object.entries(one).some(([name, value]) => {
    const plain = plainName(name);
    if (/(?:^|_)(?:sent|delivered|accepted|success|ok)$/.test(plain) && value === false) return true;
    return (
      /(?:^|_)(?:status|state|result)$/.test(plain) && typeof value === 'string' && NOT_SENT.test(plainName(value))
    );
  });
}

function answerOf({ structuredContent, content }: ToolResult): JsonObject {
  return structuredContent ?? objectIn(tryParseJson(String(content[0]?.text)));
}
