import { type Fields, filled, textOf } from '../data/fields.ts';
import type { Row, Workspace } from '../data/store.ts';
import { visibleWorkspaces } from '../http/access.ts';
import { invalid, Refusal } from '../http/demo-request.ts';
import {
  type Call,
  change,
  findRow,
  type Handlers,
  listRows,
  merged,
  normalized,
  rowValues,
  softDelete,
  type UserHandler,
} from './collection.ts';
import { documentActionHandlers } from './document-actions.ts';
import { currencyErrors } from './document-rules.ts';
import { documentHandlers } from './documents.ts';
import { expenseHandlers } from './expenses.ts';

const UPGRADE_URL = 'https://lucanto.eu/pricing';

function showBankAccount(call: Call, row: Row): Fields {
  return call.contract.present('BankAccount', rowValues(row));
}

/** ISO 7064 mod 97-10, as IBANs use it. */
function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false;
  const digits = [...text.slice(4), ...text.slice(0, 4)].map((character) => Number.parseInt(character, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

function checkedBankAccount(call: Call, fields: Fields, row: Row | null): Fields {
  const iban = filled(fields, 'iban')?.replaceAll(' ', '').toUpperCase() ?? null;
  const taken = call.store
    .list('bank_accounts', call.workspace.id)
    .some((other) => other !== row && iban !== null && textOf(other.fields, 'iban') === iban);
  const isBank = fields.account_type === 'bank';
  const errors = [
    ...(isBank && iban === null && filled(fields, 'account_number') === null
      ? ['iban or account_number is needed']
      : []),
    ...(iban !== null && !isIban(iban) ? ['iban is not valid'] : []),
    ...(taken ? ['iban has already been taken'] : []),
    ...currencyErrors(fields),
  ];
  if (errors.length > 0) throw invalid(errors);
  return { ...fields, iban };
}

/** There is one default account in a workspace. */
function keepOneDefault(call: Call, row: Row): void {
  if (row.fields.default !== true) return;
  for (const other of call.store.list('bank_accounts', call.workspace.id)) {
    if (other !== row) other.fields = { ...other.fields, default: false };
  }
}

function refuseOverCap(call: Call): void {
  const cap = call.workspace.bankAccountCap;
  const rows = call.store.list('bank_accounts', call.workspace.id);
  if (rows.filter((row) => row.fields.account_type === 'bank').length < cap) return;
  throw new Refusal(402, 'subscription_required', `Your plan includes ${cap} bank accounts.`, {
    upgradeUrl: UPGRADE_URL,
  });
}

const bankAccountHandlers: Handlers = {
  'list-bank-accounts': (call) =>
    listRows(
      call,
      'bank_accounts',
      () => true,
      (row) => showBankAccount(call, row),
    ),
  'create-bank-account': (call) => {
    const defaults = { account_type: 'bank', currency: 'EUR', default: false, invoice_display: true };
    const fields = checkedBankAccount(call, { ...defaults, ...normalized(call.body) }, null);
    refuseOverCap(call);
    const row = call.store.insert('bank_accounts', call.workspace.id, fields, call.now);
    keepOneDefault(call, row);
    return showBankAccount(call, row);
  },
  'get-bank-account': (call) => showBankAccount(call, findRow(call, 'bank_accounts', 'The bank account')),
  'update-bank-account': (call) => {
    const row = findRow(call, 'bank_accounts', 'The bank account');
    change(call, row, checkedBankAccount(call, merged(row.fields, normalized(call.body)), row));
    keepOneDefault(call, row);
    return showBankAccount(call, row);
  },
  'delete-bank-account': (call) => softDelete(call, findRow(call, 'bank_accounts', 'The bank account')),
};

const MAX_DUE_DAYS = 365;

/** For searching: no case, no accents. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function showContact(call: Call, row: Row): Fields {
  return call.contract.present('Contact', rowValues(row));
}

function checkedContact(fields: Fields): Fields {
  const errors: string[] = [];
  if (filled(fields, 'name') === null && (fields.invoice_account_id ?? null) === null)
    errors.push("name can't be blank");
  const due = fields.due_days;
  if (typeof due === 'number' && (due < 0 || due > MAX_DUE_DAYS)) {
    errors.push(`due_days must be from 0 to ${MAX_DUE_DAYS}`);
  }
  if (errors.length > 0) throw invalid(errors);
  return fields;
}

const contactHandlers: Handlers = {
  'list-contacts': (call) => {
    const wanted = plain(textOf(call.query, 'q') ?? '');
    const keep = (row: Row): boolean => plain(textOf(row.fields, 'name') ?? '').includes(wanted);
    return listRows(call, 'contacts', keep, (row) => showContact(call, row));
  },
  'create-contact': (call) => {
    const fields = checkedContact({ due_days: 14, ...normalized(call.body) });
    return showContact(call, call.store.insert('contacts', call.workspace.id, fields, call.now));
  },
  'get-contact': (call) => showContact(call, findRow(call, 'contacts', 'The contact')),
  'update-contact': (call) => {
    const row = findRow(call, 'contacts', 'The contact');
    change(call, row, checkedContact(merged(row.fields, normalized(call.body))));
    return showContact(call, row);
  },
  'delete-contact': (call) => softDelete(call, findRow(call, 'contacts', 'The contact')),
};

function showWorkspace(call: Pick<Call, 'contract' | 'store' | 'grant'>, workspace: Workspace): Fields {
  const isDefault = call.store.defaults.get(call.grant.user) === workspace.id;
  return call.contract.present('Workspace', { ...workspace.fields, id: workspace.id, default: isDefault });
}

export const userHandlers: Readonly<Record<string, UserHandler>> = {
  'list-accounts': (call) =>
    visibleWorkspaces(call.store, call.grant).map((workspace) => showWorkspace(call, workspace)),
};

const workspaceHandlers: Handlers = {
  'get-workspace': (call) => showWorkspace(call, call.workspace),
  'set-default-workspace': (call) => {
    call.store.defaults.set(call.grant.user, call.workspace.id);
    return showWorkspace(call, call.workspace);
  },
};

/** Every operation of the contract and what carries it out. */
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
