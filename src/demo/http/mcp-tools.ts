import { isSpecType, type Tool } from '@modelcontextprotocol/server';
import { isJsonObject, type JsonObject, objectIn } from '../../core/json.ts';
import { stringOf } from '../data/totals.ts';
import type { Contract, ContractOperation } from './demo-contract.ts';

/** The contract's schemas do not nest deeper, and none refers to itself. */
const MAX_DEPTH = 8;

/** Properties that a write may set, each inlined, in the document's order. */
function writableProperties(contract: Contract, schema: unknown, depth = 0): JsonObject {
  const settable = Object.entries(contract.properties(schema)).filter(
    ([, property]) => objectIn(property).readOnly !== true,
  );
  return Object.fromEntries(settable.map(([name, property]) => [name, inlineSchema(contract, property, depth)]));
}

function inlineSchema(contract: Contract, schema: unknown, depth = 0): JsonObject {
  const { $ref: _ref, ...siblings } = objectIn(schema);
  // What is next to a $ref is meant for this place, so it wins.
  const { 'x-evidence': _evidence, ...merged } = { ...contract.resolve(schema), ...siblings };
  if (depth >= MAX_DEPTH) return {};
  if (isJsonObject(merged.properties) || Array.isArray(merged.allOf)) {
    const { allOf: _allOf, ...rest } = merged;
    return { ...rest, properties: writableProperties(contract, merged, depth + 1) };
  }
  return isJsonObject(merged.items) ? { ...merged, items: inlineSchema(contract, merged.items, depth + 1) } : merged;
}

const WORKSPACE_PARAMETERS = ['account_id', 'workspace_id'];

export interface RemoteTool {
  readonly descriptor: Tool;
  readonly operation: ContractOperation;
  /** Argument and name in the path. */
  readonly pathParameters: readonly (readonly [string, string])[];
  /** The arguments that go inside the body's wrapper key; null where there is no body. */
  readonly body: { readonly wrapper: string; readonly fields: readonly string[] } | null;
}

/**
 * The remote endpoint's tools, made from the bundled contract: one per JSON operation, since a file upload has no place in
 * a tool call. Their schemas have no `$ref`, no `allOf` and nothing that only the server sets.
 */
export function remoteTools(contract: Contract): RemoteTool[] {
  return contract.operations
    .filter(({ body }) => body?.mediaType !== 'multipart/form-data')
    .map((operation) => remoteTool(contract, operation));
}

function remoteTool(contract: Contract, operation: ContractOperation): RemoteTool {
  const item = objectIn(objectIn(contract.document.paths)[operation.template]);
  const described = objectIn(item[operation.method.toLowerCase()]);
  const parameters = [item.parameters, described.parameters].flat().map((entry) => contract.resolve(entry));
  const argument = (parameter: JsonObject) => argumentOf(parameter, operation.template);
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const [wrapper, record] = Object.entries(contract.properties(operation.body?.schema))[0] ?? [null, null];
  const writable = wrapper === null ? {} : writableProperties(contract, record);
  const title = stringOf(described, 'summary') ?? operation.id;
  const descriptor = {
    name: toolName(operation.id),
    title,
    description: stringOf(described, 'description') ?? title,
    inputSchema: {
      type: 'object',
      properties: {
        ...Object.fromEntries([...inPath, ...inQuery].map((entry) => [argument(entry), schemaOf(contract, entry)])),
        ...writable,
      },
      required: inPath.map(argument),
      additionalProperties: false,
    },
    annotations: { title, ...hintsOf(operation) },
  };
  if (!isSpecType.Tool(descriptor)) throw new TypeError(`${operation.id} of the bundled contract makes no MCP tool`);
  return {
    descriptor,
    operation,
    pathParameters: inPath.map((entry) => [argument(entry), nameOf(entry)]),
    body: wrapper === null ? null : { wrapper, fields: Object.keys(writable) },
  };
}

/** `issue-invoice` is `lucanto_issue_invoice`; the one operation with an older word is shown with today's. */
function toolName(operationId: string): string {
  const words = operationId === 'list-accounts' ? 'list-workspaces' : operationId;
  return `lucanto_${words.replaceAll('-', '_')}`;
}

function nameOf(parameter: JsonObject): string {
  return stringOf(parameter, 'name') ?? '';
}

/** The workspace is `workspace_id` everywhere, also where it is the record itself (`/user/accounts/{id}`). */
function argumentOf(parameter: JsonObject, template: string): string {
  const name = nameOf(parameter);
  const isWorkspace = WORKSPACE_PARAMETERS.includes(name) || (name === 'id' && template.startsWith('/user/'));
  return isWorkspace ? 'workspace_id' : name;
}

function schemaOf(contract: Contract, parameter: JsonObject): JsonObject {
  return { ...inlineSchema(contract, parameter.schema), description: stringOf(parameter, 'description') ?? '' };
}

function hintsOf({ id, method }: ContractOperation): Record<string, boolean> {
  return {
    readOnlyHint: method === 'GET',
    // To MCP everything that does more than add is destructive; choosing a default destroys nothing.
    destructiveHint: method !== 'GET' && !id.startsWith('create-') && !id.startsWith('set-default-'),
    idempotentHint: method !== 'POST',
    openWorldHint: id.startsWith('send-'),
  };
}
