/** What a handler gets and gives. */
import type { Contract } from '../http/contract.ts';
import type { Fields } from '../store/fields.ts';
import type { Store, StoredFile, Workspace } from '../store/store.ts';
import type { Grant } from '../store/tokens.ts';

export interface SignedUrl {
  readonly url: string;
  readonly expiresAt: string;
}

export interface Call {
  readonly store: Store;
  readonly contract: Contract;
  readonly grant: Grant;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly workspace: Workspace;
  /** The record in the path; 0n where there is none. */
  readonly id: bigint;
  /** Checked against the contract; all values are texts. */
  readonly query: Fields;
  /** The properties inside the wrapper key, checked against the contract. */
  readonly body: Fields;
  readonly upload: StoredFile | null;
  /** A URL on the service's own origin that needs no token. */
  sign(path: string): SignedUrl;
}

/** Returns the JSON of the answer; its status is the contract's. Undefined is an empty answer. */
export type Handler = (call: Call) => unknown;
export type Handlers = Readonly<Record<string, Handler>>;

/** Operations on the user instead of on a workspace. */
export type UserHandler = (call: Omit<Call, 'workspace'>) => unknown;
