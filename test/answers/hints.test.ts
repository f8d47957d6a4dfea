/** What an answer tells the model to do next must be there to be done. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
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

const TOKEN = 'lct_pat_a23456789';
const SHORT = { LUCANTO_SCOPES: 'manage:*', LUCANTO_TIMEOUT: '3' };

describe('the tool to check with', () => {
  it('is named where it is there, and the one of the sub-collection where that is meant', async () => {
    const odd = await widgets(true, 500);
    const { ask } = await scene(odd.url, TOKEN, SHORT);
    const made = await ask('lucanto_create_widget', { name: 'A' });
    expect(made.json).toMatchObject({ outcome: 'unknown', hint: expect.stringContaining('lucanto_list_widgets') });
    const part = await ask('lucanto_create_widget_part', { widget_id: 1, name: 'A' });
    expect(part.json.hint).toMatch(/check with lucanto_list_widget_parts/i);
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

/** One record with these fields; the contract describes as many of them as `told`. */
async function note(fields: Record<string, unknown>, told: Record<string, object>) {
  const paths = {
    '/workspaces/{workspace_id}/notes/{id}': {
      parameters: parameters('workspace_id', 'id'),
      get: { operationId: 'get-note', responses: { 200: json({ type: 'object', properties: told }) } },
    },
  };
  const odd = later(await oddService(paths, () => ({ json: { id: 1, ...fields } })));
  return (await scene(odd.url, TOKEN, SHORT)).ask;
}

describe('what a 404 is about', () => {
  it.each([
    [
      'a record',
      'lucanto_get_widget',
      { id: 3 },
      'Check the id with lucanto_list_widgets: the record may have been deleted',
    ],
    ['the workspace of a new record', 'lucanto_create_widget', { name: 'A' }, 'Check workspace_id: the workspace'],
    ['the workspace of a list', 'lucanto_list_widgets', {}, 'Check workspace_id: the workspace'],
    [
      'what new records belong to',
      'lucanto_create_widget_part',
      { id: 3, name: 'A' },
      'Check the id with lucanto_list_widgets: the record',
    ],
    [
      'what listed records belong to',
      'lucanto_list_widget_parts',
      { id: 3 },
      'Check the id with lucanto_list_widgets: the record',
    ],
  ])('is %s', async (_what, tool, args, hint) => {
    const odd = await widgets(true, 404);
    const { ask } = await scene(odd.url, TOKEN, SHORT);
    const { json: told } = await ask(tool, args);
    expect([told.status, told.hint.slice(0, hint.length)]).toEqual([404, hint]);
  });

  it('is what a sub-collection belongs to, by the name of that argument', async () => {
    const other = later(await startOtherLucanto());
    const { ask } = await scene(other.url, other.tokens.manage, SHORT);
    const { json: told } = await ask('lucanto_create_project_task', { project_id: 404, label: 'A' });
    expect(told).toMatchObject({
      status: 404,
      hint: expect.stringMatching(/^Check project_id with lucanto_list_projects:/),
    });
    const own = await ask('lucanto_update_project_task', { project_id: 1, id: 404, label: 'A' });
    expect(own.json.hint).toMatch(/^Check the id and project_id with lucanto_list_project_tasks:/);
  });
});

describe('the record', () => {
  it('is `id` in what has no records of its own, and may be given by the name of what it is', async () => {
    const odd = await widgets(true, 200);
    const { ask, bridge } = await scene(odd.url, TOKEN, SHORT);
    const { inputSchema } = bridge.find('lucanto_create_widget_part').descriptor;
    expect(inputSchema).toMatchObject({ properties: { id: {} }, required: ['id'] });
    for (const args of [{ id: 5 }, { widget_id: 5 }]) {
      await ask('lucanto_list_widget_parts', args);
      expect(odd.received.at(-1)?.path).toBe('/api/v1/workspaces/1/widgets/5/parts');
    }
    await ask('lucanto_get_widget', { widget_id: 6 });
    expect(odd.received.at(-1)?.path).toBe('/api/v1/workspaces/1/widgets/6');
    const both = await ask('lucanto_get_widget', { id: 6, widget_id: 7 });
    expect(both.json.error).toBe('invalid_arguments');
  });

  it('keeps its parent beside it where it has an id of its own', async () => {
    const other = later(await startOtherLucanto());
    const { bridge } = await scene(other.url, other.tokens.manage, SHORT);
    const names = (tool: string) => Object.keys(Object(bridge.find(tool).descriptor.inputSchema.properties));
    expect(names('lucanto_update_project_task')).toEqual(expect.arrayContaining(['project_id', 'id']));
    expect(names('lucanto_create_project_task')).toContain('project_id');
    expect(names('lucanto_create_project_task')).not.toContain('id');
  });
});

describe('a record that is too long', () => {
  it('asks for max_chars, and takes it, also where its schema shows neither that nor fields', async () => {
    const ask = await note({ text: 'a'.repeat(20_000) }, { id: {}, text: { type: 'string' } });
    const first = await ask('lucanto_get_note', { id: 1 });
    expect(first.json).toMatchObject({ id: 1, fields_left_out: ['text'], hint: expect.stringContaining('max_chars') });
    const second = await ask('lucanto_get_note', { id: 1, fields: ['text'], max_chars: 40_000 });
    expect(second.json).toEqual({ text: 'a'.repeat(20_000) });
  });

  it('shows max_chars where it shows fields', async () => {
    const other = later(await startOtherLucanto());
    const { bridge } = await scene(other.url, other.tokens.read);
    const { inputSchema } = bridge.find('lucanto_get_invoice').descriptor;
    expect(inputSchema.properties).toMatchObject({ fields: {}, max_chars: {} });
  });

  it.each([
    ['plain letters', 'x'],
    ['characters that JSON escapes', '"\u0001'],
    ['emoji', '😀'],
  ])('because of one field of %s says how long it is, and gives its beginning', async (_what, part) => {
    const text = part.repeat(100_000);
    const ask = await note({ text, other: 'b' }, {});
    for (const args of [{}, { fields: ['text'] }, { fields: ['text'], max_chars: 40_000 }, { max_chars: 1_000 }]) {
      const { json: told, length } = await ask('lucanto_get_note', { id: 1, ...args });
      expect(length).toBeLessThanOrEqual(args.max_chars ?? 10_000);
      expect(told.fields_left_out).toEqual(['text']);
      const { characters, beginning } = told.too_long.text;
      expect(characters).toBe(text.length);
      expect(beginning.length).toBeGreaterThan(15);
      expect(text.startsWith(beginning)).toBe(true);
      expect(beginning.isWellFormed?.() ?? true).toBe(true);
      expect(told.hint).toContain('The Lucanto app shows all of them');
      expect(told.hint).not.toContain('Ask again');
    }
    const alone = await ask('lucanto_get_note', { id: 1, fields: ['text'], max_chars: 40_000 });
    expect(JSON.stringify(alone.json.too_long.text.beginning).length).toBeGreaterThan(10_000);
  });

  it('because of one list says, with all the room there is, that no answer holds more', async () => {
    const ask = await note({ rows: Array.from({ length: 5_000 }, (_, at) => `row ${at} of many`) }, {});
    const { json: told } = await ask('lucanto_get_note', { id: 1, fields: ['rows'], max_chars: 40_000 });
    expect(told.items_shown).toEqual([`rows: ${told.rows.length} of 5000`]);
    expect(told.hint).toBe('This is as much as one answer can hold; the Lucanto app shows everything.');
  });
});
