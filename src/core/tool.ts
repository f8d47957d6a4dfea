import type { LucantoError } from './errors.ts';
import type { JsonObject, JsonSchema } from './json.ts';

/** A tool, what it is called with and what it answers; how a person is asked before; and what a tool may do, by tiers. */

/**
 * `unclear`: the client answered, but neither yes nor no. `gone`: nobody is there any more. `later`: the answer comes
 * with another call. `missing`: that other call came without it.
 */
export type Reply = 'accepted' | 'declined' | 'unclear' | 'gone' | 'later' | 'missing';

/** How the person behind a caller can be asked. Who calls knows how; what is asked and what it decides is confirm's. */
export interface Confirmer {
  /**
   * At a terminal nobody but a person types. A client may answer by itself: in a dialog while the call waits, or in
   * rounds, with another call.
   */
  readonly how: 'terminal' | 'dialog' | 'rounds';
  /** What this call brings back of a question that was asked before. */
  readonly returned?: { readonly state: string; readonly reply: Reply };
  /** @throws whatever, once the signal aborts */
  ask(
    question: {
      readonly message: string;
      /** What a client that answers with another call must bring back. @throws LucantoError */
      readonly state: () => Promise<string>;
    },
    signal: AbortSignal,
  ): Promise<Reply>;
}

