/**
 * One write on its way. Its caller is answered the moment it gives up or its time is over; what has left by then is
 * followed for a few seconds more, so that the ledger knows how it ended.
 */
import type { CallContext } from '../catalog/tool.ts';
import { abortedBy } from '../http/time-limit.ts';
import type { WriteCall } from './write.ts';

/** How long a write is followed after its caller has gone. */
export const FOLLOW_MS = 5_000;

export class Flight<T> {
  /** Settles when the write has ended or is not followed any longer. */
  readonly ended: Promise<T>;
  readonly #control = new AbortController();
  readonly #call: WriteCall;
  readonly #caller: CallContext;
  #sending = false;
  #follow: NodeJS.Timeout | undefined;

  /** @param work must end soon after the signal of its context aborts */
  constructor(call: WriteCall, caller: CallContext, work: (flight: Flight<T>) => Promise<T>) {
    this.#call = call;
    this.#caller = caller;
    this.ended = work(this).finally(() => clearTimeout(this.#follow));
    // Whoever waits for it hears of a failure; where nobody does any more, the ledger has.
    this.ended.catch(() => undefined);
  }

  /** Whether an attempt has begun: from then on the outcome matters. */
  get sending(): boolean {
    return this.#sending;
  }

  /** To send with. */
  get context(): CallContext {
    const { onProgress, onDelivered: _theirs, ...rest } = this.#caller;
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
          this.#sending = true;
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
        if (!this.#sending) return this.abort(signal.reason);
        this.#follow = setTimeout(() => this.abort(signal.reason), FOLLOW_MS);
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
