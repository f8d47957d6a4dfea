import { abortedBy } from '../core/deadline.ts';
import type { CallContext } from '../core/tool.ts';
import type { WriteCall } from './write.ts';

/**
 * A write that is being made, and its caller, who is answered the moment it gives up or its time is over. What has left
 * by then is followed for a few seconds more, so that the ledger knows how it ended.
 */

/** How long a write is followed after its caller has gone. */
const FOLLOW_MS = 5_000;

export class InFlightWrite<T> {
  /** Settles when the write has ended or is not followed any longer. */
  readonly ended: Promise<T>;
  readonly #control = new AbortController();
  readonly #call: WriteCall;
  readonly #caller: CallContext;
  #isSent = false;
  #following: NodeJS.Timeout | undefined;

  /** @param work must end soon after the signal of its context aborts */
  constructor(call: WriteCall, caller: CallContext, work: (write: InFlightWrite<T>) => Promise<T>) {
    this.#call = call;
    this.#caller = caller;
    this.ended = work(this).finally(() => clearTimeout(this.#following));
    // Its caller may have gone before it fails: the ledger has noted the failure by then.
    this.ended.catch(() => undefined);
  }

  /** Whether an attempt has begun: from then on the outcome matters. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** To send with. */
  get context(): CallContext {
    const { onProgress, onDelivered: _ofTheCaller, ...rest } = this.#caller;
    return {
      ...rest,
      signal: this.#control.signal,
      ...(onProgress === undefined
        ? {}
        : {
            onProgress: (progress) => {
              if (!this.#caller.signal.aborted) onProgress(progress);
            },
          }),
      write: {
        onSending: () => {
          this.#isSent = true;
        },
        giveUpAt: this.#caller.deadline + FOLLOW_MS,
      },
    };
  }

  /** The answer for the caller. @throws AbortedError when the caller gives up */
  async answer(): Promise<T> {
    const { signal } = this.#caller;
    let onAbort = (): void => undefined;
    const gaveUp = new Promise<never>((_resolve, reject) => {
      onAbort = () => {
        // What has not left is given up with its caller, and ends at once.
        if (!this.#isSent) return this.abort(signal.reason);
        this.#following = setTimeout(() => this.abort(signal.reason), FOLLOW_MS);
        reject(abortedBy(signal.reason, this.#call.tool, true, this.#call.listTool));
      };
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.ended, gaveUp]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  abort(reason: unknown): void {
    this.#control.abort(reason);
  }
}
