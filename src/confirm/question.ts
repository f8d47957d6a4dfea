import type { ArgumentEffect } from '../contract/argument-effects.ts';
import { human } from '../contract/naming.ts';
import { type JsonObject, stringifyJson } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';
import { amountText } from '../tools/money.ts';
import { plainText } from '../tools/record-fields.ts';
import { type CallSubject, effectOf, unclearIn } from './call-subject.ts';
import { brief, named, neutral, neutralValue, quoted, quotedAddress } from './neutral-text.ts';
import {
  addressesAmong,
  addressesIn,
  isStored,
  isUnusual,
  mailAddresses,
  mainRecipients,
  type Recipient,
  recipientsOf,
  replacesStored,
} from './recipients.ts';
import { amountOf } from './record-amount.ts';
import { dateOf, recordLabel, recordLine } from './record-facts.ts';
import { namesSeveral, ownMessage } from './sends-of-call.ts';

/**
 * What a person is shown before they agree. Each line of ours begins with its own label, each argument with a dash;
 * recipients, amounts and structured arguments are never shortened, long texts only with a count of the rest.
 */

/** More than this cannot be checked by a person: the call is refused instead. */
export const LONGEST_QUESTION = 4_000;
/** Of a text that a call brings along. */
const LONGEST_ARGUMENT = 400;

export function questionText(subject: CallSubject): string {
  const { facts, workspace, noun, newCustomer } = subject;
  const who = facts?.customer ?? newCustomer;
  const lines = [
    `${titleOf(subject.tool)}${noun === null ? labelOf(subject) : idLabel(subject)}?`,
    noun === null ? null : `${human(noun)}:${labelOf(subject)}`,
    who == null ? null : `Who: ${quoted(who)}`,
    who != null || facts?.supplier == null ? null : `Supplier: ${quoted(facts.supplier)}`,
    ...amountLines(subject),
    ...dateLines(subject),
    ...recipientLines(subject),
    ...messageLines(subject),
    ...argumentsOf(subject).map(([name, text]) => `- ${name}: ${text}`),
    workspace === null ? null : `Company: ${workspaceText(workspace)}`,
    ...listedLines(subject),
    ...warningsOf(subject),
    ...effectLines(subject),
    lastLine(subject),
  ];
  return lines.filter((line) => line !== null).join('\n');
}

/** The same as data, with the text that a model is to show. */
export function previewOf(subject: CallSubject): JsonObject {
  const { tool, args, facts, workspace, newCustomer = null } = subject;
  const { id, number, name, status, customer, supplier, amount } = facts ?? NOTHING_KNOWN;
  const warnings = warningsOf(subject);
  const value = (text: string | null) => (text === null ? undefined : brief(text));
  return {
    question: questionText(subject),
    action: titleOf(tool),
    tool: tool.descriptor.name,
    record: {
      ...{ id: value(id ?? plainText(args.id)), number: value(number), name: value(name), status: value(status) },
      ...{
        who: value(customer ?? newCustomer),
        supplier: value(customer === null ? supplier : null),
        amount: amount?.text,
      },
    },
    to: recipientLines(subject).map((line) => line.slice('To: '.length)),
    records: subject.records?.length ? listedLines(subject) : undefined,
    arguments: Object.fromEntries(argumentsOf(subject)),
    workspace: workspace === null ? undefined : { id: workspace.id, name: value(workspace.name) },
    warnings: warnings.length === 0 ? undefined : warnings,
    note: lastLine(subject),
  };
}

const NOTHING_KNOWN = {
  ...{ id: null, number: null, name: null, status: null },
  ...{ customer: null, supplier: null, amount: null },
};

