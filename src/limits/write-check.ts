/** Whether a write keeps to the limits of `--limit`: looked at before a person is asked, and again before it is sent. */

import type { WriteLimits } from '../config/write-limits.ts';
import { type CallSubject, type SubjectReader, subjectOf } from '../confirm/call-subject.ts';
import { isStored, recipientsOf, storedAddresses } from '../confirm/recipients.ts';
import { actsInName } from '../contract/acts.ts';
import { plainName } from '../contract/field-names.ts';
import { toolName } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import {
  canonicalJson,
  isJsonObject,
  type JsonObject,
  type JsonSchema,
  numbersAsText,
  parseJson,
  recordIn,
} from '../core/json.ts';
import type { AnswerField, CallContext, Tool } from '../core/tool.ts';
import { amountText, Big } from '../tools/money.ts';
import { fieldFor } from '../tools/record-fields.ts';
import {
  type DocumentTotal,
  decidesTotal,
  describesDocument,
  isLinesName,
  isPartOfTotal,
  totalOfContent,
  totalOfRecord,
  withoutTotals,
} from './document-total.ts';
import { amountAbove, otherCurrency, unknownRecipient, unknownSends, unknownTotal } from './limit-refusals.ts';
import { actName, sendsOfCall } from './sends-of-call.ts';
import { whyNotStored } from './stored-recipients.ts';

export class WriteCheck {
  readonly #deps;

  constructor(deps: {
    readonly reader: SubjectReader;
    readonly limits: WriteLimits;
    /** @throws LucantoError where so many more sends are certainly beyond the limit of the day */
    readonly checkSends: (sends: number, tool: string) => Promise<void>;
    /** Of the contract in force: it describes what remote tools do not. */
    readonly operations: () => readonly Operation[];
  }) {
    this.#deps = deps;
  }

  /** @param args as they would be sent @returns how many sends the call makes. @throws LucantoError where it is beyond a limit */
  async check(tool: Tool, args: JsonObject, context: CallContext): Promise<number> {
    // What is made only here writes through the tools of the service, whose calls are checked.
    if (tool.route === 'local') return 0;
    const { limits } = this.#deps;
    const operation = this.#deps.operations().find((one) => one.tool === tool.descriptor.name);
    const { name } = tool.descriptor;
    const sends = sendsOfCall(tool, operation, args);
    if (sends !== 0 && limits.sends !== null) {
      if (sends === 'unknown') throw unknownSends(name, limits.sends);
      await this.#deps.checkSends(sends, name);
    }
    const isPaper = limits.amounts.size > 0 && this.#isAboutTotal(tool, operation, args, sends !== 0);
    const isAddressed = limits.storedRecipients && sends !== 0;
    const isAddress = limits.storedRecipients && mayChangeAddress(tool, operation, args);
    if (isPaper || isAddressed || isAddress) {
      const subject = await subjectOf({ tool, args, allowDuplicate: false }, context, this.#deps.reader);
      const why = isAddressed ? whyNotStored(subject) : null;
      if (why !== null) throw unknownRecipient(name, why);
      const other = isAddress ? newAddress(subject) : null;
      if (other !== null) throw unknownRecipient(name, `${other} is not an address that the record has`);
      if (isPaper) await this.#checkTotal(subject, operation, context);
    }
    return sends === 'unknown' ? 1 : sends;
  }

  /** Whether it creates, issues, sends or changes a document, or may do so for all that is known. */
  #isAboutTotal(tool: Tool, operation: Operation | undefined, args: JsonObject, isSend: boolean): boolean {
    if (tool.irreversible === 'deletes' && !isSend) return false;
    const isFinal = isSend || tool.irreversible === 'issues' || tool.irreversible === 'unknown';
    const { makes, changes } = kindOfWrite(tool, operation);
    const decides = Object.entries(args).some(([name, value]) =>
      changes ? decidesTotal(name, value) : isLinesName(name),
    );
    return (makes || isFinal || decides) && this.#isDocument(tool, operation);
  }

