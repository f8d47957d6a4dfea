/**
 * All rows of a list, page by page and within bounds, with proof that they are all, or the reason why they may not be;
 * and the record that a document refers to, by its id or from its list.
 */
import { FIELD_ROLES, type Role } from '../contract/field-roles.ts';
import { singular } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import {
  mayBeFullPage,
  type PagedList,
  type PageFacts,
  type PagingArguments,
  pageFacts,
  pagingArguments,
} from '../contract/paging.ts';
import { listIn } from '../contract/response.ts';
import { tellsOfError } from '../contract/success.ts';
import { ApiError, LucantoError, ProtocolError } from '../core/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject, objectIn } from '../core/json.ts';
import { count } from '../core/text.ts';
import type { AnswerField, CallContext } from '../core/tool.ts';
import { argumentsFor, type LocalCall, readRecord } from './local-tool.ts';
import { ownId, plainText, valueAt, wordOfId } from './record-fields.ts';

const PAGE_ROWS = 100;
/** Time for the sums and the answer. */
const RESERVE_MS = 1500;
/** A list of the contract, or a tool of the remote endpoint that lists something. */
export type ListToRead = PagedList & Pick<Operation, 'tool' | 'resource'>;

/** What gives one page of a list. */
export interface PageReader<T extends ListToRead> {
  readonly service: {
    readPage(
      list: T,
      args: JsonObject,
      context: CallContext,
    ): Promise<{ readonly value: unknown; readonly headers: Headers }>;
  };
  readonly clock: () => number;
  readonly context: CallContext;
}

/**
 * @returns `rows`, each once; `repeated`, how many came again; `stopped`, one clause that says why there may be further
 * rows, null where it is proved that no rows are left
 * @throws LucantoError where a page cannot be read
 */
export async function walk<T extends ListToRead>(
  { service, clock, context }: PageReader<T>,
  operation: T,
  args: JsonObject,
  {
    maxPages,
    isEnough = () => false,
    trustsContract = false,
    onRows,
  }: {
    readonly maxPages: number;
    readonly isEnough?: (rows: readonly JsonObject[]) => boolean;
    /** A list that has no pages by its contract, nor by its answer, is whole, however many rows it has. */
    readonly trustsContract?: boolean;
    /** Takes the rows of each page instead of the result, so that not all have to be kept. */
    readonly onRows?: (rows: readonly JsonObject[]) => Promise<void>;
  },
) {
  const names = pagingArguments(operation);
  const noun = operation.resource === 'workspaces' ? 'companies' : operation.resource.replaceAll('_', ' ');
  const most = names.size === null ? null : pageRows(operation, names.size);
  const read = new RowsRead(names, most, trustsContract);
  const size = names.size === null ? {} : { [names.size]: most };
  let position: JsonObject = {};
  let slowest = 0;
  let missing: string | null = null;
  for (let pages = 1; ; pages += 1) {
    const started = clock();
    const ended = (stopped: string | null) => {
      return { rows: read.rows, repeated: read.repeated, pages, stopped: stopped ?? missing };
    };
    let answer: Awaited<ReturnType<typeof service.readPage>>;
    try {
      answer = await service.readPage(operation, { ...args, ...size, ...position }, context);
    } catch (error) {
      if (!(error instanceof ApiError) || !read.mayRefuse(error.details.status)) throw error;
      return ended(read.hasTotal ? null : 'the service refused a further page');
    }
    const { value, headers } = answer;
    slowest = Math.max(slowest, clock() - started);
    if (tellsOfError(value)) missing = 'the service reported an error beside the rows';
    const step = read.take(rowsOf(value, operation), pageFacts(value, headers, operation));
    context.onProgress?.({ progress: read.count, message: `${read.count} ${noun} read` });
    if (onRows !== undefined) await onRows(read.rows.splice(0));
    if (!('next' in step)) return ended(step.stopped);
    if (isEnough(read.rows)) return ended('no more rows were needed');
    if (read.wasAsked(step.next)) return ended('the service sent the same page again');
    if (pages >= maxPages) return ended(`at most ${maxPages} pages are read at once`);
    if (context.deadline - clock() < slowest * 2 + RESERVE_MS) return ended('the time limit was near');
    position = step.next;
  }
}

type Step = { readonly next: JsonObject } | { readonly stopped: string | null };

const END: Step = { stopped: null };

