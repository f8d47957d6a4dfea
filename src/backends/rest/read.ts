/** One read of the service: an operation's GET, with its errors told in the operation's own words. */
import type { CallContext, JsonObject } from '../../catalog/tool.ts';
import type { Operation } from '../../contract/operation.ts';
import { apiError, type Sought } from '../../http/api-error.ts';
import type { HttpAnswer, HttpPort, HttpRequest } from '../../http/request.ts';
import type { ListToolFinder } from '../list-tool.ts';
import { sendContext } from '../send-context.ts';
import { bindRequest } from './request.ts';

export interface ReadDeps {
  readonly http: HttpPort;
  /** The workspace for the path: the given one if it may be used, the pinned one, the only one. @throws LucantoError */
  readonly resolveWorkspace: (args: JsonObject, context: CallContext) => Promise<string | number | bigint>;
  readonly listTool: ListToolFinder;
}

/** How the answer is wanted, where it is not JSON that matters. */
export type Reading = Partial<Pick<HttpRequest, 'accept' | 'bytes' | 'redirects'>>;

/** @throws LucantoError for any answer but a 2xx, or a redirect where those are wanted */
export async function readOperation(
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  deps: ReadDeps,
  reading: Reading = {},
): Promise<HttpAnswer> {
  const listTool = deps.listTool(operation.resource, operation.tool);
  const workspace = operation.workspace === null ? null : await deps.resolveWorkspace(args, context);
  const request = { ...bindRequest(operation, args, workspace), ...reading };
  const answer = await deps.http.send(request, sendContext(context, 'read', listTool));
  if (isSuccess(answer) || (reading.redirects !== undefined && answer.status < 400)) return answer;
  const sought = soughtBy(operation, deps.listTool);
  throw apiError(answer, { what: operation.tool, retry: 'read', scopes: operation.scopes, listTool, sought });
}

/** What is missing where the service says that something is: for a list or a create, what the new or listed records belong to. */
export function soughtBy(
  { parameters, workspace, resource, tool, action, rows }: Operation,
  find: ListToolFinder,
): Sought {
  const args = parameters.filter((one) => one.in === 'path' && one.name !== workspace).map(({ arg }) => arg);
  const isOfParent = action === 'create' || action === 'list' || rows !== null;
  return { args, listTool: isOfParent ? find(resource, '') : find(resource, tool) };
}

export function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}
