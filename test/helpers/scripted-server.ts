/** A real HTTP server on loopback that plays a script, one step per request, and remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The peer's port: tells whether two requests came over one connection. */
  readonly port: number | undefined;
}

export type Step = (response: ServerResponse, seen: Seen) => void;

export interface ScriptedServer {
  readonly origin: string;
  readonly requests: Seen[];
  /** Connections that were open at some time and are closed now. */
  closedConnections(): number;
  close(): Promise<void>;
}

/** @param steps the last one answers every further request. */
export async function scriptedServer(...steps: readonly [Step, ...Step[]]): Promise<ScriptedServer> {
  const requests: Seen[] = [];
  const sockets = new Set<Socket>();
  let closed = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen: Seen = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        port: request.socket.remotePort,
      };
      requests.push(seen);
      const step = steps[Math.min(requests.length, steps.length) - 1];
      step?.(response, seen);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      closed++;
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${portOf(server.address())}`,
    requests,
    closedConnections: () => closed,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not a TCP server');
  return address.port;
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Step {
  return text(status, JSON.stringify(body), { 'Content-Type': 'application/json', ...headers });
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Step {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** Reads the request and resets the connection without a byte of answer. */
export const reset: Step = (response) => {
  response.socket?.resetAndDestroy();
};

/** Never answers. */
export const hang: Step = () => undefined;

/** Announces more than it sends, then closes. */
export function cut(status: number, body: string): Step {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': String(body.length + 100) });
    response.write(body, () => response.socket?.destroy());
  };
}
