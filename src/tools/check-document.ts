import { singular } from '../contract/naming.ts';
import { ArgumentsError } from '../core/errors.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import { type DocumentLines, type Line, linesOf } from './document-lines.ts';
import { codeFindings, currencyFindings, dateFindings, error, type Finding, warning } from './field-checks.ts';
import { answerWith, argumentsFor, type LocalDeps, readRecord } from './local-tool.ts';
import { amountText, Big, decimalsOf, toBig } from './money.ts';
import type { MoneyResource } from './money-resource.ts';
import { decimalText, fieldFor, plainText, textOfRole, valueAt, wordOfId } from './record-fields.ts';
import { matchingSums, possibleSums, type Sums } from './sums.ts';

/** The check of one document: what its lines, totals, dates and codes lack, or where they do not agree. */

/** @throws LucantoError */
export async function checkDocument(
  sources: readonly MoneyResource[],
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
): Promise<ToolResult> {
  const source = sources.find(({ type }) => type === args.type);
  if (source === undefined) {
    throw new ArgumentsError('type is not a kind of document that can be checked.', {
      hint: 'Give one of the types that the schema lists.',
    });
  }
  const record = await recordOf(source, deps, args, context);
  const unchecked: string[] = [];
  const related = await relatedFindings(record, deps, args, context, unchecked);
  const lines = linesOf(record, source.described);
  const isCredit = /credit|correct/.test(source.type);
  const sums = lines === null ? { findings: [], computed: null } : sumCheck(record, lines);
  if (lines === null) unchecked.push('sums: no field with lines was found');
  else if (sums.computed === null) unchecked.push('sums: lines lack prices or VAT rates, or prices include VAT');
  const findings: readonly Finding[] = [
    ...(lines === null ? [] : lineFindings(lines, isCredit)),
    ...percentFindings(lines?.discount ?? null, fieldFor('discount', [record], []) ?? 'discount'),
    ...sums.findings,
    ...roundingFindings(record),
    ...dateFindings(record),
    ...currencyFindings(record),
    ...codeFindings(record),
    ...related,
  ];
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return answerWith({
    ok: errors === 0,
    errors,
    warnings: findings.length - errors,
    findings,
    computed: sums.computed === null ? null : sumsAnswer(sums.computed, lines?.currency ?? null),
    ...(unchecked.length > 0 && { not_checked: unchecked }),
    note: 'Nothing was changed or sent.',
  });
}

async function recordOf(
  source: MoneyResource,
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
): Promise<JsonObject> {
  const { id, document } = args;
  if ((id === undefined) === (document === undefined)) {
    throw new ArgumentsError('Either id or document is needed, not both.', {
      hint: 'Give the id of a draft, or as document the arguments for the create tool.',
    });
  }
  if (isJsonObject(document)) return unwrapped(document, source);
  if (source.get === undefined) {
    throw new ArgumentsError(`A ${source.type.replaceAll('_', ' ')} cannot be read by its id.`, {
      hint: 'Give its fields as document.',
    });
  }
  return readRecord(deps.service, source.get, argumentsFor(args, { id }), context);
}

/** Models that know the API wrap the record as requests do. */
function unwrapped(document: JsonObject, { create, type }: MoneyResource): JsonObject {
  const keys = new Set([create?.body?.wrapper, type, 'document']);
  const [only, ...others] = Object.entries(document);
  return only !== undefined && others.length === 0 && keys.has(only[0]) && isJsonObject(only[1]) ? only[1] : document;
}

/** IBAN of the bank account and VAT number of the contact, which the document names by their ids. */
async function relatedFindings(
  record: JsonObject,
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
  unchecked: string[],
): Promise<readonly Finding[]> {
  const roles = [
    ['contactId', 'contact'],
    ['bankAccount', 'bank_account'],
  ] as const;
  const found = await Promise.all(
    roles.map(async ([role, word]): Promise<readonly Finding[]> => {
      const field = fieldFor(role, [record], []);
      const id = field === null ? null : valueAt(record, field);
      if (field === null || plainText(id) === null) return [];
      const own = singular(wordOfId(field));
      const get = deps.operations.get(`lucanto_get_${own}`) ?? deps.operations.get(`lucanto_get_${word}`);
      if (get === undefined) {
        unchecked.push(`${field}: no tool can read it`);
        return [];
      }
      try {
        return codeFindings(await readRecord(deps.service, get, argumentsFor(args, { id }), context), `${field}: `);
      } catch {
        unchecked.push(`${field}: ${String(id)} could not be read`);
        return [];
      }
    }),
  );
  return found.flat();
}

function sumsAnswer({ method, net, vat, total, rates }: Sums, currency: string | null): JsonObject {
  const text = (amount: Big) => amountText(amount, currency);
  return {
    net: text(net),
    vat: text(vat),
    total: text(total),
    currency,
    by_vat_rate: rates.map((one) => ({ rate: one.rate.toFixed(), net: text(one.net), vat: text(one.vat) })),
    method,
  };
}

