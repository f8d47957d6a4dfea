import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { brotliCompressSync, createBrotliCompress, createDeflate, createGzip, deflateSync, gzipSync } from 'node:zlib';
import nock from 'nock';
import { afterEach, describe, expect, it } from 'vitest';
import { AbortedError, AuthError, ProtocolError, UnreachableError, UsageError } from '../../src/core/errors.ts';
import type { HttpRequest } from '../../src/http/request.ts';
import { SELF_SIGNED_CERTIFICATE, SELF_SIGNED_KEY } from '../fixtures/self-signed.ts';
import { sendContext, TOKEN, testClient } from '../helpers/http-client.ts';
import {
  hang,
  json,
  portOf,
  type ScriptedServer,
  type Step,
  scriptedServer,
  text,
} from '../helpers/scripted-server.ts';

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(...steps: readonly [Step, ...Step[]]): Promise<ScriptedServer> {
  const server = await scriptedServer(...steps);
  open.push(server);
  return server;
}

function get(path = '/api/v1/things', over: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', path, query: '', headers: {}, body: null, accept: 'application/json', ...over };
}

function post(body: string, over: Partial<HttpRequest> = {}): HttpRequest {
  return { ...get('/api/v1/things'), method: 'POST', body, ...over };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('was expected to fail');
    },
    (error: unknown) => error,
  );
}

describe('The HTTP client', () => {
  describe.each(['gzip', 'br', 'deflate'] as const)('reads an answer in %s', (encoding) => {
    const compress = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }[encoding];
    const packed = compress('{"name":"Vinárstvo"}');

    it('as its text', async () => {
      const server = await serve((response) => {
        response.writeHead(200, { 'Content-Encoding': encoding }).end(packed);
      });
      const { http } = testClient(server.origin);
      expect((await http.send(get(), sendContext('read'))).text).toBe('{"name":"Vinárstvo"}');
    });

    it('as it arrives', async () => {
      const server = await serve((response) => {
        response.writeHead(200, { 'Content-Encoding': encoding });
        const stream = { gzip: createGzip, br: createBrotliCompress, deflate: createDeflate }[encoding]();
        stream.pipe(response);
        stream.write('data: 1\n\n');
        stream.flush();
      });
      const { http } = testClient(server.origin);
      const seen: string[] = [];
      const sink = () => (text: string) => {
        seen.push(text);
        return text === '' ? 'more' : 'enough';
      };
      await http.send(get('/events', { sink }), sendContext('read'));
      expect(seen.join('')).toBe('data: 1\n\n');
    });

    it('and counts one that is no such text as lost', async () => {
      const server = await serve((response) => {
        response.writeHead(200, { 'Content-Encoding': encoding }).end('{"name":"plain"}');
      });
      const { http } = testClient(server.origin);
      expect(await failure(http.send(get(), sendContext('once')))).toMatchObject({ code: 'connection_lost' });
    });
  });
  it('sends the token, the user agent with the client, the accepted type and the body with its length', async () => {
    const server = await serve(json(201, { id: 1 }));
    const { http } = testClient(server.origin);
    await http.send(
      post('{"a":"ž"}', { query: 'x=1%202' }),
      sendContext('keyed', { client: { name: 'Claude Desktop', version: '0.14' } }),
    );
    const seen = server.requests[0];
    expect(seen).toMatchObject({ method: 'POST', url: '/api/v1/things?x=1%202', body: '{"a":"ž"}' });
    expect(seen?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'user-agent': 'lucanto-mcp/1.2.3 (Claude Desktop 0.14)',
      accept: 'application/json',
      'content-type': 'application/json',
      'content-length': '10',
    });
  });

  it('sends exactly the documented headers to the real origin', async () => {
    const scope = nock('https://app.lucanto.eu', {
      reqheaders: {
        authorization: `Bearer ${TOKEN}`,
        'user-agent': 'lucanto-mcp/1.2.3',
        accept: 'application/json',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
      badheaders: ['content-type', 'cookie'],
    })
      .get('/api/v1/things')
      .reply(200, '{}', { 'X-Request-Id': 'req-1' });
    const { http } = testClient('https://app.lucanto.eu');
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await http.send(get(), sendContext('read', { traceparent }));
    expect(answer).toMatchObject({ status: 200, text: '{}', requestId: 'req-1', attempts: 1 });
    scope.done();
    nock.restore();
  });

  it('keeps a client from breaking out of the user agent', async () => {
    const server = await serve(json(200, {}));
    const { http } = testClient(server.origin);
    await http.send(get(), sendContext('read', { client: { name: 'Évil)\r\nX-Header: 1 (', version: '\u{1F600}2' } }));
    expect(server.requests[0]?.headers['user-agent']).toBe('lucanto-mcp/1.2.3 (vilX-Header: 1 2)');
  });

  it('reuses its connections for calls that follow each other', async () => {
    const server = await serve(json(200, {}));
    const { http } = testClient(server.origin);
    for (let call = 0; call < 10; call++) await http.send(get(), sendContext('read'));
    // Two, not one: Node frees a connection a moment after the body has been read.
    expect(new Set(server.requests.map((seen) => seen.port)).size).toBeLessThanOrEqual(2);
  });
});

