import { createHash } from 'node:crypto';
import { type EngineRequest, type EngineResponse, Refusal } from './demo-request.ts';

/**
 * Idempotency keys of POST requests (lucanto-api.md section 5): 24 hours, per token and key.
 * Kept: every answer of the operation itself below 500. Not kept: 5xx, and what was refused before the operation ran
 * (token, scope, throttle, validation), so that a corrected request may use the key again.
 */
const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_KEY_LENGTH = 255;

interface Entry {
  readonly fingerprint: string;
  readonly startedAt: number;
  readonly requestId: string;
  response: EngineResponse | null;
}

export class IdempotencyKeys {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * @param fingerprint of method, path and body: another one under the same key is a conflict.
   * @returns the first answer with the replay headers, or null where the key is new.
   * @throws Refusal for a key that is too long, in use, or used for something else.
   */
  replay(token: string, key: string, fingerprint: string): EngineResponse | null {
    if (key.length === 0 || key.length > MAX_KEY_LENGTH) {
      throw new Refusal(400, 'bad_request', `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters.`);
    }
    const entry = this.#find(token, key);
    if (entry === undefined) return null;
    if (entry.fingerprint !== fingerprint) {
      throw new Refusal(409, 'idempotency_key_conflict', 'This Idempotency-Key was used with another request.');
    }
    if (entry.response === null) {
      throw new Refusal(409, 'idempotency_in_progress', 'A request with this Idempotency-Key is still running.');
    }
    const headers = { 'Idempotent-Replayed': 'true', 'X-Original-Request-Id': entry.requestId };
    return { ...entry.response, headers: { ...entry.response.headers, ...headers } };
  }

  /** Marks the key as running, runs, and keeps the answer unless it is a 5xx. */
  async run(
    token: string,
    key: string,
    fingerprint: string,
    requestId: string,
    operation: () => Promise<EngineResponse>,
  ): Promise<EngineResponse> {
    const slot = slotOf(token, key);
    const entry: Entry = { fingerprint, startedAt: this.#clock(), requestId, response: null };
    this.#entries.set(slot, entry);
    try {
      const response = await operation();
      if (response.status < 500) entry.response = response;
      return response;
    } finally {
      if (entry.response === null) this.#entries.delete(slot);
    }
  }

  #find(token: string, key: string): Entry | undefined {
    const slot = slotOf(token, key);
    const entry = this.#entries.get(slot);
    if (entry === undefined || this.#clock() - entry.startedAt < DAY_MS) return entry;
    this.#entries.delete(slot);
    return undefined;
  }
}

function slotOf(token: string, key: string): string {
  return createHash('sha256').update(`${token}\n${key}`).digest('hex');
}

/** Lets a test stop a request in the middle, to see what others get meanwhile. */
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
