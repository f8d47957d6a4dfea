/** Arguments as text in an address: OpenAPI's styles for paths and queries. */
import type { ParameterBinding } from '../../contract/operation.ts';
import { ArgumentsError } from '../../errors.ts';
import { LosslessNumber, stringifyJson } from '../../json.ts';

/** `name=value` pairs, encoded; none for null, which a query has no way to say. */
export function queryPairs(binding: ParameterBinding, value: unknown): string[] {
  if (value === null || value === undefined) return [];
  const name = encoded(binding.name, binding.arg);
  if (Array.isArray(value)) {
    const items = value.map((item) => encoded(plain(item), binding.arg));
    if (binding.style === 'form' && binding.explode) return items.map((item) => `${name}=${item}`);
    return items.length === 0 ? [] : [`${name}=${items.join(separator(binding))}`];
  }
  if (isRecord(value)) {
    if (binding.style === 'deepObject') return deepPairs(binding.name, value, binding.arg);
    const entries = Object.entries(value).map(([key, of]) => [
      encoded(key, binding.arg),
      encoded(plain(of), binding.arg),
    ]);
    if (binding.explode) return entries.map(([key, of]) => `${key}=${of}`);
    return entries.length === 0 ? [] : [`${name}=${entries.flat().join(separator(binding))}`];
  }
  return [`${name}=${encoded(plain(value), binding.arg)}`];
}

/** One value for one path segment or header: style `simple`. */
export function simpleText(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(',');
  if (isRecord(value))
    return Object.entries(value)
      .flatMap(([key, of]) => [key, plain(of)])
      .join(',');
  return plain(value);
}

/** @throws ArgumentsError for text that is no Unicode (half of a surrogate pair). */
export function encoded(text: string, arg: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new ArgumentsError(`${arg} holds a character that cannot be sent.`, {
      hint: `Write ${arg} anew, without it.`,
    });
  }
}

/** `filter[status]=paid`, `filter[period][from]=…`; OpenAPI leaves lists open, so they go as `filter[ids][]=…`. */
function deepPairs(name: string, value: unknown, arg: string): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item) => deepPairs(`${name}[]`, item, arg));
  if (isRecord(value)) return Object.entries(value).flatMap(([key, of]) => deepPairs(`${name}[${key}]`, of, arg));
  return [`${encoded(name, arg)}=${encoded(plain(value), arg)}`];
}

function separator(binding: ParameterBinding): string {
  if (binding.style === 'spaceDelimited') return '%20';
  return binding.style === 'pipeDelimited' ? '%7C' : ',';
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : stringifyJson(value ?? null);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}
