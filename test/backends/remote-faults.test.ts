import { afterEach, describe, expect, it } from 'vitest';
import { RemoteClient } from '../../src/backends/remote/remote-client.ts';
import { LucantoError } from '../../src/core/errors.ts';
import { stringifyJson } from '../../src/core/json.ts';
import type { Progress } from '../../src/core/tool.ts';
import { callContext } from '../helpers/call-context.ts';
import { testClient } from '../helpers/http-client.ts';
import {
  cut,
  hang,
  json,
  reset,
  type ScriptedServer,
  type Seen,
  type Step,
  scriptedServer,
  text,
} from '../helpers/scripted-server.ts';

const open: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** A modern endpoint whose answers to everything but `server/discover` are the script. */
async function endpoint(
  ...steps: readonly [Step, ...Step[]]
): Promise<{ remote: RemoteClient; server: ScriptedServer; sent: () => Seen[] }> {
  let played = 0;
  const server = await scriptedServer((response, seen) => {
    if (seen.body.includes('"server/discover"'))
      return rpc({ resultType: 'complete', supportedVersions: ['2026-07-28'] })(response, seen);
    const step = steps[Math.min(played++, steps.length - 1)];
    step?.(response, seen);
  });
  open.push(server);
  const sent = () => server.requests.filter((seen) => !seen.body.includes('"server/discover"'));
  return { remote: new RemoteClient({ http: testClient(server.origin).http }), server, sent };
}

function idOf(seen: Seen): unknown {
  return JSON.parse(seen.body).id;
}

function rpc(result: unknown): Step {
  return (response, seen) => json(200, { jsonrpc: '2.0', id: idOf(seen), result })(response, seen);
}

function rpcError(status: number, error: unknown): Step {
  return (response, seen) => json(status, { jsonrpc: '2.0', id: idOf(seen), error })(response, seen);
}

function events(write: (seen: Seen) => readonly string[], end = true): Step {
  return (response, seen) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    for (const event of write(seen)) response.write(event);
    if (end) response.end();
  };
}

function event(message: unknown): string {
  return `event: message\ndata: ${stringifyJson(message)}\n\n`;
}

const RESULT = { content: [{ type: 'text', text: 'hi' }] };
const answerOf = (seen: Seen) => ({ jsonrpc: '2.0', id: idOf(seen), result: RESULT });
const call = (remote: RemoteClient, readOnly: boolean, over = {}) =>
  remote.callTool('lucanto_do_it', { a: 1 }, callContext(over), { readOnly, checkWith: 'lucanto_list_its' });

async function failure(promise: Promise<unknown>): Promise<LucantoError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LucantoError)) throw new Error(`no LucantoError: ${String(error)}`);
  return error;
}

/** Fault → code of the error, requests of a read, whether a write's outcome is open; a write is always sent once. */
const FAULTS: readonly (readonly [string, Step, string, number, boolean])[] = [
  [
    'a 401',
    json(
      401,
      { error: 'unauthenticated', message: 'No.' },
      { 'WWW-Authenticate': 'Bearer resource_metadata="https://evil.example"' },
    ),
    'unauthenticated',
    1,
    false,
  ],
  ['a 403', json(403, { error: 'forbidden', message: 'No.' }), 'forbidden', 1, false],
  ['a 404', text(404, 'nothing here'), 'http_404', 1, false],
  ['a 500', text(500, '<html></html>'), 'http_500', 1, true],
  ['a 502 in HTML', text(502, '<html></html>', { 'Content-Type': 'text/html' }), 'http_502', 3, true],
  ['a reset', reset, 'connection_lost', 3, true],
  ['a body that is cut', cut(200, '{"jsonrpc":'), 'connection_lost', 3, true],
  ['a 202 to a request', text(202, ''), 'no_answer', 1, true],
  ['a 204 to a request', text(204, ''), 'no_answer', 1, true],
  ['a wrong id', (response, seen) => json(200, { ...answerOf(seen), id: 4711 })(response, seen), 'no_answer', 1, true],
  [
    'a wrong id in events that go on',
    events((seen) => [event({ ...answerOf(seen), id: 4711 })], false),
    'no_answer',
    1,
    true,
  ],
  ['events that end without an answer', events(() => [': ping\n\n']), 'no_answer', 1, true],
  ['no events at all', events(() => []), 'no_answer', 1, true],
  ['an event that is not JSON', events(() => ['data: {"jsonrpc"\n\n'], false), 'no_answer', 1, true],
  ['invalid JSON', text(200, '{"jsonrpc":', { 'Content-Type': 'application/json' }), 'no_answer', 1, true],
  ['HTML with 200', text(200, '<html></html>', { 'Content-Type': 'text/html' }), 'no_answer', 1, true],
  ['JSON that is no JSON-RPC', json(200, { data: [] }), 'no_answer', 1, true],
  ['a result that is none', rpc({ resultType: 'complete', content: 'x' }), 'no_answer', 1, true],
  ['a result without content', rpc({ structuredContent: {} }), 'no_answer', 1, true],
  ['a result of an unknown kind', rpc({ resultType: 'task', taskId: '1' }), 'no_answer', 1, true],
  ['a question for input', rpc({ resultType: 'input_required', inputRequests: {} }), 'input_required', 1, false],
  ['a JSON-RPC error', rpcError(200, { code: -32602, message: 'Unknown tool' }), 'invalid_params', 1, false],
  ['an internal JSON-RPC error', rpcError(200, { code: -32603, message: 'Oops' }), 'remote_failure', 1, true],
  [
    'a JSON-RPC error with the envelope',
    rpcError(200, { code: -32000, message: 'Refused', data: { error: 'forbidden', request_id: 'r-7' } }),
    'forbidden',
    1,
    false,
  ],
  ['a redirect elsewhere', text(307, '', { Location: 'https://evil.example/' }), 'redirect_refused', 1, false],
];

