/** A service whose own document cannot be used: it is said everywhere, and nothing is written by the bundled one. */
import { afterEach, expect, it } from 'vitest';
import { openedBridge } from '../helpers/open-bridge.ts';
import { run, temporaryHome } from '../helpers/run.ts';
import { serveDocument } from './service.ts';

const TOKEN = 'lct_pat_abcdefghij';
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const PATHS = { '/invoices': { get: { responses: {} } } };
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    'of an unknown version',
    JSON.stringify({ openapi: '7.0', paths: PATHS }),
    /has version "7\.0", and 2\.0, 3\.0 or 3\.1/,
  ],
  ['of Swagger 1.2', JSON.stringify({ swagger: '1.2', paths: PATHS }), /has version "1\.2"/],
  ['that is cut off', '{"openapi":"3.1.0","paths":{', /is not valid JSON/],
  ['without operations', JSON.stringify({ openapi: '3.1.0', paths: {} }), /has no operations/],
];

it.each(REFUSED)('a document %s leaves the bundled tools that read, with the reason', async (_name, text, reason) => {
  const service = await serveDocument(text);
  closing.push(() => service.close());
  const { bridge, close } = await openedBridge(service.url, TOKEN, { LUCANTO_SCOPES: 'manage:*' });
  closing.push(close);
  expect(bridge.visible().length).toBeGreaterThan(10);
  for (const { tier } of bridge.visible()) expect(tier).toBe('read');
  const create = bridge.catalogue.hidden().find(({ tool }) => tool.descriptor.name === 'lucanto_create_invoice');
  expect(create?.reason).toMatch(reason);
  expect(bridge.catalogue.notes()).toContainEqual(expect.stringMatching(reason));
});

it('a refused document is named by login, status and doctor, and is remembered where nothing answers', async () => {
  const service = await serveDocument(JSON.stringify({ swagger: '1.2', paths: PATHS }), (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('[{"id":1,"name":"One"}]');
  });
  closing.push(() => service.close());
  const home = await temporaryHome();
  closing.push(() => home.remove());
  const env = { LUCANTO_URL: service.url, LUCANTO_SCOPES: 'manage:*' };
  const reason = /has version "1\.2", and 2\.0, 3\.0 or 3\.1 is needed/;
  const login = await run(['login'], { home, env, stdin: `${TOKEN}\n` });
  expect(login.exitCode).toBe(0);
  expect(login.stderr).toMatch(reason);
  expect((await run(['status'], { home, env })).stderr).toMatch(reason);
  expect((await run(['doctor'], { home, env })).stdout).toMatch(reason);
  await service.close();
  const called = await run(['call', 'lucanto_create_invoice', '--args', '{}'], { home, env });
  expect(called.exitCode).toBe(1);
  expect(called.stderr).toMatch(reason);
});

it('a login fails for the document that cannot be used, where nothing is where this version expects it', async () => {
  const service = await serveDocument('{"openapi":"3.1.0","paths":{');
  closing.push(() => service.close());
  const home = await temporaryHome();
  closing.push(() => home.remove());
  const { exitCode, stderr } = await run(['login'], { home, env: { LUCANTO_URL: service.url }, stdin: `${TOKEN}\n` });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/is not valid JSON.*404.*not verified and not stored/);
  expect(stderr).toMatch(/hint: Check --url/);
  expect(stderr).not.toContain('workspace_id');
});
