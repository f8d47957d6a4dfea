/** What the catalogue needs of the remote endpoint; its client is loaded only when something is first sent. */
import type { CallContext, JsonObject, ToolResult } from './tool.ts';

export interface RemotePort {
  /** `tools/list`, all pages, verbatim. @throws LucantoError */
  listTools(context: CallContext): Promise<readonly unknown[]>;
  /** @throws LucantoError */
  callTool(
    name: string,
    args: JsonObject,
    context: CallContext,
    options: { readonly readOnly: boolean },
  ): Promise<ToolResult>;
}
