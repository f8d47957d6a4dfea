import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { timestamp, toId } from '../data/fields.ts';
import { COLLECTIONS, type Store } from '../data/store.ts';
import { renderDocument } from '../document-pdf.ts';
import { type EngineRequest, type EngineResponse, notFound, Refusal } from './demo-request.ts';

/** Files behind signed URLs on the service's own origin: no token needed, gone after their time. */
export const FILES_BASE = '/files/';
const LIFETIME_MS = 15 * 60 * 1000;

export class SignedFiles {
  readonly #origin: () => string;
  readonly #clock: () => number;
  readonly #secret: Buffer;

  constructor(origin: () => string, clock: () => number, seed: number) {
    this.#origin = origin;
    this.#clock = clock;
    this.#secret = createHash('sha256').update(`lucanto demo files ${seed}`).digest();
  }

  sign(path: string) {
    const expires = Math.floor((this.#clock() + LIFETIME_MS) / 1000);
    const url = `${this.#origin()}${path}?expires=${expires}&signature=${this.#signature(path, expires)}`;
    return { url, expires_at: timestamp(expires * 1000) };
  }

  /** @throws Refusal 403 for a signature that is wrong or has expired, 404 for a file that is gone. */
  serve(request: EngineRequest, store: Store): EngineResponse {
    const expires = Number(request.query.get('expires'));
    const given = Buffer.from(request.query.get('signature') ?? '');
    const right = Buffer.from(this.#signature(request.path, expires));
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      throw new Refusal(403, 'forbidden', 'The signature of this address is not valid.');
    }
    if (expires * 1000 < this.#clock()) throw new Refusal(403, 'forbidden', 'This address has expired.');
    const [workspace = '', kind = '', file = ''] = request.path.slice(FILES_BASE.length).split('/');
    const { contentType, name, bytes } = fileAt(store, toId(workspace), kind, toId(file.replace(/\.pdf$/, '')));
    const disposition = `inline; filename*=UTF-8''${encodeURIComponent(name)}`;
    return { status: 200, headers: { 'Content-Type': contentType, 'Content-Disposition': disposition }, body: bytes };
  }

  #signature(path: string, expires: number): string {
    return createHmac('sha256', this.#secret).update(`${path}?expires=${expires}`).digest('hex').slice(0, 40);
  }
}

function fileAt(store: Store, workspaceId: bigint | null, kind: string, id: bigint | null) {
  const receipt = kind === 'receipts' && id !== null ? store.receipts.get(id) : undefined;
  if (receipt !== undefined) return receipt;
  const collection = COLLECTIONS.find((name) => name === kind);
  const row = collection && workspaceId !== null ? store.find(collection, workspaceId, id) : undefined;
  if (collection === undefined || row === undefined) throw notFound('The file');
  const name = `${typeof row.fields.number === 'string' ? row.fields.number : row.id}.pdf`;
  return { contentType: 'application/pdf', name, bytes: renderDocument(store, collection, row) };
}
