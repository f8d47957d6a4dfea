/** How many sends a call makes, by the meaning of its operation and of its arguments. */
import { actsInName, actsInSentence } from '../contract/acts.ts';
import { type ArgumentEffect, argumentEffects } from '../contract/argument-effects.ts';
import { plainName } from '../contract/field-names.ts';
import { columnNames } from '../contract/field-roles.ts';
import { isPluralNoun, plural, singular, snake } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { isSurelyId } from '../core/text.ts';
import type { Tool } from '../core/tool.ts';
import { plainText } from '../tools/record-fields.ts';
import { isRecipientField, recipientsOf } from './recipients.ts';

/**
 * `unknown`: it sends, and how much cannot be told. @param operation the contract's, where it knows the tool
 * @param effects of the arguments
 */
export function sendsOfCall(
  tool: Tool,
  operation: Operation | undefined,
  args: JsonObject,
  effects: readonly ArgumentEffect[],
): number | 'unknown' {
  if (tool.tier === 'read' && tool.descriptor.annotations.readOnlyHint) return 0;
  if (isSend(tool, operation)) return recordsNamed(tool, args);
  const isAddressed = tool.irreversible !== undefined && recipientsOf(args, tool.validation).length > 0;
  // The contract may name a default that the remote endpoint does not.
  const known = operation === undefined || tool.route === 'rest' ? [] : argumentEffects(args, [operation.inputSchema]);
  const all = [...effects, ...known.filter(({ isState }) => !isState)].filter(
    ({ effect, isAbsent }) => effect === 'sends' && isAbsent !== true,
  );
  // As many as there are records in the list that it is asked for.
  const records = new Set(all.map(({ path }) => path.slice(0, path.lastIndexOf(']') + 1)));
  return Math.max(isAddressed ? 1 : 0, records.size);
}

/** The name without the service's own word before it. */
export function actName({ descriptor }: Tool): string {
  return snake(descriptor.name.replace(/^lucanto[_-]/, ''));
}

function isSend(tool: Tool, operation: Operation | undefined): boolean {
  if (tool.irreversible === 'sends' || operation?.openWorld === true) return true;
  const said = actsInName(actName(tool));
  // A verb that is not in the table may do anything.
  if (tool.irreversible === 'unknown' && said.length === 0) return true;
  const texts = operation === undefined ? [tool.descriptor.title, tool.descriptor.description] : [];
  return [...said, ...texts.flatMap((text) => actsInSentence(text.slice(0, 500)))].some(({ act }) => act === 'sends');
}

const ID = /(?:^|_)(?:id|uuid|guid|number)$/;
const IDS = /(?:^|_)(?:ids|uuids|guids|numbers)$/;
const DEPTH = 3;
const ANY_RECORDS = new Set(['documents', 'records', 'selection', 'selected']);

/** One record, one send; a list of records is as many. What is named by something else, such as a customer, may be any number. */
function recordsNamed(tool: Tool, args: JsonObject): number | 'unknown' {
  const act = actName(tool);
  const { ids, lists, own, ownIds, further } = recordsIn(tool, args);
  // An empty list may stand for all.
  if ([...ids, ...own].some(({ size }) => size === 0 || size === 'unknown')) return 'unknown';
  const sizes = (all: readonly NamedValue[]) => Math.max(1, ...all.map(({ size }) => Number(size ?? 1)));
  if (own.length > 0) return sizes([...own, ...ids]);
  const isMany = /(^|_)(bulk|batch|mass|multi|all)(_|$)/.test(act) || isPluralNoun(act.split('_').at(-1) ?? '');
  const recipients = recipientsOf(args, tool.validation).length;
  if (isMany) {
    // A bare `id` may be that of a customer.
    const certain = ownIds.filter(({ name }) => name.replace(ID, '') !== '');
    if (certain.length > 0) return sizes(certain);
    return recipients > 0 && ids.length + lists.length === 0 ? recipients : 'unknown';
  }
  if (ownIds.length > 0) return further.reduce((sum, { size }) => sum + Number(size), sizes(ids));
  if (lists.length > 0) return sizes(lists);
  const isNew = actsInName(act).some((one) => one.act === 'makes');
  return ids.length > 0 || isNew || recipients > 0 ? sizes(ids) : 'unknown';
}

/** Whether a call is about further records than the one that is read to be shown. */
export function namesSeveral(tool: Tool, args: JsonObject): boolean {
  const { own, ownIds, further } = recordsIn(tool, args);
  const lists = ownIds.length > 0 ? [...own, ...further] : own;
  const all = [...lists, ...ownIds];
  return all.some(({ size }) => size !== null && size !== 1) || (lists.length > 0 && all.length > 1);
}

/** What names records in a call: by one id, by a list, and which of these are of the kind that the tool is about. */
function recordsIn(tool: Tool, args: JsonObject) {
  const named = namesIn(args, 0).filter(({ name }) => !/^(workspace|account|company)_id$/.test(name));
  const isOwn = ({ name }: NamedValue) => isOwnNoun(name.replace(IDS, '').replace(ID, ''), tool);
  const ids = named.filter(({ name }) => ID.test(name));
  const lists = named.filter(
    ({ name, size }) => size !== null && !isRecipientField(name, {}) && (IDS.test(name) || isRecordsName(name, tool)),
  );
  // `also: [8, 9]` may name more of them.
  const further = named.filter(
    (one) => !lists.includes(one) && !OF_OTHERS.test(one.name) && Number(one.size) > 0 && one.values.every(isId),
  );
  return { ids, lists, own: lists.filter(isOwn), ownIds: ids.filter(isOwn), further };
}

