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
/** All that is routed on the public internet; an IPv4 address inside one of IPv6 (NAT64) is not in it. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
for (const [net, prefix] of [
  // Protocols and tunnels (Teredo, 6to4), which lead to whatever IPv4 address is inside; documentation.
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  PRIVATE.addSubnet(net, prefix, 'ipv6');
}

/** Names that no public server has. */
const NETWORK_NAME =
  /\.(localhost|localdomain|local|lan|internal|intranet|corp|home|mail|private|workgroup|svc|onion|alt|test|arpa)$/;

/** @param hostname as in a URL: an address, or a name that only this network resolves */
export function isPrivate(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const family = isIP(host);
  if (family === 4) return PRIVATE.check(host, 'ipv4');
  // An IPv4 address in the form of IPv6 is checked as what it is.
  const isMapped = /^::ffff:(?!0:)/.test(host);
  if (family === 6) return PRIVATE.check(host, 'ipv6') || !(isMapped || GLOBAL.check(host, 'ipv6'));
  return !host.includes('.') || NETWORK_NAME.test(host);
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
