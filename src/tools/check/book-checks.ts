/** Whether a supplier's bill stands in the books already. */
import { LucantoError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { CallContext } from '../../core/tool.ts';
import { argumentsFor, type LocalDeps } from '../local-tool.ts';
import { amountText } from '../money.ts';
import { amountAt, moneyFieldFor } from '../money-field.ts';
import type { MoneyResource } from '../money-resource.ts';
import { dateText, fieldFor, plainText, valueAt } from '../record-fields.ts';
import { walk } from '../walk.ts';
import type { CheckedDocument } from './checked-document.ts';
import { error, type Finding, type Findings, warning } from './findings.ts';

const MAX_PAGES = 20;

export async function checkBooks(
  document: CheckedDocument,
  source: MoneyResource,
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
  findings: Findings,
): Promise<void> {
  if (!document.isPurchase) return;
  const words = source.resource.replaceAll('_', ' ');
  const number = plainNumber(document.text('number'));
  const total = document.amount('total');
  const date = document.issued?.date ?? null;
  const supplierId = document.text('supplierId');
  const supplierName = plainWord(document.text('supplierName'));
  if ((supplierId ?? supplierName) === null || (number === null && (total === null || date === null))) {
    findings.notChecked(
      `whether it is among the ${words} already: supplier, and number or amount and date, are needed`,
    );
    return;
  }
  const books = await readBooks(source, deps, args, context);
  if ('problem' in books) {
    findings.notChecked(`whether it is among the ${words} already: ${books.problem}`);
    return;
  }
  const { rows, stopped } = books;
  const others = rows.filter(
    (row) => args.id === undefined || String(row.id) !== String(document.record.id ?? args.id),
  );
  const field = (role: 'supplierId' | 'supplierName' | 'number' | 'issued') => fieldFor(role, rows, source.described);
  const paths = {
    supplierId: field('supplierId'),
    supplierName: field('supplierName'),
    number: field('number'),
    issued: field('issued'),
    total: moneyFieldFor('total', rows, source.described),
  };
  const text = (row: JsonObject, path: string | null) => (path === null ? null : plainText(valueAt(row, path)));
  const same = others.filter((row) => {
    const id = text(row, paths.supplierId);
    if (supplierId !== null && id !== null) return id === supplierId;
    return supplierName !== null && plainWord(text(row, paths.supplierName)) === supplierName;
  });
  if (stopped === null) findings.checked(`${rows.length} ${words} for the same bill`);
  else findings.notChecked(`whether it is among the ${words} after the first ${rows.length}: ${stopped}`);
  const isSameNumber = (row: JsonObject) => number !== null && plainNumber(text(row, paths.number)) === number;
  const isSameAmount = (row: JsonObject) => {
    const amount = amountAt(row, paths.total, document.currency);
    const issued = paths.issued === null ? null : dateText(valueAt(row, paths.issued));
    return total !== null && amount?.eq(total.value) === true && issued !== null && issued === date;
  };
  const found = same.find(isSameNumber) ?? same.find(isSameAmount);
  if (found === undefined) return;
  findings.add([repeated(document, found, isSameNumber(found), source)]);
}

async function readBooks(source: MoneyResource, deps: LocalDeps, args: JsonObject, context: CallContext) {
  try {
    const bounds = { maxPages: MAX_PAGES, noun: source.resource.replaceAll('_', ' ') };
    return await walk(deps, source.list, argumentsFor(args, {}), context, bounds);
  } catch (cause) {
    if (context.signal.aborted || !(cause instanceof LucantoError)) throw cause;
    return { problem: cause.message };
  }
}

function repeated(document: CheckedDocument, row: JsonObject, byNumber: boolean, source: MoneyResource): Finding {
  const what = `${source.type.replaceAll('_', ' ')} ${plainText(row.id) ?? ''}`.trim();
  if (byNumber) {
    const field = document.field('number') ?? 'number';
    return error(field, `The bill ${document.text('number')} of this supplier is in the books already: ${what}.`);
  }
  const total = document.amount('total');
  const amount = total === null ? '' : amountText(total.value, document.currency);
  const message = `A bill of this supplier over ${amount} of ${document.issued?.date} is in the books already: ${what}.`;
  return warning(total?.field ?? 'total', message);
}

/** `FV 2026/001` is `fv2026001`. */
function plainNumber(text: string | null): string | null {
  const plain = (text ?? '').toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  return plain === '' ? null : plain;
}

/** `ACME, s.r.o.` is `acme s r o`, with or without accents. */
function plainWord(text: string | null): string | null {
  const letters = (text ?? '').normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const plain = letters.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
  return plain === '' ? null : plain;
}