/** Every hint is stated, so that no host falls back to a default that is untrue (MCP ToolAnnotations). */
export interface ToolHints {
  readonly title: string;
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** What `tools/list` sends for one tool. */
export interface ToolDescriptor {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly annotations: ToolHints;
  readonly _meta?: JsonObject;
}

/** MCP's CallToolResult. Numbers may be bigint or LosslessNumber: write it with stringifyJson, never JSON.stringify. */
export interface ToolResult {
  readonly content: readonly JsonObject[];
  readonly structuredContent?: JsonObject;
  readonly isError?: boolean;
  readonly _meta?: JsonObject;
}

/** The program on the other end, from its own introduction. Goes into the User-Agent and nowhere else. */
export interface ClientIdentity {
  readonly name: string;
  readonly version: string;
}

export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

/** The one argument of every write that is the ledger's own: the service never sees it. */
export const ALLOW_DUPLICATE = 'allow_duplicate';

export interface CallContext {
  /** Aborts when the client cancels, the deadline passes or the process ends. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch by which the call must have been answered. */
  readonly deadline: number;
  /** Set for a refresh that nobody waits for: calls come first. */
  readonly background?: boolean;
  /** Resolves once the client has read most of what it was answered before, or when the signal aborts. */
  readonly drained?: (signal: AbortSignal) => Promise<void>;
  readonly client?: ClientIdentity;
  /** The only two members of the client's `_meta` that are ever forwarded. */
  readonly progressToken?: string | number;
  readonly traceparent?: string;
  readonly onProgress?: (progress: Progress) => void;
  /** Present where the caller can ask a person. */
  readonly human?: Confirmer;
  /** `allow_duplicate: true`: the user wants another one of what was just created. */
  readonly allowDuplicate?: boolean;
  /** The tool that the user called, where that makes its write through another one: the history names it. */
  readonly calledAs?: string;
  /** How many sends a write makes, which the ledger counts by the day; absent for none. */
  readonly sends?: number;
  /** In which form the answer is given; without it, whole. */
  readonly answer?: AnswerOptions;
  /** Calls back once the answer is in the client's hands; without it an answer counts as delivered when it is made. */
  readonly onDelivered?: (callback: () => void) => void;
  /** Set by the ledger for the sending of a write. */
  readonly write?: {
    /** Called before each attempt: from then on the outcome matters. */
    readonly onSending: () => void;
    /** Milliseconds since the epoch; an attempt that is under way at the deadline is followed until then. */
    readonly giveUpAt: number;
  };
}

/** Data plus one function. The server sees only this and does not know where a call goes. */
export interface Tool {
  readonly descriptor: ToolDescriptor;
  /** What arguments are checked against: the flat shape of `inputSchema` with the contract's own nullability and unions. */
  readonly validation: JsonSchema;
  /** Arguments that a list of tools may tell in words, since they are seldom needed. */
  readonly details?: readonly string[];
  readonly route: 'rest' | 'remote' | 'local';
  readonly tier: Tier;
  /** The resource that scopes speak of (`invoices`), always a plural in snake_case; `workspaces` needs no scope to list. */
  readonly resource: string;
  /** Set where the resource was only guessed from the tool's name. */
  readonly isResourceGuessed?: true;
  /** Scopes any one of which is enough (`read:invoices`); empty where none is needed. */
  readonly scopes: readonly string[];
  /** How many resources are nearer to people's work, as far as the document shows it. */
  readonly standing?: () => number;
  /** Set where no call of it could be sent: why, in one sentence. */
  readonly unusable?: string | undefined;
  /** What the document says of the record, or of each row, that the tool answers with. Read when first asked for. */
  readonly answerFields?: () => readonly AnswerField[];
  /** The values that the document names for a filter, and whether there are no others. */
  readonly filterValues?: (argument: string) => { readonly values: readonly string[]; readonly isClosed: boolean };
  /** What nobody can put right again, so that a person may have to agree first; absent for all else. */
  readonly irreversible?: Irreversible | undefined;
  /** Set where `id` may be the number of a document: the arguments with its id. @throws LucantoError */
  readonly identify?: (args: JsonObject, context: CallContext) => Promise<JsonObject>;
  /**
   * Set where the tool lists records: how rows are gathered that no single request gives (several values of a filter, a
   * period without one). Null for arguments that one request answers. @throws LucantoError
   */
  readonly gather?: (args: JsonObject) => Promise<GatheredList | null>;
  /** Set where the tool changes one record. */
  readonly change?: RecordChange | undefined;
  /** Set where the answer has rows: saves them as a file, and answers with its path. @throws LucantoError */
  readonly saveRows?: ((request: SaveRequest, context: CallContext) => Promise<ToolResult>) | undefined;
  /** @throws LucantoError; the dispatcher turns it into an `isError` result. */
  call(args: JsonObject, context: CallContext): Promise<ToolResult>;
}

/** `save_as`: what is saved, and in which form. */
export interface SaveRequest {
  readonly format: 'xlsx' | 'csv';
  /** Names of fields; null for all. */
  readonly fields: readonly string[] | null;
  readonly args: JsonObject;
  /** One list answers the call; else its rows are gathered from several. */
  readonly isOneList: boolean;
  /** The call without `save_as`. */
  readonly call: (context: CallContext) => Promise<ToolResult>;
}

export interface GatheredList {
  /** The arguments of each list that is read, to be checked like those of any call. */
  readonly queries: readonly JsonObject[];
  call(queries: readonly JsonObject[], context: CallContext): Promise<ToolResult>;
}

/** How a record is read before it is changed, and what of a call goes into it. */
export interface RecordChange {
  /** Arguments that are fields of the record, with the record's own names for them. */
  readonly fields: readonly { readonly arg: string; readonly property: string }[];
  /** The argument that holds further fields by their names. */
  readonly rest?: string;
  /** The record is replaced whole: what a call leaves out would be lost. */
  readonly replaces: boolean;
  /** The record as it is now; null where no operation reads it. @throws LucantoError */
  readonly read: ((args: JsonObject, context: CallContext) => Promise<ReadRecord>) | null;
  /**
   * @param given what the call itself said, by which a repetition is recognised
   * @param basis the record that the change is made from, where it counts that it is still the same
   * @throws LucantoError
   */
  send(args: JsonObject, context: CallContext, given: JsonObject, basis: ReadRecord | null): Promise<ToolResult>;
  /** Does it while no copy of the bridge makes such a change of what `args` address. @throws LucantoError */
  alone(args: JsonObject, context: CallContext, act: () => Promise<ToolResult>): Promise<ToolResult>;
}

export interface ReadRecord {
  /** With its nulls. */
  readonly record: JsonObject;
  /** A strong ETag. */
  readonly tag: string | null;
}

export type Tier = (typeof TIERS)[number];

export const TIERS = ['read', 'write', 'manage'] as const;

/** A property of the records that an operation answers with, as far as the document describes them. */
export interface AnswerField {
  readonly name: string;
  /** Of an object, or of the objects in a list. */
  readonly fields: readonly AnswerField[];
  /** Where only certain texts are possible. */
  readonly values?: readonly string[] | undefined;
  /** The text that holds where a record has none. */
  readonly preset?: string | undefined;
  /** An amount in cents, as the document's words say. */
  readonly isCents?: true | undefined;
  /** An amount without VAT, as they say. */
  readonly isNet?: true | undefined;
}

/** What nobody can put right again. `unknown`: it takes something away, and what its verb means is not known. */
export type Irreversible = 'deletes' | 'issues' | 'sends' | 'unknown';

/** What a call says about the form of its answer. These arguments are the bridge's own: the service never sees them. */
export interface AnswerOptions {
  /** Names, `*` for all; null for the compact default. */
  readonly fields: readonly string[] | null;
  readonly maxChars: number;
  /** Rows to leave out at the beginning of a list that the service gives whole. */
  readonly from: number;
}

/** An answer, and for the command line's exit code the error it tells of, or why the call was not made. */
export interface CallAnswer {
  readonly result: ToolResult;
  readonly error: LucantoError | null;
}
