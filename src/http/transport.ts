import * as tls from 'node:tls';
import { serviceOrigin } from '../config/origin.ts';
import type { Environment } from '../config/paths.ts';
import type { Log } from '../core/log.ts';
import { type Connections, connections } from './connections.ts';
import { trustAdvice } from './network-error.ts';
import { type HttpProxy, ignoredProxy, proxyFor, requireTlsVerification } from './proxy.ts';

/** How requests leave this computer: on which connections, through which proxy, trusting which certificates. */

export class Transport {
  /** Null where the origin is reached directly. */
  readonly proxy: HttpProxy | null;
  readonly #options;
  #certificates: readonly string[] | null = null;
  #pool: Connections | null = null;
  #single: Connections | null = null;
  #generation = 0;
  #hasIdleConnections = false;

  /** @throws UsageError for an origin or a proxy that cannot be used, and where the verification of certificates is off. */
  constructor(options: {
    readonly origin: string;
    readonly env: Environment;
    /** The service runs in this process: it is reached without a proxy, whatever the environment says. */
    readonly embedded: boolean;
    /** Connects to no address of this computer or its network. */
    readonly publicOnly: boolean;
    /** `process.version`. */
    readonly nodeVersion: string;
    readonly log: Log;
  }) {
    const { env, embedded, log } = options;
    const origin = serviceOrigin(options.origin);
    this.#options = options;
    this.proxy = embedded ? null : proxyFor(origin, env);
    requireTlsVerification(origin, this.proxy, env, log);
    if (this.proxy !== null) log.info(`using the proxy ${this.proxy.host} of ${this.proxy.variable}`);
    const ignored = embedded ? null : ignoredProxy(origin, env);
    if (ignored !== null) log.warn(ignored);
    // Not every Node that can read the computer's certificates knows this variable, which is Node's own.
    if (env.NODE_USE_SYSTEM_CA === '1' && origin.startsWith('https:')) this.#readSystemCertificates();
  }

  /** Which pool of connections is in use. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether a request may meet a connection that has served another one, and may have died silently since. */
  get hasIdleConnections(): boolean {
    return this.#hasIdleConnections;
  }

  /**
   * @param signal aborts the request and the reading of its answer.
   * @param fresh gives the request a connection of its own, which its server cannot be about to close and which cannot
   * have died silently.
   */
  async send(request: Request, signal: AbortSignal, fresh: boolean): Promise<Response> {
    if (fresh) {
      this.#single ??= this.#open(false);
      return this.#single.send(request, signal);
    }
    const generation = this.#generation;
    this.#pool ??= this.#open(true);
    const response = await this.#pool.send(request, signal);
    if (generation === this.#generation) this.#hasIdleConnections = true;
    return response;
  }

  /** Leaves the pool of that generation behind: one of its connections had died, and the others may have too. */
  renew(generation: number): void {
    if (generation !== this.#generation) return;
    this.#generation += 1;
    this.#hasIdleConnections = false;
    this.#closePool();
  }

  /** From now on trusts what this computer trusts. False where Node cannot read what that is. */
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
      this.#options.log.warn(`the certificates of this computer cannot be read: ${String(error)}`);
    }
    this.#closePool();
    this.#single = null;
  }

  /** Requests that are under way on it go on. */
  #closePool(): void {
    this.#pool?.close();
    this.#pool = null;
  }

  #open(reuse: boolean): Connections {
    const { publicOnly } = this.#options;
    return connections({ proxy: this.proxy, certificates: this.#certificates, reuse, publicOnly });
  }
}

/**
 * What Node trusts and what this computer trusts, as PEM; null before Node 22.15, which cannot read it.
 * @throws whatever reading the computer's store throws
 */
export function systemCertificates(): readonly string[] | null {
  const read: unknown = Reflect.get(tls, 'getCACertificates');
  if (typeof read !== 'function') return null;
  const texts = ['default', 'system'].flatMap((store) => {
    const found: unknown = read(store);
    return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [];
  });
  return [...new Set(texts)];
}
