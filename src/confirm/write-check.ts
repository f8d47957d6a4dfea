import type { WriteLimits } from '../config/setting.ts';
import { actsInName } from '../contract/acts.ts';
import type { Operation } from '../contract/operation.ts';
import { lazy } from '../core/deadline.ts';
import { AbortedError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonSchema, objectIn } from '../core/json.ts';
import type { CallContext, Tool } from '../core/tool.ts';
import { fieldsTaken } from '../tools/check/checked-document.ts';
import { amountText, Big } from '../tools/money.ts';
import {
  type CallSubject,
  type ConfirmationRequest,
  effectOf,
  type SubjectReader,
  subjectOf,
  unclearIn,
} from './call-subject.ts';
import { callTotal, companyCurrency } from './call-total.ts';
import { type DocumentTotal, decidesTotal, describesDocument, isLinesName, totalOfRecord } from './document-total.ts';
import { addressesAmong, isStored, mailAddresses, recipientsOf, storedAddresses } from './recipients.ts';
import { actName, namesSeveral, sendsOfCall } from './sends-of-call.ts';

/** Whether a write keeps to the limits of `--limit`: looked at before a person is asked, and again before it is sent. */
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

  /** @param request as it would be sent @returns how many sends the call makes. @throws LucantoError where it is beyond a limit */
  async check(request: ConfirmationRequest, context: CallContext): Promise<number> {
    const { tool, args, effects: asked } = request;
    // What is made only here writes through the tools of the service, whose calls are checked.
    if (tool.route === 'local') return 0;
    const { limits } = this.#deps;
    const operation = this.#deps.operations().find((one) => one.tool === tool.descriptor.name);
    const { name } = tool.descriptor;
    const read = lazy(() => subjectOf(request, context, this.#deps.reader));
    // A record that is given back as it was read is in that state already.
    const effects = asked.some(({ isState }) => isState) ? ((await read()).effects ?? []) : asked;
    const sends = sendsOfCall(tool, operation, args, effects);
    if (sends !== 0 && limits.sends !== null) {
      if (sends === 'unknown') {
        const why = `how many messages it would send cannot be known, and --limit allows at most ${limits.sends} a day`;
        throw beyond(name, why, 'Send one record at a time.', { limit: `sends=${limits.sends}/day` });
      }
      await this.#deps.checkSends(sends, name);
    }
    const isPaper = limits.amounts.size > 0 && this.#isAboutTotal({ tool, args, effects }, operation, sends !== 0);
    const isAddressed = limits.storedRecipients && sends !== 0;
    const isAddress = limits.storedRecipients && mayChangeAddress(tool, operation, args);
    if (isPaper || isAddressed || isAddress) {
      const subject = await read();
      const why = (isAddressed ? whyNotStored(subject) : null) ?? (isAddress ? whyNotKept(subject) : null);
      if (why !== null) {
        const clause = `${why}, and only addresses stored there are allowed`;
        throw beyond(name, clause, null, { limit: 'recipients=stored' });
      }
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
    const own = [...(operation?.answerFields ?? []), ...fieldsTaken(tool.validation)];
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
    const total = await this.#totalOf(subject, operation, context);
    if (total === null) return;
    const { amounts } = this.#deps.limits;
    const limit = [...amounts].map(([currency, most]) => `amount=${most}${currency}`);
    const refuse = (why: string, help: string | null, more: JsonObject) =>
      beyond(subject.tool.descriptor.name, why, help, { limit: limit.join(','), ...more });
    const others = `only documents within ${limit.join(' or ')} are allowed`;
    if ('unknown' in total) {
      const { unknown, help } = total;
      throw refuse(`what the document comes to cannot be known (${unknown}), and ${others}`, help, { unknown });
    }
    const { amount, currency } = total;
    const text = amountText(amount, currency);
    const told = `the document comes to ${text} ${currency}`;
    const most = amounts.get(currency);
    if (most === undefined) throw refuse(`${told}, and ${others}`, null, { total: text, currency });
    if (amount.lte(new Big(most))) return;
    const own = { limit: `amount=${most}${currency}`, total: text, currency };
    throw refuse(`${told}, and at most ${most} ${currency} are allowed`, null, own);
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
    if (namesSeveral(tool, args)) return { unknown: 'the call names several records', help: 'Name one in each call.' };
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
  return changes && !makes && mailAddresses(args).length > 0;
}

/** What an update only repeats from the record is there already. */
function whyNotKept({ args, source }: CallSubject): string | null {
  const own = source == null ? [] : storedAddresses(source.record).map(({ address }) => address);
  const other = mailAddresses(args).find((address) => !isStored(address, own));
  return other === undefined ? null : `${other} is not an address that the record has`;
}

/** Something that exists already, besides the company. */
function namesRecord(operation: Operation | undefined, args: JsonObject): boolean {
  const inPath = operation?.parameters.some(
    ({ in: place, arg, name }) => place === 'path' && arg !== 'workspace_id' && name !== operation.workspace,
  );
  return inPath === true || (args.id ?? null) !== null;
}

/** Why it may not be sent, as a clause; null where it may. @param args what is sent, without the workspace */
function whyNotStored(subject: CallSubject): string | null {
  const { tool, args, facts, source, stored, hasCustomer, newCustomer } = subject;
  if (namesSeveral(tool, args)) return 'the call names several records';
  if (source == null && newCustomer === undefined) return 'the record, and so the customer, could not be read';
  if (hasCustomer !== true || stored === null) return "the customer's own record could not be read";
  if (stored.length === 0) return "the customer's record has no address";
  const { validation } = tool;
  const [odd] = unclearIn(subject);
  if (odd !== undefined) return `${odd.slice(0, 80)} names recipients that are not plain addresses`;
  const named = recipientsOf(args, validation).map(({ address }) => address);
  const given = [...named, ...mailAddresses(args), ...undescribed(args, validation)];
  const other = given.find((address) => !isStored(address, stored));
  if (other !== undefined) return `${other} is not an address of the customer's record`;
  if (given.length > 0) return null;
  // The service chooses, and may take what the document itself holds.
  const own = facts?.otherAddresses.find(({ address }) => !isStored(address, stored));
  return own === undefined ? null : `the document names ${own.address}, which the customer's record does not have`;
}

/** The endpoint of a remote tool may take arguments that its schema does not describe. */
function undescribed(args: JsonObject, { properties }: JsonSchema): readonly string[] {
  const known = objectIn(properties);
  return Object.entries(args).flatMap(([name, value]) => (Object.hasOwn(known, name) ? [] : addressesDeep(value)));
}

function addressesDeep(value: unknown): readonly string[] {
  if (typeof value === 'string') return addressesAmong(value);
  if (Array.isArray(value)) return value.flatMap(addressesDeep);
  return isJsonObject(value)
    ? Object.entries(value).flatMap(([key, one]) => [...addressesAmong(key), ...addressesDeep(one)])
    : [];
}

/** @param why a clause. @param help what would be within it */
function beyond(tool: string, why: string, help: string | null, more: Readonly<Record<string, unknown>>): AbortedError {
  const first = help === null ? 'Nothing was sent.' : `Nothing was sent. ${help}`;
  return new AbortedError('limit_reached', `${tool} was not carried out: ${why}.`, {
    hint: {
      person: `${first} ${help === null ? 'Do' : 'Or do'} it in the Lucanto app, or start lucanto-mcp with another --limit.`,
      model: `${first} Do not try it in another way: tell the user about this limit, which only the user can change.`,
    },
    details: { more },
  });
}
