import type { Operation } from '../../contract/operation.ts';
import { daysIn } from '../../core/calendar.ts';
import { ArgumentsError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, objectIn } from '../../core/json.ts';
import { textResult } from '../../core/results.ts';
import type { AnswerField, ToolResult } from '../../core/tool.ts';
import { type LocalCall, readRecord, sourceOfType } from '../local-tool.ts';
import type { MoneyResource } from '../money-resource.ts';
import { checkBooks } from './booked-bill.ts';
import { type CheckedDocument, checkedDocument } from './checked-document.ts';
import { codeFindings } from './code-checks.ts';
import { dateFindings } from './date-checks.ts';
import { error, type Finding, Findings } from './findings.ts';
import { lineFindings } from './line-checks.ts';
import { withPoints } from './number-checks.ts';
import { checkParties, currencyFindings, customerFindings } from './party-checks.ts';
import { checkSums } from './sum-checks.ts';

/** The check of one document: what a bookkeeper would find wrong in it, with the right value where it can be computed. */

/**
 * What the create tool would refuse, by its own validation.
 * @returns the fields that only the service itself computes, so that a create does not take them
 */
async function checkArguments(
  record: JsonObject,
  create: Operation,
  described: readonly AnswerField[],
  call: LocalCall,
  findings: Findings,
): Promise<readonly string[]> {
  const { properties } = create.validation;
  const taken = new Set(Object.keys(objectIn(properties)));
  const answered = new Set(described.map(({ name }) => name));
  const computed = Object.keys(record).filter((name) => !taken.has(name) && answered.has(name));
  const args = Object.fromEntries(Object.entries(record).filter(([name]) => !computed.includes(name)));
  const problems = await call.argumentProblems(create.tool, args, call.context);
  if (problems === null) {
    findings.notChecked(`what ${create.tool} takes: it could not be found`);
    return computed;
  }
  findings.checked(`arguments of ${create.tool}`);
  findings.add(problems.map((problem) => refused(problem, create)));
  return computed;
}

/** @param problem "unknown argument `purchaserid`; did you mean `purchaser_id`?" */
function refused(problem: string, { tool }: Operation): Finding {
  const [, field = tool] = /`([^`]+)`/.exec(problem) ?? [];
  const [, meant] = /did you mean `([^`]+)`(?: \([^)]*\))?\?/.exec(problem) ?? [];
  const sentence = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}`;
  return error(field, `${tool} would refuse it. ${sentence}`, meant);
}

/** @param createOf the create operation of a kind of document, also where its tool is hidden. @throws LucantoError */
export async function checkDocument(
  sources: readonly MoneyResource[],
  createOf: (source: MoneyResource) => Operation | undefined,
  call: LocalCall,
): Promise<ToolResult> {
  const source = sourceOfType(sources, call.args, 'can be checked');
  if (source.list.workspace !== null) await knownCompany(call);
  const create = createOf(source);
  const read = await recordOf(source, create, call);
  const isGiven = call.args.document !== undefined;
  const { record, findings: commas } = withPoints(read, create?.validation);
  const today = daysIn(call.timeZone())(call.clock());
  const document = checkedDocument(source, create, record, isGiven, today);
  const findings = new Findings();
  findings.add(commas);
  findings.add(dateFindings(document, create?.validation, today));
  if (hasDates(document)) findings.checked('dates');
  customerFindings(document, findings);
  findings.add(currencyFindings(document));
  findings.add(codeFindings(record));
  const { isVatPayer } = await checkParties(document, call, findings, today);
  findings.add(lineFindings(document, isVatPayer));
  const computed = checkSums(document, findings);
  await checkBooks(document, source, call, findings);
  const own =
    isGiven && create !== undefined ? await checkArguments(record, create, source.described, call, findings) : [];
  return textResult({
    ...findings.answer(isSubstantial(document)),
    computed,
    ...(own.length > 0 && { computed_by_service: own }),
    note: 'Nothing was changed or sent.',
  });
}

/** Whose customers, accounts and VAT rates count must be clear. @throws ArgumentsError where several companies are meant */
async function knownCompany(call: LocalCall): Promise<void> {
  try {
    await call.companyId(call.args, call.context);
  } catch (cause) {
    if (call.context.signal.aborted || cause instanceof ArgumentsError) throw cause;
  }
}

function hasDates({ issued, delivered, due }: CheckedDocument): boolean {
  return [issued, delivered, due].some((dated) => (dated?.date ?? null) !== null);
}

/** Without a line and without an amount, there is nothing that could be right. */
function isSubstantial({ lines, amount }: CheckedDocument): boolean {
  return (lines?.lines.length ?? 0) > 0 || amount('total') !== null;
}

async function recordOf(source: MoneyResource, create: Operation | undefined, call: LocalCall): Promise<JsonObject> {
  const { id, document } = call.args;
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
  return readRecord(call, source.get, { id });
}

/** Models that know the API wrap the record as requests do. */
function unwrapped(document: JsonObject, { type }: MoneyResource, create: Operation | undefined): JsonObject {
  const keys = new Set([create?.body?.wrapper, type, 'document']);
  const [only, ...others] = Object.entries(document);
  return only !== undefined && others.length === 0 && keys.has(only[0]) && isJsonObject(only[1]) ? only[1] : document;
}
