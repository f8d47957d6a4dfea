/** The part of a tool call's context that the HTTP client needs. */
import type { CallContext } from '../catalog/tool.ts';
import type { SendContext } from '../http/request.ts';
import type { RetryClass } from '../http/retry.ts';

/** @param checkWith the read tool that shows whether a write was carried out. */
export function sendContext(context: CallContext, retry: RetryClass, checkWith: string | null): SendContext {
  return {
    signal: context.signal,
    deadline: context.deadline,
    ...(context.background === undefined ? {} : { background: context.background }),
    ...(context.earlierTaken === undefined ? {} : { earlierTaken: context.earlierTaken }),
    ...(context.client === undefined ? {} : { client: context.client }),
    ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
    retry,
    ...(checkWith === null ? {} : { checkWith }),
    // A read that a write needs first, such as a handshake, is nothing to follow.
    ...(context.write === undefined || retry === 'read' ? {} : { write: context.write }),
  };
}
