/** A service that publishes a document and answers every other request as the test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DocumentService {
  readonly url: string;
  close(): Promise<void>;
}

/** @param answer every request but those for the document and the MCP endpoint, which it does not have */
export async function serveDocument(
  text: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => {
    response.writeHead(404).end();
  },
): Promise<DocumentService> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://service');
    if (pathname === '/api/v1/openapi.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    } else if (pathname.startsWith('/api/mcp/')) response.writeHead(404).end();
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
