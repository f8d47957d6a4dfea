/** A real CONNECT proxy on loopback. Whatever is asked for, the tunnel ends where the test says. */
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type CertificateName, certificate, SERVER_KEY } from '../fixtures/tls.ts';
import { portOf } from './scripted-server.ts';

export interface ProxyOptions {
  /** The port on loopback where every tunnel ends. */
  readonly target: number;
  /** `user:password` that it wants. */
  readonly credentials?: string;
  /** Answers this status to every CONNECT. */
  readonly refusesWith?: number;
  /** Spoken to over TLS, with this certificate. */
  readonly certificate?: CertificateName;
  /** Closes the connection without an answer. */
  readonly hangsUp?: true;
}

export interface ConnectProxy {
  readonly port: number;
  /** What was asked for, `host:port` each. */
  readonly asked: string[];
  /** Anything else that came: plain requests, with their headers. */
  readonly plain: string[];
  close(): Promise<void>;
}

export async function connectProxy(options: ProxyOptions): Promise<ConnectProxy> {
  const asked: string[] = [];
  const plain: string[] = [];
  const sockets = new Set<Socket>();
  const tls = options.certificate;
  const server =
    tls === undefined ? createHttpServer() : createHttpsServer({ key: SERVER_KEY, cert: certificate(tls) });
  server.on('connection', (socket: Socket) => keep(socket, sockets));
  server.on('request', (request, response) => {
    plain.push(`${request.method} ${request.url}`);
    response.writeHead(400).end();
  });
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    asked.push(request.url ?? '');
    keep(socket, sockets);
    if (options.hangsUp) return void socket.destroy();
    const status = statusFor(request, options);
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    const onwards = connect(options.target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onwards.write(head);
      socket.pipe(onwards).pipe(socket);
    });
    keep(onwards, sockets);
    onwards.on('close', () => socket.destroy());
    socket.on('close', () => onwards.destroy());
  });
  return { ...(await listen(server, sockets)), asked, plain };
}

/** TLS with one of our certificates in front of a plain server on loopback. */
export async function tlsFront(
  target: number,
  name: CertificateName,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTlsServer({ key: SERVER_KEY, cert: certificate(name) }, (socket) => {
    const onwards = connect(target, '127.0.0.1');
    keep(onwards, sockets);
    socket.pipe(onwards).pipe(socket);
    onwards.on('close', () => socket.destroy());
    socket.on('close', () => onwards.destroy());
    socket.on('error', () => undefined);
  });
  server.on('connection', (socket: Socket) => keep(socket, sockets));
  return listen(server, sockets);
}

async function listen(server: Server, sockets: Set<Socket>) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server.address()),
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function keep(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.once('close', () => sockets.delete(socket));
}

function statusFor({ headers }: IncomingMessage, { refusesWith, credentials }: ProxyOptions): number {
  if (refusesWith !== undefined) return refusesWith;
  if (credentials === undefined) return 200;
  const given = Buffer.from((headers['proxy-authorization'] ?? '').replace(/^Basic /, ''), 'base64').toString();
  return given === credentials ? 200 : 407;
}
