import { randomUUID } from 'node:crypto';
import type { Generation } from '../contract/bundled-contract.ts';
import { objectIn, stringifyJson } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { sha256 } from '../core/sha256.ts';
import { seedStore } from './data/seed.ts';
import { type SentEmail, Store } from './data/store.ts';
import { toId } from './data/totals.ts';
import { FILES_BASE, SignedFiles } from './document-pdf.ts';
import { authorize, enterWorkspace, type Grant, Tokens } from './http/access.ts';
import { parseBody } from './http/bodies.ts';
import { Contract, type ContractOperation, DEMO_API_BASE } from './http/demo-contract.ts';
import { type EngineRequest, type EngineResponse, Holds, Refusal, refused } from './http/demo-request.ts';
import { ContractValidator } from './http/validate.ts';
import type { Call } from './routes/collection.ts';
import { handlers, userHandlers } from './routes/route-table.ts';

/** The embedded Lucanto's answers: from a request to a response, the same one for the same idempotency key. */

/**
 * Idempotency keys of POST requests (lucanto-api.md section 5): 24 hours, per token and key.
 * Kept: every answer of the operation itself below 500. Not kept: 5xx, and what was refused before the operation ran
 * (token, scope, throttle, validation), so that a corrected request may use the key again.
 */
const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_KEY_LENGTH = 255;

class IdempotencyKeys {
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
    const entry = { fingerprint, startedAt: this.#clock(), requestId };
    this.#entries.set(slot, { ...entry, response: null });
    try {
      const response = await operation();
      if (response.status < 500) this.#entries.set(slot, { ...entry, response });
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

/**
 * The embedded Lucanto without sockets. A request passes, in this order: contract (501), token (401, 429), workspace
 * (403, 404, 402), scope (403), body (400), idempotency key (400, 409, replay), schema (400, 422), the operation itself.
 */
export class LucantoEngine {
  readonly contract: Contract;
  readonly tokens: Tokens;
  readonly outbox: SentEmail[] = [];
  readonly holds = new Holds();
  readonly #seed: number;
  readonly #clock: () => number;
  readonly #log: Log | null;
  readonly #validator: ContractValidator;
  readonly #files: SignedFiles;
  #keys: IdempotencyKeys;
  #store: Store | null = null;
  #description: string | null = null;

  /** @param origin where this service is reached, for URLs to itself. */
  constructor(generation: Generation, seed: number, clock: () => number, origin: () => string, log: Log | null) {
    this.contract = new Contract(generation);
    this.tokens = new Tokens(seed);
    this.#seed = seed;
    this.#clock = clock;
    this.#log = log;
    this.#validator = new ContractValidator(this.contract);
    this.#keys = new IdempotencyKeys(clock);
    this.#files = new SignedFiles(origin, clock, seed);
  }

  /** Everything as it was at the start; sample data is made again with the next request. */
  reset(): void {
    this.#store = null;
    this.#keys = new IdempotencyKeys(this.#clock);
    this.outbox.length = 0;
  }

  async handle(request: EngineRequest): Promise<EngineResponse> {
    const requestId = randomUUID();
    const response = await this.#answer(request, requestId).catch((error: unknown) => this.#refused(error, requestId));
    this.#log?.debug(`demo: ${request.method} ${request.path} ${response.status}`);
    return { ...response, headers: { ...response.headers, 'X-Request-Id': requestId } };
  }

  async #answer(request: EngineRequest, requestId: string): Promise<EngineResponse> {
    const { method, path } = request;
    if (method === 'GET' && path === `${DEMO_API_BASE}/openapi.json`) return this.#describe(request);
    if (method === 'GET' && path.startsWith(FILES_BASE)) return this.#files.serve(request, this.#data());
    const match = this.contract.match(method, path);
    if (match === null) throw new Refusal(501, 'not_implemented', `The contract has no ${method} ${path}.`);
    const { operation, params } = match;
    const grant = this.tokens.authenticate(request.headers.authorization);
    const user = userHandlers[operation.id];
    if (user === undefined) return this.#inWorkspace(request, requestId, operation, params, grant);
    const query = this.#validator.query(operation, request.query);
    return json(operation, user({ ...this.#scene(grant), id: 0n, query, body: {}, upload: null }));
  }

  async #inWorkspace(
    request: EngineRequest,
    requestId: string,
    operation: ContractOperation,
    params: Readonly<Record<string, string>>,
    grant: Grant,
  ): Promise<EngineResponse> {
    const workspace = enterWorkspace(this.#data(), grant, params.account_id ?? params.workspace_id ?? params.id ?? '');
    authorize(grant, operation);
    const { json: body, upload, fingerprint } = await parseBody(request, operation.body, this.#clock());
    const run = async (): Promise<EngineResponse> => {
      await this.holds.pass(request);
      const query = this.#validator.query(operation, request.query);
      if (upload === null) this.#validator.body(body, operation.body);
      // The properties are inside the one wrapper key.
      const [properties] = Object.values(objectIn(body));
      const id = recordId(params.id);
      const call = { ...this.#scene(grant), workspace, id, query, body: objectIn(properties), upload };
      return this.#operate(operation, call, requestId);
    };
    const key = request.method === 'POST' ? request.headers['idempotency-key'] : undefined;
    if (key === undefined) return run();
    const of = sha256(`${request.method} ${request.path}\n${fingerprint}`);
    return this.#keys.run(grant.token, key, of, requestId, run);
  }

  /** What the operation itself refuses is an answer like any other: an idempotency key keeps it. */
  #operate(operation: ContractOperation, call: Call, requestId: string): EngineResponse {
    const handler = handlers[operation.id];
    if (handler === undefined) throw new Refusal(501, 'not_implemented', `${operation.id} is not implemented.`);
    try {
      return json(operation, handler(call));
    } catch (error) {
      return this.#refused(error, requestId);
    }
  }

  #scene(grant: Grant) {
    const sign = (path: string) => this.#files.sign(path);
    return { store: this.#data(), contract: this.contract, grant, now: this.#clock(), sign };
  }

  #data(): Store {
    if (this.#store === null) {
      this.#store = new Store(this.outbox);
      seedStore(this.#store, this.#seed, this.#clock());
    }
    return this.#store;
  }

  #describe(request: EngineRequest): EngineResponse {
    // Without its own address: it may be reached by other names, or through a proxy.
    const servers = [{ url: DEMO_API_BASE }];
    this.#description ??= JSON.stringify({ ...this.contract.document, servers });
    const etag = `"${sha256(this.#description).slice(0, 32)}"`;
    const isKnown = (request.headers['if-none-match'] ?? '').includes(etag);
    if (isKnown) return { status: 304, headers: { ETag: etag }, body: null };
    return { status: 200, headers: { 'Content-Type': 'application/json', ETag: etag }, body: this.#description };
  }

  #refused(error: unknown, requestId: string): EngineResponse {
    if (error instanceof Refusal) return refused(error, requestId);
    this.#log?.error(`demo: ${String(error)}`);
    return refused(new Refusal(500, 'internal_server_error', 'Something went wrong.'), requestId);
  }
}

function recordId(text: string | undefined): bigint {
  if (text === undefined) return 0n;
  const id = toId(text);
  if (id === null) throw new Refusal(400, 'bad_request', 'id must be a positive integer.');
  return id;
}

function json({ status }: ContractOperation, value: unknown): EngineResponse {
  if (value === undefined) return { status, headers: {}, body: null };
  return { status, headers: { 'Content-Type': 'application/json' }, body: stringifyJson(value) };
}
