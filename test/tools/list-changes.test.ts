/** What was written, and what a person would be asked, without writing: over the embedded Lucanto. */
import { describe, expect, it } from 'vitest';
import { useScenes } from './opened.ts';

const { demo, scene } = useScenes();

async function opened(env: Readonly<Record<string, string>> = {}, tier: 'manage' | 'read' = 'manage') {
  const service = await demo();
  const { ask } = await scene(service.url, service.tokens[tier], { LUCANTO_CONFIRM: 'always', ...env });
  const call = async (tool: string, args: object = {}) => {
    const { json, result } = await ask(tool, args);
    return { json, isError: result.isError === true, blocks: result.content.length };
  };
  return { call, service };
}

describe('The list of changes', () => {
  it('names tool, record, number, company and outcome of each write, newest first', async () => {
    const { call } = await opened();
    await call('lucanto_create_contact', { workspace_id: '42', name: 'Nová' });
    await call('lucanto_update_invoice', { workspace_id: '42', id: 'x' });
    await call('lucanto_update_contact', { workspace_id: '42', id: '999999', name: 'Y' });
    const { json } = await call('lucanto_list_changes');
    expect(json.data).toMatchObject([
      { tool: 'lucanto_update_contact', id: '999999', outcome: 'refused', workspace_id: '42' },
      { tool: 'lucanto_create_contact', outcome: 'done', company: 'Tatranské štúdio s.r.o.' },
    ]);
    expect(json.data[1].id).toMatch(/^\d+$/);
    expect((await call('lucanto_list_changes', { since: '2999-01-01' })).json).toMatchObject({
      data: [],
      note: expect.stringMatching(/^No changes from here were found\. .* in the Lucanto app, is not listed\.$/),
    });
    expect((await call('lucanto_list_changes', { since: json.data[0].time })).json.data).toHaveLength(1);
    expect((await call('lucanto_list_changes', { since: 'yesterday' })).isError).toBe(true);
    expect((await call('lucanto_list_changes', { since: '2026-02-30' })).isError).toBe(true);
    const saved = await call('lucanto_list_changes', { save_as: 'csv' });
    expect(saved.json).toMatchObject({ path: expect.stringMatching(/Changes .*\.csv$/), rows: 2, complete: true });
  });

  it('says of each record what it is now, by asking the service, where the key may read it', async () => {
    const { call, service } = await opened({ LUCANTO_CONFIRM: 'never' });
    const { json: list } = await call('lucanto_list_invoices', { workspace_id: '42', status: 'paid', limit: 1 });
    const [{ id, customer, total, currency }] = list.data;
    const { json: draft } = await call('lucanto_repeat_document', {
      workspace_id: '42',
      type: 'invoice',
      id: String(id),
    });
    const bought = { workspace_id: '42', description: 'Paper', supplier_name: 'Ševt', total: '12.00', currency: 'EUR' };
    await call('lucanto_create_expense', bought);
    const { json: contact } = await call('lucanto_create_contact', { workspace_id: '42', name: 'Nová' });
    await call('lucanto_update_contact', { workspace_id: '42', id: contact.id, name: 'Novšia' });
    const { json: gone } = await call('lucanto_create_contact', { workspace_id: '42', name: 'Gone' });
    await call('lucanto_delete_contact', { workspace_id: '42', id: gone.id });
    const { json } = await call('lucanto_list_changes');
    const deleted = { type: 'contact', id: String(gone.id) };
    const kept = { type: 'contact', id: String(contact.id), name: 'Novšia' };
    expect(json.data).toMatchObject([
      deleted,
      deleted,
      { ...kept, tool: 'lucanto_update_contact', fields: ['name'] },
      kept,
      { type: 'expense', supplier: 'Ševt', total: '12.00 EUR' },
      {
        tool: 'lucanto_repeat_document',
        type: 'invoice',
        id: String(draft.id),
        customer,
        total: `${total} ${currency}`,
      },
    ]);
    expect(json.data[0]).not.toHaveProperty('name');
    // A create gives most of a record, and a delete nothing.
    expect(json.data.filter((row: object) => Object.hasOwn(row, 'fields'))).toHaveLength(1);
    expect(json.note).toBe('Names, customers, suppliers and totals, and the numbers beside them, are those of now.');
    await call('lucanto_issue_invoice', { workspace_id: '42', id: String(draft.id) });
    const { json: later } = await call('lucanto_list_changes');
    expect(later.data[0]).toMatchObject({ tool: 'lucanto_issue_invoice', number: expect.stringMatching(/\d/) });
    expect(later.data.at(-1).number).toBe(later.data[0].number);
    // Names and amounts are the service's alone: nothing here keeps them.
    await service.close();
    const { json: offline } = await call('lucanto_list_changes');
    expect(offline.data).toHaveLength(7);
    expect(JSON.stringify(offline)).not.toMatch(/Novšia|12\.00|Ševt/);
  });

  it('names the tool that was called, also where that writes through another one', async () => {
    const { call } = await opened({ LUCANTO_CONFIRM: 'never' });
    const { json: list } = await call('lucanto_list_invoices', { workspace_id: '42', status: 'paid', limit: 1 });
    const args = { workspace_id: '42', type: 'invoice', id: String(list.data[0].id) };
    const { json: draft } = await call('lucanto_repeat_document', args);
    const again = await call('lucanto_repeat_document', args);
    expect(again.isError).toBe(true);
    const { json } = await call('lucanto_list_changes');
    expect(json.data).toMatchObject([
      { tool: 'lucanto_repeat_document', outcome: 'duplicate_stopped' },
      { tool: 'lucanto_repeat_document', id: String(draft.id), outcome: 'done' },
    ]);
  });

  it('is there in read-only mode, and names nothing of another company under a pin', async () => {
    const { call } = await opened({ LUCANTO_READ_ONLY: '1' });
    expect((await call('lucanto_list_changes')).json).toEqual({ data: [], has_more: false, note: expect.any(String) });
    const pinned = await opened({ LUCANTO_WORKSPACE: '42' });
    await pinned.call('lucanto_create_contact', { name: 'Nová' });
    expect((await pinned.call('lucanto_list_changes')).json.data).toHaveLength(1);
  });
});

describe('preview: true', () => {
  it.each(['lucanto_send_invoice', 'lucanto_delete_invoice'])(
    'answers %s with exactly what a person would be asked, and does nothing',
    async (tool) => {
      const { call, service } = await opened();
      const { json: list } = await call('lucanto_list_invoices', { workspace_id: '42', status: 'sent', limit: 1 });
      const [{ id, number, total }] = list.data;
      const args = { workspace_id: '42', id: String(id) };
      const asked = await call(tool, { ...args, preview: true });
      const { json: later } = await call(tool, args);
      expect(asked.isError).toBe(false);
      expect(asked.json).toEqual({ done: false, preview: later.preview, note: 'Nothing was done.' });
      expect(asked.json.preview.question).toContain(`${number} (sent, id ${id})`);
      expect(asked.json.preview.question).toContain(total);
      expect(service.outbox).toEqual([]);
      expect((await call('lucanto_list_changes')).json.data).toEqual([]);
    },
  );

  it('is refused where it is neither true nor false', async () => {
    const { call } = await opened();
    const { isError } = await call('lucanto_delete_invoice', { workspace_id: '42', id: '1085', preview: 'maybe' });
    expect(isError).toBe(true);
  });
});
