import { type Fields, timestamp } from './fields.ts';

/** Number series: one per workspace, document type and year, without gaps. */

const SERIES = { invoice: 'FAK', quote: 'CEN', credit_note: 'DOB', proforma: 'ZAL' } as const;
export type DocumentType = keyof typeof SERIES;

class Numbering {
  readonly #last = new Map<string, number>();

  /** @param date YYYY-MM-DD, whose year names the series. */
  next(workspaceId: bigint, type: DocumentType, date: string): string {
    const series = `${SERIES[type]}${date.slice(0, 4)}`;
    const key = `${workspaceId}/${series}`;
    const count = (this.#last.get(key) ?? 0) + 1;
    this.#last.set(key, count);
    return `${series}-${String(count).padStart(4, '0')}`;
  }
}

/** Everything that the embedded Lucanto remembers. Rows are kept newest last; nothing is ever taken out. */
export const COLLECTIONS = [
  'contacts',
  'invoices',
  'quotes',
  'proformas',
  'credit_notes',
  'expenses',
  'bank_accounts',
] as const;
export type Collection = (typeof COLLECTIONS)[number];

export interface Row {
  readonly id: bigint;
  /** Order of insertion over all collections; cursors are made of it. */
  readonly seq: number;
  readonly workspaceId: bigint;
  readonly createdAt: string;
  updatedAt: string;
  deletedAt: string | null;
  fields: Fields;
}

export interface Workspace {
  readonly id: bigint;
  readonly userId: string;
  readonly subscribed: boolean;
  /** Reached by sandbox tokens, and by no other. */
  readonly testMode: boolean;
  /** Bank accounts that the plan includes, cash registers not counted. */
  readonly bankAccountCap: number;
  /** Receipts that are read per calendar month. */
  readonly receiptCap: number;
  readonly fields: Fields;
}

/** An e-mail that would have been sent. */
export interface Message {
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
  /** Milliseconds since the epoch. */
  readonly uploadedAt: number;
}

export class Store {
  readonly workspaces: Workspace[] = [];
  readonly numbering = new Numbering();
  /** The default workspace of each user. */
  readonly defaults = new Map<string, bigint>();
  /** Receipts by expense. */
  readonly receipts = new Map<bigint, StoredFile>();
  /** Receipts read so far, by workspace and month. */
  readonly receiptCounts = new Map<string, number>();
  readonly #outbox: Message[];
  readonly #rows = new Map<Collection, Row[]>();
  #seq = 0;
  #nextId = 1000n;

  constructor(outbox: Message[]) {
    this.#outbox = outbox;
  }

  /** @param at milliseconds since the epoch. */
  insert(collection: Collection, workspaceId: bigint, fields: Fields, at: number, id?: bigint): Row {
    const time = timestamp(at);
    this.#seq += 1;
    const row: Row = {
      id: id ?? this.#takeId(),
      seq: this.#seq,
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

  find(collection: Collection, workspaceId: bigint, id: bigint): Row | undefined {
    return this.#rows
      .get(collection)
      ?.find((row) => row.id === id && row.workspaceId === workspaceId && row.deletedAt === null);
  }

  /** Newest first, without the deleted ones. */
  list(collection: Collection, workspaceId: bigint): Row[] {
    const rows = this.#rows.get(collection) ?? [];
    return rows.filter((row) => row.workspaceId === workspaceId && row.deletedAt === null).reverse();
  }

  send(message: Message): void {
    this.#outbox.push(message);
  }

  #takeId(): bigint {
    this.#nextId += 1n;
    return this.#nextId;
  }
}