class RowsRead {
  readonly rows: JsonObject[] = [];
  /** Also of those that were taken away. */
  count = 0;
  repeated = 0;
  readonly #names: PagingArguments;
  readonly #size: number | null;
  readonly #trustsContract: boolean;
  readonly #known = new Set<string>();
  readonly #asked = new Set<string>();
  #largestPage = 0;
  #received = 0;
  #total: number | null = null;
  #page: number | null = null;
  #namedNext = false;

  /** @param size how many rows a page was asked to have; null where that cannot be said */
  constructor(names: PagingArguments, size: number | null, trustsContract: boolean) {
    this.#names = names;
    this.#size = size;
    this.#trustsContract = trustsContract;
  }

  /** Behind a full page, one is asked for that may not exist; some services refuse it. */
  mayRefuse(status: number | undefined): boolean {
    return this.#received > 0 && !this.#namedNext && [400, 404, 416, 422].includes(status ?? 0);
  }

  /** As many rows as the service counts were read. */
  get hasTotal(): boolean {
    return this.#total !== null && this.count >= this.#total;
  }

  wasAsked(position: JsonObject): boolean {
    const key = canonicalJson(position);
    const isKnown = this.#asked.has(key);
    this.#asked.add(key);
    return isKnown;
  }

  /** Takes the rows of one page, and says how the list goes on. */
  take(page: readonly JsonObject[], facts: PageFacts): Step {
    const isFirst = this.#received === 0;
    const fresh = page.filter((row) => {
      const key = keyOf(row);
      // Rows without an id may be alike.
      return key === null || !this.#known.has(key);
    });
    const isAgain = !isFirst && page.length > 0 && fresh.length === 0;
    // Nothing said whether the first page is 0 or 1, so page 1 was asked for: it was the first.
    if (isAgain && this.#page === 1 && this.#names.firstPage === null && facts.next === null) {
      return this.#numbered(this.#names.page, 2);
    }
    this.#keep(page);
    if (isAgain) return { stopped: 'the service sent the same rows again' };
    this.#total = facts.totalRows;
    const step = this.#after(page, facts);
    this.#largestPage = Math.max(this.#largestPage, page.length);
    return step;
  }

  #keep(page: readonly JsonObject[]): void {
    this.#received += page.length;
    for (const row of page) {
      const key = keyOf(row);
      if (key !== null && this.#known.has(key)) this.repeated += 1;
      else {
        this.rows.push(row);
        this.count += 1;
      }
      if (key !== null) this.#known.add(key);
    }
  }

