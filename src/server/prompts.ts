import { ProtocolError } from '@modelcontextprotocol/server';
import type { InstructionFacts } from './instructions.ts';
import {
  checkedValues,
  contactArgument,
  DATA_RULE,
  findTool,
  isAvailable,
  lastMonths,
  namedRecord,
  type PromptDefinition,
  type PromptKit,
  promptArgument,
  quotedValue,
  readMonth,
  statusArgument,
  steps,
  today,
  workspacePromptArgument,
  workspaceSentence,
} from './prompt-parts.ts';
import { dateArguments, statusOf } from './tool-properties.ts';

/** The prompts for the visible tools, and their texts. Loaded with the first request for them. */

const CHASE_OVERDUE: PromptDefinition = {
  name: 'chase_overdue_invoices',
  title: 'Chase overdue invoices',
  description: 'Finds invoices that are past due, by customer, and drafts reminders. Nothing is sent without your yes.',
  arguments: (kit) => [...workspacePromptArgument(kit), ...contactArgument(kit, 'Only this customer, by name.')],
  text({ workspace, contact }, kit) {
    const send = namedRecord(kit, 'send_invoice');
    const receivables = namedRecord(kit, 'list_receivables');
    const get = namedRecord(kit, 'get_invoice');
    return [
      `Help me chase overdue invoices${contact === undefined ? '' : ` of the customer ${quotedValue(contact)}`}. ${today(kit)} ${workspaceSentence(kit, workspace)}`,
      steps([
        ...(receivables === null ? findingOverdue(kit, contact) : [overdueIn(receivables, contact)]),
        'Group them by customer, the longest overdue first: number, due date, days overdue, amount due, currency.',
        receivables === null
          ? 'Show a total per customer and per currency; never add different currencies.'
          : 'Take totals from its answer and do not add up yourself; never mix currencies.',
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
function findingOverdue(kit: PromptKit, contact: string | undefined): readonly (string | null)[] {
  const list = namedRecord(kit, 'list_invoices');
  const status = statusOf(findTool(kit.visible, 'list_invoices'));
  const filter = status?.values.includes('overdue') === true ? ` with ${status.name} "overdue"` : '';
  return [
    contact === undefined
      ? null
      : `Find the customer's id with ${namedRecord(kit, 'list_contacts')}; if several fit, ask me which.`,
    `Call ${list}${filter} and follow next_cursor until there are no more pages.`,
    'Keep those that are issued, unpaid and whose due date has passed.',
  ];
}

function overdueIn(receivables: string, contact: string | undefined): string {
  const customer = contact === undefined ? '' : ` and customer ${quotedValue(contact)}`;
  return `Call ${receivables} with min_days_overdue 1${customer}; if several customers fit, ask me which.`;
}

const CREATE_INVOICE: PromptDefinition = {
  name: 'create_invoice_from_description',
  title: 'Create an invoice from a description',
  description: 'Turns a sentence into a draft invoice. Shows it before it is saved, and issues nothing by itself.',
  arguments: (kit) => [
    promptArgument('description', 'What to invoice', 'In your own words: what, how much, for whom, due when.', 'text'),
    ...contactArgument(kit, 'The customer, by name, where the description does not say.'),
    ...workspacePromptArgument(kit),
  ],
  text({ description = '', contact, workspace }, kit) {
    const [create, contacts, addContact] = ['create_invoice', 'list_contacts', 'create_contact'].map((words) =>
      namedRecord(kit, words),
    );
    const check = namedRecord(kit, 'check_document');
    const issue = namedRecord(kit, 'issue_invoice');
    return [
      `Make a draft invoice from this description: ${quotedValue(description)}`,
      [
        contact === undefined ? null : `The customer is ${quotedValue(contact)}.`,
        today(kit),
        workspaceSentence(kit, workspace),
      ]
        .filter((sentence) => sentence !== null)
        .join(' '),
      steps([
        `Find the customer with ${contacts}. If several fit, ask me which; if none does, ${addContact ? `ask whether to create one with ${addContact}` : 'tell me, since a contact cannot be created here'}.`,
        'Work out the items: name, quantity, unit price, VAT rate; dates as YYYY-MM-DD, money as decimal strings. Ask about whatever is missing (price, VAT rate, due date): never make it up.',
        check === null ? null : `Check the document with ${check} and tell me what it finds.`,
        `Show me customer, items, VAT, total and due date, and ask. Call ${create} once, only after I say yes.`,
        issue === null
          ? 'It stays a draft: issuing is not possible here.'
          : `It stays a draft. Ask before you issue it; call ${issue} only after I clearly say yes, since an issued invoice is final.`,
      ]),
      DATA_RULE,
    ].join('\n\n');
  },
};

const OTHERS = ['credit_notes', 'expenses', 'quotes', 'proformas'];

const MONTH_END: PromptDefinition = {
  name: 'month_end_overview',
  title: 'Month-end overview',
  description: 'What was invoiced, paid, credited and spent in a month, and what is still open. Reads only.',
  arguments: (kit) => [
    ...workspacePromptArgument(kit),
    promptArgument('month', 'Month', 'YYYY-MM; the last complete month where it is left out.', 'month'),
    ...statusArgument(findTool(kit.visible, 'list_invoices'), 'Only invoices of this status.'),
  ],
  text({ workspace, month: given, status }, kit) {
    const [, before = ''] = lastMonths(kit.now);
    const month = readMonth(given ?? before);
    const summaries = namedRecord(kit, 'summarize_documents');
    const others = OTHERS.flatMap((words) => namedRecord(kit, `list_${words}`) ?? []);
    return [
      `Give me an overview of ${month?.name} (issue dates ${month?.first} to ${month?.last}). ${today(kit)} ${workspaceSentence(kit, workspace)}`,
      steps([
        `Read the month's invoices with ${namedRecord(kit, 'list_invoices')}${filters(kit, status)}, page by page until there are no more.`,
        others.length === 0 ? null : `Read the same month with ${others.join(', ')}.`,
        summaries === null
          ? 'Count documents and sum totals by status, exactly; amounts are decimal strings. Never add different currencies.'
          : `Take counts and totals from ${summaries}, a call per type, and do not add up yourself; never mix currencies.`,
        'Show a short table: invoiced, paid, still open, overdue, credited, spent, as far as it was read. Then the five largest open invoices with number, customer and due date.',
        'Name what looks wrong or unfinished: drafts of the month, gaps in numbering, missing dates.',
      ]),
      `Only read: do not create, change, issue or send anything. ${DATA_RULE}`,
    ].join('\n\n');
  },
};

function filters(kit: PromptKit, status: string | undefined): string {
  const dates = dateArguments(findTool(kit.visible, 'list_invoices'));
  const words = [
    ...(dates.length > 0 ? [`the dates as filters (${dates.join(', ')})`] : []),
    ...(status === undefined ? [] : [`status ${quotedValue(status)}`]),
  ];
  return words.length === 0 ? '' : ` with ${words.join(' and ')}`;
}

const REVIEW_DRAFTS: PromptDefinition = {
  name: 'review_drafts',
  title: 'Review drafts before issuing',
  description: 'Goes through draft invoices, names what is wrong or missing, and issues nothing without your yes.',
  arguments: workspacePromptArgument,
  text({ workspace }, kit) {
    const check = namedRecord(kit, 'check_document');
    const update = namedRecord(kit, 'update_invoice');
    const issue = namedRecord(kit, 'issue_invoice');
    return [
      `Review my draft invoices before they are issued. ${today(kit)} ${workspaceSentence(kit, workspace)}`,
      steps([
        check === null
          ? findingDrafts(kit)
          : `Call ${check} without type and id: it lists the drafts. Take the invoices.`,
        `Read each one with ${namedRecord(kit, 'get_invoice')}.`,
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

function findingDrafts(kit: PromptKit): string {
  const list = namedRecord(kit, 'list_invoices');
  const status = statusOf(findTool(kit.visible, 'list_invoices'));
  const filter = status?.values.includes('draft') === true ? ` with ${status.name} "draft"` : '';
  return `Call ${list}${filter}, follow next_cursor until there are no more pages, and keep the drafts (they have no number yet).`;
}

const INVALID_PARAMS = -32602;
const ALL: readonly PromptDefinition[] = [CHASE_OVERDUE, MONTH_END, CREATE_INVOICE, REVIEW_DRAFTS];

export function promptKit({ visible, pinned, workspaces }: InstructionFacts, now: number): PromptKit {
  return { visible, pinned, workspaces, now };
}

export function listedPrompts(kit: PromptKit) {
  return availablePrompts(kit).map((prompt) => ({
    name: prompt.name,
    title: prompt.title,
    description: prompt.description,
    arguments: prompt
      .arguments(kit)
      .map(({ name, title, description, required }) => ({ name, title, description, required })),
  }));
}

/** @throws ProtocolError for an unknown prompt, or for arguments that do not fit it */
export function promptResult(name: string, given: Readonly<Record<string, string>>, kit: PromptKit) {
  const prompt = findPrompt(name, kit);
  const text = prompt.text(checkedValues(prompt.name, prompt.arguments(kit), given), kit);
  return {
    description: prompt.description,
    messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }],
  };
}

export function findPrompt(name: string, kit: PromptKit): PromptDefinition {
  const prompts = availablePrompts(kit);
  const prompt = prompts.find((one) => one.name === name);
  if (prompt !== undefined) return prompt;
  const names = prompts.map((one) => one.name).join(', ');
  throw new ProtocolError(INVALID_PARAMS, `There is no prompt ${name}. There are: ${names || 'none'}.`);
}

function availablePrompts({ visible }: PromptKit): readonly PromptDefinition[] {
  return ALL.filter(({ name }) => isAvailable(name, visible));
}
