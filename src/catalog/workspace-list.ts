import type { Operation } from '../contract/operation.ts';
import { listIn } from '../contract/response.ts';
import { ProtocolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, objectIn, tryParseJson } from '../core/json.ts';
import type { Company } from '../core/text.ts';
import type { CallContext, Tool } from '../core/tool.ts';
import type { HttpPort } from '../http/request.ts';

/** The companies that the key reaches, as far as the service lists them. */
export interface WorkspaceList {
  readonly rows: readonly Company[];
  /** The same, as the service describes them. */
  readonly records: readonly JsonObject[];
  /** Why there may be further ones, as a clause; null where these are all. */
  readonly stopped: string | null;
}

/** The code where a service has no list of workspaces that can be read: it may have no workspaces. */
export const NO_LIST = 'no_workspace_list';

/** A name of the interface, not of any one contract: it exists in either generation and on the remote endpoint. */
export const LIST_WORKSPACES = 'lucanto_list_workspaces';

/** How many pages of companies are read, of up to 100 each. */
const MAX_PAGES = 20;

/**
 * Every page of the list of workspaces, over REST or remote, in whatever style the service pages it.
 * @throws LucantoError where the service does not list workspaces in any known way
 */
export async function listWorkspaces(
  tools: readonly Tool[],
  operations: readonly Operation[],
  http: HttpPort,
  context: CallContext,
): Promise<WorkspaceList> {
  // A list that needs more than a token is not the one of the user's workspaces.
  const tool = tools.find(({ descriptor, validation }) => {
    const needed = Array.isArray(validation.required) ? validation.required.length : 0;
    return descriptor.name === LIST_WORKSPACES && needed === 0;
  });
  if (tool === undefined) throw unlisted();
  const operation = tool.route === 'rest' ? operations.find((one) => one.tool === LIST_WORKSPACES) : undefined;
  const { walk } = await import('../tools/walk.ts');
  const source = operation === undefined ? toolPages(tool) : operationPages(operation, http);
  // What the call wants of its own answer (some fields, a page) is not to leave workspaces out of this one.
  const { answer: _own, onProgress: _itsOwn, ...whole } = context;
  const options = { maxPages: MAX_PAGES, trustsContract: true };
  const reader = { service: { readPage: source.readPage }, clock: Date.now, context: whole };
  const { rows, stopped } = await walk(reader, source.list, {}, options);
  const found = rows.flatMap((row): Company[] => {
    const id = row.id ?? row.workspace_id ?? null;
    return id === null ? [] : [{ id: String(id), name: typeof row.name === 'string' ? row.name : '' }];
  });
  return { rows: [...new Map(found.map((one) => [one.id, one])).values()], records: rows, stopped };
}

function unlisted(): ProtocolError {
  return new ProtocolError(NO_LIST, 'The service does not say which companies the API key reaches', {
    hint: {
      person: 'Add `--arg workspace_id=<id>`, or pin a company with --workspace <id>.',
      model: 'Pass workspace_id with the call; ask the user for it if it is not known.',
    },
  });
}

function operationPages(operation: Operation, http: HttpPort) {
  const deps = { http, resolveWorkspace: () => Promise.reject(unlisted()), listTool: () => null };
  const readPage = async (_list: unknown, args: JsonObject, context: CallContext) => {
    const { checkedBody, readOperation } = await import('../backends/rest/rest-answer.ts');
    const answer = await readOperation(operation, args, context, deps);
    return { value: withRows(checkedBody(answer, operation)?.value), headers: answer.headers };
  };
  return { list: operation, readPage };
}

function toolPages(tool: Tool) {
  const { validation } = tool;
  const names = Object.keys(objectIn(validation.properties));
  const common = { in: 'query', required: false, style: 'form', explode: true } as const;
  const parameters = names.map((name) => ({ ...common, name, arg: name }));
  const readPage = async (_list: unknown, args: JsonObject, context: CallContext) => {
    const { content, structuredContent } = await tool.call(args, context);
    const value = structuredContent ?? tryParseJson(String(content[0]?.text ?? ''));
    return { value: withRows(value), headers: new Headers() };
  };
  return { list: { tool: LIST_WORKSPACES, resource: 'workspaces', validation, parameters }, readPage };
}

function withRows(value: unknown): unknown {
  if (listIn(value) !== null) return value;
  // The first of several lists, under the name that counts.
  const rows = isJsonObject(value) ? Object.values(value).find(Array.isArray) : undefined;
  if (!isJsonObject(value) || rows === undefined) throw unlisted();
  return { ...value, data: rows };
}
