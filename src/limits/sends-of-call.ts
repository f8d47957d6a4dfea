/** How many sends a call makes, by the meaning of its operation and of its arguments. */
import { recipientsOf } from '../confirm/recipients.ts';
import { actsInName, actsInSentence } from '../contract/acts.ts';
import { plainName } from '../contract/field-names.ts';
import { snake } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import { isJsonObject, type JsonObject, type JsonSchema } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';

/** `unknown`: it sends, and how much cannot be told. @param operation the contract's, where it knows the tool */
export function sendsOfCall(tool: Tool, operation: Operation | undefined, args: JsonObject): number | 'unknown' {
  if (tool.tier === 'read' && tool.descriptor.annotations.readOnlyHint) return 0;
  if (isSend(tool, operation)) return batchSize(tool, args);
  const isAddressed = tool.irreversible !== undefined && recipientsOf(args, tool.validation).length > 0;
  // What is checked against names no default.
  const schemas = [tool.validation, tool.descriptor.inputSchema, operation?.inputSchema ?? {}];
  return Math.max(isAddressed ? 1 : 0, ...schemas.map((schema) => switchedOn('', args, schema, 0)));
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

const DEPTH = 4;

/**
 * `send: true`, `delivery: { send_email: true }`, `send_at: "2026-12-01"`; not `email: "a@b.c"`, which a record keeps. A
 * switch may be on where a call does not mention it. @returns 1, or how many records of a list it is on for
 */
function switchedOn(name: string, value: unknown, schema: JsonSchema, depth: number): number {
  if (depth > DEPTH) return 0;
  if (Array.isArray(value) && value.some(isJsonObject)) {
    const item = isJsonObject(schema.items) ? schema.items : {};
    return value.reduce<number>((sum, one) => sum + switchedOn(name, one, item, depth + 1), 0);
  }
  const isSend = /^send(_|$)/.test(plainName(name));
  if (!isJsonObject(value)) return (value === true || (isSend && isMeant(value))) && saysSend(name) ? 1 : 0;
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const within = { ...switchesByDefault(properties), ...value };
  const counts = Object.entries(within).map(([key, member]) => {
    const described = properties[key];
    return switchedOn(key, member, isJsonObject(described) ? described : {}, depth + 1);
  });
  return Math.max(0, ...counts, isSend && Object.keys(value).length > 0 ? 1 : 0);
}

function switchesByDefault(properties: JsonObject): JsonObject {
  const found = Object.entries(properties).flatMap(([name, schema]) => {
    const value = isJsonObject(schema) ? schema.default : undefined;
    return value === true || isJsonObject(value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(found);
}

function isMeant(value: unknown): boolean {
  return !['', 'false', 'no', 'off', '0', 'none', 'never', 'null', 'undefined'].includes(String(value).toLowerCase());
}

function saysSend(name: string): boolean {
  const plain = plainName(name);
  return /^send(_|$)/.test(plain) || actsInName(plain).some(({ act }) => act === 'sends');
}
