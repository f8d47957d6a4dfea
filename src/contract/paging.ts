/** How a list goes on: which arguments ask for the next page, and what an answer says of it, in whatever style. */
import { onceForEach } from '../core/deadline.ts';
import { isJsonObject, type JsonObject, objectIn } from '../core/json.ts';
import { plainName } from './field-names.ts';
import type { Operation } from './operation.ts';
import { listIn } from './response.ts';

// biome-ignore format: a table
const CURSORS = new Set(['cursor', 'next_cursor', 'page_cursor', 'page_token', 'next_token', 'continuation_token',
  'starting_after', 'after', 'page_after']);
const PAGES = new Set(['page', 'page_number', 'page_no', 'page_index', 'current_page']);
const OFFSETS = new Set(['offset', 'skip', 'start', 'start_index', 'page_offset']);
const SIZES = new Set(['limit', 'per_page', 'page_size', 'page_limit', 'size', 'max_results', 'top']);
// biome-ignore format: a table
const NEXT_CURSORS = new Set(['next_cursor', 'next_page_token', 'next_token', 'end_cursor', 'continuation_token',
  'cursor_next', 'next_page_cursor']);
const NEXT_LINKS = new Set(['next', 'next_url', 'next_link', 'next_page_url', 'odata_next_link']);
const NEXT_PAGES = new Set(['next_page', 'next_page_number', 'next_page_no']);
const ENDS = new Set(['last', 'is_last', 'is_last_page']);
const MORE = new Set(['has_more', 'has_next', 'has_next_page', 'more', 'is_truncated']);
// biome-ignore format: a table
const TOTALS = new Set(['total', 'total_count', 'total_items', 'total_results', 'total_records', 'total_entries',
  'total_rows', 'total_elements']);
const TOTAL_PAGES = new Set(['total_pages', 'last_page', 'page_count', 'pages']);

/** What of an operation, or of another tool that lists rows, is about its pages. */
export type PagedList = Pick<Operation, 'parameters' | 'validation'>;

/** The arguments of a list that are about its pages, as the tool spells them. */
export interface PagingArguments {
  readonly cursor: string | null;
  readonly page: string | null;
  readonly offset: string | null;
  readonly size: string | null;
  /** The number of the first page, where the contract says it. */
  readonly firstPage: number | null;
}

export const pagingArguments = onceForEach(({ parameters, validation }: PagedList): PagingArguments => {
  const query = parameters.filter(({ in: place }) => place === 'query');
  const named = (names: ReadonlySet<string>) =>
    query.find(({ name }) => names.has(plainName(name).replace(/^_|_$/g, '')));
  const page = named(PAGES)?.arg ?? null;
  const properties = objectIn(validation.properties);
  const schema = page === null ? undefined : properties[page];
  const first = isJsonObject(schema) ? (schema.minimum ?? schema.default) : undefined;
  return {
    cursor: named(CURSORS)?.arg ?? null,
    page,
    offset: named(OFFSETS)?.arg ?? null,
    size: named(SIZES)?.arg ?? null,
    firstPage: first === 0 || first === 1 ? first : null,
  };
});

/** How many rows a page has where a call does not say it: the default of the argument, or what its words say: "1 to 100 (25)". */
export function usualPageSize(
  { inputSchema }: Pick<Operation, 'inputSchema'>,
  size: string | null,
): number | undefined {
  const properties = objectIn(inputSchema.properties);
  const schema = size === null ? undefined : properties[size];
  if (!isJsonObject(schema)) return undefined;
  const [, inBrackets, named] = /\((\d+)\)|\bdefaults?\b\D{0,12}(\d+)/i.exec(String(schema.description ?? '')) ?? [];
  const usual = Number(schema.default ?? inBrackets ?? named);
  return Number.isInteger(usual) && usual > 0 ? usual : undefined;
}