describe('The token of the HTTP client', () => {
  it.each(['http://app.lucanto.eu', 'http://127.0.0.1.evil.example', 'http://10.0.0.1', 'ftp://localhost', 'lucanto'])(
    'is not sent to %s',
    (origin) => {
      expect(() => testClient(origin)).toThrow(UsageError);
    },
  );

  it.each(['http://localhost:3000', 'http://127.1.2.3', 'http://[::1]:8', 'https://app.lucanto.eu/'])(
    'may go to %s',
    (origin) => {
      expect(() => testClient(origin)).not.toThrow();
    },
  );

  it('is required before anything is sent', async () => {
    const server = await serve(json(200, {}));
    const { http } = testClient(server.origin, { token: () => null });
    const error = await failure(http.send(get(), sendContext('read')));
    expect(error).toBeInstanceOf(AuthError);
    expect(error).toMatchObject({ code: 'no_token', hint: expect.stringContaining('lucanto-mcp login') });
    expect(server.requests).toHaveLength(0);
    await http.send(get('/api/v1/openapi.json', { tokenOptional: true }), sendContext('read'));
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('is not repeated in the error when it cannot be a header', async () => {
    const { http } = testClient('http://127.0.0.1:9', { token: () => 'lct_pat_se\ncret' });
    const error = await failure(http.send(get(), sendContext('read')));
    expect(error).toBeInstanceOf(AuthError);
    expect(String(error)).not.toContain('cret');
  });

  it('does not follow a redirect to another origin, which the error names', async () => {
    const other = await serve(json(200, {}));
    const server = await serve(text(302, '', { Location: `${other.origin}/api/v1/things` }));
    const error = await failure(testClient(server.origin).http.send(get(), sendContext('read')));
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ code: 'redirect_refused', message: expect.stringContaining(server.origin) });
    expect(String(error)).toContain(other.origin);
    expect(other.requests).toHaveLength(0);
  });
});

describe('Redirects', () => {
  it('are followed for GET on the same origin', async () => {
    const server = await serve(text(301, '', { Location: '/api/v1/new?a=1' }), json(200, { new: true }));
    const answer = await testClient(server.origin).http.send(get(), sendContext('read'));
    expect(answer.text).toBe('{"new":true}');
    expect(server.requests.map((seen) => seen.url)).toEqual(['/api/v1/things', '/api/v1/new?a=1']);
  });

  it('end after five', async () => {
    const server = await serve(text(302, '', { Location: '/api/v1/things' }));
    const error = await failure(testClient(server.origin).http.send(get(), sendContext('read')));
    expect(error).toMatchObject({ code: 'redirect_refused' });
    expect(server.requests).toHaveLength(6);
  });

  it('are refused for a POST, whose outcome is unknown only if the service may have acted', async () => {
    const outcome = async (status: number) => {
      const server = await serve(text(status, '', { Location: '/elsewhere' }));
      const error = await failure(testClient(server.origin).http.send(post('{}'), sendContext('keyed')));
      expect(server.requests).toHaveLength(1);
      return error;
    };
    expect(await outcome(303)).toMatchObject({ code: 'redirect_refused', details: { outcome: 'unknown' } });
    expect(await outcome(308)).toMatchObject({ code: 'redirect_refused', details: {} });
  });
});

describe('The limit of 20 MB for an answer', () => {
  const limit = 20 * 1024 * 1024;

  it('refuses an answer whose header announces more', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'Content-Length': String(limit + 1) });
      response.write('x');
    });
    expect(await failure(testClient(server.origin).http.send(get(), sendContext('read')))).toMatchObject({
      code: 'answer_too_large',
    });
  });

  it('refuses an answer that turns out to be longer', async () => {
    const server = await serve((response) => {
      response.writeHead(200);
      const piece = Buffer.alloc(1024 * 1024, 'x');
      for (let sent = 0; sent < 21; sent++) response.write(piece);
      response.end();
    });
    expect(await failure(testClient(server.origin).http.send(get(), sendContext('read')))).toMatchObject({
      code: 'answer_too_large',
    });
    expect(await failure(testClient(server.origin).http.send(post('{}'), sendContext('keyed')))).toMatchObject({
      code: 'answer_too_large',
      details: { outcome: 'unknown' },
    });
  });

  it('lets an answer just below it pass', async () => {
    const server = await serve(text(200, 'x'.repeat(limit)));
    expect((await testClient(server.origin).http.send(get(), sendContext('read'))).text).toHaveLength(limit);
  });
});

