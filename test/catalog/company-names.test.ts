/** Companies by their names: in a call, and as the one that `--workspace` pins. */
import { describe, expect, it } from 'vitest';
import { json, type OddAnswer, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const COMPANIES = [
  { id: 42, name: 'Tatranské štúdio s.r.o.' },
  { id: 43, name: 'Studio Alpenblick GmbH' },
  { id: 44, name: 'Alpenblick' },
];

async function opened(env: Readonly<Record<string, string>> = {}, companies: readonly object[] = COMPANIES) {
  const list = {
    operationId: 'list-things',
    parameters: parameters('workspace_id'),
    responses: { 200: json({ type: 'array', items: { type: 'object' } }) },
  };
  const post = {
    operationId: 'create-thing',
    parameters: parameters('workspace_id'),
    requestBody: {
      content: { 'application/json': { schema: { type: 'object', properties: { name: { type: 'string' } } } } },
    },
    responses: { 201: json({ type: 'object', properties: { id: { type: 'integer' } } }) },
  };
  const paths = { '/workspaces/{workspace_id}/things': { get: list, post } };
  const answer = ({ method }: { method: string }): OddAnswer =>
    method === 'GET' ? { json: [] } : { status: 201, json: { id: 1 } };
  const odd = later(await oddService(paths, answer, companies));
  const { ask, bridge } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*', ...env });
  odd.received.length = 0;
  const call = async (name: string, args: object) => {
    const { result } = await ask(name, args);
    return result.content.map(({ text }) => String(text)).join('\n');
  };
  return { call, bridge, paths: () => odd.received.map(({ method, path }) => `${method} ${path.split('/')[4]}`) };
}

describe('A company in a call', () => {
  it.each([
    ['42', '42'],
    ['tatran', '42'],
    ['Tatranské štúdio s.r.o.', '42'],
    ['TATRANSKE STUDIO', '42'],
    ['gmbh', '43'],
    // The whole name of one counts before a part of another.
    ['Alpenblick', '44'],
  ])('is meant by %j', async (workspace_id, id) => {
    const { call, paths } = await opened();
    await call('lucanto_list_things', { workspace_id });
    expect(paths()).toEqual([`GET ${id}`]);
  });

  it.each([
    ['studio', 'Two companies match \\"studio\\": 42 (Tatranské štúdio s.r.o.), 43 (Studio Alpenblick GmbH).'],
    ['Novák', 'No company matches \\"Novák\\". The API key reaches 42 (Tatranské štúdio s.r.o.)'],
  ])('that %j does not say is asked for, and nothing is sent', async (workspace_id, sentence) => {
    const { call, paths } = await opened();
    const said = await call('lucanto_create_thing', { workspace_id, name: 'x' });
    expect(said).toContain(sentence);
    expect(said).toContain('Ask the user which company is meant');
    expect(paths()).toEqual([]);
  });
});

describe('A company that is pinned by its name', () => {
  it('is the only one that is reached, by its id', async () => {
    const { call, paths, bridge } = await opened({ LUCANTO_WORKSPACE: 'tatran' });
    expect(JSON.stringify(bridge.listed())).not.toContain('workspace_id');
    await call('lucanto_create_thing', { name: 'x' });
    await call('lucanto_list_things', { workspace_id: '42' });
    await call('lucanto_list_things', { workspace_id: 'Tatranské' });
    expect(paths()).toEqual(['POST 42', 'GET 42', 'GET 42']);
    expect(await call('lucanto_list_things', { workspace_id: '43' })).toContain('workspace 43 cannot be reached');
    expect(await call('lucanto_list_things', { workspace_id: 'gmbh' })).toContain('workspace gmbh cannot be reached');
    expect(paths()).toHaveLength(3);
    const companies = await call('lucanto_list_workspaces', {});
    expect(companies).toContain('Tatranské');
    expect(companies).not.toContain('Alpenblick');
  });

  it.each([
    ['studio', 'Two companies match \\"studio\\"'],
    ['Novák', 'No company matches \\"Novák\\"'],
  ])('lets nothing through where %j is not one company', async (name, sentence) => {
    const { call, paths } = await opened({ LUCANTO_WORKSPACE: name });
    for (const args of [{ name: 'x' }, { name: 'x', workspace_id: '42' }]) {
      expect(await call('lucanto_create_thing', args)).toContain(sentence);
    }
    expect(await call('lucanto_list_things', {})).toContain(sentence);
    expect(paths()).toEqual([]);
  });

  it('may be an id that looks like a name', async () => {
    const { call, paths } = await opened({ LUCANTO_WORKSPACE: 'ws_a' }, [
      { id: 'ws_a', name: 'A' },
      { id: 'ws_b', name: 'ws_a and others' },
    ]);
    await call('lucanto_list_things', {});
    expect(paths()).toEqual(['GET ws_a']);
  });
});

it('A company on a later page is meant by its whole name, though a part of it fits one of the first', async () => {
  const get = {
    operationId: 'list-workspaces',
    parameters: [{ name: 'cursor', in: 'query', schema: { type: 'string' } }],
    responses: { 200: json({ type: 'object', properties: { items: { type: 'array', items: { type: 'object' } } } }) },
  };
  const list = { parameters: parameters('workspace_id'), responses: { 200: json({ type: 'array', items: {} }) } };
  const paths = { '/user/workspaces': { get }, '/workspaces/{workspace_id}/things': { get: list } };
  const companies = (query: URLSearchParams) => {
    const at = Number(query.get('cursor') ?? 0);
    return { items: COMPANIES.slice(at, at + 2), next_cursor: at + 2 < COMPANIES.length ? String(at + 2) : null };
  };
  const odd = later(await oddService(paths, () => ({ json: [] }), companies));
  const { ask } = await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*' });
  await ask('lucanto_list_things', { workspace_id: 'alpenblick' });
  expect(odd.received.map(({ path }) => path.split('/')[4])).toEqual(['44']);
});
