/** How requests leave this computer: by Node's own fetch wherever it will do, else by connections of our own. */
import type { Environment } from '../../config/setting.ts';
import type { Log } from '../../log.ts';
import { serviceOrigin } from '../origin.ts';
import { insistOnVerification, systemCertificates, trustAdvice } from './certificates.ts';
import { type HttpProxy, proxyFor } from './proxy.ts';

/** @param signal aborts the request and the reading of its answer; the request's own signal is not looked at. */
export type Send = (request: Request, signal: AbortSignal) => Promise<Response>;

export interface TransportOptions {
  readonly origin: string;
  readonly env: Environment;
  /** The service runs in this process: no proxy is asked, whatever the environment says. */
  readonly embedded: boolean;
  /** `process.version`. */
  readonly nodeVersion: string;
  readonly log: Log;
}

export class Transport {
  /** Null where the origin is reached directly. */
  readonly proxy: HttpProxy | null;
  readonly #options: TransportOptions;
  readonly #nodeSendsElsewhere: boolean;
  #certificates: readonly string[] | null = null;
  #pool: Promise<Send> | null = null;
  #single: Promise<Send> | null = null;

  /** @throws UsageError for an origin or a proxy that cannot be used, and where the verification of certificates is off. */
  constructor(options: TransportOptions) {
    const { env, embedded, log } = options;
    const origin = serviceOrigin(options.origin);
    this.#options = options;
    this.proxy = embedded ? null : proxyFor(origin, env);
    // Node's own support for proxy variables has other rules than ours.
    this.#nodeSendsElsewhere = env.NODE_USE_ENV_PROXY === '1' || /--use-env-proxy/.test(env.NODE_OPTIONS ?? '');
    insistOnVerification(origin, this.proxy, env, log);
    if (this.proxy !== null) log.info(`going through the proxy ${this.proxy.host} of ${this.proxy.variable}`);
    // Not every Node that can read the computer's certificates knows this variable, which is Node's own.
    if (env.NODE_USE_SYSTEM_CA === '1' && origin.startsWith('https:')) this.#readSystemCertificates();
  }

  /**
   * @param once whether the request must not meet a connection that its server is about to close: then it gets a fresh
   * one. A repeatable request is repeated instead.
   */
  async send(request: Request, signal: AbortSignal, once: boolean): Promise<Response> {
    if (once) {
      this.#single ??= this.#open(false);
      return (await this.#single)(request, signal);
    }
    if (this.proxy === null && this.#certificates === null && !this.#nodeSendsElsewhere)
      // The signal once more: a Request made from another follows that one's only until the next garbage collection.
      return globalThis.fetch(request, { signal });
    this.#pool ??= this.#open(true);
    return (await this.#pool)(request, signal);
  }

  /** From now on trusts what this computer trusts. False where Node cannot tell what that is. */
  trustSystem(): boolean {
    if (this.#certificates === null) this.#readSystemCertificates();
    return this.#certificates !== null;
  }

  /** What to do about a certificate that is not trusted here. */
  trustAdvice(): string {
    return trustAdvice(this.#options.env, this.#options.nodeVersion);
  }

  #readSystemCertificates(): void {
    try {
      this.#certificates = systemCertificates();
    } catch (error) {
      this.#options.log.warn(`this computer's certificates cannot be read: ${String(error)}`);
    }
    this.#pool = null;
    this.#single = null;
  }

  async #open(reuse: boolean): Promise<Send> {
    const { ownConnections } = await import('./own-connections.ts');
    return ownConnections({ proxy: this.proxy, certificates: this.#certificates, reuse });
  }
}
