/** Services whose every path begins with a version and the name of a product: neither is a resource. */
import { afterAll, describe, expect, it } from 'vitest';
import { run, temporaryHome } from '../helpers/run.ts';
import { body, documentOf, id, inPath, named, object, ok, parameters, ref, rows } from './parts.ts';
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

it.each(['invoices', 'customers'])(
  'names that are too long alike say which record they are about: %s',
  async (word) => {
    const paths = ['invoices', 'customers'].map((one) => {
      const read = { get: { ...ok(record), ...parameters(inPath('id')) } };
      const owner = {
        ...read,
        patch: named(`${one}.owner.update`, ok(record), body(record), parameters(inPath('id'))),
      };
      return { ...resource(`/${one}`), [`/${one}/{id}/relationships/owner`]: owner };
    });
    expect(await toolsOf(Object.assign({}, ...paths))).toContain(`lucanto_${word}_owner_update`);
  },
);

describe('A request', () => {
  const account = {
    allOf: [{ $ref: '#/components/schemas/Named' }, object({ parent: { anyOf: [ref('Account'), { type: 'null' }] } })],
  };
  const schemas = { Named: object({ name: { type: 'string' } }, ['name']), Account: account };

  async function sent(servers: object, name: string, args: object) {
    const asked: string[] = [];
    const paths = {
      '/accounts': { get: named('listAccounts', rows(record)), post: { ...ok(record), ...body(ref('Account')) } },
    };
    const service = await serveDocument(
      JSON.stringify(documentOf(paths, { ...servers, components: { schemas } })),
      (request, response) => {
        asked.push(`${request.method} ${request.url}`);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"1","data":[]}');
      },
    );
    const home = await temporaryHome();
    closing.push(
      () => service.close(),
      () => home.remove(),
    );
    const env = { LUCANTO_URL: service.url, LUCANTO_TOKEN: 'lct_pat_abcdefghij', LUCANTO_SCOPES: 'manage:*' };
    const { stdout, stderr } = await run(['call', name, '--args', JSON.stringify(args)], { home, env });
    return { asked, said: stdout + stderr };
  }

  it.each([
    [{}, '/api/v1/accounts'],
    [{ servers: [{ url: '' }] }, '/api/v1/accounts'],
    [{ servers: [{ url: './' }] }, '/api/v1/accounts'],
    [{ servers: [{ url: '/' }] }, '/accounts'],
  ])('goes to the path that the document means: %j', async (servers, path) => {
    expect((await sent(servers, 'lucanto_list_accounts', {})).asked).toEqual([`GET ${path}`]);
  });

  it('with a text for an object that refers to itself is refused before sending', async () => {
    const right = await sent({}, 'lucanto_create_account', { name: 'A', parent: { name: 'B', parent: null } });
    expect(right.asked).toEqual(['POST /api/v1/accounts']);
    const wrong = await sent({}, 'lucanto_create_account', { name: 'A', parent: 'B' });
    expect(wrong).toMatchObject({ asked: [], said: expect.stringContaining('parent') });
  });

  it('without what an object that refers to itself must have is refused before sending, with its name', async () => {
    const empty = await sent({}, 'lucanto_create_account', { name: 'A', parent: {} });
    expect(empty).toMatchObject({ asked: [], said: expect.stringContaining('`parent.name` is missing') });
    const list = await sent({}, 'lucanto_create_account', { name: 'A', parent: { name: ['B'] } });
    expect(list).toMatchObject({ asked: [], said: expect.stringContaining('`parent.name`') });
  });
});
