import { invalid } from '../http/refusal.ts';
import { type Fields, filled, textOf } from '../store/fields.ts';
import type { Row } from '../store/store.ts';
import type { Call, Handlers } from './call.ts';
import { change, findRow, listRows, merged, normalized, rowValues, softDelete } from './collection.ts';

const MAX_DUE_DAYS = 365;

/** For searching: no case, no accents. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function show(call: Call, row: Row): Fields {
  return call.contract.present('Contact', rowValues(row));
}

function checked(fields: Fields): Fields {
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

export const contactHandlers: Handlers = {
  'list-contacts': (call) => {
    const wanted = plain(textOf(call.query, 'q') ?? '');
    const keep = (row: Row): boolean => plain(textOf(row.fields, 'name') ?? '').includes(wanted);
    return listRows(call, 'contacts', keep, (row) => show(call, row));
  },
  'create-contact': (call) => {
    const fields = checked({ due_days: 14, ...normalized(call.body) });
    return show(call, call.store.insert('contacts', call.workspace.id, fields, call.now));
  },
  'get-contact': (call) => show(call, findRow(call, 'contacts', 'The contact')),
  'update-contact': (call) => {
    const row = findRow(call, 'contacts', 'The contact');
    change(call, row, checked(merged(row.fields, normalized(call.body))));
    return show(call, row);
  },
  'delete-contact': (call) => softDelete(call, findRow(call, 'contacts', 'The contact')),
};
