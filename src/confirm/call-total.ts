/** What a document comes to once a call is made: from the call's own fields, else from the record as it was read. */
import { plainName } from '../contract/field-names.ts';
import { toolName } from '../contract/naming.ts';
import { canonicalJson, isJsonObject, type JsonObject, numbersAsText, parseJson, recordIn } from '../core/json.ts';
import type { AnswerField, CallContext, Tool } from '../core/tool.ts';
import { fieldsTaken } from '../tools/check/checked-document.ts';
import { fieldFor } from '../tools/record-fields.ts';
import type { CallSubject, SubjectReader } from './call-subject.ts';
import {
  type DocumentTotal,
  decidesTotal,
  isLinesName,
  isPartOfTotal,
  totalOfContent,
  withoutTotals,
} from './document-total.ts';
import { actName } from './sends-of-call.ts';

/** Whether a call names something that decides it. */
export function touchesTotal(tool: Tool, args: JsonObject): boolean {
  return Object.entries(withRecordNames(tool, args)).some(([name, value]) => decidesTotal(name, value));
}

/** Null where the call changes nothing about the record that it names. */
export async function callTotal(
  subject: Omit<CallSubject, 'total'>,
  context: CallContext,
  reader: SubjectReader,
): Promise<DocumentTotal | null> {
  const { tool, args, source } = subject;
  const taken = fieldsTaken(tool.validation);
  const companys = () => companyCurrency(subject, context, reader);
  if (namesTwo(tool, args)) return { unknown: 'the call names two records', help: null };
  if (source == null) {
    const usual = async () => defaultCurrency(tool, taken, args) ?? (takesCurrency(taken) ? null : companys());
    return totalOfContent(args, taken, { given: 'all', usual });
  }
  const { record, described } = source;
  const given = Object.entries(withRecordNames(tool, args)).filter(([name, value]) => decidesTotal(name, value));
  const changed = given.filter(([name, value]) => !isSame(record[name], value));
  if (changed.length === 0) return null;
  const strange = changed.find(([name]) => !isPartOfTotal(name))?.[0];
  if (strange !== undefined) return { unknown: `what ${strange} adds is not known`, help: null };
  const own = Object.fromEntries(changed);
  const hasLines = changed.some(([name]) => isLinesName(name));
  return totalOfContent(merged(record, own, taken), [...described, ...taken], {
    given: hasLines ? 'lines' : 'nothing',
    usual: companys,
  });
}

/** Of a service with one currency for each company, or of a document that names none. */
export async function companyCurrency(
  { workspace }: Pick<CallSubject, 'workspace'>,
  context: CallContext,
  reader: SubjectReader,
): Promise<string | null> {
  const get = reader.visible().find(({ descriptor }) => descriptor.name === toolName('get_workspace'));
  if (get === undefined || workspace === null) return null;
  try {
    const { content, structuredContent } = await reader.read(get, { workspace_id: workspace.id }, context);
    const value = structuredContent ?? parseJson(String(content[0]?.text));
    const codes = new Set(isJsonObject(value) ? currencyCodes(recordIn(value)) : []);
    return codes.size === 1 ? ([...codes][0] ?? null) : null;
  } catch {
    return null;
  }
}

/** A tool may take another id than the one by which the record was read. */
function namesTwo(tool: Tool, args: JsonObject): boolean {
  const own = Object.entries(args).filter(([name]) => {
    const noun = plainName(name).replace(/_?id$/, '');
    return plainName(name).endsWith('id') && (noun === '' || `_${actName(tool)}_`.includes(`_${noun}_`));
  });
  return new Set(own.map(([, value]) => String(value))).size > 1;
}

/** The arguments under the names that the record has for them. */
function withRecordNames({ change }: Tool, args: JsonObject): JsonObject {
  const names = new Map((change?.fields ?? []).map(({ arg, property }) => [arg, property]));
  return Object.fromEntries(Object.entries(args).map(([arg, value]) => [names.get(arg) ?? arg, value]));
}

function isSame(before: unknown, value: unknown): boolean {
  return canonicalJson(numbersAsText(before ?? null)) === canonicalJson(numbersAsText(value ?? null));
}

/** The record as it will be. Lines replace the earlier ones, but for those that a service may keep by their ids. */
function merged(record: JsonObject, own: JsonObject, taken: readonly AnswerField[]): JsonObject {
  const field = Object.keys(own).find(isLinesName);
  const before = Object.entries(withoutTotals(record)).filter(([name]) => field === undefined || !isLinesName(name));
  const rows = field === undefined ? undefined : own[field];
  const takesIds = taken.find(({ name }) => isLinesName(name))?.fields.some(({ name }) => name === 'id') === true;
  if (field === undefined || !Array.isArray(rows) || !takesIds) return { ...Object.fromEntries(before), ...own };
  const ids = rows.filter(isJsonObject).map(({ id }) => String(id));
  const earlier = Object.entries(record).flatMap(([name, value]) =>
    isLinesName(name) && Array.isArray(value) ? value : [],
  );
  const kept = earlier.filter((row) => isJsonObject(row) && !ids.includes(String(row.id)));
  return { ...Object.fromEntries(before), ...own, [field]: [...rows, ...kept] };
}

function takesCurrency(taken: readonly AnswerField[]): boolean {
  return fieldFor('currency', [], taken) !== null;
}

/** What the tool's own description says that is taken where a call names no currency. */
function defaultCurrency({ validation }: Tool, taken: readonly AnswerField[], args: JsonObject): string | null {
  const name = fieldFor('currency', [], taken);
  const properties = isJsonObject(validation.properties) ? validation.properties : {};
  const schema = name === null ? undefined : properties[name];
  const fallback = isJsonObject(schema) && name !== null && !Object.hasOwn(args, name) ? schema.default : undefined;
  return typeof fallback === 'string' ? fallback.toUpperCase() : null;
}

function currencyCodes(record: JsonObject): readonly string[] {
  return Object.entries(record).flatMap(([name, value]) => {
    if (!/(^|_)currency(_code)?$/.test(plainName(name))) return [];
    const code = isJsonObject(value) ? value.code : value;
    return typeof code === 'string' && /^[A-Za-z]{3}$/.test(code) ? [code.toUpperCase()] : [];
  });
}
