import { type Check, ok } from '../check.ts';
import { failure, openSocket, routeOf } from './route.ts';

export const tcpCheck: Check = {
  id: 'tcp',
  title: 'Connection',
  needs: ['dns'],
  // A proxy has ten.
  seconds: 11,
  run: async (context, { signal }) => {
    const route = routeOf(context);
    try {
      const socket = await openSocket(route, signal);
      socket.destroy();
      const through = route.proxy === null ? '' : ` through ${route.proxy.host}`;
      return ok(`${route.host}, port ${route.port}${through}`);
    } catch (error) {
      return failure(error, route, context);
    }
  },
};
