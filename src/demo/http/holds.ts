/** Lets a test stop a request in the middle, to see what others get meanwhile. */
import type { EngineRequest } from '../engine-types.ts';

export interface Hold {
  /** Settles when a matching request has come in and stands still. */
  readonly arrived: Promise<void>;
  release(): void;
}

interface Waiting {
  readonly matches: (request: EngineRequest) => boolean;
  readonly arrive: () => void;
  readonly released: Promise<void>;
}

function signal(): { readonly promise: Promise<void>; readonly settle: () => void } {
  let settle: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}

export class Holds {
  readonly #waiting: Waiting[] = [];

  /** Stops the next request that matches, until released. */
  next(matches: (request: EngineRequest) => boolean): Hold {
    const arrived = signal();
    const released = signal();
    this.#waiting.push({ matches, arrive: arrived.settle, released: released.promise });
    return { arrived: arrived.promise, release: released.settle };
  }

  async pass(request: EngineRequest): Promise<void> {
    const index = this.#waiting.findIndex(({ matches }) => matches(request));
    const [held] = index < 0 ? [] : this.#waiting.splice(index, 1);
    held?.arrive();
    await held?.released;
  }
}
