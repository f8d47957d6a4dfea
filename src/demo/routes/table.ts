/** Every operation of the contract and what carries it out. */
import { bankAccountHandlers } from './bank-accounts.ts';
import type { Handlers } from './call.ts';
import { contactHandlers } from './contacts.ts';
import { documentActionHandlers } from './document-actions.ts';
import { documentHandlers } from './documents.ts';
import { expenseHandlers } from './expenses.ts';
import { workspaceHandlers } from './workspaces.ts';

export const handlers: Handlers = {
  ...workspaceHandlers,
  ...contactHandlers,
  ...documentHandlers('invoice'),
  ...documentHandlers('quote'),
  ...documentHandlers('proforma'),
  ...documentHandlers('credit_note'),
  ...documentActionHandlers,
  ...bankAccountHandlers,
  ...expenseHandlers,
};
