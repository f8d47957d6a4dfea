/** What a request of the client brings along, for the calls that it leads to. */
import { CLIENT_INFO_META_KEY, type Server, type ServerContext } from '@modelcontextprotocol/server';
import type { TimeLimit } from '../catalog/time-limit.ts';
import type { CallContext, ClientIdentity, Progress } from '../catalog/tool.ts';
import { isJsonObject } from '../json.ts';

/** @param ended aborts when the connection is over */
export function callContext(server: Server, context: ServerContext, ended: AbortSignal, limit: TimeLimit): CallContext {
  const { _meta: meta, envelope, signal, notify } = context.mcpReq;
  const progressToken = meta?.progressToken;
  const traceparent = meta?.traceparent;
  const client =
    identity(isJsonObject(envelope) ? envelope[CLIENT_INFO_META_KEY] : undefined) ??
    identity(server.getClientVersion());
  return {
    signal: AbortSignal.any([signal, ended, limit.signal]),
    deadline: limit.deadline,
    ...(client && { client }),
    ...(typeof traceparent === 'string' && { traceparent }),
    ...(progressToken !== undefined && {
      progressToken,
      onProgress: (progress: Progress) => {
        notify({ method: 'notifications/progress', params: { ...progress, progressToken } }).catch(() => undefined);
      },
    }),
  };
}

function identity(value: unknown): ClientIdentity | undefined {
  if (!isJsonObject(value) || typeof value.name !== 'string') return undefined;
  return { name: value.name, version: typeof value.version === 'string' ? value.version : '' };
}
