/**
 * The port of the embedded Lucanto: one request in, one answer out, no sockets.
 * The HTTP listener and the MCP endpoint (src/demo/mcp) both speak to it.
 */

export interface EngineRequest {
  readonly method: string;
  /** From the root, without the query: `/api/v1/workspaces/42/invoices`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface EngineResponse {
  readonly status: number;
  /** Names as they go on the wire; `X-Request-Id` is always there. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text is JSON; bytes are files; null is an empty answer. */
  readonly body: string | Uint8Array | null;
}

export interface Engine {
  handle(request: EngineRequest): Promise<EngineResponse>;
}
