import type { JsonObject } from '../core/json.ts';
import { textResult } from '../core/results.ts';
import type { CallAnswer, CallContext, Confirmer, Reply, ToolResult } from '../core/tool.ts';
import {
  type CallSubject,
  type ConfirmationRequest,
  effectOf,
  listedRecords,
  type SubjectReader,
  subjectOf,
} from './call-subject.ts';
import { callTotal, touchesTotal } from './call-total.ts';
import {
  ASK_FIRST,
  badConfirmation,
  badState,
  cancelled,
  confirmationNeeded,
  declined,
  declinedByApp,
  earlyConfirmation,
  noAnswer,
  type TokenProblem,
  tooMuchToShow,
} from './confirmation-refusals.ts';
import type { ConfirmationToken, ConfirmationTokens } from './confirmation-token.ts';
import { LONGEST_QUESTION, previewOf, questionText } from './question.ts';
import { withSubject } from './sent-to.ts';

/**
 * Asks a person before what cannot be undone. It stands between the check of a call and its making: until a person
 * agreed, nothing is sent but what reads the record to be shown.
 */

/** The arguments to call with, and what is added to the answer; or what is answered in place of the call, which was not made. */
export type Decision =
  | { readonly kind: 'go'; readonly args: JsonObject; readonly report: (result: ToolResult) => ToolResult }
  | ({ readonly kind: 'answer' } & CallAnswer);

/**
 * To notice a question takes a person a quarter of a second, to read its first line (about ten words at four a second)
 * two more: an answer that comes in less than this is not a person's.
 */
export const QUICKEST_MS = 800;
/** A preview is read in a conversation, where its answer is typed: each character takes this long, at 400 words a minute. */
const READ_MS_PER_CHARACTER = 25;
const LEAST_READING_MS = 3_000;
const MOST_READING_MS = 60_000;
/** Kept for the call itself, once the person agreed: this much, or a quarter where there is less time. */
const CALL_MS = 10_000;
/** Clients that were promised progress give up without it. */
const PROGRESS_EVERY_MS = 5_000;

/** How long a person needs at least before they can have agreed to a preview. */
function readingMs(question: string): number {
  return Math.min(MOST_READING_MS, Math.max(LEAST_READING_MS, question.length * READ_MS_PER_CHARACTER));
}

export class ConfirmationGate {
  readonly #deps;

  constructor(
    deps: SubjectReader & { readonly mode: 'auto' | 'always' | 'never'; readonly tokens: ConfirmationTokens },
  ) {
    this.#deps = deps;
  }

