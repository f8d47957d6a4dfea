import { createHmac } from 'node:crypto';
import { canonicalJson, type JsonObject, numbersAsText } from '../core/json.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import type { WriteAnswer, WriteFacts } from './write-record.ts';

/** A write as the backends hand it to the ledger, and what they give back. */

/** The one argument of every write that is the ledger's own: the service never sees it. */
export const ALLOW_DUPLICATE = 'allow_duplicate';

/** What is called: the facts that the backend knows. `args` are checked, and without the workspace where that stands apart. */
export type WriteCall = Omit<WriteFacts, 'profile' | 'origin'> & { readonly args: JsonObject };

/** What one sending gets from the ledger. */
export interface WriteSendContext {
  /** The Idempotency-Key of every attempt; null for writes that take none. */
  readonly key: string | null;
  /** To send with: its signal outlives the caller's by a few seconds once something was sent. */
  readonly context: CallContext;
  /** ISO 8601, when an identical call was first made whose answer the client never got; else null. */
  readonly earlier: string | null;
}

/** A definite answer: the write was carried out, unless `refused`. */
export interface WriteResult extends WriteAnswer {
  readonly result: ToolResult;
  /** The service gave the answer of an earlier attempt. */
  readonly replayed: boolean;
  /** The answer is a refusal in the form of a result, as remote tools give it. */
  readonly refused: boolean;
}

export interface WritePort {
  /**
   * Runs a write so that a repeated call is recognised, also after a crash, until its client has a definite answer.
   * @param send called once at most; throws a LucantoError where the write was not carried out, or may not have been
   * @throws LucantoError
   */
  run(
    call: WriteCall,
    context: CallContext,
    send: (context: WriteSendContext) => Promise<WriteResult>,
  ): Promise<ToolResult>;
}

/**
 * What makes two calls the same call: 64 hexadecimal digits, from which neither token nor arguments can be read.
 * `7` and `"7"` are one id: where a schema takes both, the record is the same.
 */
export function fingerprint(
  secret: Buffer,
  origin: string,
  token: string,
  { workspace, tool, args }: Pick<WriteCall, 'workspace' | 'tool' | 'args'>,
): string {
  return createHmac('sha256', secret)
    .update(canonicalJson([origin, token, workspace, tool, numbersAsText(args)]))
    .digest('hex');
}