/** What an answer says of further rows; null and absent where it says nothing. */
export interface PageFacts {
  /** Arguments that ask for the next page, where the answer names it. */
  readonly next: JsonObject | null;
  /** A next page is named, but no argument of the tool leads there. */
  readonly isUnreachable: boolean;
  /** False is an explicit end: a flag, a cursor that is null, or the last page by its number. */
  readonly more: boolean | null;
  readonly totalRows: number | null;
  /** The number that the answer gives its own page. */
  readonly page: number | null;
}

/** @param answer with its nulls: a cursor that is null is an explicit end */
export function pageFacts(answer: unknown, headers: Headers, operation: PagedList): PageFacts {
  const members = [...(isJsonObject(answer) ? membersAbout(answer) : []), ...headerMembers(headers)];
  const find = (names: ReadonlySet<string>) => members.filter(([name]) => names.has(name)).map(([, value]) => value);
  const { cursor, page: pageArgument } = pagingArguments(operation);
  const named = [...find(NEXT_LINKS).map(hrefOf), ...find(NEXT_PAGES)];
  // `next` is an address, the number of a page, or a token.
  const isPage = (value: unknown) => pageArgument !== null && wholeNumber(value) !== null;
  const isLink = (value: unknown) => isAddress(value) && /[?/]/.test(value);
  const cursors = [...find(NEXT_CURSORS), ...named.filter((value) => !isLink(value) && !isPage(value))];
  const links = [...named.filter(isLink), nextInHeader(headers.get('link'))];
  const nextPage = named.filter(isPage).map(wholeNumber)[0] ?? undefined;
  const last = find(ENDS).find((value) => typeof value === 'boolean');
  const flag =
    find(MORE).find((value) => typeof value === 'boolean') ?? (typeof last === 'boolean' ? !last : undefined);
  const numbers = (names: ReadonlySet<string>) =>
    find(names)
      .map(wholeNumber)
      .find((value) => value !== null) ?? null;
  const page = numbers(PAGES);
  const lastPage = numbers(TOTAL_PAGES);
  const token = flag === false ? undefined : cursors.find(isToken);
  const link = flag === false ? null : (links.find(isAddress) ?? null);
  const byLink = link === null ? null : argumentsIn(link, operation);
  const byPage =
    flag === false || nextPage === undefined || pageArgument === null ? null : { [pageArgument]: nextPage };
  const next = token !== undefined && cursor !== null ? { [cursor]: token } : (byLink ?? byPage);
  const isNamed = token !== undefined || link !== null || (nextPage !== undefined && flag !== false);
  const endsByNull = !isNamed && cursors.some(isEmpty);
  const byNumber = page === null || lastPage === null ? null : page < lastPage;
  return {
    next,
    isUnreachable: isNamed && next === null,
    more: isNamed || (flag ?? (endsByNull ? false : byNumber)),
    totalRows: numbers(TOTALS),
    page,
  };
}

/**
 * How a model goes on with a list whose answer does not say it in the words of the interface (`next_cursor`, `has_more`):
 * the arguments for the next page, and whether that page is sure to exist. Null without one.
 */
