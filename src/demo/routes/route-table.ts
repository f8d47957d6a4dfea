import type { JsonObject } from '../../core/json.ts';
import type { Row, StoredFile, StoredWorkspace } from '../data/store.ts';
import { day, filled, stringOf, timestamp } from '../data/totals.ts';
import { visibleWorkspaces } from '../http/access.ts';
import { invalid, Refusal, refuseAny } from '../http/demo-request.ts';
import { type Call, findRow, type Handlers, resourceHandlers, rowValues } from './collection.ts';
import { currencyErrors, dateErrors, documentHandlers } from './documents.ts';

/** Every operation of the contract and what carries it out; workspaces, contacts, bank accounts and expenses here. */
const UPGRADE_URL = 'https://lucanto.eu/pricing';
/** What the plan includes: bank accounts (cash registers not counted), and receipts read in a calendar month. */
const BANK_ACCOUNT_CAP = 2;
const RECEIPT_CAP = 5;
const MAX_DUE_DAYS = 365;
const MAX_RECEIPT_BYTES = 10 * 1024 * 1024;
/** A receipt is "read" as the clock goes on: pending, processing, completed. */
const PENDING_MS = 500;
const PROCESSING_MS = 2000;

function showWorkspace(call: Pick<Call, 'contract' | 'store' | 'grant'>, workspace: StoredWorkspace): JsonObject {
  const isDefault = call.store.defaults.get(call.grant.user) === workspace.id;
  return call.contract.present('Workspace', { ...workspace.fields, id: workspace.id, default: isDefault });
}

