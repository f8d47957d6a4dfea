import { statusOf } from '../tool-properties.ts';
import { findTool } from './needs.ts';
import {
  contactArgument,
  DATA_RULE,
  named,
  quoted,
  steps,
  today,
  workspaceArgument,
  workspaceSentence,
} from './parts.ts';
import type { PromptDefinition, PromptKit } from './prompt.ts';

export const CHASE_OVERDUE: PromptDefinition = {
  name: 'chase_overdue_invoices',
  title: 'Chase overdue invoices',
  description: 'Finds invoices that are past due, by customer, and drafts reminders. Nothing is sent without your yes.',
  arguments: (kit) => [...workspaceArgument(kit), ...contactArgument(kit, 'Only this customer, by name.')],
  text({ workspace, contact }, kit) {
    const send = named(kit, 'send_invoice');
    const summarize = named(kit, 'summarize_invoices');
    const get = named(kit, 'get_invoice');
    return [
      `Help me chase overdue invoices${contact === undefined ? '' : ` of the customer ${quoted(contact)}`}. ${today(kit)} ${workspaceSentence(kit, workspace)}`,
      steps([
        contact === undefined
          ? null
          : `Find the customer's id with ${named(kit, 'list_contacts')}; if several fit, ask me which.`,
        finding(kit),
        'Keep those that are issued, unpaid and whose due date has passed. Group them by customer, the longest overdue first: number, due date, days overdue, amount due, currency.',
        summarize === null
          ? 'Show a total per customer and per currency; never add different currencies.'
          : `Take totals from ${summarize} and do not add up yourself; never mix currencies.`,
        `Draft a short, polite reminder for each customer, in the language of their documents${get === null ? '' : ` (${get} has the details)`}.`,
        send === null
          ? 'Sending is not possible here: give me the drafts to send myself.'
          : `Do not send anything yet. Show me each draft with its recipient and ask; call ${send} only for those invoices that I clearly say yes to.`,
      ]),
      DATA_RULE,
    ].join('\n\n');
  },
};

/** A status of that name saves pages; services without one are asked for everything. */
function finding(kit: PromptKit): string {
  const list = named(kit, 'list_invoices');
  const status = statusOf(findTool(kit.visible, 'list_invoices'));
  const filter = status?.values.includes('overdue') === true ? ` with ${status.name} "overdue"` : '';
  return `Call ${list}${filter} and follow next_cursor until there are no more pages.`;
}
