/** Whether a supplier's bill stands in the books already: by its number, else by its amount and date. */
import { LucantoError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { count, foldedName } from '../../core/text.ts';
import { argumentsFor, type LocalCall } from '../local-tool.ts';
import { amountAt, amountText, moneyFieldFor } from '../money.ts';
import type { MoneyResource } from '../money-resource.ts';
import { dayText, fieldFor, ownId, plainText, textAt, valueAt } from '../record-fields.ts';
import { walk } from '../walk.ts';
import type { CheckedDocument } from './checked-document.ts';
import { error, type Finding, type Findings, warning } from './findings.ts';

const MAX_PAGES = 20;
const NEEDED = 'supplier, and number or amount and date, are needed';

export async function checkBooks(
  document: CheckedDocument,
  source: MoneyResource,
  call: LocalCall,
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
    findings.notChecked(`whether it is among the ${words} already: ${NEEDED}`);
    return;
  }
  const books = await readBooks(source, call);
  if ('problem' in books) {
    findings.notChecked(`whether it is among the ${words} already: ${books.problem}`);
    return;
  }
  const { rows, stopped } = books;
  const others = rows.filter(
    (row) => call.args.id === undefined || String(ownId(row)) !== String(ownId(document.record) ?? call.args.id),
  );
  const field = (role: 'supplierId' | 'supplierName' | 'number' | 'issued') => fieldFor(role, rows, source.described);
  const paths = {
    supplierId: field('supplierId'),
    supplierName: field('supplierName'),
    number: field('number'),
    issued: field('issued'),
    total: moneyFieldFor('total', rows, source.described),
  };
  const isSameNumber = (row: JsonObject) => number !== null && plainNumber(textAt(row, paths.number)) === number;
  const issuedOn = (row: JsonObject) => dayText(valueAt(row, paths.issued));
  const isSameAmount = (row: JsonObject) => {
    const amount = amountAt(row, paths.total, document.currency);
    return total !== null && amount?.eq(total.value) === true && date !== null && issuedOn(row) === date;
  };
  const isOfSupplier = (row: JsonObject): boolean | null => {
    const [id, name] = [textAt(row, paths.supplierId), plainWord(textAt(row, paths.supplierName))];
    if (supplierId !== null && id !== null) return id === supplierId;
    return supplierName === null || name === null ? null : name === supplierName;
  };
  const tellsItself = (row: JsonObject) => {
    const hasNumber = number !== null && plainNumber(textAt(row, paths.number)) !== null;
    const hasAmount = total !== null && amountAt(row, paths.total, document.currency) !== null;
    return hasNumber || (hasAmount && date !== null && issuedOn(row) !== null);
  };
  const same = others.filter((row) => isOfSupplier(row) === true);
  const unclear = others.filter((row) => {
    const isOf = isOfSupplier(row);
    return isOf !== false && (!tellsItself(row) || (isOf === null && (isSameNumber(row) || isSameAmount(row))));
  });
  const word = source.type.replaceAll('_', ' ');
  findings.checked(`${count(others.length - unclear.length, word)} for the same bill`);
  const ids = unclear.slice(0, 3).map((row) => plainText(ownId(row)) ?? '?');
  const more = unclear.length > 3 ? ` and ${unclear.length - 3} more` : '';
  if (ids.length > 0) findings.notChecked(`whether it is ${word} ${ids.join(', ')}${more}: ${NEEDED}`);
  if (stopped !== null)
    findings.notChecked(`whether it is among the ${words} after the first ${rows.length}: ${stopped}`);
  // Some suppliers begin with 1 again each year.
  const isOtherYear = (row: JsonObject) => date !== null && (issuedOn(row) ?? date).slice(0, 4) !== date.slice(0, 4);
  const alike = same.filter(isSameNumber);
  const found = alike.find((row) => !isOtherYear(row)) ?? same.find(isSameAmount) ?? alike[0];
  if (found === undefined) return;
  findings.add([repeated(document, found, isSameNumber(found), isOtherYear(found), source)]);
}

async function readBooks(source: MoneyResource, call: LocalCall) {
  try {
    return await walk(call, source.list, argumentsFor(call.args, {}), { maxPages: MAX_PAGES });
  } catch (cause) {
    if (call.context.signal.aborted || !(cause instanceof LucantoError)) throw cause;
    return { problem: cause.message };
  }
}

function repeated(
  document: CheckedDocument,
  row: JsonObject,
  byNumber: boolean,
  isOtherYear: boolean,
  source: MoneyResource,
): Finding {
  const what = `${source.type.replaceAll('_', ' ')} ${plainText(ownId(row)) ?? ''}`.trim();
  if (byNumber) {
    const field = document.field('number') ?? 'number';
    const told = `The bill ${document.text('number')} of this supplier`;
    if (isOtherYear) return warning(field, `${told} is in the books already, with a date of another year: ${what}.`);
    return error(field, `${told} is in the books already: ${what}.`);
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

function plainWord(text: string | null): string | null {
  const plain = foldedName(text ?? '');
  return plain === '' ? null : plain;
}
