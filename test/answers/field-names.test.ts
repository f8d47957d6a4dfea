/** What a list shows and what a summary sums are found by the same names, so that neither knows a field the other misses. */
import { expect, it } from 'vitest';
import { listOf, oddService, parameters, query } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

it.each([
  ['date_of_issue', 'pay_by', 'total_incl_vat', 'amount_outstanding', 'document_status', 'sequence_number'],
  ['date_issued', 'date_due', 'total_price', 'unpaid_amount', 'state', 'formatted_number'],
  ['receipt_date', 'payment_due', 'total_with_tax', 'amount_open', 'payment_status', 'doc_number'],
  ['issue_day', 'pay_until', 'sum_with_vat', 'unpaid_sum', 'state', 'invoice_no'],
  ['issueDate', 'dueDate', 'totalAmount', 'amountDue', 'documentStatus', 'documentNo'],
])('rows with %s, %s, %s, %s are shown and summed by these', async (issued, due, total, open, status, number) => {
  const row = {
    ...Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`note_${at}`, 'x'])),
    id: 1,
    [number]: 'F-1',
    [status]: 'sent',
    [issued]: '2020-01-01',
    [due]: '2020-01-15',
    [total]: '12.00',
    [open]: '2.00',
    currency: 'EUR',
  };
  const paths = {
    '/workspaces/{workspace_id}/bills': {
      parameters: parameters('workspace_id'),
      get: {
        parameters: query('limit', 'cursor'),
        responses: { 200: listOf({ [total]: {}, [issued]: {}, [due]: {} }) },
      },
    },
  };
  const odd = later(await oddService(paths, () => ({ json: { data: [row], has_more: false } })));
  const { ask } = await scene(odd.url, 'lct_pat_a23456789', { LUCANTO_SCOPES: 'read:*' });
  const { json: listed } = await ask('lucanto_list_bills');
  const shown = ['id', number, status, issued, due, 'days_overdue', total, open, 'currency'];
  expect(Object.keys(listed.data[0]).sort()).toEqual([...shown].sort());
  const { json: summary } = await ask('lucanto_summarize_documents', { type: 'bill', group_by: 'status' });
  expect(summary.fields).toMatchObject({ total, open, status, date: issued, due });
  expect(summary.receivables.by_currency).toMatchObject([{ currency: 'EUR', count: 1, overdue: '2.00', open: '2.00' }]);
});

it('rows show a state that only its values tell, totals as objects, and which amounts are in cents', async () => {
  const row = (id: number, lifecycle: string) => ({
    ...Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`note_${at}`, 'x'])),
    ...{ id, number: `F-${id}`, lifecycle, grand_total: { value: 1250, currency: 'EUR' }, amount_due: 1250 },
    ...{ net: { value: 1000, currency: 'EUR' }, issue_date: '2020-01-01', due_date: '2020-01-15' },
  });
  const money = { type: 'object', properties: { value: { type: 'integer' }, currency: { type: 'string' } } };
  const due = { type: 'integer', description: 'What is to be paid, in cents.' };
  const list = listOf({ id: {}, grand_total: money, net: money, amount_due: due });
  const at = '/workspaces/{workspace_id}/bills';
  const paths = { [at]: { parameters: parameters('workspace_id'), get: { responses: { 200: list } } } };
  const data = [row(1, 'drafted'), row(2, 'draft'), row(3, 'in_collection'), row(4, 'settled')];
  const odd = later(await oddService(paths, () => ({ json: { data, has_more: false } })));
  const { ask } = await scene(odd.url, 'lct_pat_a23456789', { LUCANTO_SCOPES: 'read:*' });
  const { json: listed } = await ask('lucanto_list_bills');
  const isHidden = (name: string) => name === 'net' || name.startsWith('note_');
  const sent = Object.entries(row(3, 'in_collection')).filter(([name]) => !isHidden(name));
  expect(listed.data[2]).toEqual({ ...Object.fromEntries(sent), days_overdue: expect.any(Number) });
  expect(listed.data.map(({ lifecycle }: { lifecycle: string }) => lifecycle)).toEqual(
    data.map(({ lifecycle }) => lifecycle),
  );
  expect(listed.amounts).toBe('amount_due: in cents, the smallest unit of the currency');
});

it.each([
  ['total_with_vat', 'total'],
  ['amount_after_tax', 'amount_before_tax'],
  ['bruttoAmount', 'nettoAmount'],
  ['total_inc_vat', 'total_ex_vat'],
])('of %s and %s, the one with VAT is the total, in whatever order they come', async (gross, net) => {
  const bill = { id: 1, status: 'sent', issue_date: '2020-01-01', due_date: '2020-01-15', currency: 'EUR' };
  const data = [{ ...bill, [net]: '100.00', [gross]: '123.00' }];
  const at = '/workspaces/{workspace_id}/bills';
  const list = { responses: { 200: listOf({ [net]: {}, [gross]: {} }) } };
  const paths = { [at]: { parameters: parameters('workspace_id'), get: list } };
  const odd = later(await oddService(paths, () => ({ json: { data, has_more: false } })));
  const { ask } = await scene(odd.url, 'lct_pat_a23456789', { LUCANTO_SCOPES: 'read:*' });
  const { json: summary } = await ask('lucanto_summarize_documents', { type: 'bill' });
  expect(summary).toMatchObject({ complete: true, totals: [{ total: '123.00' }], fields: { total: gross } });
});

it.each([
  ['Amount before tax.', { net: '100.00' }, false],
  ['The net amount plus VAT.', { total: '100.00' }, true],
  ['Amount.', { total: '100.00' }, true],
])('an amount is a total unless the contract says that VAT is not in it: %s', async (description, sums, complete) => {
  const data = [{ id: 1, status: 'sent', issue_date: '2020-01-01', currency: 'EUR', amount: '100.00', vat: '23.00' }];
  const list = { responses: { 200: listOf({ amount: { type: 'string', description }, vat: {} }) } };
  const at = '/workspaces/{workspace_id}/bills';
  const paths = { [at]: { parameters: parameters('workspace_id'), get: list } };
  const odd = later(await oddService(paths, () => ({ json: { data, has_more: false } })));
  const { ask } = await scene(odd.url, 'lct_pat_a23456789', { LUCANTO_SCOPES: 'read:*' });
  const { json: summary } = await ask('lucanto_summarize_documents', { type: 'bill' });
  const { total, net } = summary.totals[0];
  expect([{ ...(total && { total }), ...(net && { net }) }, summary.complete]).toEqual([sums, complete]);
});
