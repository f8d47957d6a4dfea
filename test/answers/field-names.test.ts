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