  #isDocument(tool: Tool, operation: Operation | undefined): boolean {
    const own = [...(operation?.answerFields ?? []), ...fieldsOf(tool.validation, 0)];
    if (describesDocument(own)) return true;
    const described = this.#deps
      .operations()
      .filter(
        ({ resource, reads, answerFields }) => resource === tool.resource && reads && (answerFields ?? []).length > 0,
      );
    // What nothing is known of may be a document.
    return described.length === 0 || described.some(({ answerFields }) => describesDocument(answerFields ?? []));
  }

  async #checkTotal(subject: CallSubject, operation: Operation | undefined, context: CallContext): Promise<void> {
    const { tool } = subject;
    const total = await this.#totalOf(subject, operation, context);
    if (total === null) return;
    const { name } = tool.descriptor;
    const { amounts } = this.#deps.limits;
    const texts = [...amounts].map(([currency, most]) => `amount=${most}${currency}`);
    if ('unknown' in total) throw unknownTotal(name, total, texts);
    const { amount, currency } = total;
    const most = amounts.get(currency);
    if (most === undefined) throw otherCurrency(name, currency, amountText(amount, currency), texts);
    if (amount.gt(new Big(most))) throw amountAbove(name, amountText(amount, currency), currency, most);
  }

  /** Null where the call changes nothing about it. */
  async #totalOf(
    subject: CallSubject,
    operation: Operation | undefined,
    context: CallContext,
  ): Promise<DocumentTotal | null> {
    const { tool, args, source } = subject;
    const { makes, changes } = kindOfWrite(tool, operation);
    const taken = fieldsOf(tool.validation, 0);
    const companys = () => this.#companyCurrency(subject, context);
    if (namesTwo(tool, args)) return { unknown: 'the call names two records', help: null };
    if (source == null) {
      if (!makes || namesRecord(operation, args)) return { unknown: 'the record could not be read', help: null };
      const usual = async () => defaultCurrency(tool, taken, args) ?? (takesCurrency(taken) ? null : companys());
      return totalOfContent(args, taken, { given: 'all', usual });
    }
    const { record, described } = source;
    const given = Object.entries(withRecordNames(tool, args)).filter(([name, value]) => decidesTotal(name, value));
    const changed = given.filter(([name, value]) => !isSame(record[name], value));
    if (changed.length === 0)
      return changes && tool.irreversible === undefined ? null : totalOfRecord(record, described, companys);
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
  async #companyCurrency({ workspace }: CallSubject, context: CallContext): Promise<string | null> {
    const { reader } = this.#deps;
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
}

function kindOfWrite(
  tool: Tool,
  operation: Operation | undefined,
): { readonly makes: boolean; readonly changes: boolean } {
  const acts = actsInName(actName(tool)).map(({ act }) => act);
  // Whatever a tool of another description does, it may make a document unless its words say what else it does.
  const isUnderstood = acts.some((act) => act === 'reversible' || act === 'changes' || act === 'deletes');
  return {
    makes: operation?.action === 'create' || acts.includes('makes') || (operation === undefined && !isUnderstood),
    changes: tool.change !== undefined || operation?.action === 'update' || acts.includes('changes'),
  };
}

/** Otherwise a stored address would be whatever was written there before. */
function mayChangeAddress(tool: Tool, operation: Operation | undefined, args: JsonObject): boolean {
  const { makes, changes } = kindOfWrite(tool, operation);
  return changes && !makes && mailAddresses(tool, args).length > 0;
}

/** What an update only repeats from the record is there already. */
function newAddress({ tool, args, source }: CallSubject): string | null {
  const own = source == null ? [] : storedAddresses(source.record).map(({ address }) => address);
  return mailAddresses(tool, args).find((address) => !isStored(address, own)) ?? null;
}

/** Nothing is sent to a stored telephone number. */
function mailAddresses({ validation }: Tool, args: JsonObject): readonly string[] {
  return recipientsOf(args, validation).flatMap(({ address }) => (/[@＠]/.test(address) ? [address] : []));
}

/** Something that exists already, besides the company. */
function namesRecord(operation: Operation | undefined, args: JsonObject): boolean {
  const inPath = operation?.parameters.some(
    ({ in: place, arg, name }) => place === 'path' && arg !== 'workspace_id' && name !== operation.workspace,
  );
  return inPath === true || (args.id ?? null) !== null;
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

const DEPTH = 3;

/** What a schema takes, as if it were answered. */
function fieldsOf(schema: JsonSchema, depth: number): readonly AnswerField[] {
  const inner = isJsonObject(schema.items) ? schema.items : schema;
  const properties = depth <= DEPTH && isJsonObject(inner.properties) ? inner.properties : {};
  return Object.entries(properties).map(([name, one]) => ({
    name,
    fields: isJsonObject(one) ? fieldsOf(one, depth + 1) : [],
  }));
}

function currencyCodes(record: JsonObject): readonly string[] {
  return Object.entries(record).flatMap(([name, value]) => {
    if (!/(^|_)currency(_code)?$/.test(plainName(name))) return [];
    const code = isJsonObject(value) ? value.code : value;
    return typeof code === 'string' && /^[A-Za-z]{3}$/.test(code) ? [code.toUpperCase()] : [];
  });
}
