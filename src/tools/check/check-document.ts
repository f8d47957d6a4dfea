import { plainName } from '../../contract/field-names.ts';
import { FIELD_ROLES } from '../../contract/field-roles.ts';
import type { Operation } from '../../contract/operation.ts';
import { daysIn } from '../../core/calendar.ts';
import { ArgumentsError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, objectIn } from '../../core/json.ts';
import { textResult } from '../../core/results.ts';
import { capitalised } from '../../core/text.ts';
import type { AnswerField, ToolResult } from '../../core/tool.ts';
import { type LocalCall, readRecord, sourceOfType } from '../local-tool.ts';
import type { MoneyResource } from '../money-resource.ts';
import { checkBooks } from './booked-bill.ts';
import { type CheckedDocument, checkedDocument } from './checked-document.ts';
import { codeFindings } from './code-checks.ts';
import { dateFindings } from './date-checks.ts';
import { error, type Finding, Findings } from './findings.ts';
import { lineFindings } from './line-checks.ts';
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
  const sentence = capitalised(problem);
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

/** Numbers that are written as people write them: with a decimal comma, a space between thousands, a currency behind them. */
const NUMERIC_NAMES = new Set(
  Object.values(FIELD_ROLES)
    .filter(({ holds }) => holds === 'decimal')
    .flatMap(({ names }) => names.map((name) => name.split('.').at(-1) ?? name)),
);
const NUMERIC_ENDING = /(^|_)(amount|price|total|rate|quantity|percent|percentage|discount|sum|cost)$/;
const GROUPED =
  /^([-+]?)(\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})+|\d+)(?:([.,])(\d+))?(\s*(?:%|€|\$|£|[A-Za-zčł]{1,3}\.?))?$/;

/**
 * The document with such numbers written with a point, so that the other checks can read them, and a finding for each.
 * @param schema of the create tool's arguments, which says where a number is meant
 */
function withPoints(
  record: JsonObject,
  schema: unknown,
): { readonly record: JsonObject; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const changed = (value: unknown, path: string, name: string, described: unknown): unknown => {
    if (typeof value === 'string') {
      const read = isNumeric(name, described) ? readNumber(value) : null;
      if (read === null) return value;
      findings.push(comma(path, value, read.number));
      return read.number ?? value;
    }
    if (Array.isArray(value)) {
      const items = isJsonObject(described) ? described.items : undefined;
      return value.map((item, at) => changed(item, `${path}[${at}]`, name, items));
    }
    if (!isJsonObject(value)) return value;
    const properties = objectIn(objectIn(described).properties);
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => {
        const inside = path === '' ? member : `${path}.${member}`;
        return [member, changed(inner, inside, member, properties[member])];
      }),
    );
  };
  const copy = changed(record, '', '', schema);
  return { record: isJsonObject(copy) ? copy : record, findings };
}

function comma(path: string, value: string, number: string | null): Finding {
  const told = JSON.stringify(value.slice(0, 40));
  if (number === null) {
    const [whole, decimal] = [value.replaceAll(/\D/g, ''), value.replace(',', '.')];
    return error(path, `${told} is not a number: it can mean ${decimal} or ${whole}. Write decimals with a point.`);
  }
  return error(path, `${told} is not a number. Write it with a decimal point: "${number}".`, number);
}

/** The contract's own word counts before the name. */
function isNumeric(name: string, schema: unknown): boolean {
  const byName = NUMERIC_NAMES.has(plainName(name)) || NUMERIC_ENDING.test(plainName(name));
  if (!isJsonObject(schema)) return byName;
  const types = [schema.type].flat();
  if (types.includes('number') || types.includes('integer')) return true;
  if (!types.includes('string')) return byName;
  return typeof schema.pattern === 'string' ? /\\d|0-9/.test(schema.pattern) : byName && schema.format === undefined;
}

/** @returns null for what is a number already or no number at all; `number` is null where two numbers may be meant */
function readNumber(text: string): { readonly number: string | null } | null {
  const match = GROUPED.exec(text.trim());
  if (match === null) return null;
  const [, sign = '', whole = '', point, decimals, unit] = match;
  const groups = whole.split(/[ .,'\u00a0\u202f]/);
  const separator = /[ .,'\u00a0\u202f]/.exec(whole)?.[0];
  const minus = sign === '-' ? '-' : '';
  if (point === undefined) {
    if (separator === undefined) return unit === undefined ? null : { number: `${minus}${whole}` };
    // "1.234" is a decimal number as the service writes it, "1,234" may be either.
    if (separator === '.' && groups.length === 2) return unit === undefined ? null : { number: `${minus}${whole}` };
    if (separator === ',' && groups.length === 2) return { number: null };
    return { number: `${minus}${groups.join('')}` };
  }
  if (separator === point) return null;
  if (point === '.' && separator === undefined && unit === undefined) return null;
  return { number: `${minus}${groups.join('')}.${decimals}` };
}
