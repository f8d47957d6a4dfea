import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ProxyError } from '../../http/transport/tunnel.ts';
import { type Check, ok } from '../check.ts';
import { failure, firstPeer, routeOf } from './route.ts';

export const dnsCheck: Check = {
  id: 'dns',
  title: 'DNS',
  needs: ['proxy'],
  run: async (context) => {
    const route = routeOf(context);
    const { host } = firstPeer(route);
    if (isIP(host) !== 0) return ok(`${host} is an address`);
    try {
      const found = await lookup(host, { all: true });
      const addresses = [...new Set(found.map(({ address }) => address))];
      const more = addresses.length > 2 ? `, and ${addresses.length - 2} more` : '';
      return ok(`${host} is ${addresses.slice(0, 2).join(', ')}${more}`);
    } catch (error) {
      return failure(route.proxy === null ? error : new ProxyError(null, error), route, context);
    }
  },
};
