/** A tool of the remote endpoint and an operation of the contract that are one thing are offered once. */
import { describe, expect, it } from 'vitest';
import { remoteTool } from '../../src/backends/remote/remote-tool.ts';
import { operationsOf } from '../../src/catalog/remote-match.ts';
import type { Tool } from '../../src/core/tool.ts';
import { startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { callContext } from '../helpers/call-context.ts';
import { compiled, json, RECORD, ROWS } from '../helpers/documents.ts';
import { writesWith } from '../helpers/writes.ts';
import { useScenes } from '../tools/opened.ts';

const WS = '/workspaces/{workspace_id}';
const OPERATIONS = compiled({
  [`${WS}/invoices`]: { get: ROWS, post: json({ properties: { total: {} } }) },
  [`${WS}/invoices/{id}`]: { get: RECORD, patch: json({ properties: { total: {} } }), delete: {} },
  [`${WS}/invoices/{id}/mark_paid`]: { post: {} },
  [`${WS}/invoices/{id}/send_email`]: { post: {} },
  [`${WS}/projects`]: { get: ROWS },
  [`${WS}/projects/{id}`]: { get: RECORD, patch: json({ properties: { name: {} } }) },
  [`${WS}/projects/{id}/logo`]: { put: { operationId: 'upload-project-logo', ...json({ properties: { url: {} } }) } },
  [`${WS}/projects/{id}/cover`]: { put: json({ properties: { url: {} } }) },
  [`${WS}/premises`]: { get: ROWS, post: json({ properties: { name: {} } }) },
  [`${WS}/premises/{id}`]: { get: RECORD },
  [`${WS}/offices`]: { get: { operationId: 'listAllBranches', ...ROWS } },
});

function remote(name: string, record: boolean, readOnlyHint: boolean): Tool {
  const raw = {
    name,
    inputSchema: { type: 'object', properties: { id: { type: 'integer' } }, ...(record && { required: ['id'] }) },
    annotations: { readOnlyHint },
  };
  const callTool = () => Promise.resolve({ content: [] });
  const tool = remoteTool(raw, undefined, [], {
    remote: { callTool },
    writes: writesWith('none'),
    listTool: () => null,
  });
  if (tool === null) throw new Error('no tool');
  return tool;
}

describe('a remote tool is about the operation', () => {
  it.each([
    ['lucanto_list_invoices', false, true, 'GET /invoices'],
    ['lucanto_get_invoices', false, true, 'GET /invoices'],
    ['lucanto_get_invoices', true, true, 'GET /invoices/{id}'],
    ['lucanto_add_invoice', false, false, 'POST /invoices'],
    ['lucanto_edit_invoice', true, false, 'PATCH /invoices/{id}'],
    ['lucanto_remove_invoice', true, false, 'DELETE /invoices/{id}'],
    ['lucanto_mark_invoice_as_paid', true, false, 'POST /invoices/{id}/mark_paid'],
    ['lucanto_send_invoice_by_email', true, false, 'POST /invoices/{id}/send_email'],
    ['lucanto_upload_project_logo', true, false, 'PUT /projects/{id}/logo'],
    ['lucanto_upload_project_cover', true, false, 'PUT /projects/{id}/cover'],
    ['lucanto_get_premises', true, true, 'GET /premises/{id}'],
    ['lucanto_get_premise', true, true, 'GET /premises/{id}'],
    ['lucanto_list_premises', false, true, 'GET /premises'],
    ['lucanto_create_premise', false, false, 'POST /premises'],
    ['lucanto_list_all_branches', false, true, 'GET /offices'],
  ])('%s (record %s, reads %s): %s', (name, record, reads, expected) => {
    const [found] = operationsOf([remote(name, record, reads)], OPERATIONS);
    expect(`${found?.method} ${found?.path.replace('/api/v1/workspaces/{workspace_id}', '')}`).toBe(expected);
  });

  it.each([
    ['lucanto_archive_project', true, false],
    ['lucanto_set_project', true, false],
    ['lucanto_delete_project_logo', true, false],
    ['lucanto_get_project_logo', true, true],
    ['lucanto_summarize_invoices', false, true],
    ['lucanto_mark_invoice_unpaid', true, false],
    ['lucanto_update_invoices', false, false],
  ])('not of any other name: %s', (name, record, reads) => {
    expect(operationsOf([remote(name, record, reads)], OPERATIONS)).toEqual([undefined]);
  });

  it('that no other tool is already called after', () => {
    const both = [remote('lucanto_get_invoice', true, true), remote('lucanto_get_invoices', true, true)];
    expect(operationsOf(both, OPERATIONS).map((one) => one?.tool)).toEqual(['lucanto_get_invoice', undefined]);
  });
});

describe('a service whose endpoint and document name things differently', () => {
  const { later, scene } = useScenes();
  const extraResources = ['premises', 'news', 'series', 'badges'];

  it('offers each once, by whichever route the backend takes', async () => {
    const other = later(await startOtherLucanto({ openapi: { extraResources }, remote: { extraResources } }));
    const { bridge } = await scene(other.url, other.tokens.manage);
    const shown = bridge.visible().filter(({ resource }) => extraResources.includes(resource));
    const names = shown.map(({ descriptor }) => descriptor.name).sort();
    const paths = bridge.listed().filter(({ name }) => names.includes(name));
    expect(paths).toHaveLength(names.length);
    expect(shown.map(({ route }) => route)).not.toContain('remote');
    // list, get, create, update, delete, logo
    for (const resource of extraResources) {
      expect(shown.filter((tool) => tool.resource === resource)).toHaveLength(6);
    }
    expect(names.filter((name) => name.includes('logo'))).toHaveLength(extraResources.length);

    const { bridge: through } = await scene(other.url, other.tokens.manage, { LUCANTO_BACKEND: 'remote' });
    const own = through.visible().map(({ descriptor }) => descriptor.name);
    expect(own).toContain('lucanto_upload_badge_logo');
    expect(new Set(own).size).toBe(own.length);
  });

  it('shows what the token may do, although the endpoint lists it under another name', async () => {
    const other = later(await startOtherLucanto({ openapi: { extraResources }, remote: { extraResources } }));
    const { bridge } = await scene(other.url, other.tokens.manage);
    const { error } = await bridge.call('lucanto_list_premises', {}, callContext());
    expect(error).toBeNull();
  });
});
