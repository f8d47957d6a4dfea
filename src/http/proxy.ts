import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../config/origin.ts';
import type { Environment } from '../config/paths.ts';
import { UsageError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

/** The proxy that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` name for an origin, read as curl reads them. */
export interface HttpProxy {
  /** Its address, with user name and password where it requires them: never shown. */
  readonly url: URL;
  /** `proxy.example:3128`, for messages. */
  readonly host: string;
  /** The variable that names it. */
  readonly variable: string;
}

/** Lower case first, as everywhere. A proxy for http alone is used for https too, as Node does it. */
const HTTP = ['http_proxy', 'HTTP_PROXY'];
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  'http:': HTTP,
  'https:': ['https_proxy', 'HTTPS_PROXY', ...HTTP],
};
/** For any protocol, and only where no variable of the protocol is set. */
const ANY = ['all_proxy', 'ALL_PROXY'];
const EXCEPTIONS = ['no_proxy', 'NO_PROXY'];

/**
 * Null where the origin is reached directly.
 * An origin on this computer goes through a proxy on this computer only: another one could not reach it, and would get
 * the token in the clear. @throws UsageError for an address that no proxy can have, which may hold a password and is not repeated.
 */
export function proxyFor(origin: string, env: Environment): HttpProxy | null {
  const url = new URL(origin);
  const own = firstOf(VARIABLES[url.protocol] ?? [], env);
  const found = own ?? firstOf(ANY, env);
  if (found === null || isExcepted(url, firstOf(EXCEPTIONS, env)?.text ?? '')) return null;
  const address = parseAddress(found.text);
  // It is often set for other programs, to a kind of proxy that only they can use.
  if (address === null && own === null) return null;
  if (address === null) {
    throw new UsageError(`${found.variable} does not name a proxy that can be used.`, {
      hint: `Set ${found.variable} to an address such as http://proxy.example:3128, or unset it; only http and https proxies can be used.`,
    });
  }
  if (isLoopback(url.hostname) && !isLoopback(address.hostname)) return null;
  const port = address.port || (address.protocol === 'https:' ? '443' : '80');
  return { url: address, host: `${address.hostname}:${port}`, variable: found.variable };
}

/** The sentence for a proxy of `ALL_PROXY` that is not used, because of its kind; null if every named proxy is used. */
export function ignoredProxy(origin: string, env: Environment): string | null {
  const url = new URL(origin);
  const found = firstOf(VARIABLES[url.protocol] ?? [], env) === null ? firstOf(ANY, env) : null;
  if (found === null || parseAddress(found.text) !== null) return null;
  if (isExcepted(url, firstOf(EXCEPTIONS, env)?.text ?? '')) return null;
  const kind = /^([a-z][a-z0-9+.-]*):\/\//i.exec(found.text)?.[1];
  const what = kind === undefined ? 'an address that cannot be used' : `a ${kind} proxy`;
  return `${found.variable} names ${what} and is ignored: only http and https proxies can be used, so ${url.origin} is reached directly.`;
}

function firstOf(names: readonly string[], env: Environment): { variable: string; text: string } | null {
  for (const variable of names) {
    const text = env[variable]?.trim() ?? '';
    if (text !== '') return { variable, text };
  }
  return null;
}

function parseAddress(text: string): URL | null {
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`);
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '' ? url : null;
  } catch {
    return null;
  }
}

/** Entries are `*`, a name (with all below it), an address, a range of addresses, each but `*` with an optional port. */
function isExcepted(url: URL, exceptions: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  const [, name = '', onlyPort] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [undefined, entry];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  return bare === host || host.endsWith(`.${bare}`) || isInRange(bare, host);
}

function isInRange(range: string, host: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const family = isIP(network);
  const most = family === 6 ? 128 : 32;
  if (family === 0 || family !== isIP(host) || !/^\d{1,3}$/.test(bits) || Number(bits) > most) return false;
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), kind);
  return list.check(host, kind);
}

/**
 * Without verification any computer on the way could read the token and answer for the service.
 * @throws UsageError where it is switched off, except for a service on this computer
 */
export function requireTlsVerification(origin: string, proxy: HttpProxy | null, env: Environment, log: Log): void {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0' || !origin.startsWith('https:')) return;
  const within = isLoopback(new URL(origin).hostname) && (proxy === null || isLoopback(proxy.url.hostname));
  if (!within) {
    throw new UsageError(
      `NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the verification of certificates: the API key is not sent to ${origin}.`,
      {
        hint: 'Unset NODE_TLS_REJECT_UNAUTHORIZED; for a company certificate, point NODE_EXTRA_CA_CERTS at its PEM file instead.',
      },
    );
  }
  log.warn(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: certificates are not verified. This is accepted only for a service on this computer.',
  );
}
