/** `_meta` towards the remote endpoint, and the progress that comes back. */
import type { CallContext, JsonObject, Progress } from '../../catalog/tool.ts';
import type { OnNotification } from './event-stream.ts';

/** Clients put private things into `_meta`: these two are all that is ever handed on. */
export function requestMeta(context: CallContext): JsonObject | null {
  const { progressToken, traceparent } = context;
  if (progressToken === undefined && traceparent === undefined) return null;
  return {
    ...(progressToken === undefined ? {} : { progressToken }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

export function progressReader({ progressToken, onProgress }: CallContext): OnNotification {
  return (method, params) => {
    if (method !== 'notifications/progress' || onProgress === undefined || progressToken === undefined) return;
    if (String(params.progressToken) !== String(progressToken)) return;
    const progress = readProgress(params);
    if (progress !== null) onProgress(progress);
  };
}

function readProgress({ progress, total, message }: JsonObject): Progress | null {
  if (typeof progress !== 'number') return null;
  return {
    progress,
    ...(typeof total === 'number' ? { total } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  };
}
