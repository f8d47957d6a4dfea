import { type Check, ok } from '../check.ts';
import { routeOf } from './route.ts';

export const proxyCheck: Check = {
  id: 'proxy',
  title: 'Proxy',
  run: (context) => {
    const { proxy } = routeOf(context);
    return ok(proxy === null ? 'none' : `${proxy.host}, from ${proxy.variable}`);
  },
};
