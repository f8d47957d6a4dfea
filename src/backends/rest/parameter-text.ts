/** Arguments as text in an address or a header: OpenAPI's styles for paths, queries and headers. */
import type { ParameterBinding } from '../../contract/operation.ts';
import { ArgumentsError } from '../../core/errors.ts';
import { canonicalJson, isJsonObject, stringifyJson } from '../../core/json.ts';

/** `name=value` pairs, encoded; none for null, which a query has no way to say. */
export function queryPairs(binding: ParameterBinding, value: unknown): string[] {
  if (value === null || value === undefined) return [];
  const name = encoded(binding.name, binding.arg);
  if (binding.json === true) return [`${name}=${encoded(canonicalJson(value), binding.arg)}`];
  if (Array.isArray(value)) {
    if (binding.style === 'deepObject' || value.some(isJsonObject)) return deepPairs(binding.name, value, binding.arg);
    const items = value.map((item) => encoded(plain(item), binding.arg));
    if (binding.style === 'form' && binding.explode) return items.map((item) => `${name}=${item}`);
    return items.length === 0 ? [] : [`${name}=${items.join(separator(binding))}`];
  }
  if (isJsonObject(value)) {
    if (binding.style === 'deepObject' || Object.values(value).some(isJsonObject))
      return deepPairs(binding.name, value, binding.arg);
    const entries = Object.entries(value).map(([key, of]) => [
      encoded(key, binding.arg),
      encoded(plain(of), binding.arg),
    ]);
    if (binding.explode) return entries.map(([key, of]) => `${key}=${of}`);
    return entries.length === 0 ? [] : [`${name}=${entries.flat().join(separator(binding))}`];
  }
  return [`${name}=${encoded(plain(value), binding.arg)}`];
}

/** One value for a header: style `simple`. */
export function simpleText(value: unknown, explode: boolean): string {
  if (Array.isArray(value)) return value.map(plain).join(',');
  if (!isJsonObject(value)) return plain(value);
  return Object.entries(value)
    .map(([key, of]) => `${key}${explode ? '=' : ','}${plain(of)}`)
    .join(',');
}

/** One value for a part of a path, in the style that the document gives it: `5`, `.5`, `;id=5`. */
export function pathValue({ name, arg, style, explode }: ParameterBinding, value: unknown): string {
  const text = (one: unknown) => encoded(plain(one), arg);
  const [start, between] = PATH_STYLES[style === 'label' || style === 'matrix' ? style : 'simple'];
  const prefix = style === 'matrix' ? `${encoded(name, arg)}=` : '';
  if (Array.isArray(value)) {
    const items = value.map(text);
    return explode ? start + items.map((item) => prefix + item).join(between) : start + prefix + items.join(',');
  }
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, of]) => [encoded(key, arg), text(of)]);
    return explode
      ? start + entries.map((entry) => entry.join('=')).join(between)
      : start + prefix + entries.flat().join(',');
  }
  return start + prefix + text(value);
}

/** What a value begins with, and what stands between several. */
const PATH_STYLES = { simple: ['', ','], label: ['.', '.'], matrix: [';', ';'] } as const;

/** @throws ArgumentsError for text that is no Unicode (half of a surrogate pair). */
function encoded(text: string, arg: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new ArgumentsError(`${arg} holds a character that cannot be sent.`, {
      hint: `Write ${arg} again, without it.`,
    });
  }
}

/** `filter[status]=paid`, `filter[period][from]=…`, `filter[ids][]=…`, `items[0][name]=…`, since OpenAPI leaves lists open. */
function deepPairs(name: string, value: unknown, arg: string): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    // Members of one object stay together only under a number.
    return value.flatMap((item, at) =>
      deepPairs(`${name}[${isJsonObject(item) || Array.isArray(item) ? at : ''}]`, item, arg),
    );
  }
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, of]) => deepPairs(`${name}[${key}]`, of, arg));
  return [`${encoded(name, arg)}=${encoded(plain(value), arg)}`];
}

function separator(binding: ParameterBinding): string {
  if (binding.style === 'spaceDelimited') return '%20';
  return binding.style === 'pipeDelimited' ? '%7C' : ',';
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : stringifyJson(value ?? null);
}
