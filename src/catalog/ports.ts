/** What the catalogue needs of the network: the two clients, loaded only when something is first sent. */
import type { HttpAnswer, HttpRequest, SendContext } from '../http/request.ts';
import type { CallContext, JsonObject, ToolResult } from './tool.ts';

export interface HttpPort {
  /** Returns the last answer, whatever its status. @throws LucantoError where there was none */
  send(request: HttpRequest, context: SendContext): Promise<HttpAnswer>;
}

export interface RemotePort {
  /** `tools/list`, all pages, verbatim. @throws LucantoError */
  listTools(context: CallContext): Promise<readonly unknown[]>;
  /** @throws LucantoError */
  callTool(name: string, args: JsonObject, context: CallContext, options: { readonly readOnly: boolean }): Promise<ToolResult>;
}
