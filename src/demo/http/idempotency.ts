import { type EngineRequest, type EngineResponse, Refusal } from './demo-request.ts';

/**
 * Idempotency keys of POST requests (lucanto-api.md section 5): 24 hours, per token and key.
 * Kept: every answer of the operation itself below 500. Not kept: 5xx, and what was refused before the operation ran
 * (token, scope, throttle, validation), so that a corrected request may use the key again.
 */
const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_KEY_LENGTH = 255;

export class IdempotencyKeys {
  readonly #entries = new Map<
    string,
    {
      readonly fingerprint: string;
      readonly startedAt: number;
      readonly requestId: string;
      /** Null while the request runs. */
      response: EngineResponse | null;
    }
  >();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * @param fingerprint of method, path and body: another one under the same key is a conflict.
   * @returns the first answer with the replay headers where the key is known; else what `operation` answers.
   * @throws Refusal for a key that is too long, in use, or used for something else.
   */
  async run(
    token: string,
    key: string,
    fingerprint: string,
    requestId: string,
    operation: () => Promise<EngineResponse>,
  ): Promise<EngineResponse> {
    const replayed = this.#replay(token, key, fingerprint);
    if (replayed !== null) return replayed;
    const slot = `${token}\n${key}`;
    const startedAt = this.#clock();
    this.#entries.set(slot, { fingerprint, startedAt, requestId, response: null });
    try {
      const response = await operation();
      if (response.status < 500) this.#entries.set(slot, { fingerprint, startedAt, requestId, response });
      return response;
    } finally {
      if (this.#entries.get(slot)?.response === null) this.#entries.delete(slot);
    }
  }

  #replay(token: string, key: string, fingerprint: string): EngineResponse | null {
    if (key.length === 0 || key.length > MAX_KEY_LENGTH) {
      throw new Refusal(400, 'bad_request', `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters.`);
    }
    const entry = this.#entries.get(`${token}\n${key}`);
    if (entry === undefined || this.#clock() - entry.startedAt >= DAY_MS) return null;
    if (entry.fingerprint !== fingerprint) {
      throw new Refusal(409, 'idempotency_key_conflict', 'This Idempotency-Key was used with another request.');
    }
    if (entry.response === null) {
      throw new Refusal(409, 'idempotency_in_progress', 'A request with this Idempotency-Key is still running.');
    }
    const headers = { 'Idempotent-Replayed': 'true', 'X-Original-Request-Id': entry.requestId };
    return { ...entry.response, headers: { ...entry.response.headers, ...headers } };
  }
}

/** A request that a test has stopped in the middle, to see what others get meanwhile. */
export interface Hold {
  /** Settles when a matching request has come in and waits. */
  readonly arrived: Promise<void>;
  release(): void;
}

export class Holds {
  readonly #waiting: {
    readonly matches: (request: EngineRequest) => boolean;
    readonly arrive: () => void;
    readonly released: Promise<void>;
  }[] = [];

  /** Stops the next request that matches, until released. */
  next(matches: (request: EngineRequest) => boolean): Hold {
    const events = new EventTarget();
    const happened = (name: string) =>
      new Promise<void>((resolve) => events.addEventListener(name, () => resolve(), { once: true }));
    const [arrived, released] = [happened('arrived'), happened('released')];
    this.#waiting.push({ matches, arrive: () => events.dispatchEvent(new Event('arrived')), released });
    return { arrived, release: () => void events.dispatchEvent(new Event('released')) };
  }

  async pass(request: EngineRequest): Promise<void> {
    const index = this.#waiting.findIndex(({ matches }) => matches(request));
    const [held] = index < 0 ? [] : this.#waiting.splice(index, 1);
    held?.arrive();
    await held?.released;
  }
}