/** A title that could be more than one gives way to the tool's name. */
function titleOf({ descriptor: { title, name } }: Tool): string {
  return /^[\p{L}\p{N} ,()/'-]{1,80}$/u.test(title) && neutral(title) === title
    ? title
    : human(name.replace(/^lucanto_/, '').replace(/[^A-Za-z0-9]+/g, '_'));
}

function labelOf(subject: CallSubject): string {
  return (subject.facts === null ? null : recordLabel(subject.facts)) ?? idLabel(subject);
}

function idLabel({ args }: CallSubject): string {
  const id = plainText(args.id);
  return id === null ? '' : ` ${named(id)}`;
}

function amountLines(subject: CallSubject): readonly string[] {
  const { args, facts } = subject;
  const asked = amountOf(args);
  const given = [...totalLines(subject), ...(asked === null ? [] : [`${asked.label} in this call: ${asked.text}`])];
  const effect = effectOf(subject);
  if (facts?.amount != null) return [`${facts.amount.label}: ${facts.amount.text}`, ...given];
  if (facts !== null && !facts.isAboutMoney && effect === 'deletes') return given;
  const isListed = facts === null && (subject.records ?? []).length > 0;
  const isRecord = facts !== null || plainText(args.id) !== null || (effect === 'sends' && !isListed);
  if (!isRecord || (facts === null && given.length > 0 && plainText(args.id) === null)) return given;
  const isNew = facts === null && subject.newCustomer !== undefined;
  const why = isNew
    ? 'not found in this call'
    : facts === null
      ? 'not known, the record could not be read'
      : 'not found in the record';
  return [`Amount: ${why}`, ...given];
}

/** With the call's own lines it is another one than the record's. */
function totalLines({ total }: CallSubject): readonly string[] {
  if (total == null) return [];
  const most =
    'unknown' in total
      ? `not known (${neutral(total.unknown)})`
      : `${amountText(total.amount, total.currency)} ${named(total.currency)} at most`;
  return [`Amount with this call: ${most}`];
}

const SEVERAL = 'The call names several records: not all of their amounts and recipients are known.';

/** Each record that a call lists, with its amount and, of a send, to whom it goes. */
function listedLines(subject: CallSubject): readonly string[] {
  const { tool, args, records = [] } = subject;
  const isSend = effectOf(subject) === 'sends';
  const lines = records.map((one, at) => `Record ${at + 1}: ${recordLine(one, isSend)}`);
  const isWhole = records.length > 0 && records.every(({ facts }) => facts !== null);
  return [...lines, ...(!isWhole && namesSeveral(tool, args) ? [SEVERAL] : [])];
}
const BY_ARGUMENT = { sends: 'sends', issues: 'issues', deletes: 'cancels or deletes' };

function effectLines(subject: CallSubject): readonly string[] {
  const { tool, args, effects = [] } = subject;
  const addressed = [...recipientsOf(args, tool.validation).map(({ path }) => path), ...unclearIn(subject)];
  // To whom a send goes is no further effect of it.
  const isOfSend = ({ effect, path }: ArgumentEffect) => {
    const plain = path.replace(/\[\d+\]/g, '');
    return (
      effect === 'sends' && tool.irreversible === 'sends' && addressed.some((one) => `${one}.`.startsWith(`${plain}.`))
    );
  };
  const further = effects.filter((one) => !isOfSend(one));
  return (['sends', 'issues', 'deletes'] as const).flatMap((effect) => {
    const names = further.filter((one) => one.effect === effect).map(({ path }) => nameOf(path));
    return names.length === 0 ? [] : [`It also ${BY_ARGUMENT[effect]}, because of ${[...new Set(names)].join(', ')}.`];
  });
}

/** What is sent goes to the stored address unless the service reads the call's own recipients otherwise: all are shown. */
function recipientLines(subject: CallSubject): readonly string[] {
  const { tool, args, facts, stored } = subject;
  const isReplaced = replacedBy(subject) !== null;
  const given = recipientsOf(args, tool.validation).map((one) => recipientLine(one, stored));
  if (effectOf(subject) !== 'sends') return given;
  const own = (isReplaced ? [] : (stored ?? [])).map(
    (address) => `To: ${quotedAddress(address)} (${mark(address, stored)})`,
  );
  const others = (facts?.otherAddresses ?? [])
    .filter(({ address }) => !isStored(address, stored ?? []))
    .map((one) => recipientLine({ ...one, path: `${one.path} of the record` }, stored));
  const known = [...own, ...others];
  const none =
    stored === null
      ? 'To: not known, the service decides'
      : 'To: the service decides, no address is stored for the customer';
  const also = unclearIn(subject).map(
    (path) => `To: also the recipients in ${nameOf(path)}, whose addresses are not known`,
  );
  const isElsewhere = isReplaced || (facts === null && (subject.records ?? []).length > 0);
  return [...(known.length > 0 ? known : isElsewhere ? [] : [none]), ...given, ...also];
}

/** Of several stored addresses, nothing says which of them an argument replaces. */
function replacedBy({ tool, args, stored }: CallSubject): string | null {
  const named = mainRecipients(args, tool.validation);
  return (stored?.length === 1 ? named.find((path) => replacesStored(path, tool.validation)) : null) ?? null;
}

/** Whether the stored address gets it too, where the call names others, and whose the message is. */
function messageLines(subject: CallSubject): readonly string[] {
  const { tool, args, stored } = subject;
  if (effectOf(subject) !== 'sends') return [];
  const named = mainRecipients(args, tool.validation);
  const given = recipientsOf(args, tool.validation).map(({ address }) => address);
  const isElsewhere = stored === null || stored.some((address) => !isStored(address, given));
  const only = (stored ?? []).map(quotedAddress).join(', ');
  const behind =
    replacedBy(subject) === null
      ? '. The service may also send it to the stored address.'
      : `, instead of the customer's stored address ${only}.`;
  const own =
    named.length === 0 || !isElsewhere ? [] : [`The recipients are given in ${named.map(nameOf).join(', ')}${behind}`];
  return [...own, ...ownMessage(subject)];
}

function isIssue({ tool, effects = [] }: CallSubject): boolean {
  return tool.irreversible === 'issues' || effects.some(({ effect }) => effect === 'issues');
}

/** Of what is issued; a date that the call gives stands among its arguments. */
function dateLines(subject: CallSubject): readonly string[] {
  const { facts, args, today = '' } = subject;
  if (!isIssue(subject)) return [];
  return (['issued', 'due'] as const).flatMap((role) => {
    const given = dateOf(role, args);
    const date = given ?? facts?.[role] ?? null;
    const isPast = role === 'due' && date !== null && date < today;
    if (date === null || (given !== null && !isPast)) return [];
    return [`${role === 'due' ? 'Due' : 'Issue'} date: ${date}${isPast ? ', which has passed' : ''}`];
  });
}

/** What a person would want to know before it is sent. */
function warningsOf(subject: CallSubject): readonly string[] {
  const { facts, noun, today = '' } = subject;
  if (facts === null || effectOf(subject) !== 'sends') return [];
  const { sent, due } = facts;
  const late = due !== null && due < today ? `, and its due date ${due} has passed` : '';
  // A reminder is of what was sent before, and a day to come is one for which it is planned.
  const isAgain = noun === null && sent !== null && (today === '' || sent <= today);
  return [
    ...(isAgain ? [`According to the record, it was already sent${sent === '' ? '' : ` on ${sent}`}.`] : []),
    ...(facts.isDraft && !isIssue(subject) ? [`It is still a draft${late}.`] : []),
  ];
}

function recipientLine({ address, name, path }: Recipient, stored: readonly string[] | null): string {
  const called = name === null ? '' : `, named ${quoted(name)}`;
  return `To: ${quotedAddress(address)} (${neutral(path)}${called}, ${mark(address, stored)})`;
}

function mark(address: string, stored: readonly string[] | null): string {
  const unusual = isUnusual(address) ? 'with unusual characters, ' : '';
  if (stored === null) return `${unusual}the customer's stored address is not known`;
  if (stored.length === 0) return `${unusual}no address is stored for the customer`;
  return `${unusual}${isStored(address, stored) ? "the customer's stored address" : "not the customer's stored address"}`;
}

/** All that the call says besides, each with a label that cannot be taken for ours. */
function argumentsOf(subject: CallSubject): readonly (readonly [string, string])[] {
  const { args, tool } = subject;
  const recipients = recipientsOf(args, tool.validation);
  const shown = new Set(recipients.map(({ path }) => path));
  const isShown = (one: string) => recipients.some(({ address }) => address === one);
  return Object.entries(args)
    .filter(
      ([name, value]) => !(name === 'id' && isNamedAbove(subject)) && !(shown.has(name) && isOnlyAddresses(value)),
    )
    .map(([name, value]) => {
      const others = mailAddresses(value).filter((one) => !isShown(one));
      const marks = others.map(
        (one) => `${others.length === 1 ? '' : `${quotedAddress(one)}: `}${mark(one, subject.stored)}`,
      );
      return [nameOf(name), `${valueText(value)}${marks.length === 0 ? '' : ` (${marks.join('; ')})`}`];
    });
}

function isNamedAbove({ args, facts, noun }: CallSubject): boolean {
  return noun !== null || facts?.id == null || facts.id === plainText(args.id);
}

function isOnlyAddresses(value: unknown): boolean {
  return [value].flat().every((item) => typeof item === 'string' && addressesIn(item) !== null);
}

function nameOf(name: string): string {
  return /^[\p{L}\p{N}_.-]{1,64}$/u.test(name) && neutral(name) === name ? name : quoted(name, 64);
}

function valueText(value: unknown): string {
  if (typeof value !== 'string') return stringifyJson(neutralValue(value)) ?? '';
  if (addressesIn(value) !== null) return quotedAddress(value);
  // An address must not hide in what is left out.
  const signs = [...neutral(value)];
  const hidden = addressesAmong(signs.slice(Math.max(0, LONGEST_ARGUMENT - 254)).join(''));
  const among =
    signs.length <= LONGEST_ARGUMENT || hidden.length === 0
      ? ''
      : `, among them ${hidden.map((one) => quotedAddress(one)).join(', ')}`;
  return `${quoted(value, LONGEST_ARGUMENT)}${among}`;
}

function workspaceText({ id, name }: NonNullable<CallSubject['workspace']>): string {
  return name === null || name === '' ? named(id) : `${quoted(name)} (${named(id)})`;
}

function lastLine(subject: CallSubject): string {
  const effect = effectOf(subject);
  if (effect === undefined) return 'This call needs no confirmation.';
  return effect === 'unknown' ? 'Whether this can be undone is not known.' : 'This cannot be undone.';
}
