/** What a record is called: its id and number, out of an answer, for the ledger. */
import type { JsonObject } from '../catalog/tool.ts';
import { isJsonObject } from '../json.ts';

/** @param value a parsed answer; records are not wrapped, but a service may come to. @param args of the call: an action names its record there. */
export function recordNames(value: unknown, args: JsonObject): { id: string | null; number: string | null } {
  const record = [value, ...onlyMember(value)].find((candidate) => isJsonObject(candidate) && nameOf(candidate.id));
  const found = isJsonObject(record) ? record : {};
  return { id: nameOf(found.id) ?? nameOf(args.id), number: nameOf(found.number) };
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