describe.each(FAULTS)('%s', (_name, fault, code, reads, open) => {
  it('fails a read at once', async () => {
    const { remote, sent } = await endpoint(fault);
    const error = await failure(call(remote, true));
    expect(error.code).toBe(code);
    expect(error.details.outcome).toBeUndefined();
    expect(error.hint).not.toBe('');
    expect(`${error.message}${error.hint}`).not.toMatch(/<html|evil\.example\/register/);
    expect(sent()).toHaveLength(reads);
  });

  it('fails a write, which is sent once', async () => {
    const { remote, sent } = await endpoint(fault);
    const error = await failure(call(remote, false));
    expect(error.code).toBe(code);
    expect(error.details.outcome).toBe(open ? 'unknown' : undefined);
    if (open) expect(error.hint).toContain('lucanto_list_its');
    expect(sent()).toHaveLength(1);
  });
});

describe('an answer', () => {
  it('comes back unchanged, numbers included', async () => {
    const result =
      '{"content":[{"type":"text","text":"x","n":null}],"structuredContent":{"id":9007199254740993,"rate":1.2345678901234567890},"isError":true,"_meta":{"a":1}}';
    const { remote } = await endpoint((response, seen) =>
      text(200, `{"jsonrpc":"2.0","id":${idOf(seen)},"result":${result}}`, { 'Content-Type': 'application/json' })(
        response,
        seen,
      ),
    );
    expect(stringifyJson(await call(remote, true))).toBe(result);
  });

  it('is found in events among notifications, requests of the server and empty events', async () => {
    const heard: Progress[] = [];
    const progress = (progressToken: unknown) =>
      event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: 1 } });
    const { remote } = await endpoint(
      events((seen) => [
        'id: 1\ndata: \n\n',
        event({ jsonrpc: '2.0', id: 1, method: 'sampling/createMessage', params: {} }),
        progress('other'),
        progress('mine'),
        event(answerOf(seen)),
      ]),
    );
    expect(await call(remote, true, { progressToken: 'mine', onProgress: (one: Progress) => heard.push(one) })).toEqual(
      RESULT,
    );
    expect(heard).toEqual([{ progress: 1 }]);
  });

  it('is taken from a stream that stays open after it, and from one that forgets its last empty line', async () => {
    const { remote } = await endpoint(
      events((seen) => [event(answerOf(seen))], false),
      events((seen) => [event(answerOf(seen)).trimEnd()]),
    );
    expect(await call(remote, false)).toEqual(RESULT);
    expect(await call(remote, false)).toEqual(RESULT);
  });

  it('is taken from the stream of the attempt that succeeded', async () => {
    const { remote } = await endpoint(
      (response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(': wait\n\n', () => response.socket?.resetAndDestroy());
      },
      (response, seen) => json(200, answerOf(seen))(response, seen),
    );
    expect(await call(remote, true)).toEqual(RESULT);
  });
});

describe('a stream that an attempt left behind', () => {
  it('does not hide the refusal that ended the call', async () => {
    const { remote } = await endpoint(
      (response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(': wait\n\n', () => response.socket?.resetAndDestroy());
      },
      json(401, { error: 'unauthenticated' }),
    );
    expect(await failure(call(remote, true))).toMatchObject({ code: 'unauthenticated' });
  });
});

