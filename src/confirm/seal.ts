/**
 * What goes through a client and must come back untouched: the code of a preview, the state of a question. It says when
 * it was made, and proves that it was made here, for one call and what was shown of it. Nothing is kept for it.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../json.ts';

/** How long a person may take. */
export const LIFETIME_MS = 10 * 60_000;
const NONCE_BYTES = 6;
const MAC_BYTES = 16;

/** A seal of one kind is none of the other. */
export type Purpose = 'preview' | 'question';

/** What a person agrees to. */
export interface Sealed {
  readonly origin: string;
  readonly token: string;
  readonly workspace: string | null;
  readonly tool: string;
  /** Checked, without the workspace. */
  readonly args: JsonObject;
  readonly allowDuplicate: boolean;
  /** What was shown of the record: one that was changed since is not what the person saw. */
  readonly shown: unknown;
}

export interface Seal {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly issued: number;
  readonly expires: number;
  /** What was shown of the record is what it still says. */
  readonly isCurrent: boolean;
}

export function issueSeal(secret: Buffer, purpose: Purpose, sealed: Sealed, now: number): Seal {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const head = `${now.toString(36)}.${nonce}.${digest(secret, nonce, sealed.shown)}`;
  const text = `${head}.${mac(secret, purpose, head, sealed).toString('base64url')}`;
  return { text, issued: now, expires: now + LIFETIME_MS, isCurrent: true };
}

/** `foreign`: never made here, or for something else. */
export function readSeal(
  secret: Buffer,
  purpose: Purpose,
  text: string,
  sealed: Sealed,
  now: number,
): Seal | 'foreign' | 'expired' {
  const found = /^([0-9a-z]{1,9})\.([\w-]{8})\.([\w-]{8})\.([\w-]{22})$/.exec(text);
  const [, time = '', nonce = '', shown = '', given = ''] = found ?? [];
  if (found === null) return 'foreign';
  const own = mac(secret, purpose, `${time}.${nonce}.${shown}`, sealed);
  const bytes = Buffer.from(given, 'base64url');
  // Two spellings of the same bytes would be two seals.
  if (bytes.length !== own.length || !timingSafeEqual(bytes, own) || bytes.toString('base64url') !== given)
    return 'foreign';
  const issued = Number.parseInt(time, 36);
  const expires = issued + LIFETIME_MS;
  if (now >= expires) return 'expired';
  return { text, issued, expires, isCurrent: shown === digest(secret, nonce, sealed.shown) };
}

function digest(secret: Buffer, nonce: string, shown: unknown): string {
  const whole = createHmac('sha256', secret).update(canonicalJson(['shown', nonce, shown]));
  return whole.digest().subarray(0, NONCE_BYTES).toString('base64url');
}

function mac(secret: Buffer, purpose: Purpose, head: string, sealed: Sealed): Buffer {
  const { origin, token, workspace, tool, args, allowDuplicate } = sealed;
  return createHmac('sha256', secret)
    .update(canonicalJson(['confirm', purpose, head, origin, token, workspace, tool, args, allowDuplicate]))
    .digest()
    .subarray(0, MAC_BYTES);
}
