import { invalid, Refusal } from '../http/refusal.ts';
import { type Fields, filled, textOf } from '../store/fields.ts';
import type { Row } from '../store/store.ts';
import type { Call, Handlers } from './call.ts';
import { change, findRow, listRows, merged, normalized, rowValues, softDelete } from './collection.ts';
import { currencyErrors } from './document-rules.ts';

const UPGRADE_URL = 'https://lucanto.eu/pricing';

function show(call: Call, row: Row): Fields {
  return call.contract.present('BankAccount', rowValues(row));
}

/** ISO 7064 mod 97-10, as IBANs use it. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false;
  const digits = [...text.slice(4), ...text.slice(0, 4)].map((character) => Number.parseInt(character, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

function checked(call: Call, fields: Fields, row: Row | null): Fields {
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

export const bankAccountHandlers: Handlers = {
  'list-bank-accounts': (call) =>
    listRows(
      call,
      'bank_accounts',
      () => true,
      (row) => show(call, row),
    ),
  'create-bank-account': (call) => {
    const defaults = { account_type: 'bank', currency: 'EUR', default: false, invoice_display: true };
    const fields = checked(call, { ...defaults, ...normalized(call.body) }, null);
    refuseOverCap(call);
    const row = call.store.insert('bank_accounts', call.workspace.id, fields, call.now);
    keepOneDefault(call, row);
    return show(call, row);
  },
  'get-bank-account': (call) => show(call, findRow(call, 'bank_accounts', 'The bank account')),
  'update-bank-account': (call) => {
    const row = findRow(call, 'bank_accounts', 'The bank account');
    change(call, row, checked(call, merged(row.fields, normalized(call.body)), row));
    keepOneDefault(call, row);
    return show(call, row);
  },
  'delete-bank-account': (call) => softDelete(call, findRow(call, 'bank_accounts', 'The bank account')),
};
