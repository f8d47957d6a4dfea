import { plainName } from '../contract/field-names.ts';
import { FIELD_ROLES } from '../contract/field-roles.ts';
import { isNothing } from '../contract/success.ts';
import { ApiError, type ErrorDetails } from '../core/errors.ts';
import { isJsonObject, type JsonObject, numbersAsText, stringifyJson } from '../core/json.ts';
import { errorBodyOf } from '../http/api-error.ts';

/** A write of several things, answered for each of them: done only for what the answer says, and the rest by name. */

const FAILED_LIST =
  /^(errors|failures?|failed(_[a-z]+)?|rejected(_[a-z]+)?|skipped(_[a-z]+)?|unprocessed(_[a-z]+)?|not_(created|updated|deleted|sent|issued|done|found|processed|imported)|[a-z]+_(errors|failures|failed)|(error|failure)_count)$/;
const DONE_LIST = /^(created|updated|deleted|removed|sent|issued|imported|done|succeeded|success(es|ful)?|processed)$/;
/** In a record, what is listed under other names is its own: lines, deliveries. */
const RESULTS = /^(results?|responses?|outcomes?|operations?)$/;
const FAILED_WORD =
  /^(errors?|errored|failed|failure|invalid|rejected|refused|skipped|denied|unprocessable|not_[a-z]+)$/;
/** How a rejection ends that was done, by the verb of its tool or by what the call asks for. */
const REFUSALS = Object.entries({
  ...{ reject: 'rejected', refuse: 'refused', deny: 'denied', skip: 'skipped' },
  ...{ ignore: 'ignored', drop: 'dropped', exclude: 'excluded' },
});
const DONE_WORD =
  /^(ok|success|successful|succeeded|created|updated|deleted|done|sent|issued|paid|completed|imported)$/;
const FLAGS = ['success', 'successful', 'succeeded', 'ok', 'done', 'created', 'updated', 'deleted'];
const STATUSES = ['status', 'status_code', 'http_status', 'http_code', 'state', 'result', 'outcome'];
const LABELS = [...FIELD_ROLES.id.names, 'name', 'label', 'title', 'number', 'reference', 'email'];
const MAX_DEPTH = 3;
const MAX_NAMED = 50;
const MAX_ANSWER = 2_000;

/** What an answer says of the parts of a write: `done` and `failed` name them, with the reason of each failure. */
class Parts {
  readonly done: string[] = [];
  readonly failed: string[] = [];
  /** Parts that the answer itself calls done, and not only shows. */
  sure = 0;
  /** Failures of listed parts: what else failed may be the whole. */
  listed = 0;
  /** Parts of which the answer says neither. */
  unclear = 0;
  #counted: string | null = null;
  readonly #isFailure;
  readonly #isFailedStatus;

  constructor(answer: unknown, { isFailure, isFailedStatus }: ReturnType<typeof failureWords>) {
    this.#isFailure = isFailure;
    this.#isFailedStatus = isFailedStatus;
    if (Array.isArray(answer)) this.#list('', answer);
    else if (isJsonObject(answer)) this.#object(answer, 0);
    // A count adds nothing to what is named.
    if (this.failed.length === 0 && this.#counted !== null) this.failed.push(this.#counted);
  }

  #object(value: JsonObject, depth: number): void {
    const isRecord = hasId(value);
    if (isRecord) this.done.push(labelled('the record', value));
    for (const [name, member] of Object.entries(value)) {
      const plain = plainName(name);
      if (FAILED_LIST.test(plain) && this.#isFailure(plain)) this.#failures(name, plain, member, isRecord);
      else if (Array.isArray(member) && (!isRecord || RESULTS.test(plain))) this.#list(plain, member);
      else if (!isRecord && depth < MAX_DEPTH && isJsonObject(member)) this.#object(member, depth + 1);
    }
  }

  #failures(name: string, plain: string, member: unknown, isRecord: boolean): void {
    const isErrors = plain === 'errors';
    if (isRecord && !isErrors) return;
    if (isErrors && (isJsonObject(member) || Array.isArray(member)) && !isRecordList(member)) {
      this.failed.push(...errorBodyOf({ errors: member }).errors);
    } else if (Array.isArray(member)) {
      this.failed.push(...member.map((item, at) => failure(item, `${name} ${at + 1}`)));
      this.listed += member.length;
    } else if (Number(numbersAsText(member)) > 0) this.#counted = `${name}: ${String(member)}`;
    else if (isErrors && typeof member === 'string' && member.trim() !== '') this.failed.push(member.slice(0, 200));
  }

