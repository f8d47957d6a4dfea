/** What an answer tells the model to do next must be there to be done. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { json, listOf, oddService, parameters, query } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();
const WIDGET = { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } };
const BODY = { content: { 'application/json': { schema: WIDGET } } };
const BASE = '/workspaces/{workspace_id}/widgets';

/** Widgets can be made and read; whether they can be listed is up to the test. @param status of every answer */
async function widgets(listed: boolean, status: number) {
  const list = {
    operationId: 'list-widgets',
    parameters: query('limit', 'cursor'),
    responses: { 200: listOf(WIDGET.properties) },
  };
  const paths = {
    [BASE]: {
      parameters: parameters('workspace_id'),
      ...(listed && { get: list }),
      post: { operationId: 'create-widget', requestBody: BODY, responses: { 201: json(WIDGET) } },
    },
    [`${BASE}/{id}`]: {
      parameters: parameters('workspace_id', 'id'),
      get: { operationId: 'get-widget', responses: { 200: json(WIDGET) } },
      delete: { operationId: 'delete-widget', responses: { 204: { description: 'Gone' } } },
    },
    [`${BASE}/{widget_id}/parts`]: {
      parameters: parameters('workspace_id', 'widget_id'),
      get: {
        operationId: 'list-widget-parts',
        parameters: query('limit', 'cursor'),
        responses: { 200: listOf({ id: { type: 'integer' } }) },
      },
      post: { operationId: 'create-widget-part', requestBody: BODY, responses: { 201: json(WIDGET) } },
    },
  };
  return later(await oddService(paths, () => ({ status, json: { error: 'failed', message: 'No.' } })));
}

const TOKEN = 'lct_pat_a';
const SHORT = { LUCANTO_SCOPES: 'manage:*', LUCANTO_TIMEOUT: '3' };

describe('the tool to check with', () => {
  it('is named where it is there, and the one of the sub-collection where that is meant', async () => {
    const odd = await widgets(true, 500);
    const { ask } = await scene(odd.url, TOKEN, SHORT);
    const made = await ask('lucanto_create_widget', { name: 'A' });
    expect(made.json).toMatchObject({ outcome: 'unknown', hint: expect.stringContaining('lucanto_list_widgets') });
    const part = await ask('lucanto_create_widget_part', { widget_id: 1, name: 'A' });
    expect(part.json.hint).toContain('check with lucanto_list_widget_parts');
  });

  it('is not named where there is none: a write that may have happened is looked for in the app', async () => {
    const odd = await widgets(false, 500);
    const { ask, bridge } = await scene(odd.url, TOKEN, SHORT);
    const { json: told } = await ask('lucanto_create_widget', { name: 'A' });
    expect(told).toMatchObject({ outcome: 'unknown', hint: expect.stringContaining('in the Lucanto app') });
    expect(told.hint).not.toContain('lucanto_list');
    const folder = join(bridge.settings.configDir, 'writes', 'open');
    const [record = ''] = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    expect(JSON.parse(await readFile(join(folder, record), 'utf8')).facts.listTool).toBe(null);
    const missing = await widgets(false, 404);
    const second = await scene(missing.url, TOKEN, SHORT);
    const gone = await second.ask('lucanto_delete_widget', { id: 3 });
    expect(gone.json).toMatchObject({ error: 'failed', status: 404, hint: expect.stringContaining('Check the id:') });
  });
});