describe('a call that is given up', () => {
  it.each<[string, Step]>([
    ['nothing came', hang],
    ['events were coming', events(() => [': wait\n\n'], false)],
  ])('closes its request after %s', async (_name, step) => {
    const { remote, server } = await endpoint(step);
    const caller = new AbortController();
    const cancelled = failure(call(remote, true, { signal: caller.signal }));
    await expect.poll(() => server.requests.length).toBe(2);
    caller.abort();
    expect(await cancelled).toMatchObject({ code: 'cancelled' });
    const late = await failure(call(remote, false, { deadline: Date.now() + 150 }));
    expect(late).toMatchObject({ code: 'timeout', details: { outcome: 'unknown' } });
    await expect.poll(() => server.closedConnections()).toBeGreaterThanOrEqual(2);
  });

  it('does not end the negotiation that another call waits for', async () => {
    let release = () => undefined as unknown;
    const server = await scriptedServer((response, seen) => {
      release = () => rpc({ supportedVersions: ['2026-07-28'] })(response, seen);
    }, rpc(RESULT));
    open.push(server);
    const remote = new RemoteClient({ http: testClient(server.origin).http });
    const caller = new AbortController();
    const first = failure(call(remote, true, { signal: caller.signal }));
    const second = call(remote, true);
    await expect.poll(() => server.requests.length).toBe(1);
    caller.abort();
    expect(await first).toMatchObject({ code: 'cancelled' });
    release();
    expect(await second).toEqual(RESULT);
    expect(server.requests).toHaveLength(2);
  });

  it('ends the negotiation that nobody else waits for', async () => {
    const server = await scriptedServer(hang);
    open.push(server);
    const caller = new AbortController();
    const only = failure(
      call(new RemoteClient({ http: testClient(server.origin).http }), true, { signal: caller.signal }),
    );
    await expect.poll(() => server.requests.length).toBe(1);
    caller.abort();
    await only;
    await expect.poll(() => server.closedConnections()).toBe(1);
  });
});

describe('negotiation', () => {
  async function against(step: Step): Promise<LucantoError> {
    const server = await scriptedServer(step);
    open.push(server);
    return failure(new RemoteClient({ http: testClient(server.origin).http }).listTools(callContext()));
  }

  it('ends at once where the token is refused or the service is down', async () => {
    expect(await against(json(401, { error: 'unauthenticated' }))).toMatchObject({
      code: 'unauthenticated',
      exitCode: 3,
    });
    expect(await against(text(503, ''))).toMatchObject({ code: 'http_503' });
  });

  it('says so where there is no endpoint, or one of unknown versions only', async () => {
    expect(await against(text(404, ''))).toMatchObject({ hint: expect.stringContaining('--backend rest') });
    expect(await against(rpc({ supportedVersions: ['2031-01-01'] }))).toMatchObject({ code: 'unsupported_protocol' });
  });

  it.each<[string, Step]>([
    ['an empty 202', text(202, '')],
    ['a 500', text(500, '')],
    ['a method that is not known', rpcError(200, { code: -32601, message: 'Method not found' })],
    ['a result that says nothing', rpc({})],
  ])('falls back to the older era after %s', async (_name, discover) => {
    const server = await scriptedServer((response, seen) => {
      if (seen.body.includes('server/discover')) return discover(response, seen);
      if (seen.body.includes('"initialize"'))
        return rpc({ protocolVersion: '2025-06-18', capabilities: {}, serverInfo: {} })(response, seen);
      if (seen.body.includes('notifications/')) return text(202, '')(response, seen);
      return rpc({ tools: [] })(response, seen);
    });
    open.push(server);
    await new RemoteClient({ http: testClient(server.origin).http }).listTools(callContext());
    const last = server.requests.at(-1);
    expect(last?.headers['mcp-protocol-version']).toBe('2025-06-18');
    expect(last?.headers['mcp-method']).toBeUndefined();
    expect(last?.body).not.toContain('_meta');
  });
});

describe('the list of tools', () => {
  it('is fetched page by page', async () => {
    const { remote, sent } = await endpoint(
      rpc({ tools: [{ name: 'a', extra: 1 }], nextCursor: 'p2' }),
      rpc({ tools: [{ name: 'b' }] }),
    );
    expect(await remote.listTools(callContext())).toEqual([{ name: 'a', extra: 1 }, { name: 'b' }]);
    expect(JSON.parse(sent()[1]?.body ?? '').params.cursor).toBe('p2');
  });

  it('ends where the pages do not', async () => {
    const circle = await endpoint(rpc({ tools: [], nextCursor: 'same' }));
    expect(await failure(circle.remote.listTools(callContext()))).toMatchObject({ code: 'no_answer' });
    expect(circle.sent()).toHaveLength(2);
    let page = 0;
    const endless = await endpoint((response, seen) => rpc({ tools: [], nextCursor: `p${++page}` })(response, seen));
    expect(await failure(endless.remote.listTools(callContext()))).toMatchObject({ code: 'too_many_pages' });
    expect(endless.sent()).toHaveLength(100);
  });
});
