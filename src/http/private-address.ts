import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Addresses of this computer and its network. The service hands out addresses of files; it must not make this computer send
 * requests to a router, a printer or a cloud's metadata address.
 */
const PRIVATE = new BlockList();
// IANA's special-purpose registries: whatever is not a single host on the public internet.
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [
  // Loopback, and IPv4 addresses in their older form.
  ['::', 96],
  // Translation (NAT64), which leads to whatever IPv4 address is inside.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  // Tunnels (Teredo, 6to4), likewise; documentation.
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(net, prefix, 'ipv6');
}

/** @param hostname as in a URL: an address, or a name that only this network resolves */
export function isPrivate(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const family = isIP(host);
  if (family !== 0) return PRIVATE.check(host, family === 6 ? 'ipv6' : 'ipv4');
  return !host.includes('.') || /\.(localhost|local|lan|internal|intranet|corp|home|private|home\.arpa)$/.test(host);
}

/** The name of a public server that resolves to an address of this network. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** A look-up for connections, so that what is checked is what is connected to: an answer may be another a moment later. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    const found = addresses ?? [];
    const refused = found.find(({ address }) => isPrivate(address));
    const problem = error ?? (refused && new PrivateAddressError(`${hostname} is ${refused.address}`));
    const [first] = found;
    if (problem !== undefined || first === undefined) callback(problem ?? new Error(`${hostname} has no address`), '');
    else if (options.all === true) callback(null, found);
    else callback(null, first.address, first.family);
  });
};
