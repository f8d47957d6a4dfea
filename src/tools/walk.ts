import type { Operation } from '../contract/operation.ts';
import { ProtocolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { CallContext } from '../core/tool.ts';
import type { ServicePort } from './local-tool.ts';

/** All rows of a list, page by page, within bounds; and whether that was all. */
interface Walked {
  readonly rows: readonly JsonObject[];
  readonly pages: number;
  /** One clause that says why it stopped before the end; null where it did not. */
  readonly stopped: string | null;
}

interface WalkOptions {
  readonly maxPages: number;
  readonly clock: () => number;
  /** What is counted, for progress: `invoices`. */
  readonly noun: string;
}

const PAGE_ROWS = 100;
/** Kept back for the sums and the way back. */
const RESERVE_MS = 1500;

/** @throws LucantoError where a page cannot be read */
export async function walk(
  service: ServicePort,
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  { maxPages, clock, noun }: WalkOptions,
): Promise<Walked> {
  const rows: JsonObject[] = [];
  const seen = new Set<unknown>();
  const limit = pageRows(operation);
  let cursor: unknown = null;
  let slowest = 0;
  for (let pages = 1; ; pages += 1) {
    const started = clock();
    const paging = operation.paginated ? { limit, ...(cursor === null ? {} : { cursor }) } : {};
    const answer = await service.read(operation, { ...args, ...paging }, context);
    slowest = Math.max(slowest, clock() - started);
    rows.push(...rowsOf(answer, operation));
    context.onProgress?.({ progress: rows.length, message: `${rows.length} ${noun} read` });
    cursor = nextCursor(answer);
    const ended = (stopped: string | null): Walked => ({ rows, pages, stopped });
    if (cursor === null) return ended(claimsMore(answer) ? 'the service named no next page' : null);
    if (!operation.paginated) return ended('the contract names no way to ask for the next page');
    if (seen.has(String(cursor))) return ended('the service gave the same page again');
    seen.add(String(cursor));
    if (pages >= maxPages) return ended(`${maxPages} pages are the most that are read at once`);
    if (context.deadline - clock() < slowest * 2 + RESERVE_MS) return ended('the time limit was near');
  }
}

/** As many rows as the list gives at once, as far as the contract says. */
function pageRows({ validation }: Operation): number {
  const properties = isJsonObject(validation.properties) ? validation.properties : {};
  const stated = isJsonObject(properties.limit) ? properties.limit.maximum : undefined;
  return typeof stated === 'number' && stated >= 1 ? Math.min(PAGE_ROWS, stated) : PAGE_ROWS;
}

function rowsOf(answer: unknown, operation: Operation): readonly JsonObject[] {
  const list = Array.isArray(answer) ? answer : isJsonObject(answer) ? (answer.data ?? onlyList(answer)) : undefined;
  if (Array.isArray(list)) return list.filter(isJsonObject);
  throw new ProtocolError('unexpected_answer', `The answer to ${operation.tool} is no list.`, {
    hint: 'Try again; if it stays so, report it to Lucanto.',
  });
}

/** Where the contract does not say under which name the rows are. */
function onlyList(answer: JsonObject): unknown {
  const lists = Object.values(answer).filter(Array.isArray);
  return lists.length === 1 ? lists[0] : undefined;
}

function nextCursor(answer: unknown): unknown {
  if (!isJsonObject(answer) || answer.has_more === false) return null;
  const { next_cursor: next } = answer;
  return next === undefined || next === '' ? null : next;
}

function claimsMore(answer: unknown): boolean {
  return isJsonObject(answer) && answer.has_more === true;
}
