import type { Operation, ParameterBinding } from '../../contract/operation.ts';
import { ArgumentsError } from '../../core/errors.ts';
import { canonicalJson, type JsonObject, sorted } from '../../core/json.ts';
import type { HttpRequest } from '../../http/request.ts';
import { encodedBody, pathValue, queryPairs, simpleText } from './rest-body.ts';

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
 * From the flat, validated arguments of a tool to the request that its operation describes.
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
  const text = json === true ? canonicalJson(value) : simpleText(value, explode);
  if (!/^[\x20-\x7e\xa0-\xff]*$/.test(text)) {
    throw new ArgumentsError(`${arg} holds characters that a header cannot carry.`, {
      hint: `Give ${arg} on one line, in Latin letters.`,
    });
  }
  return text;
}