  #list(name: string, items: readonly unknown[]): void {
    items.forEach((item, at) => {
      const where = `item ${at + 1}`;
      const inner = unwrapped(item);
      if (hasFailed(item, this.#isFailedStatus)) {
        this.failed.push(failure(item, where));
        this.listed += 1;
      } else if (DONE_LIST.test(name) || !this.#isFailure(name) || saysItIsDone(inner, this.#isFailedStatus)) {
        this.done.push(labelled(where, item));
        this.sure += 1;
      } else if (hasId(inner)) this.done.push(labelled(where, item));
      else this.unclear += 1;
    });
  }
}

/** Whether a word says that something failed, and not that it ended as it was to: `rejected`, where that was asked for. */
export function failureWords(tool: string, args: JsonObject) {
  let known: ReadonlySet<string> | undefined;
  // Most answers ask for none of it.
  const asked = (word: string) => {
    known ??= new Set([...stringifyJson(args).matchAll(/"([^"\\]{1,40})"/g)].map(([, text = '']) => plainName(text)));
    return known.has(word);
  };
  const verbs = plainName(tool).split('_');
  const isFailure = (word: string) =>
    !REFUSALS.some((one) => word.startsWith(one[1]) && (verbs.includes(one[0]) || one.some(asked)));
  return { isFailure, isFailedStatus: (word: string) => isFailure(word) && !asked(word) };
}

/** A list of records that failed, and not of messages. */
function isRecordList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(hasId);
}

/** `{"create": {"status": 201}}` */
function unwrapped(item: unknown): unknown {
  const members = isJsonObject(item) ? Object.values(item) : [];
  return members.length === 1 && isJsonObject(members[0]) ? members[0] : item;
}

function hasId(value: unknown): boolean {
  return isJsonObject(value) && FIELD_ROLES.id.names.some((name) => (value[name] ?? null) !== null);
}

function hasFailed(item: unknown, isFailure: (word: string) => boolean, depth = 0): boolean {
  if (item === false) return true;
  if (!isJsonObject(item)) return false;
  const members = Object.entries(item).map(([name, value]) => [plainName(name), value] as const);
  return members.some(([name, value]) => {
    if (FLAGS.includes(name)) return value === false;
    if (/^(error|errors|failure|failures|error_message|error_code)$/.test(name)) return !isNothing(value);
    if (STATUSES.includes(name) && !isJsonObject(value))
      return isFailedStatus(value) && isFailure(plainName(String(value)));
    const isWrapper = members.length === 1 || /^(response|result|body)$/.test(name);
    return isWrapper && depth < MAX_DEPTH && hasFailed(value, isFailure, depth + 1);
  });
}

function isFailedStatus(value: unknown): boolean {
  const text = String(numbersAsText(value)).trim();
  return /^[45]\d\d\b/.test(text) || FAILED_WORD.test(plainName(text));
}

function saysItIsDone(item: unknown, isFailure: (word: string) => boolean): boolean {
  if (!isJsonObject(item)) return false;
  return Object.entries(item).some(([key, value]) => {
    const name = plainName(key);
    if (FLAGS.includes(name)) return value === true;
    if (!STATUSES.includes(name)) return false;
    const text = String(numbersAsText(value));
    const word = plainName(text);
    return /^2\d\d\b/.test(text) || DONE_WORD.test(word) || !isFailure(word);
  });
}

