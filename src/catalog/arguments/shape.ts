/** Bounds of what is accepted at all, checked without recursion before anything recursive sees the value. */
import { isJsonObject, LosslessNumber } from '../../json.ts';

/** Levels of nesting; Lucanto's own records need about five. */
export const MAX_DEPTH = 64;

/** Why a value is refused unseen, or null. */
export function shapeProblem(value: unknown): string | null {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const members = membersOf(next.value);
    if (members.length > 0 && next.depth >= MAX_DEPTH)
      return `the arguments are nested deeper than ${MAX_DEPTH} levels`;
    if (isJsonObject(next.value) && Object.hasOwn(next.value, '__proto__')) return '`__proto__` is not a usable name';
    for (const member of members) open.push({ value: member, depth: next.depth + 1 });
  }
  return null;
}

/** The same value with plain numbers: what Ajv, which knows no bigint, can look at. Keeps identity where nothing changes. */
export function plainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint' || value instanceof LosslessNumber) return Number(value);
  if (Array.isArray(value)) {
    const items = value.map(plainNumbers);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [name, plainNumbers(member)]);
  return members.every(([name, member]) => member === value[name]) ? value : Object.fromEntries(members);
}

function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}
