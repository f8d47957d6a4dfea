import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Generation } from '../contract/bundled-contract.ts';
import { objectIn, stringifyJson } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { sha256 } from '../core/sha256.ts';
import { seedStore } from './data/seed.ts';
import { COLLECTIONS, type SentEmail, Store } from './data/store.ts';
import { timestamp, toId } from './data/totals.ts';
import { renderDocument } from './document-pdf.ts';
import { authorize, enterWorkspace, type Grant, Tokens } from './http/access.ts';
import { Contract, type ContractOperation, DEMO_API_BASE } from './http/demo-contract.ts';
import {
  type EngineRequest,
  type EngineResponse,
  Holds,
  IdempotencyKeys,
  notFound,
  Refusal,
  refused,
} from './http/demo-request.ts';
import { ContractValidator, parseBody } from './http/validate.ts';
import type { Call } from './routes/collection.ts';
import { handlers, userHandlers } from './routes/route-table.ts';

/** The embedded Lucanto's answers: from a request to a response, and files behind signed addresses. */

const FILES_BASE = '/files/';
const LIFETIME_MS = 15 * 60 * 1000;

/** Files behind signed URLs on the service's own origin: no token needed, gone after their time. */
class SignedFiles {
  readonly #origin: () => string;
  readonly #clock: () => number;
  readonly #secret: Buffer;

  constructor(origin: () => string, clock: () => number, seed: number) {
    this.#origin = origin;
    this.#clock = clock;
    this.#secret = createHash('sha256').update(`lucanto demo files ${seed}`).digest();
  }

  sign(path: string) {
    const expires = Math.floor((this.#clock() + LIFETIME_MS) / 1000);
    const url = `${this.#origin()}${path}?expires=${expires}&signature=${this.#signature(path, expires)}`;
    return { url, expires_at: timestamp(expires * 1000) };
  }

  /** @throws Refusal 403 for a signature that is wrong or has expired, 404 for a file that is gone. */
  serve(request: EngineRequest, store: Store): EngineResponse {
    const expires = Number(request.query.get('expires'));
    const given = Buffer.from(request.query.get('signature') ?? '');
    const right = Buffer.from(this.#signature(request.path, expires));
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new Refusal(403, 'forbidden', 'The signature of this address is not valid.');
    }
    if (expires * 1000 < this.#clock()) throw new Refusal(403, 'forbidden', 'This address has expired.');
    const [workspace = '', kind = '', file = ''] = request.path.slice(FILES_BASE.length).split('/');
    const { contentType, name, bytes } = fileAt(store, toId(workspace), kind, toId(file.replace(/\.pdf$/, '')));
    const disposition = `inline; filename*=UTF-8''${encodeURIComponent(name)}`;
    return { status: 200, headers: { 'Content-Type': contentType, 'Content-Disposition': disposition }, body: bytes };
  }

  #signature(path: string, expires: number): string {
    return createHmac('sha256', this.#secret).update(`${path}?expires=${expires}`).digest('hex').slice(0, 40);
  }
}

function fileAt(store: Store, workspaceId: bigint | null, kind: string, id: bigint | null) {
  const receipt = kind === 'receipts' && id !== null ? store.receipts.get(id) : undefined;
  if (receipt !== undefined) return receipt;
  const collection = COLLECTIONS.find((name) => name === kind);
  const row = collection && workspaceId !== null ? store.find(collection, workspaceId, id) : undefined;
  if (collection === undefined || row === undefined) throw notFound('The file');
  const name = `${typeof row.fields.number === 'string' ? row.fields.number : row.id}.pdf`;
  return { contentType: 'application/pdf', name, bytes: renderDocument(store, collection, row) };
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
