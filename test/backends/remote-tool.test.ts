import { describe, expect, it } from 'vitest';
import type { RemoteCallOptions } from '../../src/backends/remote/remote-client.ts';
import { remoteTool } from '../../src/backends/remote/remote-tool.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Tool } from '../../src/core/tool.ts';
import type { WriteCall } from '../../src/writes/write-record.ts';
import { callContext } from '../helpers/call-context.ts';
import { writesWith } from '../helpers/writes.ts';

function made(
  raw: unknown,
  resources: readonly string[] = [],
): {
  tool: Tool | null;
  calls: { name: string; args: JsonObject; options: RemoteCallOptions }[];
  written: WriteCall[];
} {
  const written: WriteCall[] = [];
  const writes = writesWith('none');
  const calls: { name: string; args: JsonObject; options: RemoteCallOptions }[] = [];
  const remote = {
    callTool: (name: string, args: JsonObject, _context: unknown, options: RemoteCallOptions) => {
      calls.push({ name, args, options });
      return Promise.resolve({ content: [] });
    },
  };
  return {
    tool: remoteTool(raw, undefined, resources, {
      remote,
      writes: {
        run: (call, context, send) => {
          written.push(call);
          return writes.run(call, context, send);
        },
      },
      listTool: (resource) => `lucanto_list_${resource}`,
    }),
    calls,
    written,
  };
}

describe('a remote tool', () => {
  it('keeps its name, words and hints', () => {
    const annotations = {
      title: 'Send it',
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    };
    const { tool } = made({
      name: 'lucanto_send_invoice',
      description: 'Sends.',
      inputSchema: { type: 'object', properties: { id: { type: 'integer' } } },
      annotations,
    });
    expect(tool?.descriptor).toMatchObject({
      name: 'lucanto_send_invoice',
      title: 'Send it',
      description: 'Sends.',
      annotations,
    });
    expect(tool?.descriptor.inputSchema).toMatchObject({ type: 'object', properties: { id: { type: 'integer' } } });
    expect(tool?.route).toBe('remote');
  });

  it('is assumed to do the worst where it says nothing', () => {
    expect(made({ name: 'lucanto_archive_project' }).tool?.descriptor.annotations).toEqual({
      title: 'Archive project',
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: false,
      openWorldHint: true,
    });
    expect(
      made({ name: 'lucanto_list_projects', annotations: { readOnlyHint: true } }).tool?.descriptor.annotations,
    ).toMatchObject({
      destructiveHint: false,
      idempotentHint: true,
    });
  });

  it.each<[string, boolean, string, string]>([
    ['lucanto_list_projects', true, 'read', 'projects'],
    ['lucanto_list_projects', false, 'manage', 'projects'],
    ['lucanto_create_credit_note', false, 'write', 'credit_notes'],
    ['lucanto_update_project', false, 'write', 'projects'],
    ['lucanto_archive_project', false, 'manage', 'projects'],
    ['projectArchive', false, 'manage', 'archives'],
  ])('%s with readOnlyHint %s is %s on %s', (name, readOnlyHint, tier, resource) => {
    expect(made({ name, annotations: { readOnlyHint } }).tool).toMatchObject({
      tier,
      resource,
      scopes: [`${tier}:${resource}`],
    });
  });

  it.each([
    ['lucanto_mark_invoice_paid', 'invoices'],
    ['lucanto_get_invoice_pdf_url', 'invoices'],
    ['lucanto_send_credit_note_reminder', 'credit_notes'],
    ['lucanto_explain_vat', 'vats'],
  ])('%s belongs with what the contract has of its words: %s', (name, resource) => {
    const { tool } = made({ name }, ['invoices', 'notes', 'credit_notes']);
    expect(tool?.resource).toBe(resource);
  });

  it('that is only thought to be about a resource says nothing of what the token may do with it', () => {
    const { tool } = made({ name: 'lucanto_mark_invoice_paid' }, ['invoices']);
    expect(tool?.scopes).toEqual(['manage:invoice_paids']);
  });

  it('shows names of arguments that models accept, and sends its own', async () => {
    const properties = { 'mená ľudí': { type: 'string' }, mena_ludi: { type: 'string' }, id: { type: 'integer' } };
    const inputSchema = { type: 'object', properties, required: ['mená ľudí'] };
    const { tool, calls } = made({ name: 'lucanto_do_it', inputSchema });
    expect(tool?.descriptor.inputSchema).toMatchObject({ required: ['mena_ludi_2'] });
    expect(Object.keys(Object(tool?.descriptor.inputSchema.properties))).toEqual(['mena_ludi_2', 'mena_ludi', 'id']);
    expect(Object.keys(Object(tool?.validation.properties))).toEqual(['mena_ludi_2', 'mena_ludi', 'id']);
    await tool?.call({ mena_ludi_2: 'Ján', mena_ludi: 'x', id: 1 }, callContext());
    expect(calls[0]?.args).toEqual({ 'mená ľudí': 'Ján', mena_ludi: 'x', id: 1 });
  });

  it('is called by its own name, as a read only if it says that it is one', async () => {
    const write = made({ name: 'lucanto do.it' });
    expect(write.tool?.descriptor.name).toBe('lucanto_do_it');
    await write.tool?.call({ a: 1 }, callContext());
    expect(write.calls).toMatchObject([
      {
        name: 'lucanto do.it',
        args: { a: 1 },
        options: { readOnly: false, checkWith: 'lucanto_list_its', scopes: ['manage:its'] },
      },
    ]);
    const read = made({ name: 'lucanto_list_projects', annotations: { readOnlyHint: true } });
    await read.tool?.call({}, callContext());
    expect(read.calls[0]?.options.readOnly).toBe(true);
  });

  it('repeats as headers what its schema asks for', async () => {
    const inputSchema = {
      type: 'object',
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        deep: { type: 'object', properties: { n: { type: 'integer', 'x-mcp-header': 'Deep-N' } } },
        big: { type: 'integer', 'x-mcp-header': 'Big' },
        bad: { type: 'string', 'x-mcp-header': 'a b' },
      },
    };
    const { tool, calls } = made({ name: 'lucanto_x', inputSchema });
    await tool?.call({ region: 'Žilina', deep: { n: 3 }, big: 9007199254740993n, bad: 'x' }, callContext());
    expect(calls[0]?.options.headers).toEqual({
      'Mcp-Param-Region': '=?base64?xb1pbGluYQ==?=',
      'Mcp-Param-Deep-N': '3',
    });
  });

  it('tells the ledger of the workspace apart, and of a bank account beside it as of any argument', async () => {
    const { tool, written } = made({ name: 'lucanto_create_transfer' });
    const account_id = 7;
    for (const args of [{ workspace_id: 42, account_id }, { account_id }]) await tool?.call(args, callContext());
    expect(written).toMatchObject([
      { workspace: '42', args: { account_id } },
      { workspace: '7', args: {} },
    ]);
    expect(written[1]?.args).toEqual({});
  });

  it.each([null, 1, 'x', [], {}, { name: '' }, { name: 1 }])('is not made of %j', (raw) => {
    expect(made(raw).tool).toBeNull();
  });
});
