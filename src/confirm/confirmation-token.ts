import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileErrorCode } from '../config/paths.ts';
import { canonicalJson } from '../core/json.ts';
import type { LedgerDeps } from '../writes/ledger.ts';
import { ledgerUnwritable, localSecret, OWNER_ONLY_FILE, privateFolder } from '../writes/private-files.ts';
import type { CallSubject } from './call-subject.ts';

/**
 * What goes through a client and must come back untouched: the code of a preview, the state of a question. It says when
 * it was made, and proves that it was made here, for one call and what was shown of it. Only that it was used is kept.
 */

export const LIFETIME_MS = 10 * 60_000;
const NONCE_BYTES = 6;
const MAC_BYTES = 16;

/** A token of one kind does not count as one of the other. */
type Purpose = 'preview' | 'question';

export interface ConfirmationToken {
  readonly text: string;
  readonly issued: number;
  readonly expires: number;
  /** What was shown of the record is what it still says. */
  readonly isCurrent: boolean;
}

/** Tokens made with the secret of this installation. */
export class ConfirmationTokens {
  readonly #deps: Pick<LedgerDeps, 'folder' | 'origin' | 'token' | 'clock'>;

  constructor(deps: Pick<LedgerDeps, 'folder' | 'origin' | 'token' | 'clock'>) {
    this.#deps = deps;
  }

  async issue(purpose: Purpose, subject: CallSubject): Promise<ConfirmationToken> {
    const secret = await this.#secret();
    const issued = this.#deps.clock();
    const nonce = randomBytes(NONCE_BYTES).toString('base64url');
    const head = `${issued.toString(36)}.${nonce}.${digestOf(secret, nonce, subject)}`;
    const text = `${head}.${this.#mac(secret, purpose, head, subject).toString('base64url')}`;
    return { text, issued, expires: issued + LIFETIME_MS, isCurrent: true };
  }

  /** `foreign`: never made here, or for another call. @throws LocalError */
  async read(purpose: Purpose, text: string, subject: CallSubject): Promise<ConfirmationToken | 'foreign' | 'expired'> {
    const found = /^([0-9a-z]{1,9})\.([\w-]{8})\.([\w-]{8})\.([\w-]{22})$/.exec(text);
    const [, time = '', nonce = '', shown = '', given = ''] = found ?? [];
    if (found === null) return 'foreign';
    const secret = await this.#secret();
    const own = this.#mac(secret, purpose, `${time}.${nonce}.${shown}`, subject);
    const bytes = Buffer.from(given, 'base64url');
    // Two spellings of the same bytes would be two tokens.
    if (bytes.length !== own.length || !timingSafeEqual(bytes, own) || bytes.toString('base64url') !== given)
      return 'foreign';
    const issued = Number.parseInt(time, 36);
    const expires = issued + LIFETIME_MS;
    if (this.#deps.clock() >= expires) return 'expired';
    return { text, issued, expires, isCurrent: shown === digestOf(secret, nonce, subject) };
  }

  /** One empty file each until they expire, so that every copy of the bridge sees it. @returns whether it was unused. @throws LocalError */
  async use(token: ConfirmationToken): Promise<boolean> {
    const folder = join(this.#deps.folder, 'confirmed');
    const hash = createHash('sha256').update(token.text).digest('hex').slice(0, 32);
    const path = join(folder, `${token.expires}.${hash}`);
    try {
      await privateFolder(folder);
      await (await open(path, 'wx', OWNER_ONLY_FILE)).close();
    } catch (error) {
      if (fileErrorCode(error) === 'EEXIST') return false;
      throw ledgerUnwritable(path, error);
    }
    await removeExpired(folder, this.#deps.clock()).catch(() => undefined);
    return true;
  }

  /** Of what a person agrees to. */
  #mac(secret: Buffer, purpose: Purpose, head: string, subject: CallSubject): Buffer {
    const { origin, token } = this.#deps;
    const { tool, args, workspace, allowDuplicate } = subject;
    const call = [origin, token, workspace?.id ?? null, tool.descriptor.name, args, allowDuplicate];
    return createHmac('sha256', secret)
      .update(canonicalJson(['confirm', purpose, head, ...call]))
      .digest()
      .subarray(0, MAC_BYTES);
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

/** Of what was shown of the record: one that was changed since is not what the person saw. */
function digestOf(secret: Buffer, nonce: string, subject: CallSubject): string {
  const { facts, stored, newCustomer, total, records } = subject;
  // What a document comes to is an exact decimal.
  const shown = ['shown', nonce, facts, stored, newCustomer ?? null, JSON.stringify(total ?? null), records ?? []];
  const whole = createHmac('sha256', secret).update(canonicalJson(shown));
  return whole.digest().subarray(0, NONCE_BYTES).toString('base64url');
}

async function removeExpired(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (Number.parseInt(name, 10) < now) await rm(join(folder, name), { force: true });
  }
}
