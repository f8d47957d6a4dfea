/** A service whose REST side answers while its remote endpoint never does. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HANDSHAKE, type RawSession, startRaw } from '../helpers/mcp.ts';
import { useOtherHome } from '../helpers/other-home.ts';

const at = useOtherHome();
let front: Server;
let url: string;
let session: RawSession | undefined;

beforeEach(async () => {
  front = createServer((incoming, outgoing) => {
    // Never answered: the bridge must neither wait for it nor forget the other half.
    if (incoming.url?.startsWith('/api/mcp/')) return;
    const headers = { authorization: incoming.headers.authorization ?? '' };
    fetch(`${at.other.url}${incoming.url}`, { headers }).then(
      async (answer) => {
        outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        outgoing.end(await answer.text());
      },
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${portOf(front)}`;
});
afterEach(() => {
  session?.kill();
  front.closeAllConnections();
  front.close();
});

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}

describe('A remote endpoint that hangs', () => {
  it('delays neither the first list of the live contract nor calls over REST', async () => {
    session = startRaw(at.bridge({ LUCANTO_URL: url, LUCANTO_TOKEN: at.other.tokens.manage }));
    for (const line of HANDSHAKE) session.send(line);
    session.send('{"jsonrpc":"2.0","id":"list","method":"tools/list"}');
    const list = await session.lineWith('"id":"list"');
    expect(list).toContain('lucanto_list_projects');
    expect(list).not.toContain('lucanto_create_invoice');
    session.send('{"jsonrpc":"2.0","id":"call","method":"tools/call","params":{"name":"lucanto_list_projects"}}');
    expect(await session.lineWith('"id":"call"')).not.toContain('"isError":true');
  });
});

describe('A service that never answers', () => {
  it('delays the first list only: later lists are answered before a call that times out', async () => {
    const nobody = createServer(() => undefined);
    await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
    const env = {
      LUCANTO_URL: `http://127.0.0.1:${portOf(nobody)}`,
      LUCANTO_TOKEN: 'lct_pat_a0123456',
      LUCANTO_TIMEOUT: '3',
    };
    session = startRaw(at.bridge(env));
    for (const line of HANDSHAKE) session.send(line);
    session.send('{"jsonrpc":"2.0","id":"first","method":"tools/list"}');
    await session.lineWith('"id":"first"');
    session.send('{"jsonrpc":"2.0","id":"call","method":"tools/call","params":{"name":"lucanto_list_workspaces"}}');
    session.send('{"jsonrpc":"2.0","id":"second","method":"tools/list"}');
    session.send('{"jsonrpc":"2.0","id":"prompts","method":"prompts/list"}');
    expect(await session.lineWith('"id":"call"')).toContain('timeout');
    const placeOf = (id: string) => session?.lines.findIndex((line) => line.includes(`"id":"${id}"`)) ?? -1;
    for (const id of ['second', 'prompts']) {
      expect(placeOf(id)).toBeGreaterThan(placeOf('first'));
      expect(placeOf(id)).toBeLessThan(placeOf('call'));
    }
    nobody.closeAllConnections();
    nobody.close();
  });
});
