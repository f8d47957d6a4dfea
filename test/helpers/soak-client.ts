/** A client that wants its invoices, whatever happens: it repeats every call until it gets a definite answer. */
import type { Random } from './random.ts';
import { type RpcAnswer, type RpcBridge, type ToolAnswer, toolAnswer } from './rpc-bridge.ts';
import { slept } from './slept.ts';
import type { MortalCopy } from './soak-copy.ts';

/** What a client knows about a create in the end; `id` is null where the answer named none. */
export type Told =
  | { readonly kind: 'done'; readonly id: string | null }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'never' };

export interface SoakClientDeps {
  readonly copies: readonly MortalCopy[];
  readonly random: Random;
  readonly workspace: number;
  readonly purchaser: unknown;
  /** The bridge's `--timeout`. */
  readonly timeoutSeconds: number;
}

const TOOL = 'lucanto_create_invoice';
const MOST_REPEATS = 60;
/** A living bridge answers within its time limit; this much longer is no answer. */
const GRACE_SECONDS = 30;
const CANCELS = 0.05;
const ASKS_TWICE_AT_ONCE = 0.05;
/** Most calls are too short for a kill at a random moment to meet them: some copies are killed during one. */
const KILLS = 0.08;
/** In times that a start takes. */
const KILL_WITHIN = 0.2;
/** Says nothing about the invoice: worth another call, like every answer whose outcome is unknown. */
const PASSING =
  /^(rate_limited|service_unavailable|http_5\d\d|internal_server_error|timeout|cancelled|econn\w+|connection_lost|no_connection|idempotency_in_progress|write_in_progress)$/;

export class SoakClient {
  /** Calls that a living bridge did not answer. */
  ignoredCalls = 0;
  readonly answers: string[] = [];
  readonly #deps: SoakClientDeps;

  constructor(deps: SoakClientDeps) {
    this.#deps = deps;
  }

  async create(marker: string): Promise<Told> {
    const { random } = this.#deps;
    for (let repeat = 0; repeat <= MOST_REPEATS; repeat++) {
      const calls = random.chance(ASKS_TWICE_AT_ONCE) ? [this.#call(marker), this.#call(marker)] : [this.#call(marker)];
      const told = (await Promise.all(calls)).filter((answer) => answer !== null);
      const best = told.find(({ kind }) => kind === 'done') ?? told[0];
      if (best !== undefined) return best;
    }
    return { kind: 'never' };
  }

  /** @returns null where nothing is certain. */
  async #call(marker: string): Promise<Told | null> {
    const { copies, random, workspace, purchaser } = this.#deps;
    const copy = random.pick(copies);
    const bridge = await copy.alive();
    if (random.chance(KILLS)) setTimeout(() => copy.kill(bridge), random.next() * KILL_WITHIN * copy.startMs);
    const answer = bridge.call(TOOL, {
      workspace_id: workspace,
      purchaser_id: purchaser,
      currency: 'EUR',
      internal_note: marker,
      items: [{ name: 'Soak', quantity: '1', unit_price: '10.00', vat_rate: '23' }],
    });
    if (random.chance(CANCELS)) return this.#cancelled(bridge, bridge.lastId());
    const given = await withinSeconds(this.#deps.timeoutSeconds + GRACE_SECONDS, answer);
    if (given === 'none') {
      this.ignoredCalls += 1;
      this.answers.push('NOT ANSWERED');
      return null;
    }
    return this.#judged(given);
  }

  async #cancelled(bridge: RpcBridge, requestId: number): Promise<null> {
    await slept(this.#deps.random.between(0, 500), new AbortController().signal);
    bridge.notify('notifications/cancelled', { requestId });
    this.answers.push('(cancelled)');
    return null;
  }

  #judged(given: RpcAnswer | null): Told | null {
    if (given === null) {
      this.answers.push('(killed)');
      return null;
    }
    const answer = toolAnswer(given);
    if (answer === null) {
      this.answers.push(`rpc ${given.error?.code}`);
      return { kind: 'refused', text: JSON.stringify(given.error) };
    }
    return this.#read(answer);
  }

  #read({ isError, json, text, allText }: ToolAnswer): Told | null {
    if (!isError) {
      this.answers.push(allText === text ? 'done' : 'done before');
      return { kind: 'done', id: json.id === undefined ? null : String(json.id) };
    }
    const code = String(json.error);
    this.answers.push(json.outcome === 'unknown' ? `${code}, unknown` : code);
    if (json.outcome === 'unknown' || PASSING.test(code)) return null;
    // Done before, and told: whoever was killed or cancelled meanwhile did not hear it.
    if (code === 'duplicate') return { kind: 'done', id: earlierId(json) };
    return { kind: 'refused', text };
  }
}

function earlierId({ earlier }: Readonly<Record<string, unknown>>): string | null {
  const isNamed = typeof earlier === 'object' && earlier !== null && 'id' in earlier;
  return isNamed ? String(earlier.id) : null;
}

async function withinSeconds(seconds: number, answer: Promise<RpcAnswer | null>): Promise<RpcAnswer | null | 'none'> {
  const over = new AbortController();
  const given = await Promise.race([answer, slept(seconds * 1000, over.signal).then(() => 'none' as const)]);
  over.abort();
  return given;
}
