import type { JsonObject } from '../../core/json.ts';
import { timestamp } from './totals.ts';

/** Everything that the embedded Lucanto remembers. Rows are kept newest last, and deleted ones stay, marked. */
export const COLLECTIONS = [
  'contacts',
  'invoices',
  'quotes',
  'proformas',
  'credit_notes',
  'expenses',
  'bank_accounts',
] as const;
export type StoreCollection = (typeof COLLECTIONS)[number];

/** The four types of documents: one base, each blind to the others' ids. */
export const DOCUMENTS = {
  invoice: { series: 'FAK', collection: 'invoices', schema: 'Invoice', word: 'invoice', initial: 'draft' },
  quote: { series: 'CEN', collection: 'quotes', schema: 'Quote', word: 'quote', initial: 'active' },
  proforma: { series: 'ZAL', collection: 'proformas', schema: 'Proforma', word: 'proforma', initial: 'draft' },
  credit_note: {
    series: 'DOB',
    collection: 'credit_notes',
    schema: 'CreditNote',
    word: 'credit note',
    initial: 'draft',
  },
} as const;
export type DocumentType = keyof typeof DOCUMENTS;

export interface Row {
  readonly id: bigint;
  /** Order of insertion over all collections; cursors are made of it. */
  readonly seq: number;
  readonly workspaceId: bigint;
  readonly createdAt: string;
  updatedAt: string;
  deletedAt: string | null;
  fields: JsonObject;
}

export interface StoredWorkspace {
  readonly id: bigint;
  readonly userId: string;
  readonly subscribed: boolean;
  /** Reached by sandbox tokens, and by no other. */
  readonly testMode: boolean;
  readonly fields: JsonObject;
}

export interface SentEmail {
  readonly workspaceId: bigint;
  readonly type: string;
  readonly id: bigint;
  readonly to: readonly string[];
  readonly subject: string;
  readonly message: string;
  readonly sentAt: string;
}

export interface StoredFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly uploadedAt: number;
}

export class Store {
  readonly workspaces: StoredWorkspace[] = [];
  readonly defaults = new Map<string, bigint>();
  readonly receipts = new Map<bigint, StoredFile>();
  /** Receipts read so far, by workspace and month. */
  readonly receiptCounts = new Map<string, number>();
  readonly outbox: SentEmail[];
  readonly #rows = new Map<StoreCollection, Row[]>();
  readonly #lastNumbers = new Map<string, number>();
  #seq = 0;
  #nextId = 1000n;

  constructor(outbox: SentEmail[]) {
    this.outbox = outbox;
  }

  insert(collection: StoreCollection, workspaceId: bigint, fields: JsonObject, at: number, id?: bigint | null): Row {
    const time = timestamp(at);
    const row: Row = {
      id: id ?? ++this.#nextId,
      seq: ++this.#seq,
      workspaceId,
      createdAt: time,
      updatedAt: time,
      deletedAt: null,
      fields,
    };
    const rows = this.#rows.get(collection);
    if (rows === undefined) this.#rows.set(collection, [row]);
    else rows.push(row);
    return row;
  }

  find(collection: StoreCollection, workspaceId: bigint, id: bigint | null): Row | undefined {
    const rows = this.#rows.get(collection) ?? [];
    return rows.find((row) => row.id === id && row.workspaceId === workspaceId && row.deletedAt === null);
  }

  /** Newest first, without the deleted ones. */
  list(collection: StoreCollection, workspaceId: bigint): Row[] {
    const rows = this.#rows.get(collection) ?? [];
    return rows.filter((row) => row.workspaceId === workspaceId && row.deletedAt === null).reverse();
  }

  /**
   * The next number of a series: one per workspace, document type and year, without gaps.
   * @param date YYYY-MM-DD, whose year names the series.
   */
  nextNumber(workspaceId: bigint, type: DocumentType, date: string): string {
    const series = `${DOCUMENTS[type].series}${date.slice(0, 4)}`;
    const key = `${workspaceId}/${series}`;
    const count = (this.#lastNumbers.get(key) ?? 0) + 1;
    this.#lastNumbers.set(key, count);
    return `${series}-${String(count).padStart(4, '0')}`;
  }
}
