import { describe, expect, it } from 'vitest';
import { Contract } from '../../../src/demo/http/demo-contract.ts';
import { type RemoteTool, remoteTools } from '../../../src/demo/http/mcp-tools.ts';
import { connect, startEndpoint } from './harness.ts';

const tools = remoteTools(new Contract('accounts'));

function tool(name: string): RemoteTool['descriptor'] {
  const found = tools.find(({ descriptor }) => descriptor.name === name);
  if (found === undefined) throw new Error(`No tool ${name}`);
  return found.descriptor;
}

function propertyNames(name: string): string[] {
  return Object.keys(tool(name).inputSchema.properties ?? {});
}

async function namesFor(
  token: 'read' | 'write' | 'manage' | 'readInvoices' | 'mixed' | 'workspace',
): Promise<string[]> {
  const { url, tokens } = await startEndpoint();
  const client = await connect('v2 modern', url, tokens[token]);
  return (await client.list()).tools.map(({ name }) => name);
}

describe('A tool of the remote endpoint', () => {
  it('has the same name in both generations of the API', () => {
    const newer = remoteTools(new Contract('workspaces'));
    expect(newer.map(({ descriptor }) => descriptor)).toEqual(tools.map(({ descriptor }) => descriptor));
  });

  it('has a title, a description and all four hints', () => {
    for (const { descriptor } of tools) {
      expect(descriptor.title, descriptor.name).toMatch(/^[A-Z]/);
      expect(descriptor.description, descriptor.name).toMatch(/\.$/);
      expect(Object.keys(descriptor.annotations ?? {})).toEqual([
        'title',
        'readOnlyHint',
        'destructiveHint',
        'idempotentHint',
        'openWorldHint',
      ]);
    }
  });

  it.each([
    ['lucanto_list_invoices', [true, false, true, false]],
    ['lucanto_create_invoice', [false, false, false, false]],
    ['lucanto_update_invoice', [false, true, true, false]],
    ['lucanto_delete_invoice', [false, true, true, false]],
    ['lucanto_issue_invoice', [false, true, false, false]],
    ['lucanto_send_invoice', [false, true, false, true]],
    ['lucanto_set_default_workspace', [false, false, true, false]],
  ])('has hints that match what it does: %s', (name, expected) => {
    const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = tool(name).annotations ?? {};
    expect([readOnlyHint, destructiveHint, idempotentHint, openWorldHint]).toEqual(expected);
  });

  it('takes path, query and the properties inside the wrapper as flat arguments', () => {
    expect(propertyNames('lucanto_list_contacts')).toEqual(['workspace_id', 'limit', 'cursor', 'q']);
    expect(propertyNames('lucanto_mark_invoice_paid')).toEqual(['workspace_id', 'id', 'paid_at']);
    expect(propertyNames('lucanto_get_workspace')).toEqual(['workspace_id']);
    expect(propertyNames('lucanto_update_credit_note')).toEqual(
      expect.arrayContaining(['workspace_id', 'id', 'items']),
    );
    expect(tool('lucanto_update_credit_note').inputSchema.required).toEqual(['workspace_id', 'id']);
  });

  it('has no argument for a field that only the server sets', () => {
    const names = propertyNames('lucanto_create_invoice');
    expect(names).toEqual(expect.arrayContaining(['currency', 'due_date', 'items']));
    for (const name of ['id', 'number', 'status', 'total', 'created_at']) expect(names).not.toContain(name);
  });

  it('describes a shared schema with the text of the place that uses it', () => {
    expect(tool('lucanto_create_invoice').inputSchema.properties?.purchaser_id).toMatchObject({
      type: ['integer', 'null'],
      description: 'Contact id',
    });
  });

  it('has its whole schema inline', () => {
    const text = JSON.stringify(tools.map(({ descriptor }) => descriptor));
    for (const word of ['$ref', 'allOf', 'readOnly"', 'x-evidence']) expect(text).not.toContain(word);
    expect(tool('lucanto_create_invoice').inputSchema.properties?.items).toMatchObject({
      type: 'array',
      items: { type: 'object', properties: { unit_price: { type: ['string', 'number'] } } },
    });
  });
});

describe('The catalogue of a token', () => {
  it('has only tools that read for a read token', async () => {
    const names = await namesFor('read');
    expect(names).toContain('lucanto_get_expense');
    expect(names.filter((name) => !/^lucanto_(list|get)_/.test(name))).toEqual([]);
  });

  it('adds creating and updating for a write token', async () => {
    const names = await namesFor('write');
    expect(names).toEqual(expect.arrayContaining(['lucanto_create_quote', 'lucanto_update_quote']));
    expect(names.filter((name) => !/^lucanto_(list|get|create|update)_/.test(name))).toEqual([]);
  });

  it.each(['manage', 'workspace'] as const)('has every tool for a %s token', async (token) => {
    expect(await namesFor(token)).toHaveLength(tools.length);
  });

  it('never shows a write tool to a token that may only read invoices', async () => {
    expect((await namesFor('readInvoices')).sort()).toEqual([
      'lucanto_get_invoice',
      'lucanto_get_invoice_pdf_url',
      'lucanto_get_workspace',
      'lucanto_list_invoices',
      'lucanto_list_workspaces',
    ]);
  });

  it('applies the tier of each resource separately', async () => {
    const names = await namesFor('mixed');
    expect(names).toEqual(expect.arrayContaining(['lucanto_update_invoice', 'lucanto_list_contacts']));
    for (const name of ['lucanto_issue_invoice', 'lucanto_create_contact', 'lucanto_list_quotes']) {
      expect(names).not.toContain(name);
    }
  });
});
