/** `--toolsets -cups`: nothing that may hold cups is reached, whatever its tool is called. */
import { describe, expect, it } from 'vitest';
import { remoteTool } from '../../src/backends/remote/remote-tool.ts';
import { mayReachSwitchedOff } from '../../src/catalog/grants.ts';
import { json, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const inQuery = (name: string) => ({ name, in: 'query', schema: { type: 'string' } });
const ROW = { type: 'object', properties: { id: { type: 'integer' }, label: { type: 'string' } } };
const list = { 200: json({ type: 'array', items: ROW }) };

describe('With a resource switched off, a tool', () => {
  const PATHS_OF_ALL = {
    '/workspaces/{workspace_id}/search': {
      parameters: parameters('workspace_id'),
      get: { operationId: 'search', parameters: [inQuery('q')], responses: list },
    },
    '/workspaces/{workspace_id}/cups': {
      parameters: parameters('workspace_id'),
      get: { operationId: 'list-cups', responses: list },
    },
    '/workspaces/{workspace_id}/mugs': {
      parameters: parameters('workspace_id'),
      get: { operationId: 'list-mugs', responses: list },
    },
  };
  const visible = async (toolsets: string) => {
    const service = later(await oddService(PATHS_OF_ALL, () => ({ json: [] })));
    const { bridge } = await scene(service.url, 'lct_pat_places_1234', {
      LUCANTO_SCOPES: 'manage:*',
      LUCANTO_TOOLSETS: toolsets,
    });
    return bridge
      .visible()
      .flatMap(({ route, resource }) => (route === 'rest' && resource !== 'workspaces' ? [resource] : []));
  };

  it('that reaches across resources is out, and one of another resource stays', async () => {
    expect(await visible('-cups')).toEqual(['mugs']);
    expect((await visible('-spoons')).includes('mugs')).toBe(true);
    expect((await visible('-spoons')).some((one) => one.startsWith('search'))).toBe(false);
  });

  it('is out where it is a part of those records, and gives none of them along with others', async () => {
    const own = { parameters: parameters('workspace_id') };
    const names = ['cups', 'mugs', 'cup-handles', 'documents', 'inbox', 'tea-cups'];
    const get = { parameters: [inQuery('include')], responses: list };
    const paths = Object.fromEntries(names.map((name) => [`/workspaces/{workspace_id}/${name}`, { ...own, get }]));
    const service = later(await oddService(paths, () => ({ json: [] })));
    const env = { LUCANTO_SCOPES: 'manage:*', LUCANTO_TOOLSETS: '-cups' };
    const { bridge, ask } = await scene(service.url, 'lct_pat_places_1234', env);
    const seen = bridge.visible().flatMap(({ route, resource }) => (route === 'rest' ? [resource] : []));
    expect(seen).toEqual(['workspaces', 'mugs', 'tea_cups']);
    for (const include of ['cups', 'colour,cup.handles', 'colour']) await ask('lucanto_list_mugs', { include });
    expect(
      service.received.filter(({ path }) => /mugs/.test(path)).flatMap(({ query }) => query.get('include') ?? []),
    ).toEqual(['colour']);
  });

  it('is out where it holds the whole of a workspace, or those records of another one', async () => {
    const of = (name: string) => ({
      [`/workspaces/{workspace_id}/${name}`]: { parameters: parameters('workspace_id') },
    });
    const get = (path: string, post = false) =>
      Object.entries(of(path)).map(([key, own]) => [key, { ...own, [post ? 'post' : 'get']: { responses: list } }]);
    const all = [
      ...['cups', 'shelves', 'dashboard', 'full-export', 'balances-overview'].flatMap((path) => get(path)),
      ...get('batch', true),
      [
        '/workspaces/{workspace_id}/shelves/{id}/cups',
        { parameters: parameters('workspace_id', 'id'), get: { responses: list } },
      ],
    ];
    const service = later(await oddService(Object.fromEntries(all), () => ({ json: [] })));
    const named = async (toolsets: string) => {
      const env = { LUCANTO_SCOPES: 'manage:*', LUCANTO_TOOLSETS: toolsets };
      const { bridge } = await scene(service.url, 'lct_pat_places_1234', env);
      return bridge.visible().flatMap(({ route, descriptor }) => (route === 'rest' ? [descriptor.name] : []));
    };
    expect(await named('-cups')).toEqual(['lucanto_list_workspaces', 'lucanto_list_shelves']);
    expect(await named('cups')).toEqual(['lucanto_list_workspaces', 'lucanto_list_cups']);
  });

  it('is out where it comes from the remote endpoint and only its name says what it is about', () => {
    const deps = {
      remote: { callTool: async () => ({ content: [] }) },
      writes: { run: () => Promise.reject(new Error('no write')) },
      listTool: () => null,
    };
    const made = (name: string) =>
      remoteTool({ name, inputSchema: { type: 'object' } }, undefined, ['mugs', 'workspaces'], deps);
    const isOut = (name: string) => {
      const tool = made(name);
      return tool === null ? null : mayReachSwitchedOff(tool, ['-cups']);
    };
    expect(['get_workspace', 'get_workspace_sheet'].map(isOut)).toEqual([false, true]);
    expect(['lucanto_find_anything', 'ask_bookkeeper', 'lucanto_get_mug'].map(isOut)).toEqual([true, true, false]);
  });
});
