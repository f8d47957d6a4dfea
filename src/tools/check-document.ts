import { singular } from '../contract/naming.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import { codeFindings, currencyFindings, dateFindings, type Finding } from './field-checks.ts';
import {
  answerWith,
  argumentsFor,
  missingArgument,
  type Operations,
  readRecord,
  type ServicePort,
} from './local-tool.ts';
import { amountText, type Big, linesOf } from './money.ts';
import { fieldFor, type MoneyResource, plainText, type Role, valueAt, wordOfId } from './money-roles.ts';
import { lineFindings, percentFindings, roundingFindings, sumCheck } from './sum-checks.ts';
import type { Sums } from './sums.ts';

/** One check: the document, what belongs to it as far as it can be read, and what was found. */
export interface Check {
  readonly sources: readonly MoneyResource[];
  readonly operations: Operations;
  readonly service: ServicePort;
}

export async function checkDocument(deps: Check, args: JsonObject, context: CallContext): Promise<ToolResult> {
  const source = deps.sources.find(({ type }) => type === args.type);
  if (source === undefined)
    throw missingArgument('type names no kind of document', 'Give one of the types that the schema lists.');
  const record = await recordOf(source, deps, args, context);
  const unchecked: string[] = [];
  const related = await relatedFindings(record, deps, args, context, unchecked);
  const lines = linesOf(record, source.described);
  const isCredit = /credit|correct/.test(source.type);
  const sums = lines === null ? { findings: [], computed: null } : sumCheck(record, lines);
  if (lines === null) unchecked.push('sums: no field was found that holds lines');
  else if (sums.computed === null) unchecked.push('sums: lines lack prices or VAT rates, or prices hold the VAT');
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
    computed: sums.computed === null ? null : told(sums.computed, lines?.currency ?? null),
    ...(unchecked.length > 0 && { not_checked: unchecked }),
    note: 'Nothing was changed or sent.',
  });
}

async function recordOf(
  source: MoneyResource,
  deps: Check,
  args: JsonObject,
  context: CallContext,
): Promise<JsonObject> {
  const { id, document } = args;
  if ((id === undefined) === (document === undefined)) {
    throw missingArgument(
      'Either id or document is needed, and not both',
      'Give the id of a draft, or as document what the create tool would be given.',
    );
  }
  if (isJsonObject(document)) return unwrapped(document, source);
  if (source.get === undefined) {
    throw missingArgument(`A ${source.type} cannot be read by its id`, 'Give its fields as document.');
  }
  return readRecord(deps.service, source.get, argumentsFor(args, { id }), context);
}

/** Models that know the API put the record into the key that requests wrap it in. */
function unwrapped(document: JsonObject, { create, type }: MoneyResource): JsonObject {
  const keys = new Set([create?.body?.wrapper, type, 'document']);
  const [only, ...others] = Object.entries(document);
  return only !== undefined && others.length === 0 && keys.has(only[0]) && isJsonObject(only[1]) ? only[1] : document;
}

/** IBAN of the bank account, VAT number of the contact: of records that the document names by their ids. */
async function relatedFindings(
  record: JsonObject,
  deps: Check,
  args: JsonObject,
  context: CallContext,
  unchecked: string[],
): Promise<readonly Finding[]> {
  const roles: readonly (readonly [Role, string])[] = [
    ['contactId', 'contact'],
    ['bankAccount', 'bank_account'],
  ];
  const found = await Promise.all(
    roles.map(async ([role, word]): Promise<readonly Finding[]> => {
      const field = fieldFor(role, [record], []);
      const id = field === null ? null : valueAt(record, field);
      if (field === null || plainText(id) === null) return [];
      const own = singular(wordOfId(field));
      const get = deps.operations.get(`lucanto_get_${own}`) ?? deps.operations.get(`lucanto_get_${word}`);
      if (get === undefined) {
        unchecked.push(`${field}: there is no tool to read it with`);
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

function told({ method, net, vat, total, rates }: Sums, currency: string | null): JsonObject {
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