export function continuation(
  answer: unknown,
  headers: Headers,
  operation: Operation,
  args: JsonObject,
): JsonObject | null {
  const facts = pageFacts(answer, headers, operation);
  const { page, offset, firstPage } = pagingArguments(operation);
  const isOwn = isJsonObject(answer) && (answer.next_cursor ?? '') !== '' && operation.paginated;
  const rows = listIn(answer)?.rows.length ?? 0;
  // Bare lists stay unchanged, for programs that read one; so does an answer that says it in the words of the interface.
  const end = isJsonObject(answer) && typeof answer.has_more !== 'boolean' ? { has_more: false } : null;
  if (isOwn) return null;
  if (facts.more === false && facts.next === null) return end;
  if (facts.next !== null) return { has_more: true, continue_with: facts.next };
  const from = offset === null ? null : (wholeNumber(args[offset]) ?? 0);
  const at = page === null ? null : (wholeNumber(args[page]) ?? facts.page ?? firstPage ?? 1);
  const isFirst = at === null ? from === 0 : at === (firstPage ?? 1);
  const shown = from === null ? (isFirst ? rows : null) : from + rows;
  const { totalRows } = facts;
  // A total that counts no more than a full page may count that page alone.
  const isAll = totalRows !== null && (shown ?? rows) >= totalRows && !(totalRows <= rows && mayBeFullPage(rows));
  if (rows === 0 || (isAll && facts.more === null)) return end;
  const isSure = facts.more === true || (totalRows !== null && shown !== null && shown < totalRows);
  const said = isSure ? { has_more: true } : { may_have_more: true };
  if (offset !== null && from !== null) return { ...said, continue_with: { [offset]: from + rows } };
  if (page !== null && at !== null) return { ...said, continue_with: { [page]: at + 1 } };
  return isSure && (facts.isUnreachable || totalRows !== null)
    ? { has_more: true, hint: 'The contract has no argument for the next page. Narrow the list with filters.' }
    : null;
}

/** A page of so many rows, of which nothing says that it is the last, may be the first of several: 12, 25, 64, 100. */
export function mayBeFullPage(rows: number): boolean {
  return rows >= 10 && (rows % 5 === 0 || rows % 12 === 0 || (rows & (rows - 1)) === 0);
}

/** What headers say of pages, under the names that members of an answer have. */
function headerMembers(headers: Headers): readonly (readonly [string, unknown])[] {
  const range = /\/(\d+)\s*$/.exec(headers.get('content-range') ?? '')?.[1];
  const said = [
    ['total_count', headers.get('x-total-count') ?? headers.get('x-total') ?? headers.get('total-count') ?? range],
    ['next_page', headers.get('x-next-page')],
    ['next_cursor', headers.get('x-next-cursor')],
    ['page', headers.get('x-page')],
    ['total_pages', headers.get('x-total-pages')],
  ] as const;
  // An empty header, as in `X-Next-Page:`, is an explicit end.
  return said.filter(([, value]) => value !== null && value !== undefined);
}

/** The members of an answer that are not its rows, and those of the objects among them: `meta.pagination.total`. */
function membersAbout(answer: JsonObject, depth = 0): readonly (readonly [string, unknown])[] {
  return Object.entries(answer).flatMap(([name, value]) => {
    if (Array.isArray(value)) return [];
    const own = [[plainName(name).replace(/^_/, ''), value] as const];
    return isJsonObject(value) && depth < 2 ? [...own, ...membersAbout(value, depth + 1)] : own;
  });
}

function isToken(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'bigint';
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '';
}

function hrefOf(value: unknown): unknown {
  return isJsonObject(value) ? value.href : value;
}

function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : null;
}

/** The address after `rel="next"` of a Link header (RFC 8288). */
function nextInHeader(header: string | null): string | null {
  for (const [, address = '', attributes = ''] of (header ?? '').matchAll(/<([^>]*)>([^,<]*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^";]*\s)?next(?:\s[^";]*)?"?\s*(?:;|$)/i.test(attributes)) return address;
  }
  return null;
}

/** The address itself is never requested: it could lead elsewhere. Its page goes into the tool's own arguments. */
function argumentsIn(link: string, operation: PagedList): JsonObject | null {
  const query = link.includes('?') ? new URLSearchParams(link.slice(link.indexOf('?') + 1).split('#')[0]) : null;
  if (query === null) return null;
  const { cursor, page, offset } = pagingArguments(operation);
  const found: Record<string, unknown> = {};
  for (const { arg, name, in: place } of operation.parameters) {
    const value = query.get(name);
    if (place !== 'query' || value === null || ![cursor, page, offset].includes(arg)) continue;
    found[arg] = arg === cursor ? value : (wholeNumber(value) ?? value);
  }
  return Object.keys(found).length === 0 ? null : found;
}
