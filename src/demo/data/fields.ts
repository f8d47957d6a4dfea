import { LosslessNumber } from '../../core/json.ts';

/** A record's properties, named as on the wire, and small readers that never trust their types. */
export type StoredFields = Record<string, unknown>;

export function isFields(value: unknown): value is StoredFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

export function fieldsOf(value: unknown): StoredFields {
  return isFields(value) ? value : {};
}

export function stringOf(fields: StoredFields, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
}

/** A non-blank text, or null. */
export function filled(fields: StoredFields, name: string): string | null {
  const text = stringOf(fields, name);
  return text === null || text.trim() === '' ? null : text;
}

export function listOf(fields: StoredFields, name: string): readonly StoredFields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** An id as a number, a bigint or digits; null for anything else. */
export function toId(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^\d{1,19}$/.test(value) ? BigInt(value) : null;
}

/** `2024-01-15T09:30:00Z` */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** `2024-01-15`, UTC. */
export function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
