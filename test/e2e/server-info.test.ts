/** What apps show of the server, and inputs that no app has to mend, in both families of protocol versions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../helpers/child.ts';
import { BIN, type Home, NODE, temporaryHome } from '../helpers/run.ts';

let home: Home;
beforeAll(async () => {
  home = await temporaryHome();
});
afterAll(() => home.remove());

const clientInfo = { name: 'test', version: '1' };

async function askWith(
  options: readonly string[],
  ...messages: readonly object[]
): Promise<readonly Record<string, unknown>[]> {
  const lines = messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join('');
  const { stdout } = await runToEnd(NODE, [BIN, ...options], { cwd: home.dir, env: { ...home.env } }, lines);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .sort((one, other) => one.id - other.id)
    .map(({ result }) => result);
}

const ask = (...messages: readonly object[]) => askWith(['--demo'], ...messages);

const INFO = {
  name: 'lucanto-mcp',
  title: 'Lucanto',
  websiteUrl: 'https://lucanto.eu',
  icons: [{ src: expect.stringMatching(/^data:image\/svg\+xml;base64,[\w+/=]+$/), mimeType: 'image/svg+xml' }],
};

describe('The server', () => {
  it('says without an API key what is missing, and not that only reading is possible', async () => {
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const [none] = await askWith(['--url', 'http://127.0.0.1:9'], { id: 1, method: 'initialize', params });
    expect(none?.instructions).toMatch(/There is no API key.*lucanto-mcp login/);
    expect(none?.instructions).not.toContain('Only reading');
  });

  it('tells its title, website and an icon that needs no network', async () => {
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    const [legacy] = await ask({ id: 1, method: 'initialize', params });
    expect(legacy).toMatchObject({ serverInfo: INFO });
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': clientInfo,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const [current] = await ask({ id: 1, method: 'server/discover', params: { _meta } });
    expect(JSON.stringify(current)).toContain('"websiteUrl":"https://lucanto.eu"');
    const icon = /base64,([^"]+)/.exec(JSON.stringify(current))?.[1] ?? '';
    expect(Buffer.from(icon, 'base64').toString()).toMatch(/^<svg [^>]+>(<rect [^>]+\/>|<path [^>]+\/>)+<\/svg>$/);
  });

  it('lists no object without properties among its inputs', async () => {
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
    const [, listed] = await ask({ id: 1, method: 'initialize', params }, { id: 2, method: 'tools/list' });
    const bare: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('type' in value && value.type === 'object' && !('properties' in value)) bare.push(path);
      for (const [key, member] of Object.entries(value)) visit(member, `${path}/${key}`);
    };
    visit(listed, '');
    expect(JSON.stringify(listed)).toContain('lucanto_create_contact');
    expect(bare).toEqual([]);
  });
});