describe('The time limit of a request', () => {
  it.each<[string, Step]>([
    ['nothing comes', hang],
    ['the body never ends', (response) => void response.writeHead(200).write('{')],
  ])('ends it at the deadline when %s', async (_what, step) => {
    const server = await serve(step);
    const { http } = testClient(server.origin);
    const read = await failure(http.send(get(), sendContext('read', { deadline: Date.now() + 150 })));
    expect(read).toBeInstanceOf(AbortedError);
    expect(read).toMatchObject({ code: 'timeout', details: {} });
    const write = await failure(
      http.send(post('{}'), sendContext('keyed', { deadline: Date.now() + 150, checkWith: 'lucanto_list_things' })),
    );
    expect(write).toMatchObject({
      code: 'timeout',
      details: { outcome: 'unknown' },
      hint: expect.stringContaining('lucanto_list_things'),
    });
    // Node opens another connection after one that it had to close.
    await expect.poll(() => server.closedConnections()).toBeGreaterThanOrEqual(2);
  });

  it('does not delay a caller that gives up: the request is closed at once', async () => {
    const caller = new AbortController();
    const server = await serve(() => caller.abort());
    const error = await failure(
      testClient(server.origin).http.send(get(), sendContext('read', { signal: caller.signal })),
    );
    expect(error).toMatchObject({ code: 'cancelled' });
    await expect.poll(() => server.closedConnections()).toBe(1);
  });

  it('does not start for a caller that has given up already: nothing is sent', async () => {
    const server = await serve(json(200, {}));
    const context = sendContext('keyed', { signal: AbortSignal.abort() });
    expect(await failure(testClient(server.origin).http.send(post('{}'), context))).toMatchObject({
      code: 'cancelled',
      details: {},
    });
    expect(server.requests).toHaveLength(0);
  });

  it('is told apart from a cancellation by the caller', async () => {
    const server = await serve(hang);
    const context = sendContext('read', { signal: AbortSignal.timeout(100) });
    expect(await failure(testClient(server.origin).http.send(get(), context))).toMatchObject({ code: 'timeout' });
  });
});

describe('The log of the HTTP client', () => {
  it('has one line per attempt, without query, body or token', async () => {
    const server = await serve(
      json(503, {}, { 'X-Request-Id': 'r-1' }),
      json(200, { secret: 'body' }, { 'X-Request-Id': 'r-2' }),
    );
    const { http, lines } = testClient(server.origin);
    await http.send(get('/api/v1/things', { query: 'q=private' }), sendContext('read'));
    expect(lines.map((line) => line.replace(/\d+ ms/, 'N ms'))).toEqual([
      'lucanto-mcp debug: GET /api/v1/things 503 N ms request_id=r-1 attempt=1\n',
      'lucanto-mcp debug: GET /api/v1/things 200 N ms request_id=r-2 attempt=2\n',
    ]);
  });
});

describe('A request path', () => {
  it.each(['//evil.example/x', '/api/../admin', '/api/%2e%2E/admin', '/api/./x', 'api', '/a?b', '/a#b', '/a\\b'])(
    'like %s is refused',
    async (path) => {
      const server = await serve(json(200, {}));
      const error = await failure(testClient(server.origin).http.send(get(path), sendContext('read')));
      expect(error).toMatchObject({ code: 'internal_error' });
      expect(server.requests).toHaveLength(0);
    },
  );
});

describe('A service that cannot be reached', () => {
  it('is named with its origin when the connection is refused', async () => {
    const server = await scriptedServer(json(200, {}));
    await server.close();
    const error = await failure(testClient(server.origin).http.send(get(), sendContext('read')));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({ code: 'econnrefused', exitCode: 4, message: expect.stringContaining(server.origin) });
  });

  it('is named with its host when DNS does not know it', async () => {
    const error = await failure(testClient('https://lucanto.invalid').http.send(get(), sendContext('read')));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(String(error)).toContain('https://lucanto.invalid');
  });

  it.each<[string, Server, string]>([
    [
      'a certificate that nobody trusts',
      createTlsServer({ key: SELF_SIGNED_KEY, cert: SELF_SIGNED_CERTIFICATE }),
      'its certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    ['no TLS at all', createHttpServer(), 'it did not speak TLS as expected'],
  ])('is told apart from a service with %s', async (_name, server, why) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `https://127.0.0.1:${portOf(server.address())}`;
    const { http, waits } = testClient(origin);
    const error = await failure(http.send(post('{}'), sendContext('keyed')));
    expect(error).toMatchObject({ code: 'tls', exitCode: 4, details: {} });
    expect(error).toMatchObject({
      message: expect.stringContaining(why),
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
    expect(waits).toEqual([]);
    server.close();
  });
});
