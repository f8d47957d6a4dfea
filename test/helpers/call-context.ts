/** The context of one tool call, as the server would make it. */
import type { CallContext } from '../../src/core/tool.ts';

export function callContext(over: Partial<CallContext> = {}): CallContext {
  return { signal: new AbortController().signal, deadline: Date.now() + 20_000, ...over };
}
