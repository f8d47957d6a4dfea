/** One read of the service: an operation's GET, with its errors told in the operation's own words. */
import type { CallContext, JsonObject } from '../../catalog/tool.ts';
import type { Operation } from '../../contract/operation.ts';
import { apiError } from '../../http/api-error.ts';
import type { HttpAnswer, HttpPort } from '../../http/request.ts';
import { sendContext } from '../send-context.ts';
import { bindRequest } from './request.ts';

export interface ReadDeps {
  readonly http: HttpPort;
  /** The workspace for the path: the given one if it may be used, the pinned one, the only one. @throws LucantoError */
  readonly resolveWorkspace: (args: JsonObject, context: CallContext) => Promise<string | number | bigint>;
}

/** @throws LucantoError for any answer but a 2xx */
export async function readOperation(
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  deps: ReadDeps,
): Promise<HttpAnswer> {
  const listTool = `lucanto_list_${operation.resource}`;
  const workspace = operation.workspace === null ? null : await deps.resolveWorkspace(args, context);
  const answer = await deps.http.send(bindRequest(operation, args, workspace), sendContext(context, 'read', listTool));
  if (isSuccess(answer)) return answer;
  throw apiError(answer, { what: operation.tool, retry: 'read', scopes: operation.scopes, listTool });
}

export function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}