/** The highest VAT rate in the European Union (Hungary). */
const HIGHEST_RATE = 27;

function lineFindings(document: DocumentLines, isCredit: boolean): readonly Finding[] {
  const { field, fields, lines, reverse } = document;
  if (lines.length === 0) return [warning(field, 'There are no lines.')];
  const at = (index: number, path: string | null, role: string) => `${field}[${index}].${path ?? role}`;
  return lines.flatMap((line, index) => [
    ...quantityFindings(line, at(index, fields.quantity, 'quantity'), isCredit),
    ...priceFindings(line, at(index, fields.price, 'unit_price'), isCredit),
    ...rateFindings(line, at(index, fields.rate, 'vat_rate'), reverse),
    ...percentFindings(line.discount, at(index, fields.discount, 'discount')),
  ]);
}

function quantityFindings({ quantity }: Line, field: string, isCredit: boolean): readonly Finding[] {
  if (quantity === null) return [warning(field, 'There is no quantity, so Lucanto uses its own default.')];
  if (quantity.eq(0)) return [warning(field, 'The quantity is 0.')];
  return quantity.lt(0) && !isCredit
    ? [warning(field, 'The quantity is negative, although this is not a credit note.')]
    : [];
}

function priceFindings({ price }: Line, field: string, isCredit: boolean): readonly Finding[] {
  if (price === null) return [error(field, 'The price is missing or not a number.')];
  return price.lt(0) && !isCredit ? [warning(field, 'The price is negative, although this is not a credit note.')] : [];
}

function rateFindings({ rate }: Line, field: string, reverse: boolean): readonly Finding[] {
  if (rate === null)
    return reverse ? [] : [warning(field, 'There is no VAT rate, so Lucanto uses its own default, if it has one.')];
  if (rate.lt(0)) return [error(field, 'The VAT rate is negative.')];
  if (reverse && rate.gt(0))
    return [warning(field, 'There is a VAT rate although the customer pays the VAT (reverse charge).')];
  if (rate.gt(0) && rate.lt(1))
    return [warning(field, `The VAT rate is ${rate.toFixed()} percent. For 23 percent, write 23, not 0.23.`)];
  return rate.gt(HIGHEST_RATE)
    ? [warning(field, `No country of the European Union has a VAT rate above ${HIGHEST_RATE} percent.`)]
    : [];
}

function percentFindings(percent: Big | null, field: string): readonly Finding[] {
  if (percent === null || (percent.gte(0) && percent.lte(100))) return [];
  return [error(field, 'A discount must be from 0 to 100 percent.')];
}

const PARTS = ['net', 'vat', 'total'] as const;

/**
 * Compares the document's own totals with each usual way of rounding, to the cent.
 * @returns `computed` from the lines; null where they do not say enough
 */
function sumCheck(
  record: JsonObject,
  document: DocumentLines,
): { readonly findings: readonly Finding[]; readonly computed: Sums | null } {
  const possible = possibleSums(document);
  const [usual] = possible;
  if (usual === undefined) return { findings: [], computed: null };
  const paths = PARTS.map((part) => ({ part, path: fieldFor(part, [record], []) }));
  const given = paths.flatMap(({ part, path }) => {
    const value = path === null ? null : toBig(valueAt(record, path));
    return path === null || value === null ? [] : [{ part, path, value }];
  });
  const of = (part: (typeof PARTS)[number]) => given.find((one) => one.part === part)?.value ?? null;
  const found = matchingSums(possible, { net: of('net'), vat: of('vat'), total: of('total') });
  if (found !== undefined || given.length === 0) return { findings: [], computed: found ?? usual };
  const { currency, lines } = document;
  const text = (amount: Big) => amountText(amount, currency);
  const slight = new Big(10).pow(-decimalsOf(currency)).times(Math.max(1, lines.length));
  const findings = given.flatMap(({ part, path, value }): Finding[] => {
    const off = value.minus(usual[part]);
    if (off.eq(0)) return [];
    const message = `The lines give ${text(usual[part])}, not ${text(value)}: ${text(off.abs())} ${off.gt(0) ? 'too much' : 'too little'}.`;
    return [
      off.abs().lte(slight) ? warning(path, `${message} That may be another way of rounding.`) : error(path, message),
    ];
  });
  return { findings, computed: usual };
}

/** Amounts of money have no more decimals than their currency. */
function roundingFindings(record: JsonObject): readonly Finding[] {
  const decimals = decimalsOf(textOfRole('currency', record));
  return (['net', 'vat', 'total', 'open', 'discountAmount'] as const).flatMap((role) => {
    const path = fieldFor(role, [record], []);
    const text = path === null ? null : decimalText(valueAt(record, path));
    if (path === null || text === null || new Big(text).round(decimals, Big.roundDown).eq(text)) return [];
    return [warning(path, `${text} has more than ${decimals} decimals.`)];
  });
}
