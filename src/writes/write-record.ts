import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson, type JsonObject, numbersAsText } from '../core/json.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import { parseJournalLine } from './private-files.ts';

/**
 * A write: as the backends hand it to the ledger, what they give back, and what the ledger keeps of it on disk, which is
 * under which key it was sent and how it ended, and never its content.
 */

/** In place of a key, for writes that have none. */
export const NO_KEY = '-';
/** As long as the service remembers a key. */
export const KEY_LIFETIME_MS = 24 * 60 * 60_000;

const textOrNull = z.string().nullable();

/** What was called, without its arguments. */
const writeFacts = z
  .object({
    profile: z.string(),
    origin: z.string(),
    workspace: textOrNull,
    tool: z.string(),
    route: z.string(),
    /** How a write can be repeated: with its key, by HTTP's own rules, or not at all (see http/retry.ts). */
    kind: z.enum(['keyed', 'idempotent', 'once']),
    /** Makes something that would exist a second time if it were made again. */
    create: z.boolean(),
    /** The read tool that shows whether it was carried out; null where the client has none. */
    listTool: textOrNull,
    /** Names of what a change gave, without its values; records of earlier versions have none. */
    fields: z.array(z.string()).readonly().optional(),
  })
  .readonly();
export type WriteFacts = z.infer<typeof writeFacts>;
export type WriteKind = WriteFacts['kind'];

/** What the service answered. */
export const writeAnswer = z.object({
  status: z.number().nullable(),
  id: textOrNull,
  number: textOrNull,
  requestId: textOrNull,
});
export type WriteAnswer = Readonly<z.infer<typeof writeAnswer>>;

/** What is called: the facts that the backend knows. `args` are checked, and without the workspace where that stands apart. */
export type WriteCall = Omit<WriteFacts, 'profile' | 'origin' | 'fields'> & { readonly args: JsonObject };

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

/** The content of a record's file. Its fingerprint and key are the file's name: content can be lost, a name hardly. */
const recordContent = z.object({
  version: z.literal(1),
  /** What these mean, and what follows on them: see write-states.ts. */
  state: z.enum(['open', 'throttled', 'conflict', 'partly', 'done']),
  /** When the key was made. */
  created: z.number(),
  /** When the state last changed. */
  updated: z.number(),
  /** When the client had the answer; null while it has not. */
  delivered: z.number().nullable(),
  /** Null where the record was damaged and only its name is left. */
  facts: writeFacts.nullable(),
  answer: writeAnswer.readonly().nullable(),
});

export interface WriteRecord extends Readonly<Omit<z.infer<typeof recordContent>, 'version'>> {
  readonly fingerprint: string;
  /** UUID v4, or NO_KEY. */
  readonly key: string;
}

export function recordFileName({ fingerprint, key }: Pick<WriteRecord, 'fingerprint' | 'key'>): string {
  return `${fingerprint}.${key}.json`;
}

/** Null for a file that is not a record. */
export function readRecordName(name: string): Pick<WriteRecord, 'fingerprint' | 'key'> | null {
  const [, fingerprint, key] = /^([0-9a-f]{64})\.([0-9a-zA-Z-]{1,64})\.json$/.exec(name) ?? [];
  return fingerprint === undefined || key === undefined ? null : { fingerprint, key };
}

/** Null where the content is damaged. */
export function readWriteRecord(name: Pick<WriteRecord, 'fingerprint' | 'key'>, text: string): WriteRecord | null {
  const content = parseJournalLine(recordContent, text);
  if (content === null) return null;
  const { version: _checked, ...known } = content;
  return { ...name, ...known };
}

/** The record is done, and the client has its answer. */
export function isDelivered(record: WriteRecord): record is WriteRecord & { readonly delivered: number } {
  return record.state === 'done' && record.delivered !== null;
}
