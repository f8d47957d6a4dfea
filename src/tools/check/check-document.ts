import type { Operation } from '../../contract/operation.ts';
import { daysIn } from '../../core/calendar.ts';
import { ArgumentsError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { CallContext, ToolResult } from '../../core/tool.ts';
import { answerWith, argumentsFor, type LocalDeps, readRecord } from '../local-tool.ts';
import type { MoneyResource } from '../money-resource.ts';
import { checkArguments } from './argument-checks.ts';
import { checkBooks } from './book-checks.ts';
import { type CheckedDocument, checkedDocument } from './checked-document.ts';
import { codeFindings, currencyFindings } from './code-checks.ts';
import { countryOf, describesVatNumber, vatNumberOf } from './countries.ts';
import { dateFindings } from './date-checks.ts';
import { Findings } from './findings.ts';
import { lineFindings } from './line-checks.ts';
import { withPoints } from './number-checks.ts';
import {
  bankAccountFindings,
  checkReference,
  customerFindings,
  dueFindings,
  exchangeFindings,
  reverseFindings,
} from './party-checks.ts';
import { checkRates } from './rate-checks.ts';
import { embedded, ownCompany, readReference } from './references.ts';
import { checkSums } from './sum-checks.ts';

/** The check of one document: what a bookkeeper would find wrong in it, with the right value where it can be computed. */

/** @param createOf the create operation of a kind of document, also where its tool is hidden. @throws LucantoError */
export async function checkDocument(
  sources: readonly MoneyResource[],
  createOf: (source: MoneyResource) => Operation | undefined,
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
  if (source.list.workspace !== null) await knownCompany(deps, args, context);
  const create = createOf(source);
  const read = await recordOf(source, create, deps, args, context);
  const isGiven = args.document !== undefined;
  const { record, findings: commas } = withPoints(read, create?.validation);
  const today = daysIn(deps.timeZone)(deps.clock());
  const document = checkedDocument(source, create, record, isGiven, today);
  const findings = new Findings();
  findings.add(commas);
  findings.add(dateFindings(document, create?.validation, today));
  if (hasDates(document)) findings.checked('dates');
  customerFindings(document, findings);
  findings.add(currencyFindings(document));
  findings.add(codeFindings(record));
  const { isVatPayer } = await checkParties(document, deps, args, context, findings, today);
  findings.add(lineFindings(document, isVatPayer));
  const computed = checkSums(document, findings);
  await checkBooks(document, source, deps, args, context, findings);
  const own =
    isGiven && create !== undefined
      ? await checkArguments(record, create, source.described, deps, context, findings)
      : [];
  return answerWith({
    ...findings.answer(isSubstantial(document)),
    computed,
    ...(own.length > 0 && { computed_by_service: own }),
    note: 'Nothing was changed or sent.',
  });
}

/** Whose customers, accounts and VAT rates count must be clear. @throws ArgumentsError where several companies are meant */
async function knownCompany(deps: LocalDeps, args: JsonObject, context: CallContext): Promise<void> {
  try {
    await deps.companyId(args, context);
  } catch (cause) {
    if (context.signal.aborted || cause instanceof ArgumentsError) throw cause;
  }
}

function hasDates({ issued, delivered, due }: CheckedDocument): boolean {
  return [issued, delivered, due].some((dated) => (dated?.date ?? null) !== null);
}

/** Without a line and without an amount, there is nothing that could be right. */
function isSubstantial({ lines, amount }: CheckedDocument): boolean {
  return (lines?.lines.length ?? 0) > 0 || amount('total') !== null;
}

async function recordOf(
  source: MoneyResource,
  create: Operation | undefined,
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
  if (isJsonObject(document)) return unwrapped(document, source, create);
  if (source.get === undefined) {
    throw new ArgumentsError(`A ${source.type.replaceAll('_', ' ')} cannot be read by its id.`, {
      hint: 'Give its fields as document.',
    });
  }
  return readRecord(deps.service, source.get, argumentsFor(args, { id }), context);
}

/** Models that know the API wrap the record as requests do. */
function unwrapped(document: JsonObject, { type }: MoneyResource, create: Operation | undefined): JsonObject {
  const keys = new Set([create?.body?.wrapper, type, 'document']);
  const [only, ...others] = Object.entries(document);
  return only !== undefined && others.length === 0 && keys.has(only[0]) && isJsonObject(only[1]) ? only[1] : document;
}

/** Everything about the customer, the bank account and the company, which are read side by side. */
async function checkParties(
  document: CheckedDocument,
  deps: LocalDeps,
  args: JsonObject,
  context: CallContext,
  findings: Findings,
  today: string,
): Promise<{ readonly isVatPayer: boolean }> {
  const read = (role: 'contactId' | 'supplierId' | 'bankAccount') => readReference(role, document, deps, args, context);
  const [customer, supplier, account, company] = await Promise.all([
    read('contactId'),
    // On what the company sells, the supplier is the company itself.
    document.isPurchase ? read('supplierId') : null,
    read('bankAccount'),
    ownCompany(deps, args, context),
  ]);
  if (customer !== null) checkReference(customer, 'customer', findings);
  if (supplier !== null) checkReference(supplier, 'supplier', findings);
  if (account !== null) checkReference(account, 'bank account', findings);
  findings.add(bankAccountFindings(document, account));
  findings.add(reverseFindings(document, customer, findings));
  findings.add(dueFindings(document, customer));
  findings.add(exchangeFindings(document, company?.record ?? null, today, findings));
  const seller = embedded(document.record, 'supplier') ?? (document.isPurchase ? supplier : company)?.record ?? null;
  const buyer = customer?.record ?? embedded(document.record, 'customer');
  const countries = {
    supplier: seller === null ? null : countryOf(seller),
    customer: buyer === null ? null : countryOf(buyer),
  };
  checkRates(document, countries, today, findings);
  const hasNone = company !== null && vatNumberOf(company.record) === null && describesVatNumber(company.described);
  return { isVatPayer: document.isPurchase || !hasNone };
}
