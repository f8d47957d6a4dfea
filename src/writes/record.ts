/** One record of the ledger: what is known of one write, and under which key it was sent. Never what it said. */
import { isJsonObject } from '../json.ts';

export const WRITE_KINDS = ['keyed', 'idempotent', 'once'] as const;
/** How a write can be repeated: with its key, by HTTP's own rules, or not at all (see http/retry.ts). */
export type WriteKind = (typeof WRITE_KINDS)[number];

/** In place of a key, for writes that have none. */
export const NO_KEY = '-';

/** What was called, without its arguments. */
export interface WriteFacts {
  readonly profile: string;
  readonly origin: string;
  readonly workspace: string | null;
  readonly tool: string;
  readonly route: string;
  readonly kind: WriteKind;
  /** Makes something that would be there twice if it were made again. */
  readonly create: boolean;
  /** The read tool that shows whether it was carried out; null where the client has none. */
  readonly listTool: string | null;
}

/** What the service said. */
export interface WriteAnswer {
  readonly status: number | null;
  readonly id: string | null;
  readonly number: string | null;
  readonly requestId: string | null;
}

/**
 * `open`: whether it was carried out is not known. `untouched`: open, but nothing can have been done yet (throttled).
 * `conflict`: the service says that the key was used for something else. `done`: carried out.
 */
export const RECORD_STATES = ['open', 'untouched', 'conflict', 'done'] as const;
export type RecordState = (typeof RECORD_STATES)[number];

export interface WriteRecord {
  readonly fingerprint: string;
  /** UUID v4, or NO_KEY. */
  readonly key: string;
  readonly state: RecordState;
  /** Milliseconds since the epoch: when the key was made, when the state last changed, when the client had the answer. */
  readonly created: number;
  readonly updated: number;
  readonly delivered: number | null;
  /** Null where the record was damaged and only its name is left. */
  readonly facts: WriteFacts | null;
  readonly answer: WriteAnswer | null;
}

const NAME = /^([0-9a-f]{64})\.([0-9a-zA-Z-]{1,64})\.json$/;

export function recordFileName({ fingerprint, key }: Pick<WriteRecord, 'fingerprint' | 'key'>): string {
  return `${fingerprint}.${key}.json`;
}

/** Null for a file that is no record. */
export function readRecordName(name: string): { readonly fingerprint: string; readonly key: string } | null {
  const [, fingerprint, key] = NAME.exec(name) ?? [];
  return fingerprint === undefined || key === undefined ? null : { fingerprint, key };
}

/** The key is in the name alone: content can be lost, a name hardly. */
export function recordText({ fingerprint: _name, key: _inName, ...content }: WriteRecord): string {
  return `${JSON.stringify({ version: 1, ...content })}\n`;
}

/** Null where the content is damaged. */
export function readRecord(name: Pick<WriteRecord, 'fingerprint' | 'key'>, text: string): WriteRecord | null {
  const value = parsed(text);
  if (!isJsonObject(value)) return null;
  const { created, updated, delivered, facts, answer } = value;
  const state = RECORD_STATES.find((known) => known === value.state);
  if (state === undefined || !isTime(created) || !isTime(updated) || !(delivered === null || isTime(delivered)))
    return null;
  if (!(facts === null || isFacts(facts)) || !(answer === null || isAnswer(answer))) return null;
  return { ...name, state, created, updated, delivered, facts, answer };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isFacts(value: unknown): value is WriteFacts {
  return (
    isJsonObject(value) &&
    [value.profile, value.origin, value.tool, value.route].every(isText) &&
    [value.workspace, value.listTool].every(isTextOrNull) &&
    typeof value.create === 'boolean' &&
    WRITE_KINDS.some((kind) => kind === value.kind)
  );
}

function isAnswer(value: unknown): value is WriteAnswer {
  return (
    isJsonObject(value) &&
    (value.status === null || isTime(value.status)) &&
    [value.id, value.number, value.requestId].every(isTextOrNull)
  );
}
