/** A service of a test's own: a document with some paths, one workspace, and answers as the test gives them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface OddAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly bytes?: Buffer | string;
}

export interface OddService {
  readonly url: string;
  /** But for the document and the workspaces. */
  readonly received: Received[];
  close(): Promise<void>;
}

/** @param answer for every path that is not the document's own; null for 404 */
export async function oddService(
  paths: object,
  answer: (request: Received, url: string) => OddAnswer | null | Promise<OddAnswer | null>,
  workspaces: readonly object[] | ((query: URLSearchParams) => unknown) = [{ id: 1, name: 'One' }],
): Promise<OddService> {
  const received: Received[] = [];
  let url = '';
  const document = {
    openapi: '3.1.0',
    info: { title: 'Lucanto API', version: '1.0.0' },
    servers: [{ url: '/api/v1' }],
    security: [{ bearerAuth: [] }],
    components: { securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer' } } },
    paths: {
      '/user/workspaces': {
        get: { operationId: 'list-workspaces', responses: { 200: json({ type: 'array', items: { type: 'object' } }) } },
      },
      ...paths,
    },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', url);
      const own =
        pathname === '/api/v1/openapi.json'
          ? { json: document }
          : pathname === '/api/v1/user/workspaces'
            ? { json: typeof workspaces === 'function' ? workspaces(searchParams) : workspaces }
            : null;
      const call = {
        method: request.method ?? 'GET',
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks),
      };
      if (own === null && pathname !== '/api/mcp/v1') received.push(call);
      const given: OddAnswer = own ??
        (await answer(call, url)) ?? { status: 404, json: { error: 'not_found', message: 'No.' } };
      const body = given.bytes ?? (given.json === undefined ? '' : JSON.stringify(given.json));
      const type = given.json === undefined ? {} : { 'content-type': 'application/json' };
      response.writeHead(given.status ?? 200, { ...type, ...given.headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${portOf(server.address())}`;
  return {
    url,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(schema: object): object {
  return { description: 'OK', content: { 'application/json': { schema } } };
}

export function parameters(...names: readonly string[]): object[] {
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'integer' } }));
}

export function query(...names: readonly string[]): object[] {
  return names.map((name) => ({ name, in: 'query', schema: { type: name === 'limit' ? 'integer' : 'string' } }));
}

/** A list of records with these fields, page by page. */
export function listOf(fields: object): object {
  const rows = { type: 'array', items: { type: 'object', properties: fields } };
  return json({ type: 'object', properties: { data: rows, next_cursor: { type: ['string', 'null'] } } });
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
