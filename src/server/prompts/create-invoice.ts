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
import type { PromptDefinition } from './prompt.ts';

export const CREATE_INVOICE: PromptDefinition = {
  name: 'create_invoice_from_description',
  title: 'Create an invoice from a description',
  description: 'Turns a sentence into a draft invoice. Shows it before it is saved, and issues nothing by itself.',
  arguments: (kit) => [
    {
      name: 'description',
      title: 'What to invoice',
      description: 'In your own words: what, how much, for whom, due when.',
      required: true,
      kind: 'text',
      values: [],
    },
    ...contactArgument(kit, 'The customer, by name, where the description does not say.'),
    ...workspaceArgument(kit),
  ],
  text({ description = '', contact, workspace }, kit) {
    const [create, contacts, addContact] = ['create_invoice', 'list_contacts', 'create_contact'].map((words) =>
      named(kit, words),
    );
    const check = named(kit, 'check_document');
    const issue = named(kit, 'issue_invoice');
    return [
      `Make a draft invoice from this description: ${quoted(description)}`,
      [
        contact === undefined ? null : `The customer is ${quoted(contact)}.`,
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
