import type { Operation } from '../contract/operation.ts';
import { listIn } from '../contract/success.ts';
import { ProtocolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { CallContext } from '../core/tool.ts';
import type { LocalDeps } from './local-tool.ts';

/** All rows of a list, page by page and within bounds. */
const PAGE_ROWS = 100;
/** Time for the sums and the answer. */
const RESERVE_MS = 1500;

/**
 * @param noun for progress messages: `invoices`
 * @returns `stopped`, one clause that says why it ended before the last row; null where it did not
 * @throws LucantoError where a page cannot be read
 */
export async function walk(
  { service, clock }: Pick<LocalDeps, 'service' | 'clock'>,
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  { maxPages, noun }: { readonly maxPages: number; readonly noun: string },
): Promise<{ readonly rows: readonly JsonObject[]; readonly pages: number; readonly stopped: string | null }> {
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
    const ended = (stopped: string | null) => ({ rows, pages, stopped });
    if (cursor === null) return ended(claimsMore(answer) ? 'the service named no next page' : null);
    if (!operation.paginated) return ended('the contract does not say how to ask for the next page');
    if (seen.has(String(cursor))) return ended('the service sent the same page again');
    seen.add(String(cursor));
    if (pages >= maxPages) return ended(`at most ${maxPages} pages are read at once`);
    if (context.deadline - clock() < slowest * 2 + RESERVE_MS) return ended('the time limit was near');
  }
}

/** The most rows that the list gives at once, as far as the contract says. */
function pageRows({ validation }: Operation): number {
  const properties = isJsonObject(validation.properties) ? validation.properties : {};
  const most = isJsonObject(properties.limit) ? properties.limit.maximum : undefined;
  return typeof most === 'number' && most >= 1 ? Math.min(PAGE_ROWS, most) : PAGE_ROWS;
}

function rowsOf(answer: unknown, operation: Operation): readonly JsonObject[] {
  const list = listIn(answer);
  if (list !== null) return list.rows.filter(isJsonObject);
  throw new ProtocolError('unexpected_answer', `The answer to ${operation.tool} is not a list.`, {
    hint: 'Try again; if it happens again, report it to Lucanto.',
  });
}

function nextCursor(answer: unknown): unknown {
  if (!isJsonObject(answer) || answer.has_more === false) return null;
  const { next_cursor: next } = answer;
  return next === undefined || next === '' ? null : next;
}

function claimsMore(answer: unknown): boolean {
  return isJsonObject(answer) && answer.has_more === true;
}
