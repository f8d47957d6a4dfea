/** What may stand at the service's address instead of a healthy Lucanto. All on loopback. */
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { DemoService } from '../../src/demo/demo-server.ts';
import { SELF_SIGNED_CERTIFICATE, SELF_SIGNED_KEY } from '../fixtures/self-signed.ts';

/** In front of the service, with other headers in its answers. @param cuts whether an answer never arrives */
export async function front(
  service: DemoService,
  headers: Readonly<Record<string, string>>,
  cuts: (request: IncomingMessage) => boolean = () => false,
) {
  const server = createServer((request, response) => {
    const target = httpRequest(
      new URL(request.url ?? '/', service.url),
      { method: request.method ?? 'GET', headers: request.headers },
      (answer) => {
        if (cuts(request)) return void request.socket.destroy();
        response.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...headers });
        answer.pipe(response);
      },
    );
    request.pipe(target);
  });
  return listening(server, 'http');
}

/** TLS with a self-signed certificate. */
export async function selfSigned() {
  return listening(createTlsServer({ key: SELF_SIGNED_KEY, cert: SELF_SIGNED_CERTIFICATE }), 'https');
}

/** Takes connections and never answers. */
export async function silent() {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const { origin, close } = await listening(server, 'http');
  return {
    origin,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return close();
    },
  };
}

interface Listening {
  listen(port: number, host: string, listener: () => void): unknown;
  address(): AddressInfo | string | null;
  close(callback: () => void): unknown;
}

async function listening(server: Listening, scheme: 'http' | 'https') {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    origin: `${scheme}://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** A port without a listener. */
export async function closedPort(): Promise<number> {
  const server = await listening(createServer(), 'http');
  await server.close();
  return server.port;
}
