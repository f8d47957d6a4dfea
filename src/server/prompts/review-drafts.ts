import { statusOf } from '../tool-properties.ts';
import { findTool } from './needs.ts';
import { DATA_RULE, named, steps, today, workspaceArgument, workspaceSentence } from './parts.ts';
import type { PromptDefinition, PromptKit } from './prompt.ts';

export const REVIEW_DRAFTS: PromptDefinition = {
  name: 'review_drafts',
  title: 'Review drafts before issuing',
  description: 'Goes through draft invoices, names what is wrong or missing, and issues nothing without your yes.',
  arguments: workspaceArgument,
  text({ workspace }, kit) {
    const check = named(kit, 'check_document');
    const update = named(kit, 'update_invoice');
    const issue = named(kit, 'issue_invoice');
    return [
      `Review my draft invoices before they are issued. ${today(kit)} ${workspaceSentence(kit, workspace)}`,
      steps([
        finding(kit),
        `Read each one with ${named(kit, 'get_invoice')}.`,
        check === null
          ? 'Check each: customer, items, quantities and prices, VAT rates, sums (recompute them exactly), currency, due date after issue date, bank account, spelling.'
          : `Check each with ${check}, then what it cannot see: the right customer, prices that make sense, spelling, possible duplicates.`,
        'Show one line for each draft: customer, total, due date, verdict (ready, or what to fix).',
        update === null ? null : `Ask before you correct anything with ${update}.`,
        issue === null
          ? 'Issuing is not possible here: tell me which drafts are ready to be issued in Lucanto.'
          : `Do not issue anything yet. Ask which drafts to issue; call ${issue} only for those that I clearly say yes to, one by one: an issued invoice is final.`,
      ]),
      DATA_RULE,
    ].join('\n\n');
  },
};

function finding(kit: PromptKit): string {
  const list = named(kit, 'list_invoices');
  const status = statusOf(findTool(kit.visible, 'list_invoices'));
  const filter = status?.values.includes('draft') === true ? ` with ${status.name} "draft"` : '';
  return `Call ${list}${filter}, follow next_cursor until there are no more pages, and keep the drafts (they have no number yet).`;
}
