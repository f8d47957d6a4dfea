import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { timestamp, toId } from '../data/fields.ts';
import { COLLECTIONS, type Collection, type Row, type Store } from '../data/store.ts';
import type { SignedUrl } from '../routes/collection.ts';
import { type EngineRequest, type EngineResponse, notFound, Refusal } from './demo-request.ts';

/** Files behind signed URLs on the service's own origin: no token needed, gone after their time. */
export const FILES_BASE = '/files/';
const LIFETIME_MS = 15 * 60 * 1000;

interface SignedFilesOptions {
  readonly origin: () => string;
  readonly clock: () => number;
  readonly store: () => Store;
  readonly seed: number;
  readonly renderPdf: (store: Store, collection: Collection, row: Row) => Uint8Array;
}

export class SignedFiles {
  readonly #options: SignedFilesOptions;
  readonly #secret: Buffer;

  constructor(options: SignedFilesOptions) {
    this.#options = options;
    this.#secret = createHash('sha256').update(`lucanto demo files ${options.seed}`).digest();
  }

  sign(path: string): SignedUrl {
    const expires = Math.floor((this.#options.clock() + LIFETIME_MS) / 1000);
    const url = `${this.#options.origin()}${path}?expires=${expires}&signature=${this.#signature(path, expires)}`;
    return { url, expiresAt: timestamp(expires * 1000) };
  }

  /** @throws Refusal 403 for a signature that is wrong or has expired, 404 for a file that is gone. */
  serve(request: EngineRequest): EngineResponse {
    const expires = Number(request.query.get('expires'));
    const given = Buffer.from(request.query.get('signature') ?? '');
    const right = Buffer.from(this.#signature(request.path, expires));
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new Refusal(403, 'forbidden', 'The signature of this address is not valid.');
    }
    if (expires * 1000 < this.#options.clock()) throw new Refusal(403, 'forbidden', 'This address has expired.');
    const [workspace = '', kind = '', file = ''] = request.path.slice(FILES_BASE.length).split('/');
    const { contentType, name, bytes } = this.#find(BigInt(workspace), kind, file);
    const disposition = `inline; filename*=UTF-8''${encodeURIComponent(name)}`;
    return { status: 200, headers: { 'Content-Type': contentType, 'Content-Disposition': disposition }, body: bytes };
  }

  #find(workspaceId: bigint, kind: string, file: string): { contentType: string; name: string; bytes: Uint8Array } {
    const store = this.#options.store();
    const id = toId(file.replace(/\.pdf$/, '')) ?? 0n;
    const receipt = kind === 'receipts' ? store.receipts.get(id) : undefined;
    if (receipt !== undefined) return receipt;
    const collection = COLLECTIONS.find((name) => name === kind);
    const row = collection === undefined ? undefined : store.find(collection, workspaceId, id);
    if (collection === undefined || row === undefined) throw notFound('The file');
    const name = typeof row.fields.number === 'string' ? `${row.fields.number}.pdf` : `${id}.pdf`;
    return { contentType: 'application/pdf', name, bytes: this.#options.renderPdf(store, collection, row) };
  }

  #signature(path: string, expires: number): string {
    return createHmac('sha256', this.#secret).update(`${path}?expires=${expires}`).digest('hex').slice(0, 40);
  }
}
