import { createHash, randomUUID } from 'node:crypto';
import type { Generation } from '../contract/bundled-contract.ts';
import { stringifyJson } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { toId } from './data/fields.ts';
import { seedStore } from './data/seed.ts';
import { type Message, Store } from './data/store.ts';
import { type Grant, Tokens } from './data/tokens.ts';
import { renderDocument } from './document-pdf.ts';
import { authenticate, authorize, enterWorkspace } from './http/access.ts';
import { API_BASE, Contract, type ContractOperation, type RouteMatch } from './http/demo-contract.ts';
import {
  type Engine,
  type EngineRequest,
  type EngineResponse,
  envelope,
  invalid,
  isAbsent,
  type ParsedBody,
  parseBody,
  Refusal,
  unwrapped,
} from './http/demo-request.ts';
import { Holds, IdempotencyKeys } from './http/idempotency.ts';
import { FILES_BASE, SignedFiles } from './http/signed-files.ts';
import { Validator } from './http/validate.ts';
import type { Call } from './routes/collection.ts';
import { handlers, userHandlers } from './routes/route-table.ts';

/**
 * The embedded Lucanto without sockets. A request passes, in this order: contract (501), token (401, 429), workspace
 * (403, 404, 402), scope (403), body (400), idempotency key (400, 409, replay), schema (400, 422), the operation itself.
 */
interface EngineOptions {
  readonly generation: Generation;
  readonly seed: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Where this service is reached, for URLs to itself. */
  readonly origin: () => string;
  readonly outbox: Message[];
  readonly log: Log | null;
}

type Context = { readonly request: EngineRequest; readonly requestId: string };

export class LucantoEngine implements Engine {
  readonly contract: Contract;
  readonly tokens: Tokens;
  readonly holds = new Holds();
  readonly #options: EngineOptions;
  readonly #validator: Validator;
  readonly #files: SignedFiles;
  #keys: IdempotencyKeys;
  #store: Store | null = null;
  #description: string | null = null;

  constructor(options: EngineOptions) {
    const { clock, origin, seed } = options;
    this.#options = options;
    this.contract = new Contract(options.generation);
    this.tokens = new Tokens(seed);
    this.#validator = new Validator(this.contract);
    this.#keys = new IdempotencyKeys(clock);
    this.#files = new SignedFiles({ origin, clock, seed, store: () => this.#data(), renderPdf: renderDocument });
  }

  /** Everything as it was at the start; sample data is made again with the next request. */
  reset(): void {
    this.#store = null;
    this.#keys = new IdempotencyKeys(this.#options.clock);
    this.#options.outbox.length = 0;
  }

  async handle(request: EngineRequest): Promise<EngineResponse> {
    const requestId = randomUUID();
    const response = await this.#answer({ request, requestId }).catch((error: unknown) =>
      this.#refused(error, requestId),
    );
    this.#options.log?.debug(`demo: ${request.method} ${request.path} ${response.status}`);
    return { ...response, headers: { ...response.headers, 'X-Request-Id': requestId } };
  }

  async #answer(context: Context): Promise<EngineResponse> {
    const { request } = context;
    if (request.method === 'GET' && request.path === `${API_BASE}/openapi.json`) return this.#describe(request);
    if (request.method === 'GET' && request.path.startsWith(FILES_BASE)) return this.#files.serve(request);
    const match = this.contract.match(request.method, request.path);
    if (match === null) {
      throw new Refusal(501, 'not_implemented', `The contract has no ${request.method} ${request.path}.`);
    }
    const grant = authenticate(this.tokens, request.headers.authorization);
    const user = userHandlers[match.operation.id];
    if (user !== undefined) {
      const query = this.#validator.query(match.operation, request.query);
      return json(match.operation, user({ ...this.#scene(grant), id: 0n, query, body: {}, upload: null }));
    }
    return this.#inWorkspace(context, match, grant);
  }

  async #inWorkspace(context: Context, { operation, params }: RouteMatch, grant: Grant): Promise<EngineResponse> {
    const { request, requestId } = context;
    const workspaceId = params.account_id ?? params.workspace_id ?? params.id ?? '';
    const workspace = enterWorkspace(this.#data(), grant, workspaceId);
    authorize(grant, operation);
    const body = await parseBody(request, operation.body, this.#options.clock());
    const key = request.method === 'POST' ? request.headers['idempotency-key'] : undefined;
    const fingerprint = sha256(`${request.method} ${request.path}\n${body.fingerprint}`);
    const replayed = key === undefined ? null : this.#keys.replay(grant.token, key, fingerprint);
    if (replayed !== null) return replayed;
    const run = async (): Promise<EngineResponse> => {
      await this.holds.pass(request);
      const query = this.#validator.query(operation, request.query);
      await this.#check(operation, body);
      const scene = this.#scene(grant);
      const call = {
        ...scene,
        workspace,
        id: recordId(params.id),
        query,
        body: unwrapped(body.json),
        upload: body.upload,
      };
      return this.#operate(operation, call, requestId);
    };
    return key === undefined ? run() : this.#keys.run(grant.token, key, fingerprint, requestId, run);
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

  async #check(operation: ContractOperation, { json: given, upload }: ParsedBody): Promise<void> {
    const { body } = operation;
    if (upload !== null || (isAbsent(given) && body?.required !== true)) return;
    if (body === null) throw invalid(['this operation takes no body']);
    await this.#validator.body(given ?? {}, body);
  }

  #scene(grant: Grant) {
    return {
      store: this.#data(),
      contract: this.contract,
      grant,
      now: this.#options.clock(),
      sign: (path: string) => this.#files.sign(path),
    };
  }

  #data(): Store {
    if (this.#store === null) {
      this.#store = new Store(this.#options.outbox);
      seedStore(this.#store, this.#options.seed, this.#options.clock());
    }
    return this.#store;
  }

  #describe(request: EngineRequest): EngineResponse {
    this.#description ??= JSON.stringify({
      ...this.contract.document,
      servers: [{ url: `${this.#options.origin()}${API_BASE}` }],
    });
    const body = this.#description;
    const etag = `"${sha256(body).slice(0, 32)}"`;
    const isKnown = (request.headers['if-none-match'] ?? '').includes(etag);
    if (isKnown) return { status: 304, headers: { ETag: etag }, body: null };
    return { status: 200, headers: { 'Content-Type': 'application/json', ETag: etag }, body };
  }

  #refused(error: unknown, requestId: string): EngineResponse {
    if (!(error instanceof Refusal)) this.#options.log?.error(`demo: ${String(error)}`);
    const refusal =
      error instanceof Refusal ? error : new Refusal(500, 'internal_server_error', 'Something went wrong.');
    const { retryAfter } = refusal.extras;
    return {
      status: refusal.status,
      headers: {
        'Content-Type': 'application/json',
        ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
      },
      body: stringifyJson(envelope(refusal, requestId)),
    };
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function recordId(text: string | undefined): bigint {
  if (text === undefined) return 0n;
  const id = toId(text);
  if (id === null) throw new Refusal(400, 'bad_request', 'id must be a positive integer.');
  return id;
}

function json(operation: ContractOperation, value: unknown): EngineResponse {
  if (value === undefined) return { status: operation.status, headers: {}, body: null };
  return { status: operation.status, headers: { 'Content-Type': 'application/json' }, body: stringifyJson(value) };
}
