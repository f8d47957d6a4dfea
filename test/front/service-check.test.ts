/** Whether the service changed is asked in small requests, and only a plain yes counts as unchanged. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { isServiceUnchanged } from '../../src/front/service-check.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';

let demo: DemoService;
let home: Home;
let folder: string;
const texts = new Map<string, string>();

beforeAll(async () => {
  demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  home = await temporaryHome();
  await run(['login'], { home, env: { LUCANTO_URL: demo.url }, stdin: `${demo.tokens.manage}\n` });
  const cache = join(home.configDir, 'cache');
  const [only = ''] = await readdir(cache);
  folder = join(cache, only);
  for (const name of ['contract.json', 'catalogue.json', 'protocol.json']) {
    texts.set(name, await readFile(join(folder, name), 'utf8'));
  }
});
afterAll(async () => {
  await demo.close();
  await home.remove();
});
beforeEach(async () => {
  for (const [name, text] of texts) await writeFile(join(folder, name), text, { mode: 0o600 });
});

function check(more: { token?: string; origin?: string; env?: Record<string, string>; now?: number } = {}) {
  const { token = demo.tokens.manage, origin = demo.url, env = {}, now = Date.now() } = more;
  return isServiceUnchanged({ origin, token, folder, env, clock: () => now });
}

async function edit(name: string, change: (value: Record<string, unknown>) => object): Promise<void> {
  await writeFile(join(folder, name), JSON.stringify(change(JSON.parse(texts.get(name) ?? '{}'))), { mode: 0o600 });
}

describe('a service that says what it said', () => {
  it.each([
    ['2026-07-28', { era: 'modern', version: '2026-07-28' }],
    ['2025-06-18', { era: 'legacy', version: '2025-06-18' }],
  ])('is unchanged, asked in %s, and confirmed as of now', async (_version, protocol) => {
    await edit('protocol.json', (known) => ({ ...known, ...protocol }));
    const now = Date.now() + 7_200_000;
    expect(await check({ now })).toBe(true);
    for (const name of ['contract.json', 'catalogue.json']) {
      const text = await readFile(join(folder, name), 'utf8');
      expect(JSON.parse(text).fetchedAt).toBe(new Date(now).toISOString());
      expect({ ...JSON.parse(text), fetchedAt: '' }).toEqual({ ...JSON.parse(texts.get(name) ?? ''), fetchedAt: '' });
    }
  });

  it('is asked nothing about a contract without an ETag before a day has passed', async () => {
    await edit('contract.json', (known) => ({ ...known, etag: null }));
    const before = demo.requests.length;
    expect(await check()).toBe(true);
    expect(demo.requests.slice(before).map(({ path }) => path)).not.toContain('/api/v1/openapi.json');
    await edit('contract.json', (known) => ({ ...known, etag: null }));
    expect(await check({ now: Date.now() + 25 * 3_600_000 })).toBe(false);
  });
});

describe('it is for the bridge to find out', () => {
  it('when the contract is another', async () => {
    await edit('contract.json', (known) => ({ ...known, etag: '"other"', text: '{}' }));
    expect(await check()).toBe(false);
  });

  it.each([
    ['there are more tools', (tools: unknown[]) => tools.slice(1)],
    ['there are fewer tools', (tools: unknown[]) => [...tools, tools[0]]],
    ['they come in another order', (tools: unknown[]) => tools.toReversed()],
  ])('when %s', async (_what, change) => {
    await edit('catalogue.json', (known) => ({
      ...known,
      tools: change(Array.isArray(known.tools) ? known.tools : []),
    }));
    expect(await check()).toBe(false);
  });

  it.each([
    ['the token is refused', { token: 'lct_pat_refused_by_all' }],
    ['nothing answers', { origin: 'http://127.0.0.1:9' }],
    ['a proxy is set', { env: { https_proxy: 'http://127.0.0.1:9' } }],
    ['another proxy is set', { env: { ALL_PROXY: 'socks5://127.0.0.1:9' } }],
  ])('when %s', async (_what, more) => {
    expect(await check(more)).toBe(false);
  });

  it.each(['contract.json', 'catalogue.json', 'protocol.json'])('when %s is damaged', async (name) => {
    await writeFile(join(folder, name), '{');
    expect(await check()).toBe(false);
  });
});
