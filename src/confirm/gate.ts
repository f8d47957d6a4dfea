import { AbortedError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { textResult } from '../core/results.ts';
import type { CallAnswer, CallContext, Confirmer, Reply } from '../core/tool.ts';
import {
  ASK_FIRST,
  badConfirmation,
  badState,
  cancelled,
  declined,
  declinedByClient,
  noAnswer,
  type PreviewOffer,
  type Problem,
} from './confirmation-refusals.ts';
import type { ConfirmationToken, ConfirmationTokenPort, Purpose } from './confirmation-token.ts';
import { previewOf, questionText } from './question.ts';
import { type ConfirmationRequest, type SettleDeps, type Settled, settle } from './question-record.ts';

interface GateDeps extends SettleDeps {
  readonly mode: 'auto' | 'always' | 'never';
  readonly seals: ConfirmationTokenPort;
}

/**
 * To notice a question takes a person a quarter of a second, to read its first line (about ten words at four a second)
 * two more: whoever answers in less than this has read nothing.
 */
export const QUICKEST_MS = 800;
/** Kept for the call itself, once the person agreed: this much, or a quarter where there is less time. */
const CALL_MS = 10_000;
/** Clients that were promised progress give up without it. */
const PROGRESS_EVERY_MS = 5_000;

export class ConfirmationGate implements ConfirmGate {
  readonly #deps: GateDeps;

  constructor(deps: GateDeps) {
    this.#deps = deps;
  }

  async pass(asked: ConfirmationRequest, context: CallContext): Promise<Decision> {
    const { mode } = this.#deps;
    const { tool, args, code } = asked;
    const { human } = context;
    const isFree = tool.irreversible === undefined || mode === 'never';
    // Where nobody can be asked, the app's own approval has to do.
    if (isFree || (mode === 'auto' && human === undefined && code === undefined)) return { kind: 'go', args };
    const settled = await settle(asked, context, this.#deps);
    if (context.signal.aborted) throw cancelled(tool.descriptor.name);
    const seal = code === undefined ? null : await this.#redeem('preview', code, settled);
    if (seal !== null && typeof seal === 'object') return { kind: 'go', args: settled.callArgs };
    // A code that is none gives way to the question, where there is somebody to ask.
    if (human !== undefined) return this.#ask(human, settled, context);
    const offer = await this.#offer(settled);
    if (seal !== null) throw badConfirmation(tool.descriptor.name, seal, offer);
    return preview(settled, offer, 'the user has not been asked yet');
  }

  async #ask(human: Confirmer, settled: Settled, context: CallContext): Promise<Decision> {
    const { returned, how } = human;
    if (returned !== undefined && returned.reply !== 'missing') {
      const seal = await this.#redeem('question', returned.state, settled);
      if (typeof seal === 'string') throw badState(settled.tool.descriptor.name, seal);
      return this.#judge(returned.reply, this.#deps.clock() - seal.issued < QUICKEST_MS, settled);
    }
    const started = this.#deps.clock();
    const reply = await this.#answer(human, settled, context);
    return this.#judge(reply, how !== 'terminal' && this.#deps.clock() - started < QUICKEST_MS, settled);
  }

  async #answer(human: Confirmer, settled: Settled, context: CallContext): Promise<Reply> {
    const { name } = settled.tool.descriptor;
    const left = context.deadline - this.#deps.clock();
    const patience = AbortSignal.timeout(Math.max(1, Math.floor(left - Math.min(CALL_MS, left / 4))));
    const stopProgress = human.how === 'dialog' ? tellProgress(context) : () => undefined;
    try {
      const question = {
        message: questionText(settled),
        state: async () => (await this.#deps.seals.issue('question', settled)).text,
      };
      const reply = await human.ask(question, AbortSignal.any([context.signal, patience]));
      if (reply === 'gone') throw cancelled(name);
      return reply;
    } catch (error) {
      if (context.signal.aborted) throw cancelled(name);
      throw patience.aborted ? noAnswer(name) : error;
    } finally {
      stopProgress();
    }
  }

  async #judge(reply: Reply, isFast: boolean, settled: Settled): Promise<Decision> {
    const { name } = settled.tool.descriptor;
    // The server asks the client, and no one reads this.
    if (reply === 'later') return { kind: 'answer', result: { content: [] }, error: null };
    if (reply === 'accepted' && !isFast) return { kind: 'go', args: settled.callArgs };
    if (reply === 'declined' && !isFast) throw declined(name);
    const offer = await this.#offer(settled);
    if (reply === 'declined') throw declinedByClient(name, offer);
    const why =
      reply === 'accepted'
        ? 'the app answered the question by itself, faster than a person can read it'
        : 'the app did not put the question to the user';
    return preview(settled, offer, why);
  }

  /** The seal where it is good: it is used then. */
  async #redeem(purpose: Purpose, text: string, settled: Settled): Promise<ConfirmationToken | Problem> {
    const seal = await this.#deps.seals.read(purpose, text, settled);
    if (typeof seal === 'string') return seal;
    if (!(await this.#deps.seals.spend(seal))) return 'used';
    return seal.isCurrent ? seal : 'changed';
  }

  async #offer(settled: Settled): Promise<PreviewOffer> {
    const seal = await this.#deps.seals.issue('preview', settled);
    const expires_at = new Date(seal.expires).toISOString();
    return { done: false, preview: previewOf(settled), confirmation: seal.text, expires_at };
  }
}

function preview({ tool }: Settled, offer: PreviewOffer, why: string): Decision {
  const { name } = tool.descriptor;
  const error = new AbortedError('confirmation_needed', `${name} was not carried out: ${why}.`, { hint: ASK_FIRST });
  return { kind: 'answer', result: textResult({ ...offer, message: `Not done yet: ${why}.`, hint: ASK_FIRST }), error };
}

/** @returns stops it */
function tellProgress({ onProgress }: CallContext): () => void {
  if (onProgress === undefined) return () => undefined;
  let told = 0;
  // Far below what the call itself may report afterwards: progress never goes back.
  const tell = () => onProgress({ progress: ++told / 10_000, message: 'Waiting for the user to answer a question' });
  tell();
  const timer = setInterval(tell, PROGRESS_EVERY_MS);
  return () => clearInterval(timer);
}

/** The arguments to call with; or what is answered in place of the call, which was not made. */
export type Decision = { readonly kind: 'go'; readonly args: JsonObject } | ({ readonly kind: 'answer' } & CallAnswer);

export interface ConfirmGate {
  /** @throws LucantoError where the call is not to be made */
  pass(asked: ConfirmationRequest, context: CallContext): Promise<Decision>;
}
