/** Which statuses a prompt offers where the list's own filter does not say which there are. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect } from '../helpers/mcp.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';
import { listOf, type OddService, oddService, parameters, query } from '../tools/odd-service.ts';

let home: Home;
let odd: OddService | undefined;
beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(async () => {
  await odd?.close();
  await home.remove();
});

const BASE = '/workspaces/{workspace_id}/invoices';

async function prompts(status: object) {
  const paths = {
    [BASE]: {
      parameters: parameters('workspace_id'),
      get: {
        operationId: 'list-invoices',
        parameters: query('limit', 'cursor', 'status'),
        responses: { 200: listOf({ id: { type: 'integer' }, status }) },
      },
    },
  };
  odd = await oddService(paths, () => ({ json: { data: [] } }));
  const env = { LUCANTO_URL: odd.url, LUCANTO_SCOPES: 'read:*' };
  expect(await run(['login'], { home, env, stdin: 'lct_pat_a23456789\n' })).toMatchObject({ exitCode: 0 });
  return connect('v1', { home, env });
}

it('The completion of a status offers those that records can have, and accepts others, since the filter may know more', async () => {
  const session = await prompts({ oneOf: [{ type: 'string', enum: ['koncept', 'uhradena'] }, { type: 'null' }] });
  const prompt = { prompt: 'month_end_overview' };
  expect(await session.complete(prompt, 'status', '')).toMatchObject({
    values: ['koncept', 'uhradena'],
    hasMore: true,
  });
  expect((await session.complete(prompt, 'status', 'u')).values).toEqual(['uhradena']);
  expect(await session.getPrompt('month_end_overview', { status: 'po_splatnosti' })).toContain('po_splatnosti');
  await session.close();
});

it('The completion of a status offers no value when the contract names none, and does not claim that there are none', async () => {
  const session = await prompts({ type: 'string' });
  const found = await session.complete({ prompt: 'month_end_overview' }, 'status', '');
  expect(found).toMatchObject({ values: [], hasMore: true });
  expect(found).not.toHaveProperty('total');
  expect(await session.getPrompt('month_end_overview', { status: 'paid' })).toContain('"paid"');
  await session.close();
});
