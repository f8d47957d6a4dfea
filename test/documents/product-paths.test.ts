/** Services whose every path begins with a version and the name of a product: neither is a resource. */
import { afterAll, expect, it } from 'vitest';
import { run, temporaryHome } from '../helpers/run.ts';
import { body, documentOf, id, inPath, named, object, ok, parameters, rows } from './parts.ts';
import { serveDocument } from './service.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

const record = object({ id, name: { type: 'string' } });
const resource = (path: string) => ({
  [path]: { get: rows(record), post: { ...ok(record), ...body(record) } },
  [`${path}/{id}`]: { get: { ...ok(record), ...parameters(inPath('id')) } },
});

async function toolsOf(paths: object, ...more: readonly string[]): Promise<readonly string[]> {
  const service = await serveDocument(JSON.stringify(documentOf(paths, { servers: [{ url: '/' }] })));
  const home = await temporaryHome();
  closing.push(
    () => service.close(),
    () => home.remove(),
  );
  const env = { LUCANTO_URL: service.url, LUCANTO_TOKEN: 'lct_pat_abcdefghij', LUCANTO_SCOPES: 'manage:*' };
  const { stdout } = await run(['tools', '--json', ...more], { home, env });
  return [...stdout.matchAll(/"name": ?"(lucanto_[a-z0-9_]+)"/g)].map(([, name = '']) => name);
}

it.each(['/ledger', '/1.0/kb', '/v2.1/books/', '/api/v3/books'])('%s', async (start) => {
  const base = start.replace(/\/$/, '');
  const paths = { ...resource(`${base}/invoices`), ...resource(`${base}/contacts`) };
  expect(await toolsOf(paths)).toEqual(
    expect.arrayContaining(['lucanto_list_invoices', 'lucanto_create_invoice', 'lucanto_get_contact']),
  );
  const few = await toolsOf(paths, '--toolsets', 'contacts');
  expect(few).toContain('lucanto_list_contacts');
  expect(few).not.toContain('lucanto_list_invoices');
});

it('a word stays before acts alone', async () => {
  const acts = ['list', 'search', 'stats', 'count'].map((act) => [`/crates/${act}`, { get: rows(record) }]);
  const tools = await toolsOf(Object.fromEntries(acts));
  expect(tools.filter((name) => name.includes('crate'))).toHaveLength(4);
});

it('a word with records of its own stays', async () => {
  const members = { '/teams/{id}/members': { get: named('list_members', rows(record), parameters(inPath('id'))) } };
  const paths = { ...resource('/teams'), '/teams/roles': { get: rows(record) }, ...members };
  expect(await toolsOf(paths)).toEqual(expect.arrayContaining(['lucanto_list_teams', 'lucanto_list_team_members']));
});
