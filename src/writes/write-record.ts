import * as z from 'zod';

/** One write as the ledger keeps it on disk: what is known of it and under which key it was sent. Never its content. */

/** In place of a key, for writes that have none. */
export const NO_KEY = '-';
/** As long as the service remembers a key. */
export const KEY_LIFETIME_MS = 24 * 60 * 60_000;

const textOrNull = z.string().nullable();
/** Milliseconds since the epoch. */
const time = z.number();

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

/** The content of a record's file. Its fingerprint and key are the file's name: content can be lost, a name hardly. */
const recordContent = z.object({
  version: z.literal(1),
  /** What these mean, and what follows on them: see write-states.ts. */
  state: z.enum(['open', 'throttled', 'conflict', 'partly', 'done']),
  /** When the key was made. */
  created: time,
  /** When the state last changed. */
  updated: time,
  /** When the client had the answer; null while it has not. */
  delivered: time.nullable(),
  /** Null where the record was damaged and only its name is left. */
  facts: writeFacts.nullable(),
  answer: writeAnswer.readonly().nullable(),
});

export interface WriteRecord extends Readonly<Omit<z.infer<typeof recordContent>, 'version'>> {
  readonly fingerprint: string;
  /** UUID v4, or NO_KEY. */
  readonly key: string;
}

const NAME = /^([0-9a-f]{64})\.([0-9a-zA-Z-]{1,64})\.json$/;

export function recordFileName({ fingerprint, key }: Pick<WriteRecord, 'fingerprint' | 'key'>): string {
  return `${fingerprint}.${key}.json`;
}

/** Null for a file that is not a record. */
export function readRecordName(name: string): Pick<WriteRecord, 'fingerprint' | 'key'> | null {
  const [, fingerprint, key] = NAME.exec(name) ?? [];
  return fingerprint === undefined || key === undefined ? null : { fingerprint, key };
}

/** What a record's file holds. */
export function recordContentOf({ fingerprint: _inName, key: _too, ...content }: WriteRecord) {
  return { version: 1, ...content };
}

/** Null where the content is damaged. */
export function readWriteRecord(name: Pick<WriteRecord, 'fingerprint' | 'key'>, text: string): WriteRecord | null {
  const content = parseJournalLine(recordContent, text);
  if (content === null) return null;
  const { version: _checked, ...known } = content;
  return { ...name, ...known };
}

/** What one of the ledger's files, or a line of it, says; null where it is damaged. */
export function parseJournalLine<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The record is done, and the client has its answer. */
export function isDelivered(record: WriteRecord): record is WriteRecord & { readonly delivered: number } {
  return record.state === 'done' && record.delivered !== null;
}
