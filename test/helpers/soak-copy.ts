/** One copy of the bridge that is killed at random moments and started again each time. */
import type { Random } from './random.ts';
import { type RpcBridge, type RpcBridgeOptions, readyBridge } from './rpc-bridge.ts';
import { slept } from './slept.ts';

/** In times that a start takes: on a busy machine nobody would live to give an answer. */
const LIFE = { shortest: 0.5, longest: 6 };

export class MortalCopy {
  readonly conflictingEntries: string[] = [];
  kills = 0;
  /** Milliseconds that the last start took. */
  startMs = 0;
  readonly #options: RpcBridgeOptions;
  readonly #random: Random;
  readonly #dead = new WeakSet<RpcBridge>();
  #bridge: Promise<RpcBridge>;

  constructor(options: RpcBridgeOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.#bridge = this.#start();
  }

  /** The one that lives now, past its handshake. */
  alive(): Promise<RpcBridge> {
    return this.#bridge;
  }

  async dieAgainAndAgain(over: AbortSignal): Promise<void> {
    for (;;) {
      const bridge = await this.#bridge;
      const life = LIFE.shortest + this.#random.next() * (LIFE.longest - LIFE.shortest);
      if (!(await slept(life * this.startMs, over))) return;
      this.kill(bridge);
    }
  }

  /** Ends this bridge, if it still lives, and starts the next. */
  kill(bridge: RpcBridge): void {
    if (this.#dead.has(bridge)) return;
    this.#dead.add(bridge);
    this.kills += 1;
    // Who asks from now on waits for the next one.
    this.#bridge = bridge.kill('SIGKILL').then(() => {
      this.conflictingEntries.push(...bridge.conflictingEntries);
      return this.#start();
    });
  }

  async #start(): Promise<RpcBridge> {
    const begun = Date.now();
    const bridge = await readyBridge(this.#options);
    // Ready answers come before the program is loaded; this one does not.
    await bridge.call('no_such_tool', {});
    this.startMs = Date.now() - begun;
    return bridge;
  }

  async end(): Promise<void> {
    const bridge = await this.#bridge;
    await bridge.end();
    this.conflictingEntries.push(...bridge.conflictingEntries);
  }
}
