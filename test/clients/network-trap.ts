/** The proxy that everything beyond loopback has to go through: it refuses, and remembers who was asked for. */
import { createServer } from 'node:http';
import { portOf } from './listening.ts';

export interface NetworkTrap {
  /** Makes programs take the trap for every address but loopback. */
  readonly env: Readonly<Record<string, string>>;
  /** `host:port`, each once. */
  readonly refused: ReadonlySet<string>;
  close(): Promise<void>;
}

export async function startNetworkTrap(): Promise<NetworkTrap> {
  const refused = new Set<string>();
  const server = createServer((request, response) => {
    const { url = '' } = request;
    refused.add(URL.canParse(url) ? new URL(url).host : url);
    response.writeHead(403).end();
  });
  server.on('connect', (request, socket) => {
    refused.add(request.url ?? 'unknown');
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  const proxy = `http://127.0.0.1:${await portOf(server)}`;
  const beyond = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy };
  return {
    env: { ...beyond, NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost' },
    refused,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
