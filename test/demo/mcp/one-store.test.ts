import { describe, expect, it, onTestFinished } from 'vitest';
import { GENERATIONS } from '../../../src/contract/bundled-contract.ts';
import { startDemo } from '../../../src/demo/demo-server.ts';
import { CLIENTS, connect } from './harness.ts';

const NOW = Date.parse('2026-11-22T09:30:00Z');

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON in the one text of a result. */
function answerOf(result: Record<string, unknown>): unknown {
  const [first] = Array.isArray(result.content) ? result.content : [];
  return isRecord(first) && typeof first.text === 'string' ? JSON.parse(first.text) : undefined;
}

function record(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new Error(`Not an object: ${JSON.stringify(value)}`);
  return value;
}

describe.each(GENERATIONS)('REST and MCP of the embedded Lucanto in the %s generation', (generation) => {
  it.each(CLIENTS)('share one store: what the %s client does is what REST shows', async (kind) => {
    const demo = await startDemo({ port: 0, generation, clock: () => NOW });
    onTestFinished(() => demo.close());
    const client = await connect(kind, new URL('/api/mcp/v1', demo.url), demo.tokens.manage);
    const workspaces = answerOf(await client.call('lucanto_list_workspaces', {}));
    const [workspace] = Array.isArray(workspaces) ? workspaces.filter(isRecord) : [];
    const contacts = record(
      answerOf(await client.call('lucanto_list_contacts', { workspace_id: workspace?.id, limit: 1 })),
    );
    const [contact] = Array.isArray(contacts.data) ? contacts.data.filter(isRecord) : [];
    const draft = await client.call('lucanto_create_invoice', {
      workspace_id: workspace?.id,
      purchaser_id: contact?.id,
      items: [{ name: 'Práca', quantity: 2, unit_price: '10.05', vat_rate: '23' }],
    });
    expect(draft.structuredContent).toMatchObject({ status: 'draft', total_without_vat: '20.10' });
    const { id } = record(draft.structuredContent);
    const issued = await client.call('lucanto_issue_invoice', { workspace_id: workspace?.id, id });
    expect(issued.isError).toBeUndefined();
    const response = await fetch(`${demo.url}/api/v1/${generation}/${workspace?.id}/invoices/${id}`, {
      headers: { Authorization: `Bearer ${demo.tokens.read}` },
    });
    expect(await response.json()).toEqual(issued.structuredContent);

    const refused = await client.call('lucanto_issue_invoice', { workspace_id: workspace?.id, id });
    expect(refused).toMatchObject({ isError: true });
    expect(answerOf(refused)).toMatchObject({ error: 'conflict', request_id: expect.any(String) });
  });

  it('restrict a workspace token to its own workspace', async () => {
    const demo = await startDemo({ port: 0, generation, clock: () => NOW });
    onTestFinished(() => demo.close());
    const endpoint = new URL('/api/mcp/v1', demo.url);
    const all = answerOf(
      await (await connect('v2 legacy', endpoint, demo.tokens.manage)).call('lucanto_list_workspaces', {}),
    );
    const client = await connect('v2 legacy', endpoint, demo.tokens.workspace);
    const own = answerOf(await client.call('lucanto_list_workspaces', {}));
    const ids = (value: unknown) => (Array.isArray(value) ? value.filter(isRecord).map(({ id }) => id) : []);
    const [other] = ids(all).filter((id) => !ids(own).includes(id));
    const result = await client.call('lucanto_list_invoices', { workspace_id: other });
    expect(result.isError).toBe(true);
    expect(answerOf(result)).toMatchObject({ error: 'forbidden' });
  });
});
