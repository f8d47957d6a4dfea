/** How the person behind a caller can be asked. Who calls knows how; what is asked and what it decides is confirm's. */

export interface Question {
  /** Plain text, some lines. */
  readonly message: string;
  /** What a client that answers with another call must bring back. @throws LucantoError */
  readonly state: () => Promise<string>;
}

/**
 * `unclear`: the client answered, but neither yes nor no. `gone`: nobody is there any more. `later`: the answer comes
 * with another call. `missing`: that other call came without it.
 */
export type Reply = 'accepted' | 'declined' | 'unclear' | 'gone' | 'later' | 'missing';

export interface Human {
  /**
   * At a terminal nobody but a person types. A client may answer by itself: in a dialog while the call waits, or in
   * rounds, with another call.
   */
  readonly how: 'terminal' | 'dialog' | 'rounds';
  /** What this call brings back of a question that was asked before. */
  readonly returned?: { readonly state: string; readonly reply: Reply };
  /** @throws whatever, once the signal aborts */
  ask(question: Question, signal: AbortSignal): Promise<Reply>;
}