  /** Null for what can be undone. @throws LucantoError where the call is not to be made */
  async check(request: ConfirmationRequest, context: CallContext): Promise<Decision | null> {
    const { mode } = this.#deps;
    const { tool, code } = request;
    const { human } = context;
    const asked = effectOf(request);
    if (asked === undefined) return null;
    // In an app that cannot ask, its own approval has to do.
    const isUnasked = mode === 'never' || (mode === 'auto' && human === undefined && code === undefined);
    if (isUnasked && asked !== 'sends') return { kind: 'go', args: request.args, report: (result) => result };
    const subject = await this.#subjectOf(request, context, !isUnasked);
    if (isUnasked || effectOf(subject) === undefined) return go(subject);
    const { name } = tool.descriptor;
    if (context.signal.aborted) throw cancelled(name);
    const { length } = questionText(subject);
    if (length > LONGEST_QUESTION) throw tooMuchToShow(name, length, LONGEST_QUESTION);
    const token = code === undefined ? null : await this.#redeem('preview', code, subject);
    if (token !== null && typeof token === 'object') return go(subject);
    // A code that does not count gives way to the question, where a person can be asked.
    if (human !== undefined) return this.#ask(human, subject, context);
    if (token === null) return this.#preview(subject, 'the user has not been asked yet');
    throw token === 'early'
      ? await this.#early(code ?? '', subject)
      : badConfirmation(name, token, await this.#offer(subject));
  }

  async #subjectOf(request: ConfirmationRequest, context: CallContext, isShown = true): Promise<CallSubject> {
    const found = await subjectOf(request, context, this.#deps);
    const { tool, args } = found;
    const subject = isShown ? { ...found, records: await listedRecords(found, context, this.#deps) } : found;
    if (!touchesTotal(tool, args)) return subject;
    return { ...subject, total: await callTotal(subject, context, this.#deps) };
  }

  /** What a person would be asked, and nothing else: no question is put, and no code is given. @throws LucantoError */
  async preview(request: ConfirmationRequest, context: CallContext): Promise<ToolResult> {
    const subject = await this.#subjectOf(request, context);
    const { name } = subject.tool.descriptor;
    const { length } = questionText(subject);
    if (length > LONGEST_QUESTION) throw tooMuchToShow(name, length, LONGEST_QUESTION);
    return textResult({ done: false, preview: previewOf(subject), note: 'Nothing was done.' });
  }

  async #ask(confirmer: Confirmer, subject: CallSubject, context: CallContext): Promise<Decision> {
    const { returned, how } = confirmer;
    if (returned !== undefined && returned.reply !== 'missing') {
      const token = await this.#redeem('question', returned.state, subject);
      if (typeof token === 'string') throw badState(subject.tool.descriptor.name, token);
      return this.#decide(returned.reply, this.#deps.clock() - token.issued < QUICKEST_MS, subject);
    }
    const started = this.#deps.clock();
    const reply = await this.#replyOf(confirmer, subject, context);
    return this.#decide(reply, how !== 'terminal' && this.#deps.clock() - started < QUICKEST_MS, subject);
  }

  async #replyOf(confirmer: Confirmer, subject: CallSubject, context: CallContext): Promise<Reply> {
    const { name } = subject.tool.descriptor;
    const left = context.deadline - this.#deps.clock();
    const budget = AbortSignal.timeout(Math.max(1, Math.floor(left - Math.min(CALL_MS, left / 4))));
    const stopProgress = confirmer.how === 'dialog' ? reportProgress(context) : () => undefined;
    try {
      const question = {
        message: questionText(subject),
        state: async () => (await this.#deps.tokens.issue('question', subject)).text,
      };
      const reply = await confirmer.ask(question, AbortSignal.any([context.signal, budget]));
      if (reply === 'gone') throw cancelled(name);
      return reply;
    } catch (error) {
      if (context.signal.aborted) throw cancelled(name);
      throw budget.aborted ? noAnswer(name) : error;
    } finally {
      stopProgress();
    }
  }

  /** @param isFast faster than a person: then neither a yes nor a no is the user's */
  async #decide(reply: Reply, isFast: boolean, subject: CallSubject): Promise<Decision> {
    const { name } = subject.tool.descriptor;
    // The server asks the client, which never sees this answer.
    if (reply === 'later') return { kind: 'answer', result: { content: [] }, error: null };
    if (reply === 'declined') throw isFast ? declinedByApp(name) : declined(name);
    if (reply !== 'accepted') return this.#preview(subject, 'the app did not show the question to the user');
    if (!isFast) return go(subject);
    return this.#preview(subject, 'the app answered the question by itself, faster than a person can read it');
  }

  /** The token where it counts: it is used then. */
  async #redeem(
    purpose: 'preview' | 'question',
    text: string,
    subject: CallSubject,
  ): Promise<ConfirmationToken | TokenProblem> {
    const { tokens, clock } = this.#deps;
    const token = await tokens.read(purpose, text, subject);
    if (typeof token === 'string') return token;
    if (purpose === 'preview' && clock() < effectiveFrom(token, subject)) return 'early';
    if (!(await tokens.use(token))) return 'used';
    return token.isCurrent ? token : 'changed';
  }

  async #early(code: string, subject: CallSubject) {
    const { tokens, clock } = this.#deps;
    const token = await tokens.read('preview', code, subject);
    const from = typeof token === 'string' ? clock() : effectiveFrom(token, subject);
    return earlyConfirmation(subject.tool.descriptor.name, from, clock());
  }

  async #offer(subject: CallSubject): Promise<JsonObject> {
    const token = await this.#deps.tokens.issue('preview', subject);
    return {
      done: false,
      preview: previewOf(subject),
      confirmation: token.text,
      takes_effect_at: new Date(effectiveFrom(token, subject)).toISOString(),
      expires_at: new Date(token.expires).toISOString(),
    };
  }

  async #preview(subject: CallSubject, why: string): Promise<Decision> {
    const offer = await this.#offer(subject);
    const result = textResult({ ...offer, message: `Not done yet: ${why}.`, hint: ASK_FIRST.model });
    return { kind: 'answer', result, error: confirmationNeeded(subject.tool.descriptor.name, why) };
  }
}

function go(subject: CallSubject): Decision {
  return { kind: 'go', args: subject.callArgs, report: (result) => withSubject(result, subject) };
}

function effectiveFrom({ issued }: ConfirmationToken, subject: CallSubject): number {
  return issued + readingMs(questionText(subject));
}

function reportProgress({ onProgress }: CallContext): () => void {
  if (onProgress === undefined) return () => undefined;
  let reports = 0;
  // Far below what the call itself may report afterwards: progress never goes back.
  const report = () =>
    onProgress({ progress: ++reports / 10_000, message: 'Waiting for the user to answer a question' });
  report();
  const timer = setInterval(report, PROGRESS_EVERY_MS);
  return () => clearInterval(timer);
}