/** `item 2 (id 7, "Crate")` */
function labelled(where: string, item: unknown): string {
  const only = unwrapped(item);
  if (!isJsonObject(only)) return `${where} (${stringifyJson(item ?? null).slice(0, 60)})`;
  const label = LABELS.find((name) => ['string', 'number', 'bigint'].includes(typeof numbersAsText(only[name])));
  return label === undefined ? where : `${where} (${label} ${String(numbersAsText(only[label])).slice(0, 60)})`;
}

/** Not counted: a failure may stand for several things, and several may be about one. */
function someOf(names: readonly string[]): string {
  const some = names.slice(0, 3).map((name) => name.replace(/[.\s]+$/, ''));
  return `${some.join('; ')}${names.length > some.length ? '; …' : ''}`;
}

function failure(item: unknown, where: string): string {
  const name = labelled(where, item);
  if (!isJsonObject(item)) return name;
  const reasons = [item, ...Object.values(item).filter(isJsonObject)].map((one) => {
    const { message, errors, code } = errorBodyOf(one);
    return [message, ...errors].filter((text) => text !== undefined).join('; ') || code;
  });
  const reason = reasons.find((text) => text !== undefined && text !== '');
  return reason === undefined ? name : `${name}: ${reason}`;
}

/**
 * @param answers what the service says, in each form in which it says it. @param args of the call. @param isRefusal it is
 * marked as an error: then only what it calls done itself is taken for done
 * @returns null where no part failed, `done` where the answer itself calls each of them done; `unclear` where something
 * failed, and whether anything was done cannot be told
 */
export function partialFailure(
  answers: readonly unknown[],
  {
    tool,
    args,
    isRefusal,
    details,
  }: {
    readonly tool: string;
    readonly args: JsonObject;
    readonly isRefusal: boolean;
    readonly details: ErrorDetails;
  },
): ApiError | 'done' | 'unclear' | null {
  const words = failureWords(tool, args);
  const all = answers.map((answer) => ({ answer, parts: new Parts(answer, words) }));
  const found = all.find(({ parts }) => parts.failed.length > 0);
  if (found === undefined) {
    // 207 says no more than that each part says how it ended.
    if (details.status === 207 && all.some(({ parts }) => parts.unclear > 0)) return 'unclear';
    return all.some(({ parts }) => parts.sure > 0 && parts.unclear === 0) ? 'done' : null;
  }
  const { failed, done, sure, listed, unclear } = found.parts;
  const errors =
    failed.length > MAX_NAMED ? [...failed.slice(0, MAX_NAMED), `and ${failed.length - MAX_NAMED} more`] : failed;
  const answer = stringifyJson(found.answer).slice(0, MAX_ANSWER);
  if (isRefusal ? sure > 0 : done.length > 0) {
    const what = `${tool} was partly carried out. Done: ${someOf(done)}. Failed: ${someOf(failed)}.`;
    return new ApiError('partly_done', what, {
      hint: {
        person: `Run ${tool} again with only what failed: a full repeat would do the rest a second time.`,
        model: `Tell the user what failed. Call ${tool} again with only that: a full repeat would do the rest a second time.`,
      },
      details: { ...details, errors, outcome: 'partly', more: { done: done.slice(0, MAX_NAMED), answer } },
    });
  }
  if (isRefusal) return null;
  // Another form of the same answer that shows something done contradicts this one.
  if (listed === 0 || unclear > 0 || all.some(({ parts }) => parts.done.length > 0)) return 'unclear';
  return new ApiError('not_done', `${tool} did nothing. Failed: ${someOf(failed)}.`, {
    hint: {
      person: `Correct what is named above, then run ${tool} again.`,
      model: `Correct what errors names, then call ${tool} again.`,
    },
    details: { ...details, errors, more: { answer } },
  });
}
