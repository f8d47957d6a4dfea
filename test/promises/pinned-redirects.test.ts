/** A redirect does not lead past `--workspace`, `--read-only` or `--toolsets`, nor send a GET that acts a second time. */
import { expect, it } from 'vitest';
import { json, type OddAnswer, oddService, parameters, type Received } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const rows = { 200: json({ type: 'array', items: { type: 'object' } }) };
const one = { 200: json({ type: 'object', properties: { id: { type: 'integer' } } }) };
const list = (operationId: string) => ({
  get: { operationId, parameters: parameters('workspace_id'), responses: rows },
});
const PATHS = {
  '/workspaces/{workspace_id}/things': list('list-things'),
  '/workspaces/{workspace_id}/crates': list('list-crates'),
  '/workspaces/{workspace_id}/things/{id}/void': {
    get: { operationId: 'void-thing', parameters: parameters('workspace_id', 'id'), responses: one },
  },
};
const COMPANIES = [
  { id: 42, name: 'A' },
  { id: 43, name: 'B' },
];

async function redirected(to: string, status: number, env: Readonly<Record<string, string>>) {
  const answer = ({ path }: Received): OddAnswer | null => {
    if (path.endsWith('/42/things') || path.endsWith('/void')) return { status, headers: { location: to } };
    return { json: [{ id: 7 }] };
  };
  const odd = later(await oddService(PATHS, answer, COMPANIES));
  const opened = await scene(odd.url, 'lct_pat_x23456789', {
    LUCANTO_SCOPES: 'manage:*',
    LUCANTO_CONFIRM: 'never',
    ...env,
  });
  odd.received.length = 0;
  return { ...opened, paths: () => odd.received.map(({ path }) => path.replace('/api/v1/workspaces/', '')) };
}

const PINNED = { LUCANTO_WORKSPACE: '42' };
const API = '/api/v1/workspaces';
it.each([
  ['another company', `${API}/43/things`, PINNED],
  ['another company, in the query', `${API}/42/crates?workspace_id=43`, PINNED],
  ['what acts', `${API}/42/things/7/void`, { LUCANTO_READ_ONLY: '1', LUCANTO_WORKSPACE: '42' }],
  ['what is switched off', `${API}/42/crates`, { LUCANTO_TOOLSETS: '-crates', LUCANTO_WORKSPACE: '42' }],
])('A redirect to %s is not followed', async (_what, to, env) => {
  for (const status of [301, 302, 307]) {
    const { ask, paths } = await redirected(to, status, env);
    expect((await ask('lucanto_list_things')).json).toMatchObject({
      error: 'refused_locally',
      hint: expect.stringContaining('Only the user can change it'),
    });
    expect(paths()).toEqual(['42/things']);
  }
});

it('A redirect to what is allowed is followed', async () => {
  const { ask, paths } = await redirected(`${API}/42/crates`, 302, PINNED);
  expect((await ask('lucanto_list_things')).result.isError).toBeUndefined();
  expect(paths()).toEqual(['42/things', '42/crates']);
});

it('A GET that acts is not sent again by a redirect to itself, and its outcome is unknown', async () => {
  const { ask, paths } = await redirected(`${API}/42/things/7/void`, 302, PINNED);
  expect((await ask('lucanto_void_thing', { id: 7 })).json).toMatchObject({
    error: 'redirect_refused',
    outcome: 'unknown',
  });
  expect(paths()).toEqual(['42/things/7/void']);
});
