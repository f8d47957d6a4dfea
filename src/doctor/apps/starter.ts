/** Starts entries in turn, so that one does not slow the other down, and what several apps start alike only once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostStart } from './host.ts';
import { type Patience, type Started, start } from './start.ts';

/** Nobody's turn is kept from them for longer by one that hangs. */
const TURN_MS = 2_000;

export class Starter {
  readonly #starts = new Map<string, Promise<Started>>();
  #last: Promise<unknown> = Promise.resolve();

  start(host: HostStart, patience: Patience): Promise<Started> {
    const key = JSON.stringify([host, patience.initializeMs]);
    const known = this.#starts.get(key);
    if (known !== undefined) return known;
    const turn = Promise.race([this.#last, sleep(TURN_MS, undefined, { ref: false })]);
    const started = turn.then(() => start(host, patience));
    this.#starts.set(key, started);
    this.#last = started.catch(() => undefined);
    return started;
  }
}