  #after(page: readonly JsonObject[], facts: PageFacts): Step {
    const { offset, page: number } = this.#names;
    if (facts.next !== null) {
      this.#namedNext = true;
      return { next: facts.next };
    }
    if (facts.isUnreachable) return { stopped: 'the contract does not say how to ask for the next page' };
    const isShort = facts.totalRows !== null && this.count < facts.totalRows;
    if (facts.more === false) {
      return isShort ? { stopped: `the service counts ${facts.totalRows} rows` } : END;
    }
    if (facts.totalRows !== null && !isShort && facts.more === null && this.#provesEnd(facts.totalRows, page))
      return END;
    // Each page before it named the one that follows.
    const isLast = this.#namedNext && facts.more === null && !isShort;
    if (!isLast && (number !== null || offset !== null)) {
      if (page.length === 0 || (page.length < this.#largestPage && facts.more === null)) {
        return isShort ? { stopped: `the service counts ${facts.totalRows} rows` } : END;
      }
      if (offset !== null) return { next: { [offset]: this.#received } };
      return this.#numbered(number, facts.page === null ? this.#pageAfter() : facts.page + 1);
    }
    const mayGoOn = page.length >= this.#largestPage && !this.#isShorter(page);
    if (facts.probe !== null && mayGoOn) return { next: facts.probe };
    if (facts.more === true) return { stopped: 'the service named no next page' };
    if (isShort) return { stopped: `the service counts ${facts.totalRows} rows and names no next page` };
    if (this.#namedNext || page.length < this.#largestPage || this.#isShorter(page)) return END;
    return { stopped: `the service sent ${count(page.length, 'row')} and does not say whether they are all` };
  }

  /** Some services count the rows of the page alone: a total of a full page is no proof where another one may follow. */
  #provesEnd(total: number, page: readonly JsonObject[]): boolean {
    const { cursor, offset, page: number } = this.#names;
    const isPaged = (cursor ?? offset ?? number ?? this.#size) !== null;
    return !isPaged || total > page.length || !(mayBeFullPage(page.length) || page.length === this.#size);
  }

  /** Nothing says how the list goes on: it is whole if it has fewer rows than were asked for, or the contract has no pages. */
  #isShorter(page: readonly JsonObject[]): boolean {
    const { cursor } = this.#names;
    if (page.length === 0 || (this.#trustsContract && (this.#size ?? cursor) === null)) return true;
    if (mayBeFullPage(page.length)) return false;
    return this.#size === null ? cursor === null : page.length < this.#size;
  }

  #pageAfter(): number {
    if (this.#page !== null) return this.#page + 1;
    return this.#names.firstPage === null ? 1 : this.#names.firstPage + 1;
  }

  #numbered(name: string | null, page: number): Step {
    this.#page = page;
    return name === null ? END : { next: { [name]: page } };
  }
}

function keyOf(row: JsonObject): string | null {
  const id = ownId(row);
  return id === undefined ? null : String(id);
}

/** The most rows that the list gives at once, as far as the contract says. */
function pageRows({ validation }: ListToRead, size: string): number {
  const properties = objectIn(validation.properties);
  const schema = properties[size];
  const most = isJsonObject(schema) ? schema.maximum : undefined;
  return typeof most === 'number' && most >= 1 ? Math.min(PAGE_ROWS, most) : PAGE_ROWS;
}

function rowsOf(answer: unknown, { tool }: ListToRead): readonly JsonObject[] {
  const list = listIn(answer);
  if (list !== null) return list.rows.filter(isJsonObject);
  throw new ProtocolError('unexpected_answer', `The answer to ${tool} is not a list.`, {
    hint: 'Try again; if it happens again, report it to Lucanto.',
  });
}

export interface Reference {
  /** `purchaser_id`. */
  readonly field: string;
  readonly id: string;
  /** Null where the service has no such record, or where it could not be read. */
  readonly record: JsonObject | null;
  /** What the contract says that such records have. */
  readonly described: readonly AnswerField[];
  /** Why it was not read; absent for a record that does not exist. */
  readonly problem?: string;
  /** What failed then, if it was not a refusal: another time it may be read. */
  readonly temporary?: LucantoError;
}

/** @returns null where the document names none */
export async function readReference(
  role: 'contactId' | 'supplierId' | 'bankAccount',
  document: { readonly record: JsonObject; readonly field: (role: Role) => string | null },
  call: LocalCall,
): Promise<Reference | null> {
  const field = document.field(role);
  const value = field === null ? null : valueAt(document.record, field);
  const id = plainText(value);
  if (field === null || id === null) return null;
  const words = [singular(wordOfId(field)), ...wordsOf(role)];
  const [get] = words.flatMap((word) => call.operations.get(`lucanto_get_${word}`) ?? []);
  const [list] = words.flatMap((word) => [...call.operations.values()].filter((one) => isListOf(one, word)));
  const described = get?.answerFields ?? list?.answerFields ?? [];
  const found = (record: JsonObject | null): Reference => ({ field, id, record, described });
  const unread = (problem: string): Reference => ({ ...found(null), problem });
  try {
    if (get !== undefined) return found(await readRecord(call, get, { id: value }));
    if (list === undefined) return unread('no tool can read it');
    const { rows, stopped } = await walk(call, list, argumentsFor(call.args, {}), { maxPages: 10 });
    const row = rows.find((one) => String(ownId(one)) === id);
    if (row !== undefined || stopped === null) return found(row ?? null);
    return unread(`it is not among the first ${rows.length}`);
  } catch (cause) {
    if (call.context.signal.aborted) throw cause;
    const { status } = cause instanceof LucantoError ? cause.details : {};
    if (status === 404 || status === 410) return found(null);
    const isTemporary = cause instanceof LucantoError && (status === undefined || status === 429 || status >= 500);
    const problem = unread(`${id} could not be read${cause instanceof LucantoError ? `: ${cause.message}` : ''}`);
    return isTemporary ? { ...problem, temporary: cause } : problem;
  }
}

/** `contact`, `customer`, `client` for the role of a customer's id. */
function wordsOf(role: 'contactId' | 'supplierId' | 'bankAccount'): readonly string[] {
  const words = FIELD_ROLES[role].names.filter((name) => name.endsWith('_id')).map((name) => name.slice(0, -3));
  // Suppliers are kept among the contacts, where they have no list of their own.
  const also = role === 'supplierId' ? ['contact', 'partner'] : role === 'bankAccount' ? ['account'] : ['company'];
  return [...words, ...also];
}

function isListOf({ action, reads, resource, parameters, workspace }: Operation, word: string): boolean {
  const needsMore = parameters.some(({ required, name }) => required && name !== workspace);
  return action === 'list' && reads && !needsMore && singular(resource) === word;
}
