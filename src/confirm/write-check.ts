/** Whether a write keeps to the limits of `--limit`: looked at before a person is asked, and again before it is sent. */

import type { WriteLimits } from '../config/setting.ts';
import { actsInName } from '../contract/acts.ts';
import type { Operation } from '../contract/operation.ts';
import { lazy } from '../core/deadline.ts';
import type { JsonObject } from '../core/json.ts';
import type { CallContext, Tool } from '../core/tool.ts';
import { amountText, Big } from '../tools/money.ts';
import { type CallSubject, effectOf, effectsAskedFor, type SubjectReader, subjectOf } from './call-subject.ts';
import { callTotal, companyCurrency, takenFields } from './call-total.ts';
import { type DocumentTotal, decidesTotal, describesDocument, isLinesName, totalOfRecord } from './document-total.ts';
import { amountAbove, otherCurrency, unknownRecipient, unknownSends, unknownTotal } from './limit-refusals.ts';
import { isStored, recipientsOf, storedAddresses } from './recipients.ts';
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
    const reader = lazy(() => subjectOf({ tool, args, allowDuplicate: false }, context, this.#deps.reader));
    const asked = effectsAskedFor(tool, args);
    // A record that is given back as it was read is in that state already.
    const effects = asked.some(({ isState }) => isState) ? ((await reader()).effects ?? []) : asked;
    const sends = sendsOfCall(tool, operation, args, effects);
    if (sends !== 0 && limits.sends !== null) {
      if (sends === 'unknown') throw unknownSends(name, limits.sends);
      await this.#deps.checkSends(sends, name);
    }
    const isPaper = limits.amounts.size > 0 && this.#isAboutTotal({ tool, args, effects }, operation, sends !== 0);
    const isAddressed = limits.storedRecipients && sends !== 0;
    const isAddress = limits.storedRecipients && mayChangeAddress(tool, operation, args);
    if (isPaper || isAddressed || isAddress) {
      const subject = await reader();
      const why = isAddressed ? whyNotStored(subject) : null;
      if (why !== null) throw unknownRecipient(name, why);
      const other = isAddress ? newAddress(subject) : null;
      if (other !== null) throw unknownRecipient(name, `${other} is not an address that the record has`);
      if (isPaper) await this.#checkTotal(subject, operation, context);
    }
    return sends === 'unknown' ? 1 : sends;
  }

  /** Whether it creates, issues, sends or changes a document, or may do so for all that is known. */
  #isAboutTotal(
    call: Pick<CallSubject, 'tool' | 'args' | 'effects'>,
    operation: Operation | undefined,
    isSend: boolean,
  ): boolean {
    const { tool, args } = call;
    const effect = effectOf(call);
    if (effect === 'deletes' && !isSend) return false;
    const isFinal = isSend || effect === 'issues' || effect === 'unknown';
    const { makes, changes } = kindOfWrite(tool, operation);
    const decides = Object.entries(args).some(([name, value]) =>
      changes ? decidesTotal(name, value) : isLinesName(name),
    );
    return (makes || isFinal || decides) && this.#isDocument(tool, operation);
  }

  #isDocument(tool: Tool, operation: Operation | undefined): boolean {
    const own = [...(operation?.answerFields ?? []), ...takenFields(tool.validation, 0)];
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
    const { reader } = this.#deps;
    const { makes, changes } = kindOfWrite(tool, operation);
    if (source == null && (!makes || namesRecord(operation, args)))
      return { unknown: 'the record could not be read', help: null };
    const total = await callTotal(subject, context, reader);
    if (total !== null || source == null || (changes && effectOf(subject) === undefined)) return total;
    return totalOfRecord(source.record, source.described, () => companyCurrency(subject, context, reader));
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
