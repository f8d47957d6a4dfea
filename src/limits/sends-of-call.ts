/** How many sends a call makes, by the meaning of its operation and of its arguments. */
import { recipientsOf } from '../confirm/recipients.ts';
import { actsInName, actsInSentence } from '../contract/acts.ts';
import { plainName } from '../contract/field-names.ts';
import { snake } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';

/** `unknown`: it sends, and how much cannot be told. @param operation the contract's, where it knows the tool */
export function sendsOfCall(tool: Tool, operation: Operation | undefined, args: JsonObject): number | 'unknown' {
  if (tool.tier === 'read' && tool.descriptor.annotations.readOnlyHint) return 0;
  if (isSend(tool, operation)) return batchSize(tool, args);
  const isSwitchedOn = Object.entries(args).some(([name, value]) => switchesOn(name, value, 0));
  const isAddressed = tool.irreversible !== undefined && recipientsOf(args, tool.validation).length > 0;
  return isSwitchedOn || isAddressed || sendsByDefault(tool, args) ? 1 : 0;
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

/** One record, one send; a list of records is as many. */
function batchSize(tool: Tool, args: JsonObject): number | 'unknown' {
  const lists = Object.entries(args).filter(
    ([name, value]) =>
      Array.isArray(value) && (/(^|_)(ids|uuids|numbers)$/.test(plainName(name)) || isPlural(tool, name)),
  );
  const sizes = lists.map(([, value]) => (Array.isArray(value) ? value.length : 0));
  if (sizes.length > 0) return Math.max(1, ...sizes);
  const names = Object.keys(args).map(plainName);
  const isOne = names.some(
    (name) => /(^|_)(id|uuid|number)$/.test(name) && !/^(workspace|account|company)_id$/.test(name),
  );
  const isMany = /(^|_)(bulk|batch|mass|multi|all)(_|$)/.test(actName(tool));
  const isNew = actsInName(actName(tool)).some(({ act }) => act === 'makes');
  const isAddressed = recipientsOf(args, tool.validation).length > 0;
  return !isMany && (isOne || isNew || isAddressed) ? 1 : 'unknown';
}

function isPlural({ resource }: Tool, name: string): boolean {
  return [resource, 'documents', 'records'].includes(plainName(name));
}

const DEPTH = 2;

/** `send: true`, `delivery: { send_email: true }`, `send_at: "2026-12-01"`; not `email: "a@b.c"`, which a record keeps. */
function switchesOn(name: string, value: unknown, depth: number): boolean {
  if (isJsonObject(value)) {
    if (depth < DEPTH && Object.entries(value).some(([key, member]) => switchesOn(key, member, depth + 1))) return true;
    return /^send(_|$)/.test(plainName(name)) && Object.keys(value).length > 0;
  }
  const isOn = value === true || (/^send(_|$)/.test(plainName(name)) && isMeant(value));
  return isOn && saysSend(name);
}

function isMeant(value: unknown): boolean {
  return !['', 'false', 'no', 'off', '0', 'none', 'never', 'null', 'undefined'].includes(String(value).toLowerCase());
}

function saysSend(name: string): boolean {
  const plain = plainName(name);
  return /^send(_|$)/.test(plain) || actsInName(plain).some(({ act }) => act === 'sends');
}

/** A switch that is on where a call does not mention it. */
function sendsByDefault({ validation }: Tool, args: JsonObject): boolean {
  const properties = isJsonObject(validation.properties) ? validation.properties : {};
  return Object.entries(properties).some(
    ([name, schema]) => !Object.hasOwn(args, name) && isJsonObject(schema) && schema.default === true && saysSend(name),
  );
}
