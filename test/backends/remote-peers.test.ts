import { afterEach, describe, expect, it } from 'vitest';
import { RemoteClient } from '../../src/backends/remote/remote-client.ts';
import type { Progress } from '../../src/core/tool.ts';
import { callContext } from '../helpers/call-context.ts';
import { TOKEN, testClient } from '../helpers/http-client.ts';
import { type Peer, peerV1, peerV2 } from '../helpers/mcp-peers.ts';

const open: Peer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((peer) => peer.close()));
});

async function started(peer: Promise<Peer>): Promise<Peer> {
  const running = await peer;
  open.push(running);
  return running;
}

function remoteOf(
  peer: Peer,
  remembered?: { readonly version: string },
): { remote: RemoteClient; kept: { readonly version: string }[] } {
  const kept: { readonly version: string }[] = [];
  const remote = new RemoteClient({
    http: testClient(peer.origin).http,
    ...(remembered === undefined ? {} : { remembered }),
    remember: (protocol) => kept.push(protocol),
  });
  return { remote, kept };
}

const READ = { readOnly: true };
const WRITE = { readOnly: false };

const PEERS: readonly (readonly [string, 'modern' | 'legacy', () => Promise<Peer>])[] = [
  ['a v2 server of both eras, JSON', 'modern', () => peerV2({ legacy: 'stateless', mode: 'json' })],
  ['a v2 server of both eras, events', 'modern', () => peerV2({ legacy: 'stateless', mode: 'sse' })],
  ['a current-only v2 server, JSON', 'modern', () => peerV2({ legacy: 'reject', mode: 'json' })],
  ['a current-only v2 server, events', 'modern', () => peerV2({ legacy: 'reject', mode: 'sse' })],
  ['a stateless v1 server, JSON', 'legacy', () => peerV1({ sessions: false, mode: 'json' })],
  ['a stateless v1 server, events', 'legacy', () => peerV1({ sessions: false, mode: 'sse' })],
  ['a v1 server with sessions, JSON', 'legacy', () => peerV1({ sessions: true, mode: 'json' })],
  ['a v1 server with sessions, events', 'legacy', () => peerV1({ sessions: true, mode: 'sse' })],
];

describe.each(PEERS)('%s', (_name, era, start) => {
  it('lists its tools and carries out calls, negotiating once for all of them', async () => {
    const peer = await started(start());
    const { remote } = remoteOf(peer);
    const [tools, first, second] = await Promise.all([
      remote.listTools(callContext()),
      remote.callTool('lucanto_list_things', {}, callContext(), READ),
      remote.callTool('lucanto_create_thing', { name: 'Žofia' }, callContext(), WRITE),
    ]);
    expect(tools.map((tool) => tool.name)).toEqual(['lucanto_list_things', 'lucanto_create_thing']);
    expect(first.content[0]).toMatchObject({ text: '{"name":"lucanto_list_things","args":{},"meta":{}}' });
    expect(second.content[0]).toMatchObject({
      text: '{"name":"lucanto_create_thing","args":{"name":"Žofia"},"meta":{}}',
    });
    const handshake =
      era === 'modern' ? ['server/discover'] : ['server/discover', 'initialize', 'notifications/initialized'];
    expect(peer.methods.slice(0, handshake.length)).toEqual(handshake);
    expect(peer.methods).toHaveLength(handshake.length + 3);
    expect(peer.headers.every((headers) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
  });

  it('gets progressToken and traceparent and nothing else of the metadata', async () => {
    const peer = await started(start());
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const result = await remoteOf(peer).remote.callTool(
      'lucanto_list_things',
      {},
      callContext({ progressToken: 'p', traceparent }),
      READ,
    );
    expect(result.content[0]).toMatchObject({
      text: JSON.stringify({ name: 'lucanto_list_things', args: {}, meta: { progressToken: 'p', traceparent } }),
    });
  });
});

describe.each(PEERS.filter(([name]) => name.includes('events')))('%s', (_name, _era, start) => {
  it('hands its progress on', async () => {
    const peer = await started(start());
    const heard: Progress[] = [];
    const context = callContext({ progressToken: 7, onProgress: (progress) => heard.push(progress) });
    await remoteOf(peer).remote.callTool('lucanto_list_things', {}, context, READ);
    expect(heard).toEqual([{ progress: 1, total: 2, message: 'half' }]);
  });
});

describe('what an earlier process remembered', () => {
  it('spares the round trip', async () => {
    const peer = await started(peerV2({ legacy: 'reject', mode: 'json' }));
    const before = remoteOf(peer);
    await before.remote.listTools(callContext());
    expect(before.kept).toEqual([{ version: '2026-07-28' }]);
    peer.methods.length = 0;
    await remoteOf(peer, before.kept[0]).remote.listTools(callContext());
    expect(peer.methods).toEqual(['tools/list']);
  });

  it.each<[string, { readonly version: string }, () => Promise<Peer>]>([
    ['current, at a stateless v1 server', { version: '2026-07-28' }, () => peerV1({ sessions: false, mode: 'json' })],
    ['current, at a v1 server with sessions', { version: '2026-07-28' }, () => peerV1({ sessions: true, mode: 'sse' })],
    ['legacy, at a current-only server', { version: '2025-11-25' }, () => peerV2({ legacy: 'reject', mode: 'sse' })],
    ['legacy, at a v1 server with sessions', { version: '2025-11-25' }, () => peerV1({ sessions: true, mode: 'json' })],
  ])('is found out again where it is wrong: %s', async (_name, remembered, start) => {
    const peer = await started(start());
    const { remote } = remoteOf(peer, remembered);
    expect(await remote.listTools(callContext())).toHaveLength(2);
    const asked = peer.methods.length;
    await remote.listTools(callContext());
    expect(peer.methods.slice(asked)).toEqual(['tools/list']);
  });

  it('is not relied on for a write, which is sent once', async () => {
    const peer = await started(peerV1({ sessions: true, mode: 'json' }));
    const { remote } = remoteOf(peer, { version: '2026-07-28' });
    await remote.callTool('lucanto_create_thing', { name: 'x' }, callContext(), WRITE);
    expect(peer.methods.filter((method) => method === 'tools/call')).toHaveLength(1);
  });

  it('does not hold a session, which another process could not use', async () => {
    const peer = await started(peerV1({ sessions: true, mode: 'json' }));
    const { remote, kept } = remoteOf(peer);
    await remote.listTools(callContext());
    expect(kept).toEqual([]);
  });
});

describe('a session that the server has forgotten', () => {
  it('is made anew for a read', async () => {
    const peer = await started(peerV1({ sessions: true, mode: 'json' }));
    const { remote } = remoteOf(peer);
    await remote.listTools(callContext());
    peer.forgetSessions();
    await remote.callTool('lucanto_list_things', {}, callContext(), READ);
    expect(peer.methods.filter((method) => method === 'initialize')).toHaveLength(2);
  });

  it('fails a write, which is not sent again; the next one works', async () => {
    const peer = await started(peerV1({ sessions: true, mode: 'json' }));
    const { remote } = remoteOf(peer);
    await remote.listTools(callContext());
    peer.forgetSessions();
    const write = () => remote.callTool('lucanto_create_thing', { name: 'x' }, callContext(), WRITE);
    await expect(write()).rejects.toMatchObject({ code: 'session_gone', details: {} });
    expect(peer.methods.filter((method) => method === 'tools/call')).toHaveLength(1);
    await expect(write()).resolves.toMatchObject({ content: [{ type: 'text' }] });
  });
});
