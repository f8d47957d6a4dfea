import { atPointer } from '../../contract/document.ts';
import type { Operation } from '../../contract/operation.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { CallContext, SaveRequest, Tool, ToolResult } from '../../core/tool.ts';
import type { WritePort, WriteResult } from '../../writes/write-record.ts';
import { type ListToolFinder, recordNames } from '../send-context.ts';
import { headerValue } from './protocol.ts';
import type { RemoteCallOptions } from './remote-client.ts';
import { type ExpectedResult, resultValue } from './remote-result.ts';

/** A call of a remote tool: reads are sent at once, writes through the ledger, which sends each of them once. */

/**
 * Arguments that a tool's schema wants repeated as headers (`x-mcp-header`), for proxies on the way: the endpoint refuses
 * a call without them, and the protocol demands that a tool is left out whose schema marks them in the wrong way.
 */
const KEYWORD = 'x-mcp-header';
/** Deeper schemas are left out before: this only keeps the stack safe. */
const MAX_DEPTH = 512;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const TYPES: readonly unknown[] = ['string', 'integer', 'boolean'];

/** @returns `Mcp-Param-<name>` for each marked argument that was given, following `properties` only. */
function parameterHeaders(schema: unknown, args: JsonObject, depth = 0): Readonly<Record<string, string>> {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties) || depth > MAX_DEPTH) return {};
  const headers: Record<string, string> = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    const value = args[name];
    if (!isJsonObject(property) || value === undefined || value === null) continue;
    const header = property[KEYWORD];
    if (typeof header === 'string' && TOKEN.test(header) && isPrimitive(value)) {
      headers[`Mcp-Param-${header}`] = headerValue(String(value));
    } else if (isJsonObject(value)) {
      Object.assign(headers, parameterHeaders(property, value, depth + 1));
    }
  }
  return headers;
}

/** Integers that a double cannot hold are left out, as the protocol says. */
function isPrimitive(value: unknown): value is string | number | boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) || !Number.isInteger(value);
  return typeof value === 'string' || typeof value === 'boolean';
}

/** Subschemas that an argument's place does not follow from: a mark in them cannot be obeyed. */
const ELSEWHERE = [
  ...['items', 'prefixItems', 'contains', 'additionalProperties', 'unevaluatedProperties', 'unevaluatedItems'],
  ...['propertyNames', 'oneOf', 'anyOf', 'allOf', 'not', 'if', 'then', 'else'],
];
const ELSEWHERE_BY_NAME = ['patternProperties', 'dependentSchemas', '$defs', 'definitions'];

/** Why a tool with this input schema must be left out, as a clause; null for a schema whose marks are valid. */
export function headerProblem(inputSchema: unknown): string | null {
  const seen = new Set<string>();
  const followed = new Set<string>();
  const visit = (schema: unknown, name: string | null, depth: number): string | null => {
    if (!isJsonObject(schema)) return null;
    if (depth > MAX_DEPTH) return 'its schema is nested too deeply to be checked';
    const own = Object.hasOwn(schema, KEYWORD) ? markProblem(schema, name, seen) : null;
    if (own !== null) return own;
    const nested = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
    const elsewhere = [
      ...ELSEWHERE.flatMap((keyword) => schema[keyword]),
      ...ELSEWHERE_BY_NAME.map((keyword) => schema[keyword]).flatMap((all) =>
        isJsonObject(all) ? Object.values(all) : [],
      ),
      ...referredIn(schema, inputSchema, followed),
    ];
    for (const [property, child] of nested) {
      const problem = visit(child, name === null && depth > 0 ? null : property, depth + 1);
      if (problem !== null) return problem;
    }
    for (const child of elsewhere) {
      const problem = visit(child, null, depth + 1);
      if (problem !== null) return problem;
    }
    return null;
  };
  return visit(inputSchema, null, 0);
}

/** What a schema refers to, each once: it stands for several places, and so for no one argument. */
function referredIn(schema: JsonObject, root: unknown, followed: Set<string>): readonly unknown[] {
  return [schema.$ref, schema.$dynamicRef].flatMap((reference) => {
    if (typeof reference !== 'string' || reference === '#' || followed.has(reference)) return [];
    followed.add(reference);
    return [atPointer(root, reference)];
  });
}

/** @param name of the argument; null where the mark is on none. @param seen headers that are taken, in lower case */
function markProblem(schema: JsonObject, name: string | null, seen: Set<string>): string | null {
  const header = schema[KEYWORD];
  if (name === null) return `its schema has ${KEYWORD} where no argument is`;
  if (typeof header !== 'string' || !TOKEN.test(header)) return `${KEYWORD} of ${name} is not a header name`;
  if (!TYPES.includes(schema.type))
    return `${KEYWORD} of ${name} is on an argument that is not text, a whole number or a boolean`;
  const taken = header.toLowerCase();
  if (seen.has(taken)) return `${KEYWORD} of ${name} repeats ${header}`;
  seen.add(taken);
  return null;
}

export interface RemoteToolDeps {
  readonly remote: {
    callTool(name: string, args: JsonObject, context: CallContext, options: RemoteCallOptions): Promise<ToolResult>;
  };
  readonly writes: WritePort;
  readonly listTool: ListToolFinder;
  /** Absent where rows cannot be saved. */
  readonly saveRows?: (
    list: RemoteList,
    read: (args: JsonObject, context: CallContext) => Promise<unknown>,
    request: SaveRequest,
    context: CallContext,
  ) => Promise<ToolResult>;
}

/** A remote tool that lists something, with its arguments as those of a request. */
export type RemoteList = Pick<Operation, 'tool' | 'resource' | 'parameters' | 'validation'>;

/**
 * @param facts `name`: the tool's name on the wire. `create`: calling it again makes a second record. `inputSchema` and
 * `outputSchema`: as the endpoint sent them.
 */
export function remoteCall(
  facts: Pick<Tool, 'resource' | 'scopes'> &
    ExpectedResult & {
      readonly name: string;
      readonly readOnly: boolean;
      readonly create: boolean;
      readonly inputSchema: unknown;
    },
  { remote, writes, listTool: find }: RemoteToolDeps,
): Tool['call'] {
  const { name, readOnly, create, scopes, inputSchema, outputSchema, deletes = false } = facts;
  // Looked up with each call: the visible tools change.
  const listTool = () => find(facts.resource, name);
  const send = (args: JsonObject, context: CallContext) =>
    remote.callTool(name, args, context, {
      readOnly,
      checkWith: listTool(),
      scopes,
      headers: parameterHeaders(inputSchema, args),
      outputSchema,
      deletes,
    });
  if (readOnly) return send;
  return (args, context) => {
    const call = {
      tool: name,
      route: 'remote',
      kind: 'once' as const,
      create,
      // Separate from the other arguments, as over REST: the same call is recognised on either route.
      ...separateWorkspace(args),
      listTool: listTool(),
    };
    return writes.run(call, context, async (attempt) => writeResult(await send(args, attempt.context), args));
  };
}

/** Next to a workspace_id, an account is something else, such as a bank account. */
function separateWorkspace(args: JsonObject): { readonly workspace: string | null; readonly args: JsonObject } {
  const name = ['workspace_id', 'account_id'].find((one) => (args[one] ?? null) !== null) ?? 'workspace_id';
  const { [name]: workspace, ...rest } = args;
  return { workspace: (workspace ?? null) === null ? null : String(workspace), args: rest };
}

function writeResult(result: ToolResult, args: JsonObject): WriteResult {
  const refused = result.isError === true;
  const names = recordNames(resultValue(result), args);
  return { result, refused, replayed: false, status: null, requestId: null, ...names };
}
