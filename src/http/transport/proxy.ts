/** Which proxy the environment names for an origin: `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, read as curl reads them. */
import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../../config/origin.ts';
import type { Environment } from '../../config/setting.ts';
import { UsageError } from '../../errors.ts';

export interface HttpProxy {
  /** Its address, with user name and password where it wants them: never shown. */
  readonly url: URL;
  /** `proxy.example:3128`, for people. */
  readonly host: string;
  /** The variable that names it. */
  readonly variable: string;
}

/** Lower case first, as everywhere. Behind a proxy for http, https would hardly work without it: Node thinks so too. */
const HTTP = ['http_proxy', 'HTTP_PROXY'];
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  'http:': HTTP,
  'https:': ['https_proxy', 'HTTPS_PROXY', ...HTTP],
};
const EXCEPTIONS = ['no_proxy', 'NO_PROXY'];

/**
 * Null where the origin is reached directly.
 * An origin on this computer goes through a proxy on this computer only: another one could not reach it, and would be
 * sent the token in the clear. @throws UsageError for an address that no proxy can have; it is not repeated.
 */
export function proxyFor(origin: string, env: Environment): HttpProxy | null {
  const url = new URL(origin);
  const found = firstOf(VARIABLES[url.protocol] ?? [], env);
  if (found === null || isExcepted(url, firstOf(EXCEPTIONS, env)?.text ?? '')) return null;
  const address = parseAddress(found.text);
  if (address === null) {
    throw new UsageError(`${found.variable} names no proxy that can be used.`, {
      hint: `Set ${found.variable} to an address such as http://proxy.example:3128, or unset it; only http and https proxies can be used.`,
    });
  }
  if (isLoopback(url.hostname) && !isLoopback(address.hostname)) return null;
  const port = address.port || (address.protocol === 'https:' ? '443' : '80');
  return { url: address, host: `${address.hostname}:${port}`, variable: found.variable };
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

/** Entries are `*`, a name (with all below it), an address, a range of addresses, each but `*` with a port if need be. */
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
