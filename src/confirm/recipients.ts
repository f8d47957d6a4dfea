import { plainName } from '../contract/field-names.ts';
import { columnNames } from '../contract/field-roles.ts';
import { isJsonObject, type JsonObject, type JsonSchema, objectIn, tryParseJson } from '../core/json.ts';
import { neutral } from './neutral-text.ts';

/**
 * Who will get what a call sends. An argument counts as a recipient by what the service's document says of it, its
 * format or its name, never by what a model wrote into it: no content can add or take away a line of a question.
 */

export interface Recipient {
  readonly address: string;
  /** The name that was given with it. */
  readonly name: string | null;
  /** The argument or field that holds it: `delivery.cc`. */
  readonly path: string;
}

const RECIPIENT =
  /(?:^|_)(?:to|cc|bcc|recipients?|receivers?|addressees?|invitees?|attendees?|blind_copy|carbon_copy|copies|e_?mails?|phones?|mobiles?|tel(?:ephones?)?|fax(?:es)?|whats_?app|viber|telegram|(?:peppol|edi)_(?:id|address|participant|endpoint))(?:_(?:e_?mails?|address|addresses|list|numbers?|\d{1,3}))?$/;
const SENDER = /(?:^|_)(?:from|reply_to|sender)(?:_|$)/;
const ADDRESS_FIELD = /(?:^|_)(?:e_?)?mails?(?:_address(?:es)?)?$/;
const LONE_ADDRESS = /^<?([^\s<>,;"'@]+[@＠][^\s<>,;"'@]+)>?$/;
const NAMED_ADDRESS = /^(.{1,200}?)\s*<([^\s<>,;"'@]+[@＠][^\s<>,;"'@]+)>$/;

/** The addresses that a text consists of; null where it holds anything else. */
export function addressesIn(text: string): readonly Omit<Recipient, 'path'>[] | null {
  const parts = text.split(/[,;\r\n]+/).flatMap((part) => (part.trim() === '' ? [] : part.trim()));
  const found = parts.flatMap((part): Omit<Recipient, 'path'>[] => {
    const [, name, address] = NAMED_ADDRESS.exec(part) ?? [];
    if (name !== undefined && address !== undefined) return [{ address, name: name.replace(/^["']|["']$/g, '') }];
    return part.split(/\s+/).map((word) => ({ address: LONE_ADDRESS.exec(word)?.[1] ?? '', name: null }));
  });
  return found.length === 0 || found.some(({ address }) => address === '') ? null : found;
}

/** A number to send to, as for a text message; never a date. */
function phoneIn(text: string): readonly Omit<Recipient, 'path'>[] {
  const address = text.trim();
  const isPhone =
    /^\+?[\d ()/.-]{6,20}$/.test(address) && !/^\d{4}-\d\d-\d\d$|^\d{1,2}\.\s?\d{1,2}\.\s?\d{4}$/.test(address);
  return isPhone ? [{ address, name: null }] : [];
}

export function addressesAmong(text: string): readonly string[] {
  return text.match(/[^\s<>,;:"'()[\]@]+[@＠][^\s<>,;"'()[\]@]+/g) ?? [];
}

/** Whatever its name, what consists of addresses may be sent to, in JSON that is a text, too; but not to the sender's own. */
export function mailAddresses(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    const inner = /^\s*[[{]/.test(value) ? tryParseJson(value) : undefined;
    return addressesIn(value)?.map(({ address }) => address) ?? mailAddresses(inner);
  }
  if (Array.isArray(value)) return value.flatMap(mailAddresses);
  return Object.entries(objectIn(value)).flatMap(([name, one]) =>
    isSenderField(plainName(name)) ? [] : [...mailAddresses(name), ...mailAddresses(one)],
  );
}

/** The recipients in a call's arguments, by the schema that describes them. */
export function recipientsOf(args: JsonObject, schema: JsonSchema): readonly Recipient[] {
  return Object.entries(args).flatMap(([name, value]) => within(value, property(schema, name), name, name, false));
}

function within(value: unknown, schema: JsonSchema | null, name: string, path: string, isIn: boolean): Recipient[] {
  if (schema === null && !isIn) return [];
  const isRecipient = isIn || isRecipientField(name, schema ?? {});
  if (typeof value === 'string') {
    const others = () => (isRecipientField(name, schema ?? {}) ? phoneIn(value) : []);
    return isRecipient ? (addressesIn(value) ?? others()).map((one) => ({ ...one, path })) : [];
  }
  if (Array.isArray(value)) return value.flatMap((item) => within(item, itemOf(schema ?? {}), name, path, isRecipient));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    // Some services take an object with addresses for names.
    ...(isRecipient ? (addressesIn(key) ?? []).map((one) => ({ ...one, path })) : []),
    ...within(member, property(schema ?? {}, key), key, `${path}.${key}`, isRecipient),
  ]);
}

/** Of the one who sends, or who takes the answers. @param plain name, in lower case with underlines */
export function isSenderField(plain: string): boolean {
  return SENDER.test(plain);
}

export function isRecipientField(name: string, schema: JsonSchema): boolean {
  const plain = plainName(name);
  if (isSenderField(plain)) return false;
  const formats = [schema, ...branches(schema)].flatMap((one) => [
    one.format,
    isJsonObject(one.items) && one.items.format,
  ]);
  return RECIPIENT.test(plain) || formats.some((format) => format === 'email' || format === 'idn-email');
}

const COPY = /(?:^|_)(?:b?cc|copy|copies)(?:_|$)/;
const REPLACES =
  /\b(?:instead of|replaces?|overrides?|defaults? (?:to|is|are)|default:|by default|(?:if|when|where|unless) (?:it is |this is |they are )?(?:omitted|empty|missing|absent|given|not (?:given|set|provided|specified))|without it)/i;
const ADDS =
  /\b(?:also|too|as well|besides|plus|extra|additional(?:ly)?|in addition|further|add(?:s|ed)?|copy|copies|always|do(?:es)? not|never|not (?:replace|override|instead))\b/i;

/** The arguments by which a call says to whom the message itself goes, besides its copies. */
export function mainRecipients(args: JsonObject, schema: JsonSchema): readonly string[] {
  const paths = recipientsOf(args, schema).map(({ path }) => path);
  return [...new Set(paths)].filter((path) => !COPY.test(plainName(path.split('.').at(-1) ?? path)));
}

/** Whether the service's own words say that such an argument takes the place of the stored address. */
export function replacesStored(path: string, schema: JsonSchema): boolean {
  let described: JsonSchema | null = schema;
  for (const name of path.split('.')) described = described === null ? null : property(described, name);
  const said = typeof described?.description === 'string' ? described.description : '';
  return REPLACES.test(said) && !ADDS.test(said);
}

function branches(schema: JsonSchema): readonly JsonSchema[] {
  const all = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return all.filter(isJsonObject).flatMap((one) => [one, ...branches(one)]);
}

function property(schema: JsonSchema, name: string): JsonSchema | null {
  for (const { properties } of [schema, ...branches(schema)]) {
    const found = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (isJsonObject(found)) return found;
  }
  return null;
}

function itemOf(schema: JsonSchema): JsonSchema {
  return [schema, ...branches(schema)].map(({ items }) => items).find(isJsonObject) ?? {};
}

/** The addresses that a record keeps, in itself or in what it holds (`legal_identity.email`, `recipients[0].email`). */
export function storedAddresses(record: JsonObject, path = '', depth = 0): readonly Recipient[] {
  return Object.entries(record).flatMap(([name, value]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const plain = plainName(name);
    const isAddress = ADDRESS_FIELD.test(plain) || (RECIPIENT.test(plain) && !isSenderField(plain));
    return [value].flat().flatMap((one: unknown): readonly Recipient[] => {
      if (isJsonObject(one)) return depth > 1 ? [] : storedAddresses(one, own, depth + 1);
      if (typeof one !== 'string' || !isAddress) return [];
      return (addressesIn(one) ?? []).map((found) => ({ ...found, path: own }));
    });
  });
}

const GROUP =
  /(?:^|_)(?:recipients?|addressees?|receivers?|invitees?|attendees?|groups?|audiences?|segments?|(?:mailing|distribution|contact|address)_lists?|contact_persons?|(?:to|cc|bcc)_(?:contacts?|users?|groups?))(?:_(?:ids?|names?|keys?|codes?))?$/;
const CUSTOMER_IDS = new Set(columnNames('customer').flatMap((name) => (name.endsWith('_id') ? `${name}s` : [])));

/** Where a call names recipients in another way than by their addresses: by a group, by ids, in words. Paths of arguments. */
export function unclearRecipients(args: JsonObject, schema: JsonSchema, path = ''): readonly string[] {
  return Object.entries(args).flatMap(([name, value]) => {
    const described = property(schema, name) ?? {};
    const own = path === '' ? name : `${path}.${name}`;
    const plain = plainName(name);
    const isNamed = (GROUP.test(plain) || CUSTOMER_IDS.has(plain)) && !isSenderField(plain);
    if (isNamed || isRecipientField(name, described)) return [value].flat().every(isClear) ? [] : [own];
    return isJsonObject(value) ? unclearRecipients(value, described, own) : [];
  });
}

function isClear(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '' || addressesIn(value) !== null || phoneIn(value).length > 0;
  if (Array.isArray(value)) return value.every(isClear);
  if (!isJsonObject(value)) return value === null || typeof value === 'boolean';
  // A name may stand beside the address.
  return Object.entries(value).some(
    ([key, one]) => addressesIn(key) !== null || (typeof one === 'string' && addressesIn(one) !== null),
  );
}

/** @param stored of the customer; null where the customer's record is not known */
export function isStored(address: string, stored: readonly string[]): boolean {
  return stored.some((one) => one.trim().toLowerCase() === address.trim().toLowerCase());
}

/** Letters of other alphabets that look like these, and what a question has to show in another way. */
export function isUnusual(address: string): boolean {
  return !/^(?:[!-~]+|\+?[\d ()/.-]+)$/.test(address) || neutral(address) !== address;
}
