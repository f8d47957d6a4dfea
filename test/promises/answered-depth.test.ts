/** "Every call is answered", and no write is taken for undone: answers that are nested too deeply, and defects of ours. */
import { describe, expect, it } from 'vitest';
import { callContext } from '../helpers/call-context.ts';
import { crates } from '../helpers/crates.ts';
import { remoteAnswer } from '../helpers/remote-endpoint.ts';
import { json, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const RECORD = { type: 'object', properties: { id: { type: 'integer' }, label: { type: 'string' } } };
const PATHS = {
  ...crates(RECORD),
  '/workspaces/{workspace_id}/crates/{id}': {
    parameters: parameters('workspace_id', 'id'),
    get: { operationId: 'get-crate', responses: { 200: json(RECORD) } },
  },
};
const ALL = { LUCANTO_SCOPES: 'manage:*,read:*', LUCANTO_CONFIRM: 'never' };
const REMOTE = ['seek_crates', 'weigh_crate'].map((name) => ({
  name,
  description: `${name}.`,
  inputSchema: { type: 'object', properties: { what: { type: 'string' } } },
  annotations: { readOnlyHint: name === 'seek_crates' },
}));
const SHAPES: readonly (readonly [string, (levels: number) => string])[] = [
  ['objects', (levels) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`],
  ['lists', (levels) => `${'['.repeat(levels)}1${']'.repeat(levels)}`],
];

describe.each(SHAPES)('An answer of nested %s', (_shape, nested) => {
  const serve = async (levels: number) => {
    const service = await oddService(PATHS, (request) => {
      const record = `{"id":7,"deep":${nested(levels)}}`;
      const remote = remoteAnswer(request, {
        tools: () => REMOTE,
        call: (name) => ({
          content: [{ type: 'text', text: record }],
          ...(name === 'weigh_crate' && { structuredContent: { deep: 'DEEP' } }),
        }),
      });
      const reply = remote?.json === undefined ? '' : JSON.stringify(remote.json);
      if (reply.includes('"DEEP"'))
        return {
          bytes: reply.replace('"DEEP"', nested(levels)),
          headers: { 'content-type': 'application/json' },
        };
      if (remote !== null) return remote;
      const bytes = request.method === 'GET' && request.path.endsWith('/crates') ? `[${record}]` : record;
      return { status: request.method === 'POST' ? 201 : 200, bytes, headers: { 'content-type': 'application/json' } };
    });
    return scene(later(service).url, 'lct_pat_crates_12345', ALL);
  };

  it.each([3_000, 20_000])(
    'is refused at %i levels, and a write then is one whose outcome is unknown',
    async (levels) => {
      const { ask } = await serve(levels);
      for (const [tool, args] of [['lucanto_get_crate', { id: 7 }] as const, ['lucanto_list_crates', {}] as const])
        expect((await ask(tool, args)).json).toMatchObject({ error: 'not_json' });
      const created = await ask('lucanto_create_crate', { label: 'A' });
      expect(created.json).toMatchObject({ error: 'not_json', outcome: 'unknown' });
      for (const tool of ['seek_crates', 'weigh_crate']) {
        const { text } = await ask(tool, { what: 'x' });
        expect(text).not.toContain('internal_error');
        if (tool === 'weigh_crate') expect(text).toContain('cannot be read as JSON');
      }
    },
  );

  it('is answered where a record may be so', async () => {
    const { ask } = await serve(100);
    expect((await ask('lucanto_get_crate', { id: 7, fields: ['*'] })).json.id).toBe(7);
    expect((await ask('lucanto_create_crate', { label: 'A' })).json.id).toBe(7);
  });
});

it('a write that fails by a defect of ours is not taken for undone, and a read is', async () => {
  const service = later(await oddService(PATHS, () => ({ json: [] })));
  const { bridge } = await scene(service.url, 'lct_pat_crates_12345', ALL);
  const fail = async () => {
    throw new TypeError('a defect');
  };
  for (const [name, outcome] of [
    ['lucanto_create_crate', 'unknown'] as const,
    ['lucanto_list_crates', undefined] as const,
  ]) {
    const { result, error } = await bridge.run({ ...bridge.find(name), call: fail }, {}, callContext());
    expect([result.isError, error?.code, error?.details.outcome]).toEqual([true, 'internal_error', outcome]);
  }
});
