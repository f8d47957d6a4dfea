/** `--limit recipients=stored`: whether what a call sends goes only to addresses that the customer's own record has. */

import { isJsonObject, type JsonObject, type JsonSchema } from '../core/json.ts';
import type { CallSubject } from './call-subject.ts';
import { addressesAmong, addressesIn, isRecipientField, isStored, recipientsOf } from './recipients.ts';

/** Why it may not be sent, as a clause; null where it may. @param args what is sent, without the workspace */
export function whyNotStored({
  tool,
  args,
  facts,
  source,
  stored,
  hasCustomer,
  newCustomer,
}: CallSubject): string | null {
  if (source == null && newCustomer === undefined) return 'the record, and so the customer, could not be read';
  if (hasCustomer !== true || stored === null) return "the customer's own record could not be read";
  if (stored.length === 0) return "the customer's record has no address";
  const { validation } = tool;
  const odd = unclearRecipients(args, validation);
  if (odd !== null) return `"${odd}" is not a plain address`;
  const given = [...recipientsOf(args, validation).map(({ address }) => address), ...undescribed(args, validation)];
  const other = given.find((address) => !isStored(address, stored));
  if (other !== undefined) return `${other} is not an address of the customer's record`;
  if (given.length > 0) return null;
  // The service chooses, and may take what the document itself holds.
  const own = facts?.otherAddresses.find(({ address }) => !isStored(address, stored));
  return own === undefined ? null : `the document names ${own.address}, which the customer's record does not have`;
}

/** What stands in a field for recipients, and is no address: a group, an id, a text with an address in it. */
function unclearRecipients(args: JsonObject, schema: JsonSchema): string | null {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  for (const [name, value] of Object.entries(args)) {
    const described = properties[name];
    const own = isJsonObject(described) ? described : {};
    if (isRecipientField(name, own)) {
      const unclear = [value].flat().find((one) => !isClear(one));
      if (unclear !== undefined) return (typeof unclear === 'object' ? name : String(unclear)).slice(0, 80);
    } else if (isJsonObject(value)) {
      const inner = unclearRecipients(value, own);
      if (inner !== null) return inner;
    }
  }
  return null;
}

function isClear(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '' || addressesIn(value) !== null;
  if (Array.isArray(value)) return value.every(isClear);
  if (!isJsonObject(value)) return value === null;
  // A name may stand beside the address.
  return Object.entries(value).some(
    ([key, one]) => addressesIn(key) !== null || (typeof one === 'string' && addressesIn(one) !== null),
  );
}

/** The endpoint of a remote tool may take arguments that its schema does not describe. */
function undescribed(args: JsonObject, { properties }: JsonSchema): readonly string[] {
  const known = isJsonObject(properties) ? properties : {};
  return Object.entries(args).flatMap(([name, value]) => (Object.hasOwn(known, name) ? [] : addressesDeep(value)));
}

function addressesDeep(value: unknown): readonly string[] {
  if (typeof value === 'string') return addressesAmong(value);
  if (Array.isArray(value)) return value.flatMap(addressesDeep);
  return isJsonObject(value)
    ? Object.entries(value).flatMap(([key, one]) => [...addressesAmong(key), ...addressesDeep(one)])
    : [];
}
