import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type JsonObject } from '../core/json.ts';
import { errorCode, ledgerUnwritable, localSecret, OWNER_ONLY_FILE, privateFolder } from '../writes/private-files.ts';
import type { Problem } from './confirmation-refusals.ts';
import type { Settled } from './question-record.ts';

/**
 * What goes through a client and must come back untouched: the code of a preview, the state of a question. It says when
 * it was made, and proves that it was made here, for one call and what was shown of it. Nothing is kept for it.
 */
/** How long a person may take. */
export const LIFETIME_MS = 10 * 60_000;
const NONCE_BYTES = 6;
const MAC_BYTES = 16;

/** A seal of one kind is none of the other. */
export type Purpose = 'preview' | 'question';

/** What a person agrees to. */
interface ConfirmationTokenContent {
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

export interface ConfirmationToken {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly issued: number;
  readonly expires: number;
  /** What was shown of the record is what it still says. */
  readonly isCurrent: boolean;
}

function issueToken(
  secret: Buffer,
  purpose: Purpose,
  sealed: ConfirmationTokenContent,
  now: number,
): ConfirmationToken {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const head = `${now.toString(36)}.${nonce}.${digest(secret, nonce, sealed.shown)}`;
  const text = `${head}.${mac(secret, purpose, head, sealed).toString('base64url')}`;
  return { text, issued: now, expires: now + LIFETIME_MS, isCurrent: true };
}

/** `foreign`: never made here, or for something else. */
function readToken(
  secret: Buffer,
  purpose: Purpose,
  text: string,
  sealed: ConfirmationTokenContent,
  now: number,
): ConfirmationToken | 'foreign' | 'expired' {
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

function mac(secret: Buffer, purpose: Purpose, head: string, sealed: ConfirmationTokenContent): Buffer {
  const { origin, token, workspace, tool, args, allowDuplicate } = sealed;
  return createHmac('sha256', secret)
    .update(canonicalJson(['confirm', purpose, head, origin, token, workspace, tool, args, allowDuplicate]))
    .digest()
    .subarray(0, MAC_BYTES);
}

/** Seals that were used: one empty file each until they expire, so that every copy of the bridge sees them. */
/** @returns whether it was unused; of several at once, one is told so. @throws LocalError */
async function markUsed(folder: string, seal: ConfirmationToken, now: number): Promise<boolean> {
  const hash = createHash('sha256').update(seal.text).digest('hex').slice(0, 32);
  const path = join(folder, `${seal.expires}.${hash}`);
  try {
    await privateFolder(folder);
    await (await open(path, 'wx', OWNER_ONLY_FILE)).close();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw ledgerUnwritable(path, error);
  }
  await sweep(folder, now).catch(() => undefined);
  return true;
}

async function sweep(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (Number.parseInt(name, 10) < now) await rm(join(folder, name), { force: true });
  }
}

/** Seals made with the secret of this installation; those that were used are remembered until they expire. */
interface ConfirmationTokensDeps {
  /** The write ledger's own folder, made when first needed. */
  readonly folder: string;
  readonly origin: string;
  readonly token: string;
  readonly clock: () => number;
}

export class ConfirmationTokens implements ConfirmationTokenPort {
  readonly #deps: ConfirmationTokensDeps;

  constructor(deps: ConfirmationTokensDeps) {
    this.#deps = deps;
  }

  async issue(purpose: Purpose, settled: Settled): Promise<ConfirmationToken> {
    return issueToken(await this.#secret(), purpose, this.#sealed(settled), this.#deps.clock());
  }

  async read(purpose: Purpose, text: string, settled: Settled): Promise<ConfirmationToken | Problem> {
    return readToken(await this.#secret(), purpose, text, this.#sealed(settled), this.#deps.clock());
  }

  spend(seal: ConfirmationToken): Promise<boolean> {
    return markUsed(join(this.#deps.folder, 'confirmed'), seal, this.#deps.clock());
  }

  #sealed({ tool, args, facts, workspace, allowDuplicate }: Settled): ConfirmationTokenContent {
    const { origin, token } = this.#deps;
    const { name } = tool.descriptor;
    return { origin, token, workspace: workspace?.id ?? null, tool: name, args, allowDuplicate, shown: facts };
  }

  async #secret(): Promise<Buffer> {
    const { folder } = this.#deps;
    try {
      await privateFolder(folder);
    } catch (error) {
      throw ledgerUnwritable(folder, error);
    }
    return localSecret(folder);
  }
}

/**
 * Asks a person before what cannot be undone. It stands between the check of a call and its making: until a person
 * agreed, nothing is sent but what reads the record to be shown.
 */
/** Makes and takes back what a client carries between two calls. */
export interface ConfirmationTokenPort {
  issue(purpose: Purpose, settled: Settled): Promise<ConfirmationToken>;
  /** Whether it is one of this call. @throws LucantoError */
  read(purpose: Purpose, text: string, settled: Settled): Promise<ConfirmationToken | Problem>;
  /** False where it was used before. @throws LucantoError */
  spend(seal: ConfirmationToken): Promise<boolean>;
}
