/** One copy of the bridge that is killed at random moments and started again each time. */
import type { Random } from './random.ts';
import { type RpcBridge, type RpcBridgeOptions, readyBridge } from './rpc-bridge.ts';
import { slept } from './slept.ts';

const LIFE_MS = { shortest: 300, longest: 3000 };

export class MortalCopy {
  readonly strays: string[] = [];
  kills = 0;
  readonly #options: RpcBridgeOptions;
  readonly #random: Random;
  readonly #dead = new WeakSet<RpcBridge>();
  #bridge: Promise<RpcBridge>;

  constructor(options: RpcBridgeOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.#bridge = readyBridge(options);
  }

  /** The one that lives now, past its handshake. */
  alive(): Promise<RpcBridge> {
    return this.#bridge;
  }

  async dieAgainAndAgain(over: AbortSignal): Promise<void> {
    while (await slept(this.#random.between(LIFE_MS.shortest, LIFE_MS.longest), over)) this.kill(await this.#bridge);
  }

  /** Ends this bridge, if it still lives, and starts the next. */
  kill(bridge: RpcBridge): void {
    if (this.#dead.has(bridge)) return;
    this.#dead.add(bridge);
    this.kills += 1;
    // Who asks from now on waits for the next one.
    this.#bridge = bridge.kill('SIGKILL').then(() => {
      this.strays.push(...bridge.strays);
      return readyBridge(this.#options);
    });
  }

  async end(): Promise<void> {
    const bridge = await this.#bridge;
    await bridge.end();
    this.strays.push(...bridge.strays);
  }
}
