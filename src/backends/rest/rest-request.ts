import type { BodyBinding, Operation, ParameterBinding } from '../../contract/operation.ts';
import { ArgumentsError, LocalError } from '../../core/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject, sorted, stringifyJson } from '../../core/json.ts';
import type { HttpRequest } from '../../http/request.ts';
import { checkBody } from './body-rules.ts';

/** Arguments as text in an address: OpenAPI's styles for paths and queries. */
/** `name=value` pairs, encoded; none for null, which a query has no way to say. */
function queryPairs(binding: ParameterBinding, value: unknown): string[] {
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
function headerValue(value: unknown, explode: boolean): string {
  if (Array.isArray(value)) return value.map(plain).join(',');
  if (!isJsonObject(value)) return plain(value);
  return Object.entries(value)
    .map(([key, of]) => `${key}${explode ? '=' : ','}${plain(of)}`)
    .join(',');
}

/** One value for a part of a path, in the style that the document gives it: `5`, `.5`, `;id=5`. */
function pathValue({ name, arg, style, explode }: ParameterBinding, value: unknown): string {
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

/** A body without files as the bytes of its media type: JSON, or a form. */
const JSON_TYPE = /^application\/([\w.+-]+\+)?json\b/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\b/i;

/** Why no call of an operation could be sent, one sentence; null where it can. */
export function whyUnsendable({ body }: Pick<Operation, 'body'>): string | null {
  const contentType = body?.contentType ?? 'application/json';
  if (!/^[\x20-\x7e]+$/.test(contentType)) return 'it needs a media type that no request can have';
  if (carriesFiles(body) || JSON_TYPE.test(contentType) || FORM_TYPE.test(contentType)) return null;
  return `the bridge cannot send ${contentType}, which is all that the service takes there`;
}

/** The same arguments give the same bytes, in whatever order they came: the service compares them. @throws LucantoError */
function encodedBody(
  operation: Operation,
  body: BodyBinding,
  args: JsonObject,
): { readonly text: string; readonly contentType: string } | null {
  checkBody(operation.tool, body, args);
  const value = bodyValue(body, args);
  if (value === undefined) return null;
  const { contentType } = body;
  if (JSON_TYPE.test(contentType)) return { text: canonicalJson(value), contentType };
  if (FORM_TYPE.test(contentType) && isJsonObject(value)) {
    const text = formText(value, body);
    if (text !== '' || !body.required) return text === '' ? null : { text, contentType };
    throw new ArgumentsError(`${operation.tool} needs at least one of its fields; nothing was sent.`, {
      hint: `Try again with what is to be sent.`,
    });
  }
  throw new LocalError('unsupported_body', `${operation.tool} sends ${contentType}, which the bridge cannot do yet.`, {
    hint: 'Do this in the Lucanto app.',
  });
}

/** @returns undefined where nothing is to be sent. */
function bodyValue(body: BodyBinding, args: JsonObject): unknown {
  if (body.whole !== null) return args[body.whole];
  const fields = (place: 'wrapper' | 'root') =>
    body.fields
      .filter((field) => field.place === place && args[field.arg] !== undefined)
      .map((field): [string, unknown] => [field.property, args[field.arg]]);
  const more = body.rest === undefined ? undefined : args[body.rest];
  const further = isJsonObject(more) ? Object.entries(more) : [];
  const root = [...(body.wrapper === null ? further : []), ...fields('root')];
  const wrapped = [...(body.wrapper === null ? [] : further), ...fields('wrapper')];
  if (!body.required && root.length === 0 && wrapped.length === 0) return undefined;
  if (body.wrapper === null) return Object.fromEntries([...root, ...wrapped]);
  const isLeftOut = body.wrapperNeeds !== undefined && wrapped.length === 0;
  return Object.fromEntries([...root, ...(isLeftOut ? [] : [[body.wrapper, Object.fromEntries(wrapped)] as const])]);
}

/** `name=A&tags=x&tags=y&address[city]=B`; an empty value takes one away. */
function formText(value: JsonObject, { fields }: BodyBinding): string {
  return Object.keys(value)
    .sort()
    .flatMap((name) => {
      const given = value[name];
      const style = isJsonObject(given) ? 'deepObject' : 'form';
      const said = fields.find(({ property }) => property === name)?.encoding;
      const binding = { arg: name, name, in: 'query', required: false, style, explode: true, ...said } as const;
      return queryPairs(binding, given === null ? '' : given);
    })
    .join('&');
}

/** From the flat, validated arguments of a tool to the request that its operation describes. */
/** Headers that OpenAPI says a parameter cannot set, and those that are ours alone. */
const OWN_HEADERS = new Set([
  'accept',
  'authorization',
  'content-type',
  'cookie',
  'host',
  'idempotency-key',
  'user-agent',
]);

/**
 * @param workspace the id for the path, already resolved; null where the operation has none.
 * @param upload the body, where it holds files.
 * @throws ArgumentsError for values that a path or header cannot carry, LocalError for bodies that cannot be written.
 */
export function bindRequest(
  operation: Operation,
  given: JsonObject,
  workspace: string | number | bigint | null,
  upload: (Pick<HttpRequest, 'body'> & { readonly contentType: string }) | null = null,
): HttpRequest {
  // The workspace may be a query parameter too; whatever was given, the resolved one counts.
  const resolved = workspace === null ? given : { ...given, workspace_id: workspace };
  // In whatever order an object's members came: the service compares bytes under the same key.
  const args = Object.fromEntries(Object.entries(resolved).map(([name, value]) => [name, sorted(value)]));
  const boundIn = (place: ParameterBinding['in']) =>
    operation.parameters.filter((binding) => binding.in === place && args[binding.arg] !== undefined);
  const headers: Record<string, string> = {};
  for (const binding of boundIn('header')) {
    if (OWN_HEADERS.has(binding.name.toLowerCase()) || args[binding.arg] === null) continue;
    headers[binding.name] = headerText(binding, args[binding.arg]);
  }
  const own = operation.body === null || upload !== null ? null : encodedBody(operation, operation.body, args);
  const contentType = upload?.contentType ?? own?.contentType;
  if (contentType !== undefined) headers['Content-Type'] = contentType;
  return {
    method: operation.method,
    path: boundPath(operation, args, workspace),
    query: boundIn('query')
      .flatMap((binding) => queryPairs(binding, args[binding.arg]))
      .join('&'),
    headers,
    body: upload?.body ?? own?.text ?? null,
    accept: 'application/json',
  };
}

function boundPath(operation: Operation, args: JsonObject, workspace: string | number | bigint | null): string {
  return operation.path
    .split(/(\{[^{}]*\})/)
    .map((part, at, parts) => {
      if (!part.startsWith('{')) return encodeURI(part).replaceAll('%25', '%');
      const name = part.slice(1, -1);
      if (name === operation.workspace) return pathText(WORKSPACE_IN_PATH, workspace);
      const binding = operation.parameters.find((candidate) => candidate.in === 'path' && candidate.name === name);
      const arg = binding?.arg ?? name;
      const text = pathText(binding ?? { ...WORKSPACE_IN_PATH, name, arg }, args[arg]);
      // OData: `Customers('{Code}')`, where a quote inside is written twice.
      return parts[at - 1]?.endsWith("('") ? text.replaceAll("'", "''") : text;
    })
    .join('');
}

const WORKSPACE_IN_PATH: ParameterBinding = {
  arg: 'workspace_id',
  name: 'workspace_id',
  in: 'path',
  required: true,
  style: 'simple',
  explode: false,
};

/** `.` and `..` survive encodeURIComponent, and every URL parser then takes them for directions. */
function pathText(binding: ParameterBinding, value: unknown): string {
  const { arg } = binding;
  const isEmpty = value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  const text = isEmpty ? '' : pathValue(binding, value);
  if (text === '' || text === '.' || text === '..') {
    throw new ArgumentsError(`${arg} is ${text === '' ? 'empty' : `"${text}"`}, which names nothing.`, {
      hint: `Give ${arg} the id that a list tool returned.`,
    });
  }
  return text;
}

function headerText({ arg, explode, json }: ParameterBinding, value: unknown): string {
  const text = json === true ? canonicalJson(value) : headerValue(value, explode);
  if (!/^[\x20-\x7e\xa0-\xff]*$/.test(text)) {
    throw new ArgumentsError(`${arg} holds characters that a header cannot carry.`, {
      hint: `Give ${arg} on one line, in Latin letters.`,
    });
  }
  return text;
}

export function carriesFiles(body: BodyBinding | null): body is BodyBinding {
  return body !== null && (body.wholeFile !== undefined || /^multipart\/form-data$/i.test(body.contentType));
}
