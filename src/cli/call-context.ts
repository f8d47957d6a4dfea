import type { Bridge } from '../bridge.ts';
import type { CallContext } from '../catalog/tool.ts';
import type { CommandContext } from './command.ts';

/** One call's time limit (`--timeout`) and Ctrl-C, in the form that the bridge takes. */
export function callContext(bridge: Bridge, { clock, interrupt }: CommandContext): CallContext {
  const { deadline, signal } = bridge.timeLimit(clock());
  return { deadline, signal: AbortSignal.any([signal, interrupt]) };
}

/** A call that nobody waits for longer than `ms`. */
export function shortContext(ms: number, { clock, interrupt }: CommandContext): CallContext {
  return { deadline: clock() + ms, signal: AbortSignal.any([AbortSignal.timeout(ms), interrupt]) };
}
