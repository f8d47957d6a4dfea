/** From the flat, validated arguments of a tool to the request that its operation describes. */
import type { JsonObject } from '../../catalog/tool.ts';
import type { BodyBinding, Operation, ParameterBinding } from '../../contract/operation.ts';
import { ArgumentsError, LocalError } from '../../errors.ts';
import type { HttpRequest } from '../../http/request.ts';
import { canonicalJson } from '../../json.ts';
import { encoded, queryPairs, simpleText } from './query.ts';

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
const JSON_TYPE = /^application\/([\w.+-]+\+)?json\b/i;

/**
 * @param workspace the id for the path, already resolved; null where the operation has none.
 * @param upload the body, where it holds files.
 * @throws ArgumentsError for values that a path or header cannot carry, LocalError for bodies that are not JSON.
 */
export function bindRequest(
  operation: Operation,
  given: JsonObject,
  workspace: string | number | bigint | null,
  upload: (Pick<HttpRequest, 'body'> & { readonly contentType: string }) | null = null,
): HttpRequest {
  // The workspace may be a query parameter too; whatever was given, the resolved one counts.
  const args = workspace === null ? given : { ...given, workspace_id: workspace };
  const boundIn = (place: ParameterBinding['in']) =>
    operation.parameters.filter((binding) => binding.in === place && args[binding.arg] !== undefined);
  const headers: Record<string, string> = {};
  for (const binding of boundIn('header')) {
    if (OWN_HEADERS.has(binding.name.toLowerCase()) || args[binding.arg] === null) continue;
    headers[binding.name] = headerText(binding.arg, args[binding.arg]);
  }
  const body = operation.body === null || upload !== null ? undefined : bodyValue(operation.body, args);
  if (upload !== null) headers['Content-Type'] = upload.contentType;
  else if (operation.body !== null && body !== undefined) headers['Content-Type'] = jsonType(operation, operation.body);
  return {
    method: operation.method,
    path: boundPath(operation, args, workspace),
    query: boundIn('query')
      .flatMap((binding) => queryPairs(binding, args[binding.arg]))
      .join('&'),
    headers,
    // The same arguments must give the same bytes, in whatever order they came: the service compares them.
    body: upload?.body ?? (body === undefined ? null : canonicalJson(body)),
    accept: 'application/json',
  };
}

function boundPath(operation: Operation, args: JsonObject, workspace: string | number | bigint | null): string {
  return operation.path
    .split(/(\{[^{}]*\})/)
    .map((part) => {
      if (!part.startsWith('{')) return encodeURI(part).replaceAll('%25', '%');
      const name = part.slice(1, -1);
      if (name === operation.workspace) return pathText('workspace_id', workspace);
      const binding = operation.parameters.find((candidate) => candidate.in === 'path' && candidate.name === name);
      const arg = binding?.arg ?? name;
      return pathText(arg, args[arg]);
    })
    .join('');
}

/** `.` and `..` survive encodeURIComponent, and every URL parser then takes them for directions. */
function pathText(arg: string, value: unknown): string {
  const text = value === null || value === undefined ? '' : simpleText(value);
  if (text === '' || text === '.' || text === '..') {
    throw new ArgumentsError(`${arg} is ${text === '' ? 'empty' : `"${text}"`}, which names nothing.`, {
      hint: `Give ${arg} the id that a list tool returned.`,
    });
  }
  return encoded(text, arg);
}

function headerText(arg: string, value: unknown): string {
  const text = simpleText(value);
  if (!/^[\x20-\x7e\xa0-\xff]*$/.test(text)) {
    throw new ArgumentsError(`${arg} holds characters that a header cannot carry.`, {
      hint: `Give ${arg} on one line, in Latin letters.`,
    });
  }
  return text;
}

/** @returns undefined where nothing is to be sent. */
function bodyValue(body: BodyBinding, args: JsonObject): unknown {
  if (body.whole !== null) return args[body.whole];
  const fields = (place: 'wrapper' | 'root') =>
    body.fields
      .filter((field) => field.place === place && args[field.arg] !== undefined)
      .map((field): [string, unknown] => [field.property, args[field.arg]]);
  const root = fields('root');
  const wrapped = fields('wrapper');
  if (!body.required && root.length === 0 && wrapped.length === 0) return undefined;
  if (body.wrapper === null) return Object.fromEntries([...root, ...wrapped]);
  return Object.fromEntries([...root, [body.wrapper, Object.fromEntries(wrapped)]]);
}

function jsonType(operation: Operation, body: BodyBinding): string {
  if (JSON_TYPE.test(body.contentType)) return body.contentType;
  throw new LocalError(
    'unsupported_body',
    `${operation.tool} sends ${body.contentType}, which the bridge cannot do yet.`,
    {
      hint: 'Do this in the Lucanto app.',
    },
  );
}
