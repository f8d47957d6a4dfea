/** How many requests may be under way at once; the others wait in the order in which their calls came. */

export interface Slot {
  /** Order of arrival of the call that sends; a repeated request keeps its place. */
  readonly number: number;
  /** For a refresh that nobody waits for: such requests take half of the slots at most. */
  readonly background: boolean;
}

/** Gives the slot back; calling it again does nothing. */
type Release = () => void;

interface Waiting {
  readonly place: Slot;
  readonly admit: (leave: Release) => void;
}

/** How long a refresh may keep the only slot there is: one that hangs must not keep a call waiting until it is over. */
const ONLY_SLOT_MS = 2_000;

export class RequestQueue {
  readonly #slots: number;
  readonly #backgroundSlots: number;
  readonly #waiting: Waiting[] = [];
  #places = 0;
  #used = 0;
  #usedInBackground = 0;

  /** @param slots requests under way at once, 1 or more. */
  constructor(slots: number) {
    this.#slots = slots;
    this.#backgroundSlots = Math.max(1, Math.floor(slots / 2));
  }

  /** A place at the end; it costs nothing until it waits. */
  place(background: boolean): Slot {
    return { number: ++this.#places, background };
  }

  /** Resolves once a slot is free, or to null as soon as the signal aborts. */
  enter(place: Slot, signal: AbortSignal): Promise<Release | null> {
    if (signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        resolve(null);
      };
      const waiting: Waiting = {
        place,
        admit: (leave) => {
          signal.removeEventListener('abort', onAbort);
          resolve(leave);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#insert(waiting);
      this.#admit();
    });
  }

  #insert(waiting: Waiting): void {
    const later = this.#waiting.findLastIndex(({ place }) => place.number < waiting.place.number) + 1;
    this.#waiting.splice(later, 0, waiting);
  }

  #admit(): void {
    while (this.#used < this.#slots) {
      const next = this.#waiting.findIndex(
        ({ place }) => !place.background || this.#usedInBackground < this.#backgroundSlots,
      );
      const [admitted] = next === -1 ? [] : this.#waiting.splice(next, 1);
      if (admitted === undefined) return;
      admitted.admit(this.#occupy(admitted.place));
    }
  }

  #occupy({ background }: Slot): Release {
    const share = background ? 1 : 0;
    let left = false;
    this.#used++;
    this.#usedInBackground += share;
    const leave = () => {
      clearTimeout(timer);
      if (left) return;
      left = true;
      this.#used--;
      this.#usedInBackground -= share;
      this.#admit();
    };
    const timer = background && this.#slots === 1 ? setTimeout(leave, ONLY_SLOT_MS).unref() : undefined;
    return leave;
  }
}