/** Lists of numbers that are sent along, or say how it is done. */
const OF_OTHERS =
  /attach|file|image|tag|label|categor|lang|page|line|item|position|field|column|day|hour|level|template|amount|code|version|phone/;

function isId(value: unknown): boolean {
  return isSurelyId(plainText(isJsonObject(value) ? value.id : value) ?? '');
}

/** The records that a call lists and acts upon, in the order of the call: each with what it may be, the likelier noun first. */
export function listedIds(
  tool: Tool,
  args: JsonObject,
): readonly { readonly id: unknown; readonly nouns: readonly string[] }[] {
  const { lists, own } = recordsIn(tool, args);
  const isOfOthers = args.id === undefined && !actsInName(actName(tool)).some(({ act }) => act === 'makes');
  return (isOfOthers ? lists : own).flatMap(({ name, values }) => {
    const noun = name.replace(IDS, '');
    const nouns = [noun, ...(noun === '' || ANY_RECORDS.has(noun) ? [tool.resource] : [])].map(singular);
    const ids = values.map((value) => (isJsonObject(value) ? value.id : value));
    return ids.flatMap((id) => (plainText(id) === null ? [] : { id, nouns }));
  });
}

interface NamedValue {
  readonly name: string;
  readonly values: readonly unknown[];
  /** How many a list holds; null for one value. */
  readonly size: number | 'unknown' | null;
}

function namesIn(value: JsonObject, depth: number): readonly NamedValue[] {
  return Object.entries(value).flatMap(([key, member]): readonly NamedValue[] => {
    const name = plainName(key);
    if (isJsonObject(member))
      return depth < DEPTH ? [{ name, size: null, values: [] }, ...namesIn(member, depth + 1)] : [];
    if (Array.isArray(member)) return [{ name, size: member.length, values: member }];
    const text = plainText(member);
    if (text === null) return [];
    return [{ name, size: ID.test(name) || IDS.test(name) ? sizeOf(text) : null, values: partsOf(text) }];
  });
}

/** `"7,8,9"` names three; `"*"` and `"1..50"` name any number. */
function sizeOf(text: string): number | 'unknown' | null {
  if (/^(\*|all|any)$|\.\.|\*/i.test(text.trim())) return 'unknown';
  const parts = partsOf(text);
  return parts.length > 1 ? parts.length : null;
}

function partsOf(text: string): readonly string[] {
  return text.split(/[,;]/).flatMap((part) => (part.trim() === '' ? [] : part.trim()));
}

function isOwnNoun(noun: string, tool: Tool): boolean {
  if (noun === '') return true;
  const words = `_${actName(tool)}_`;
  return [noun, plural(noun), singular(noun)].some((one) => words.includes(`_${one}_`) || one === tool.resource);
}

function isRecordsName(name: string, tool: Tool): boolean {
  if (ANY_RECORDS.has(name)) return true;
  return isOwnNoun(name, tool) || columnNames('customer').some((word) => plural(word) === name);
}

/** By the words of the tool, or of what an argument asks for. */
function isByEmail(tool: Tool, args: JsonObject, effects: readonly ArgumentEffect[]): boolean {
  const { title, description } = tool.descriptor;
  const asked = effects.flatMap(({ effect, path }) => (effect === 'sends' ? [path, plainText(args[path]) ?? ''] : []));
  const other = Object.values(args).some((value) => typeof value === 'string' && OTHER_CHANNEL.test(value.trim()));
  const told = `${title} ${description}`;
  const said = tool.irreversible === 'sends' && !OTHER_WAY.test(told) ? [told, ...asked] : asked;
  return !other && said.some((text) => /(?:^|[^a-z])e[-_]?mail/i.test(text));
}

/** In the words of a tool: then only an argument says that it is an e-mail. */
const OTHER_WAY = /\b(?:peppol|sms|letter|post|whatsapp|fax|(?:not|no|without)(?: by| an?)? e-?mail\w*)\b/i;
const OTHER_CHANNEL = /^(?:sms|fax|post|letter|whatsapp|viber|telegram|slack|peppol|e_?invoice|portal|webhook)$/i;
const SUBJECT = /(?:^|_)(?:subject|template)(?:_|$)/;
const TEXT = /(?:^|_)(?:text|body|message|content|html|template)(?:_|$)/;

/** Whose the words of an e-mail are, where the call does not bring them along. */
export function ownMessage({
  tool,
  args,
  effects = [],
}: {
  readonly tool: Tool;
  readonly args: JsonObject;
  readonly effects?: readonly ArgumentEffect[];
}): readonly string[] {
  if (!isByEmail(tool, args, effects)) return [];
  const names = namesWithin(args, 0);
  const missing = [
    names.some((name) => SUBJECT.test(name)) ? [] : 'Subject',
    names.some((name) => TEXT.test(name)) ? [] : 'Text',
  ].flat();
  const [first, second] = missing;
  if (first === undefined) return [];
  return [
    `${first}${second === undefined ? '' : ` and ${second.toLowerCase()}`}: not in this call, the service decides`,
  ];
}

function namesWithin(value: unknown, depth: number): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => namesWithin(one, depth));
  if (!isJsonObject(value) || depth > 3) return [];
  return Object.entries(value).flatMap(([name, member]) => [plainName(name), ...namesWithin(member, depth + 1)]);
}
