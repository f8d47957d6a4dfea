/** A remote endpoint that asks for something before it answers, or ends its stream early, still gets a call answered. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { RemoteClient } from '../../src/backends/remote/remote-client.ts';
import { callContext } from '../helpers/call-context.ts';
import { testClient } from '../helpers/http-client.ts';
import { run, temporaryHome } from '../helpers/run.ts';
import { portOf } from '../helpers/scripted-server.ts';
import { toldTool } from '../helpers/told-tool.ts';

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly name?: string };
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

interface Received {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly message: Message;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Handler = (received: Received, response: ServerResponse, answer: (value: object) => string) => void;

/** @param onCall gets every tools/call, every answer to a request of the endpoint and every GET */
async function endpoint(kind: 'current' | 'legacy', onCall: Handler) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const message: Message = text === '' ? {} : JSON.parse(text);
      const one = { method: request.method ?? '', headers: request.headers, message };
      const answer = (value: object) => JSON.stringify({ jsonrpc: '2.0', id: message.id, ...value });
      const reply = (value: object) => {
        response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's-1' }).end(answer(value));
      };
      if (!request.url?.startsWith('/api/mcp/v1')) return void response.writeHead(404).end('{}');
      switch (message.method) {
        case 'server/discover':
          return kind === 'current'
            ? reply({ result: { resultType: 'complete', supportedVersions: ['2026-07-28'] } })
            : reply({ error: { code: -32601, message: 'unknown' } });
        case 'initialize':
          return reply({ result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {} } });
        case 'notifications/initialized':
          return void response.writeHead(202).end();
        case 'tools/list':
          return reply({ result: { resultType: 'complete', tools: TOOLS } });
        default:
          received.push(one);
          onCall(one, response, answer);
      }
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${portOf(server.address())}`;
  return { origin, received, remote: new RemoteClient({ http: testClient(origin, { concurrency: 1 }).http }) };
}

const inputSchema = { type: 'object', properties: {} };
const TOOLS = [
  { name: 'depot_overview', description: 'The depot.', inputSchema, annotations: { readOnlyHint: true } },
  { name: 'add_crate', description: 'Adds a crate.', inputSchema },
];
const RESULT = { resultType: 'complete', content: [{ type: 'text', text: '{"crates":3}' }] };
const event = (data: string, id?: string) => `${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`;
const stream = { 'content-type': 'text/event-stream' };
const calls = (received: readonly Received[]) => received.filter(({ message }) => message.method === 'tools/call');

/** Sends a request within the answer and answers the call only once that was answered. */
function asking(requests: readonly object[]): Handler {
  let waiting: { readonly response: ServerResponse; readonly last: string } | null = null;
  let answered = 0;
  return ({ message }, response, answer) => {
    if (message.method === 'tools/call') {
      waiting = { response, last: answer({ result: RESULT }) };
      response.writeHead(200, stream);
      for (const request of requests) response.write(event(JSON.stringify({ jsonrpc: '2.0', ...request })));
      return;
    }
    response.writeHead(202).end();
    answered += 1;
    if (answered === requests.length) waiting?.response.end(event(waiting.last));
  };
}

describe.each(['current', 'legacy'] as const)('A request of a %s endpoint within its answer', (kind) => {
  it.each([
    ['a ping', [{ id: 'p-1', method: 'ping' }], [{ id: 'p-1', result: {} }]],
    ['a question for roots', [{ id: 7, method: 'roots/list' }], [{ id: 7, error: { code: -32601 } }]],
    [
      'a dialog and a ping',
      [
        { id: 0, method: 'elicitation/create', params: { message: 'Sure?' } },
        { id: 1, method: 'ping' },
      ],
      [
        { id: 0, error: { code: -32601 } },
        { id: 1, result: {} },
      ],
    ],
    ['a method of tomorrow', [{ id: 9, method: 'depot/weigh' }], [{ id: 9, error: { code: -32601 } }]],
  ])('is answered, so that the call goes on, even with a single slot: %s', async (_what, requests, answers) => {
    const { remote, received } = await endpoint(kind, asking(requests));
    for (const readOnly of [true, false]) {
      const before = received.length;
      const peer = readOnly ? remote : (await endpoint(kind, asking(requests))).remote;
      expect((await peer.callTool('depot_overview', {}, callContext(), { readOnly })).content).toEqual(RESULT.content);
      if (!readOnly) continue;
      const sent = received.slice(before).filter(({ message }) => message.method === undefined);
      expect(sent.map(({ message }) => message)).toMatchObject(answers);
      for (const { headers } of sent) {
        expect(headers['mcp-protocol-version']).toBe(kind === 'current' ? '2026-07-28' : '2025-11-25');
        expect(headers['mcp-session-id']).toBe(kind === 'current' ? undefined : 's-1');
      }
    }
  });

  it('is answered by the built program too, in read-only mode', async () => {
    const { origin } = await endpoint(kind, asking([{ id: 1, method: 'ping' }]));
    const home = await temporaryHome();
    const env = { LUCANTO_TOKEN: 'lct_pat_stream0123456789', LUCANTO_URL: origin, LUCANTO_READ_ONLY: '1' };
    const args = ['call', 'depot_overview', '--backend', 'remote', '--scopes', 'read:*', '--timeout', '15'];
    const { exitCode, stdout, stderr } = await run(args, { home, env: { ...env, LUCANTO_CONCURRENCY: '1' } });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ crates: 3 });
    await home.remove();
  });
});

describe('A remote tool that marks its arguments for headers', () => {
  const deep = (levels: number): object =>
    levels === 0
      ? { region: { type: 'string', 'x-mcp-header': 'Not a name' } }
      : { inner: { type: 'object', properties: deep(levels - 1) } };
  const mark = (header: unknown, type: unknown = 'string') => ({ type, 'x-mcp-header': header });
  const toolWith = (properties: object, more: object = {}) =>
    toldTool({ name: 'weigh', inputSchema: { type: 'object', properties, ...more } });

  it.each<[string, object, object?]>([
    ['an empty name', { region: mark('') }],
    ['a name with a space', { region: mark('my region') }],
    ['a name with a line break', { region: mark('Region\r\nX-Other: 1') }],
    ['a name that is not text', { region: mark(7) }],
    ['the same name twice', { region: mark('Region'), place: mark('REGION') }],
    ['a list', { regions: mark('Region', 'array') }],
    ['a decimal number', { weight: mark('Weight', 'number') }],
    ['an argument without a type', { region: { 'x-mcp-header': 'Region' } }],
    ['items of a list', { regions: { type: 'array', items: mark('Region') } }],
    ['one of several shapes', { region: { oneOf: [mark('Region'), { type: 'null' }] } }],
    ['a property of such a shape', { region: { anyOf: [{ type: 'object', properties: { code: mark('Region') } }] } }],
    ['a definition', { region: { $ref: '#/$defs/region' } }, { $defs: { region: mark('Region') } }],
    ['the schema itself', {}, { 'x-mcp-header': 'Region' }],
    ['an argument forty levels down', deep(40)],
    ['a schema that an argument refers to', { a: { $ref: '#/shared/a' } }, { shared: { a: mark('Region') } }],
  ])('is left out with the reason where the mark is invalid: %s', (_what, properties, more) => {
    expect(toolWith(properties, more)?.unusable).toContain('x-mcp-header');
  });

  it.each([
    ['text', { region: mark('Region') }],
    ['a whole number and a boolean', { count: mark('Count', 'integer'), dry: mark('Dry-Run', 'boolean') }],
    ['a nested argument', { place: { type: 'object', properties: { region: mark('Region') } } }],
    ['an argument of that name', { 'x-mcp-header': { type: 'string' } }],
    ['no mark at all', { region: { type: 'string' } }],
  ])('is kept where the marks are valid: %s', (_what, properties) => {
    expect(toolWith(properties)?.unusable).toBeUndefined();
  });
});

/** Ends its stream without an answer, several times, before it gives the rest. */
function pausing(pauses: number, retry: number | null, rest: 'answer' | 405 | 'nothing'): Handler {
  let left = pauses;
  let call = '';
  return ({ method, message }, response, answer) => {
    if (method === 'POST' && message.method === 'tools/call') call = answer({ result: RESULT });
    if (method === 'GET' && rest === 405) return void response.writeHead(405).end();
    response.writeHead(200, stream);
    if (method === 'GET' && rest === 'nothing') return void response.end();
    if (left > 0) {
      left -= 1;
      const pause = retry === null ? '' : `retry: ${retry}\n`;
      return void response.end(`${pause}id: e-${left}\ndata: \n\n`);
    }
    response.end(event(call, 'last'));
  };
}

describe.each(['current', 'legacy'] as const)('A stream that a %s endpoint ends before its answer', (kind) => {
  it.each([
    [1, 20],
    [3, 0],
    [1, null],
  ])('is resumed by the id of its last event, and the call is sent once: %i times, retry %s', async (pauses, retry) => {
    for (const readOnly of [true, false]) {
      const { remote, received } = await endpoint(kind, pausing(pauses, retry, 'answer'));
      expect((await remote.callTool('add_crate', {}, callContext(), { readOnly })).content).toEqual(RESULT.content);
      expect(calls(received)).toHaveLength(1);
      const gets = received.filter(({ method }) => method === 'GET');
      expect(gets.map(({ headers }) => headers['last-event-id'])).toEqual(
        Array.from({ length: pauses }, (_one, index) => `e-${pauses - 1 - index}`),
      );
      for (const { headers } of gets) expect(headers.accept).toBe('text/event-stream');
    }
  });

  it.each([405, 'nothing'] as const)('leaves a write unknown where the rest cannot be had: %s', async (rest) => {
    const { remote, received } = await endpoint(kind, pausing(1, 0, rest));
    const error = await remote
      .callTool('add_crate', {}, callContext(), { readOnly: false })
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'no_answer', details: { outcome: 'unknown' } });
    expect(calls(received)).toHaveLength(1);
  });

  it('is not resumed for ever', async () => {
    const { remote, received } = await endpoint(kind, pausing(1_000, 0, 'answer'));
    const error = await remote
      .callTool('add_crate', {}, callContext(), { readOnly: false })
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'no_answer', details: { outcome: 'unknown' } });
    expect(received.length).toBeLessThan(50);
  });

  it('is not waited for longer than the call may take', async () => {
    const { remote, received } = await endpoint(kind, pausing(1, 3_600_000, 'answer'));
    const error = await remote
      .callTool('add_crate', {}, callContext(), { readOnly: false })
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'no_answer', details: { outcome: 'unknown' } });
    expect(received.filter(({ method }) => method === 'GET')).toEqual([]);
  });

  it.each([
    [true, 'while the pause lasts', 5_000, undefined],
    [false, 'while the pause lasts', 5_000, 'unknown'],
    [true, 'while the rest is awaited', 0, undefined],
    [false, 'while the rest is awaited', 0, 'unknown'],
  ])('ends as cancelled when the caller gives up (read: %s) %s', async (readOnly, _when, retry, outcome) => {
    const caller = new AbortController();
    const { remote, received } = await endpoint(kind, (request, response, answer) => {
      if (request.method === 'GET') return void setTimeout(() => caller.abort(), 20);
      pausing(1, retry, 'answer')(request, response, answer);
      if (retry > 0) setTimeout(() => caller.abort(), 20);
    });
    const sent: unknown[] = [];
    const context = {
      ...callContext({ signal: caller.signal }),
      write: { onSending: () => void sent.push(1), giveUpAt: Date.now() + 60_000 },
    };
    const error = await remote.callTool('add_crate', {}, context, { readOnly }).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'cancelled' });
    expect(Object(error).details.outcome).toBe(outcome);
    expect([sent.length, calls(received).length]).toEqual([readOnly ? 0 : 1, 1]);
  });
});
