import { isLoopback } from '../config/origin.ts';
import { compileContract } from '../contract/compile.ts';
import { MAX_DOCUMENT_BYTES, type OpenApiDocument, readPublished, tooLargeDocument } from '../contract/document.ts';
import type { Operation } from '../contract/operation.ts';
import { DOCUMENT_PATH } from '../contract/reach.ts';
import type { LeftOut } from '../contract/route.ts';
import { lastResult } from '../core/deadline.ts';
import { ApiError, LucantoError, ProtocolError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { CallContext } from '../core/tool.ts';
import { apiError } from '../http/api-error.ts';
import type { HttpAnswer, HttpPort } from '../http/request.ts';
import type { KnownContract, ServiceCache } from './service-cache.ts';
import { LIST_WORKSPACES } from './workspace-list.ts';

/** The contract in force: live, else last known, else bundled (interface.md section 3). */
const DAY_MS = 24 * 60 * 60_000;

type Compiled = ReturnType<typeof compileContract>;

/** Of a document that the service itself published, so that the addresses in it count. A second bridge, which makes ready answers, opens the same. */
const compiledFrom = lastResult(async (text: string, origin: string): Promise<Compiled> => {
  const own = { origin, isLoopback: isLoopback(new URL(origin).hostname) };
  return compileContract(await readPublished(text), own);
});

export interface ContractState {
  readonly source: 'live' | 'cached' | 'bundled';
  /** ISO 8601; null for the bundled contract. */
  readonly fetchedAt: string | null;
  readonly operations: number;
  /** Operations of the document that did not become tools. */
  readonly leftOut: readonly LeftOut[];
  /** Why the newest document of the service cannot be used, in a sentence. */
  readonly rejected: string | null;
}

export class ContractSource {
  readonly #deps;
  #source: ContractState['source'] = 'bundled';
  #fetchedAt: string | null = null;
  #etag: string | null = null;
  #text: string | null = null;
  #rejected: string | null = null;
  #operations: readonly Operation[] = [];
  #leftOut: readonly LeftOut[] = [];

  private constructor(deps: Parameters<typeof ContractSource.open>[0]) {
    this.#deps = deps;
  }

  /** With what is on disk or bundled, without a network request. */
  static async open(deps: {
    readonly cache: ServiceCache;
    /** The offline default in each path generation, the likelier first; loaded only where it is needed. */
    readonly bundled: () => Promise<readonly OpenApiDocument[]>;
    readonly http: HttpPort;
    readonly clock: () => number;
    readonly log: Log;
  }): Promise<ContractSource> {
    const source = new ContractSource(deps);
    source.#rejected = deps.cache.rejection();
    const known = deps.cache.contract();
    if (known !== null && (await source.#adopt(known))) return source;
    const [first] = await deps.bundled();
    if (first !== undefined) source.#use(compileContract(first));
    return source;
  }

  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** True once the service itself has said what it offers, now or in an earlier run. */
  get isLive(): boolean {
    return this.#source !== 'bundled';
  }

  /** Why the bundled contract stands in for one that the service has, but that cannot be used; null where it does not. */
  get refused(): string | null {
    return this.#source === 'bundled' ? this.#rejected : null;
  }

  state(): ContractState {
    return {
      source: this.#source,
      fetchedAt: this.#fetchedAt,
      operations: this.#operations.length,
      leftOut: this.#leftOut,
      rejected: this.#rejected,
    };
  }

  /**
   * Asks the service: with an ETag each time, without one at most once a day unless `force`.
   * A document that cannot be believed changes nothing.
   * @throws LucantoError where the service does not answer with a usable document
   */
  async refresh(context: CallContext, force: boolean): Promise<'live' | 'unchanged' | 'skipped'> {
    if (!force && this.#source !== 'bundled' && this.#etag === null && this.#age() < DAY_MS) return 'skipped';
    try {
      return await this.#ask(context);
    } catch (error) {
      const answered = error instanceof ApiError || error instanceof ProtocolError;
      if (answered && this.#source === 'bundled') await this.#settleGeneration(context);
      throw error;
    }
  }

  async #ask(context: CallContext): Promise<'live' | 'unchanged'> {
    const { answer, text } = await this.#send(context);

    if (answer.status !== 304 && answer.status !== 200) {
      throw apiError(answer, {
        what: 'its contract',
        retry: 'read',
        scopes: [],
        listTool: null,
      });
    }
    const fetchedAt = new Date(this.#deps.clock()).toISOString();
    if (answer.status === 304 || (text === this.#text && this.#text !== null)) {
      this.#source = 'live';
      this.#fetchedAt = fetchedAt;
      await this.#accepted();
      return 'unchanged';
    }
    this.#use(await this.#check(text));
    this.#source = 'live';
    this.#fetchedAt = fetchedAt;
    this.#etag = answer.headers.get('etag');
    this.#text = text;
    await this.#accepted();
    return 'live';
  }

  /** The text apart, since a document may be larger than any other answer. @throws LucantoError */
  async #send(context: CallContext): Promise<{ readonly answer: HttpAnswer; readonly text: string }> {
    let chunks: Uint8Array[] = [];
    const request = {
      method: 'GET',
      path: DOCUMENT_PATH,
      query: '',
      headers: this.#etag === null ? {} : { 'If-None-Match': this.#etag },
      body: null,
      accept: 'application/json',
      tokenOptional: true,
      bytes: () => {
        chunks = [];
        return { limit: MAX_DOCUMENT_BYTES, write: async (bytes: Uint8Array) => void chunks.push(bytes) };
      },
    } as const;
    try {
      const answer = await this.#deps.http.send(request, { ...context, retry: 'read' });
      return { answer, text: new TextDecoder().decode(Buffer.concat(chunks)) };
    } catch (error) {
      if (error instanceof ProtocolError && error.code === 'answer_too_large')
        throw await this.#reject(tooLargeDocument());
      throw error;
    }
  }

  /** Without a document of its own, the service still shows which of the bundled generations it speaks. */
  async #settleGeneration(context: CallContext): Promise<void> {
    for (const document of await this.#deps.bundled()) {
      const list = compileContract(document).operations.find(({ tool }) => tool === LIST_WORKSPACES);
      if (list === undefined) continue;
      const request = { method: 'GET', path: list.path, query: '', headers: {}, body: null } as const;
      const answer = await this.#deps.http.send(
        { ...request, accept: 'application/json' },
        { ...context, retry: 'read' },
      );
      if (answer.status !== 200) continue;
      this.#use(compileContract(document));
      return;
    }
  }

  #age(): number {
    return this.#fetchedAt === null ? Number.POSITIVE_INFINITY : this.#deps.clock() - Date.parse(this.#fetchedAt);
  }

  async #check(text: string): Promise<Compiled> {
    try {
      return await compiledFrom(text, this.#deps.http.origin);
    } catch (error) {
      throw await this.#reject(error);
    }
  }

  /** Remembered, so that the next start does not take the bundled contract for the service's own. */
  async #reject<T>(error: T): Promise<T> {
    this.#rejected = error instanceof LucantoError ? error.message : String(error);
    await this.#deps.cache.saveRejection(this.#rejected);
    return error;
  }

  async #adopt(known: KnownContract): Promise<boolean> {
    try {
      this.#use(await compiledFrom(known.text, this.#deps.http.origin));
    } catch (error) {
      this.#deps.log.warn(
        `the contract kept on disk is not used: ${error instanceof Error ? error.message : String(error)}`,
      );
      return false;
    }
    this.#source = 'cached';
    this.#fetchedAt = known.fetchedAt;
    this.#etag = known.etag;
    this.#text = known.text;
    return true;
  }

  #use({ operations, leftOut }: Compiled): void {
    this.#operations = operations;
    this.#leftOut = leftOut;
    for (const { operation, reason } of leftOut) this.#deps.log.info(`contract: ${operation} is not a tool: ${reason}`);
  }

  async #accepted(): Promise<void> {
    this.#rejected = null;
    await this.#deps.cache.saveRejection(null);
    if (this.#text === null || this.#fetchedAt === null) return;
    await this.#deps.cache.saveContract({ fetchedAt: this.#fetchedAt, etag: this.#etag, text: this.#text });
  }
}