/** Operations on the user instead of on a workspace. */
export const userHandlers: Readonly<Record<string, (call: Omit<Call, 'workspace'>) => unknown>> = {
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

/** For searching: no case, no accents. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

const contactHandlers = resourceHandlers({
  collection: 'contacts',
  word: 'contact',
  show: ({ contract }, row) => contract.present('Contact', rowValues(row)),
  defaults: () => ({ due_days: 14 }),
  checked: (_call, fields) => {
    const { due_days, invoice_account_id = null } = fields;
    const isRange = typeof due_days !== 'number' || (due_days >= 0 && due_days <= MAX_DUE_DAYS);
    refuseAny([
      ...(filled(fields, 'name') === null && invoice_account_id === null ? ["name can't be blank"] : []),
      ...(isRange ? [] : [`due_days must be from 0 to ${MAX_DUE_DAYS}`]),
    ]);
    return fields;
  },
  matches: ({ query }, { fields }) => plain(stringOf(fields, 'name') ?? '').includes(plain(stringOf(query, 'q') ?? '')),
});

/** ISO 7064 mod 97-10, as IBANs use it. */
function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false;
  const digits = [...text.slice(4), ...text.slice(0, 4)].map((character) => Number.parseInt(character, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

const bankAccountHandlers = resourceHandlers({
  collection: 'bank_accounts',
  word: 'bank account',
  show: ({ contract }, row) => contract.present('BankAccount', rowValues(row)),
  defaults: () => ({ account_type: 'bank', currency: 'EUR', default: false, invoice_display: true }),
  checked: ({ store, workspace }, fields, row) => {
    const iban = filled(fields, 'iban')?.replaceAll(' ', '').toUpperCase() ?? null;
    const others = store.list('bank_accounts', workspace.id).filter((other) => other !== row);
    const isTaken = iban !== null && others.some((other) => other.fields.iban === iban);
    const isUnknown = fields.account_type === 'bank' && iban === null && filled(fields, 'account_number') === null;
    refuseAny([
      ...(isUnknown ? ['iban or account_number is needed'] : []),
      ...(iban !== null && !isIban(iban) ? ['iban is not valid'] : []),
      ...(isTaken ? ['iban has already been taken'] : []),
      ...currencyErrors(fields),
    ]);
    return { ...fields, iban };
  },
  beforeCreate: ({ store, workspace }) => {
    const accounts = store.list('bank_accounts', workspace.id).filter(({ fields }) => fields.account_type === 'bank');
    if (accounts.length < BANK_ACCOUNT_CAP) return;
    const message = `Your plan includes ${BANK_ACCOUNT_CAP} bank accounts.`;
    throw new Refusal(402, 'subscription_required', message, { upgradeUrl: UPGRADE_URL });
  },
  // There is one default account in a workspace.
  stored: ({ store, workspace }, row) => {
    if (row.fields.default !== true) return;
    for (const other of store.list('bank_accounts', workspace.id)) {
      if (other !== row) other.fields = { ...other.fields, default: false };
    }
  },
});

function extractionOf({ store, now }: Call, row: Row): string {
  const receipt = store.receipts.get(row.id);
  if (receipt === undefined) return stringOf(row.fields, 'extraction_status') ?? 'completed';
  const age = now - receipt.uploadedAt;
  if (age < PENDING_MS) return 'pending';
  return age < PENDING_MS + PROCESSING_MS ? 'processing' : 'completed';
}

function showExpense(call: Call, row: Row): JsonObject {
  const hasReceipt = call.store.receipts.has(row.id);
  return call.contract.present('Expense', {
    ...rowValues(row),
    extraction_status: extractionOf(call, row),
    receipt_url: hasReceipt ? call.sign(`/files/${row.workspaceId}/receipts/${row.id}`).url : null,
  });
}

const expenseHandlers: Handlers = {
  ...resourceHandlers({
    collection: 'expenses',
    word: 'expense',
    show: showExpense,
    defaults: ({ now }) => ({ currency: 'EUR', extraction_status: 'completed', issue_date: day(now) }),
    checked: (_call, fields) => {
      refuseAny([...currencyErrors(fields), ...dateErrors(fields, 'due_date')]);
      return fields;
    },
    matches: (call, row) => [null, extractionOf(call, row)].includes(stringOf(call.query, 'extraction_status')),
  }),
  'create-expense-receipt': (call) => {
    const { store, now, upload, workspace } = call;
    const row = findRow(call, 'expenses', 'expense');
    const contentType = upload === null ? null : contentTypeOf(upload);
    if (upload === null || contentType === null) throw invalid(['file must be a PDF, a PNG or a JPEG']);
    if (upload.bytes.length > MAX_RECEIPT_BYTES) throw invalid(['file must not be larger than 10 MB']);
    const month = `${workspace.id}/${day(now).slice(0, 7)}`;
    const count = store.receiptCounts.get(month) ?? 0;
    if (count >= RECEIPT_CAP) {
      throw new Refusal(429, 'feature_limit_exceeded', `Your plan reads ${RECEIPT_CAP} receipts a month.`);
    }
    store.receiptCounts.set(month, count + 1);
    store.receipts.set(row.id, { ...upload, contentType });
    row.updatedAt = timestamp(now);
    return showExpense(call, row);
  },
};

const SIGNATURES = [
  { contentType: 'application/pdf', bytes: [0x25, 0x50, 0x44, 0x46] },
  { contentType: 'image/png', bytes: [0x89, 0x50, 0x4e, 0x47] },
  { contentType: 'image/jpeg', bytes: [0xff, 0xd8, 0xff] },
] as const;

/** What a file is by its first bytes, whatever its name says; null for anything but a PDF or an image. */
function contentTypeOf(file: StoredFile): string | null {
  const known = SIGNATURES.find(({ bytes }) => bytes.every((byte, index) => file.bytes[index] === byte));
  return known?.contentType ?? null;
}

export const handlers: Handlers = {
  ...workspaceHandlers,
  ...contactHandlers,
  ...documentHandlers('invoice'),
  ...documentHandlers('quote'),
  ...documentHandlers('proforma'),
  ...documentHandlers('credit_note'),
  ...bankAccountHandlers,
  ...expenseHandlers,
};
