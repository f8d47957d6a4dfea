/** The queue of requests: a limited number are under way at once, the others wait in the order of their calls. */

export interface QueuedRequest {
  /** Order of arrival of the call that sends; a repeated request keeps its number. */
  readonly number: number;
  /** For a refresh that no call waits for: such requests take at most half of the slots. */
  readonly background: boolean;
}

/** How long a refresh may keep the only slot: one that hangs must not keep a call waiting. */
const ONLY_SLOT_MS = 2_000;

export class RequestQueue {
  readonly #slots: number;
  readonly #backgroundSlots: number;
  readonly #waiting: { readonly request: QueuedRequest; readonly admit: (release: () => void) => void }[] = [];
  #arrived = 0;
  #used = 0;
  #usedInBackground = 0;

  /** @param slots requests under way at once, 1 or more. */
  constructor(slots: number) {
    this.#slots = slots;
    this.#backgroundSlots = Math.max(1, Math.floor(slots / 2));
  }

  /** A number at the end of the queue; it takes no slot until it enters. */
  join(background: boolean): QueuedRequest {
    return { number: ++this.#arrived, background };
  }

  /** Resolves with a function that releases the slot once there is one, or with null as soon as the signal aborts. */
  enter(request: QueuedRequest, signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        resolve(null);
      };
      const waiting = {
        request,
        admit: (release: () => void) => {
          signal.removeEventListener('abort', onAbort);
          resolve(release);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const later = this.#waiting.findLastIndex((one) => one.request.number < request.number) + 1;
      this.#waiting.splice(later, 0, waiting);
      this.#admit();
    });
  }

  #admit(): void {
    while (this.#used < this.#slots) {
      const next = this.#waiting.findIndex(
        ({ request }) => !request.background || this.#usedInBackground < this.#backgroundSlots,
      );
      const [admitted] = next === -1 ? [] : this.#waiting.splice(next, 1);
      if (admitted === undefined) return;
      admitted.admit(this.#occupy(admitted.request));
    }
  }

  /** @returns a function that gives the slot back; calling it again does nothing. */
  #occupy({ background }: QueuedRequest): () => void {
    const share = background ? 1 : 0;
    let released = false;
    this.#used++;
    this.#usedInBackground += share;
    const release = () => {
      clearTimeout(timer);
      if (released) return;
      released = true;
      this.#used--;
      this.#usedInBackground -= share;
      this.#admit();
    };
    const timer = background && this.#slots === 1 ? setTimeout(release, ONLY_SLOT_MS).unref() : undefined;
    return release;
  }
}
