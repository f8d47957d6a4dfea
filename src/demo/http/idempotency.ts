/**
 * Idempotency keys of POST requests (lucanto-api.md section 5): 24 hours, per token and key.
 * Kept: every answer of the operation itself below 500. Not kept: 5xx, and what was refused before the operation ran
 * (token, scope, throttle, validation), so that a corrected request may use the key again.
 */
import { createHash } from 'node:crypto';
import type { EngineResponse } from '../engine-types.ts';
import { Refusal } from './refusal.ts';

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
