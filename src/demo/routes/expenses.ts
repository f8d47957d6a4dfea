import { day, type Fields, textOf, timestamp } from '../data/fields.ts';
import type { Row, StoredFile } from '../data/store.ts';
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
} from './collection.ts';
import { currencyErrors } from './document-rules.ts';

/** Expenses and their receipts. A receipt is "read" as the clock goes on: pending, processing, completed. */
const PENDING_MS = 500;
const PROCESSING_MS = 2000;
const MAX_RECEIPT_BYTES = 10 * 1024 * 1024;

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

function extractionOf(call: Call, row: Row): string {
  const receipt = call.store.receipts.get(row.id);
  if (receipt === undefined) return textOf(row.fields, 'extraction_status') ?? 'completed';
  const age = call.now - receipt.uploadedAt;
  if (age < PENDING_MS) return 'pending';
  return age < PENDING_MS + PROCESSING_MS ? 'processing' : 'completed';
}

function receiptPath(row: Row): string {
  return `/files/${row.workspaceId}/receipts/${row.id}`;
}

function show(call: Call, row: Row): Fields {
  const hasReceipt = call.store.receipts.has(row.id);
  return call.contract.present('Expense', {
    ...rowValues(row),
    extraction_status: extractionOf(call, row),
    receipt_url: hasReceipt ? call.sign(receiptPath(row)).url : null,
  });
}

function checked(fields: Fields): Fields {
  const issued = textOf(fields, 'issue_date');
  const due = textOf(fields, 'due_date');
  const errors = [
    ...currencyErrors(fields),
    ...(issued !== null && due !== null && due < issued ? ['due_date must not be before issue_date'] : []),
  ];
  if (errors.length > 0) throw invalid(errors);
  return fields;
}

function countReceipt(call: Call): void {
  const month = `${call.workspace.id}/${day(call.now).slice(0, 7)}`;
  const count = call.store.receiptCounts.get(month) ?? 0;
  if (count >= call.workspace.receiptCap) {
    const message = `Your plan reads ${call.workspace.receiptCap} receipts a month.`;
    throw new Refusal(429, 'feature_limit_exceeded', message);
  }
  call.store.receiptCounts.set(month, count + 1);
}

function attach(call: Call): Fields {
  const row = findRow(call, 'expenses', 'The expense');
  const { upload } = call;
  const contentType = upload === null ? null : contentTypeOf(upload);
  if (upload === null || contentType === null) throw invalid(['file must be a PDF, a PNG or a JPEG']);
  if (upload.bytes.length > MAX_RECEIPT_BYTES) throw invalid(['file must not be larger than 10 MB']);
  countReceipt(call);
  call.store.receipts.set(row.id, { ...upload, contentType });
  row.updatedAt = timestamp(call.now);
  return show(call, row);
}

export const expenseHandlers: Handlers = {
  'list-expenses': (call) => {
    const wanted = textOf(call.query, 'extraction_status');
    const keep = (row: Row): boolean => wanted === null || extractionOf(call, row) === wanted;
    return listRows(call, 'expenses', keep, (row) => show(call, row));
  },
  'create-expense': (call) => {
    const defaults = { currency: 'EUR', extraction_status: 'completed', issue_date: day(call.now) };
    const fields = checked({ ...defaults, ...normalized(call.body) });
    return show(call, call.store.insert('expenses', call.workspace.id, fields, call.now));
  },
  'get-expense': (call) => show(call, findRow(call, 'expenses', 'The expense')),
  'update-expense': (call) => {
    const row = findRow(call, 'expenses', 'The expense');
    change(call, row, checked(merged(row.fields, normalized(call.body))));
    return show(call, row);
  },
  'delete-expense': (call) => softDelete(call, findRow(call, 'expenses', 'The expense')),
  'create-expense-receipt': attach,
};
