/** How a list goes on: which arguments ask for the next page, and what an answer says of it, in whatever style. */
import { onceForEach } from '../core/deadline.ts';
import { isJsonObject, type JsonObject, objectIn, tryParseJson } from '../core/json.ts';
import { FIELD_ROLES, PAGE_WORDS } from './field-roles.ts';
import type { Operation } from './operation.ts';
import { listIn } from './response.ts';

/** Names are compared without the marks between their words: `$skiptoken`, `page[after]`, `@odata.nextLink`. */
function squeezed(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
}

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
  const properties = objectIn(validation.properties);
  const typesOf = (arg: string) => [objectIn(properties[arg]).type].flat();
  const named = (names: ReadonlySet<string>) =>
    parameters.find(({ in: place, name, arg }) => {
      if (place !== 'query' || !names.has(squeezed(name))) return false;
      const isNumber = typesOf(arg).some((type) => type === 'integer' || type === 'number');
      return isNumber || !(PAGE_WORDS.numbers.has(squeezed(name)) || typesOf(arg).includes('object'));
    });
  const page = named(PAGE_WORDS.pages)?.arg ?? null;
  const schema = page === null ? undefined : properties[page];
  const first = isJsonObject(schema) ? (schema.minimum ?? schema.default) : undefined;
  return {
    cursor: named(PAGE_WORDS.cursors)?.arg ?? null,
    page,
    offset: named(PAGE_WORDS.offsets)?.arg ?? null,
    size: named(PAGE_WORDS.sizes)?.arg ?? null,
    firstPage: first === 0 || first === 1 ? first : null,
  };
});

/** What an answer says of further rows; null and absent where it says nothing. */
export interface PageFacts {
  /** Arguments that ask for the next page, where the answer names it. */
  readonly next: JsonObject | null;
  /** Arguments that ask for what follows the last row, where nothing is said of it. */
  readonly probe: JsonObject | null;
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
  const { cursor, page: pageArgument, offset } = pagingArguments(operation);
  const ownName = (arg: string | null) => squeezed(operation.parameters.find((one) => one.arg === arg)?.name ?? '');
  const named = [
    ...find(PAGE_WORDS.nextLinks).map((value) => (isJsonObject(value) ? value.href : value)),
    ...find(PAGE_WORDS.nextPages),
  ];
  // `next` is an address, the number of a page, or a token.
  const isPage = (value: unknown) => pageArgument !== null && wholeNumber(value) !== null;
  const isLink = (value: unknown) => typeof value === 'string' && /[?/]/.test(value);
  const nextNames = new Set([...PAGE_WORDS.nextCursors, `next${ownName(cursor)}`]);
  const cursors = [...find(nextNames), ...named.filter((value) => !isLink(value) && !isPage(value))];
  const links = [...named.filter(isLink), nextInHeader(headers.get('link'))];
  const nextPage = named.filter(isPage).map(wholeNumber)[0] ?? undefined;
  const isSaid = (names: ReadonlySet<string>, word: boolean) =>
    find(names).some((value) => String(value) === String(word));
  const isMore = isSaid(PAGE_WORDS.more, true) || isSaid(PAGE_WORDS.ends, false);
  const flag = isMore || (isSaid(PAGE_WORDS.more, false) || isSaid(PAGE_WORDS.ends, true) ? false : undefined);
  const numbers = (names: ReadonlySet<string>) =>
    find(names)
      .map(wholeNumber)
      .find((value) => value !== null) ?? null;
  const lastPage = numbers(PAGE_WORDS.totalPages);
  const page = numbers(PAGE_WORDS.pages) ?? (lastPage === null ? null : numbers(new Set(['number'])));
  const token = flag === false ? undefined : cursors.find(isToken);
  const link = flag === false ? null : (links.find((value) => typeof value === 'string' && value !== '') ?? null);
  const byLink = link === null ? null : argumentsIn(link, operation);
  const byPage =
    flag === false || nextPage === undefined || pageArgument === null ? null : { [pageArgument]: nextPage };
  // Under the argument's own name, an answer may have where its own page began; an offset that is text is a token.
  const echoed = [cursor, offset].flatMap((arg) => {
    const value = arg === null ? undefined : find(new Set([ownName(arg)])).find(isToken);
    const isOffset = arg === offset && wholeNumber(value) !== null;
    return flag === false || arg === null || value === undefined || isOffset ? [] : [{ [arg]: value }];
  });
  const byName = token !== undefined && cursor !== null ? { [cursor]: token } : (byLink ?? byPage ?? echoed[0] ?? null);
  const isNamed = token !== undefined || link !== null || byName !== null;
  const byRow = isNamed || flag === false ? null : afterLast(answer, cursor, isMore);
  const next = byName ?? (isMore ? byRow : null);
  const endsByNull = !isNamed && cursors.some((value) => value === null || value === '');
  const byNumber = page === null || lastPage === null ? null : page < lastPage;
  return {
    next,
    probe: byRow,
    isUnreachable: isNamed && next === null,
    more: isNamed || (flag ?? (endsByNull ? false : byNumber)),
    totalRows: numbers(PAGE_WORDS.totals),
    page,
  };
}

/** Only where it is sure that there is more, an argument may be tried that could take something else than an id. */
function afterLast(answer: unknown, cursor: string | null, isMore: boolean): JsonObject | null {
  const row = listIn(answer)?.rows.at(-1);
  const takesId = PAGE_WORDS.idCursors.has(squeezed(cursor ?? '')) || (isMore && /after$/.test(cursor ?? ''));
  const id = isJsonObject(row) && takesId ? FIELD_ROLES.id.names.map((name) => row[name]).find(isToken) : undefined;
  return cursor === null || id === undefined ? null : { [cursor]: id };
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
  const { cursor, page, offset, size, firstPage } = pagingArguments(operation);
  const isOwn = isJsonObject(answer) && (answer.next_cursor ?? '') !== '' && operation.paginated;
  const rows = listIn(answer)?.rows.length ?? 0;
  // Bare lists stay unchanged, for programs that read one; so does an answer that says it in the words of the interface.
  const end = isJsonObject(answer) && typeof answer.has_more !== 'boolean' ? { has_more: false } : null;
  if (isOwn) return null;
  if (facts.more === false && facts.next === null) return end;
  if (facts.next !== null) return { has_more: true, continue_with: facts.next };
  const isPaged = (args[cursor ?? ''] ?? null) !== null;
  const from = offset === null ? null : wholeNumber(args[offset] ?? 0);
  const at = page === null ? null : (wholeNumber(args[page]) ?? facts.page ?? firstPage ?? 1);
  const isFirst = !isPaged && (at === null ? (from ?? 0) === 0 : at === (firstPage ?? 1));
  const shown = from === null ? (isFirst ? rows : null) : from + rows;
  const { totalRows } = facts;
  // A total that counts no more than a full page may count that page alone.
  const isAll = totalRows !== null && (shown ?? rows) >= totalRows && !(totalRows <= rows && mayBeFullPage(rows));
  // Cursors lead on as long as there is more.
  const isLast = isAll || (isPaged && facts.probe === null && totalRows === null);
  if (rows === 0 || (isLast && facts.more === null)) return end;
  const isSure = facts.more === true || (totalRows !== null && shown !== null && shown < totalRows);
  const said = isSure ? { has_more: true } : { may_have_more: true };
  if (offset !== null && from !== null) return { ...said, continue_with: { [offset]: from + rows } };
  if (page !== null && at !== null) {
    const isUnsure = (args[page] ?? facts.page ?? firstPage) === null;
    const note = `Nothing says whether the first ${page} is 0 or 1: if it is 0, ask for ${page} 1 too.`;
    return { ...said, continue_with: { [page]: at + 1 }, ...(isUnsure && { note }) };
  }
  if (facts.probe !== null) return { ...said, continue_with: facts.probe };
  const hint = 'The contract has no argument for the next page. Narrow the list with filters.';
  const isCut = isSure
    ? facts.isUnreachable || totalRows !== null
    : size !== null && cursor === null && mayBeFullPage(rows);
  return isCut ? { ...said, hint } : null;
}

/** A page of so many rows, of which nothing says that it is the last, may be the first of several: 12, 25, 64, 100. */
export function mayBeFullPage(rows: number): boolean {
  return rows >= 10 && (rows % 5 === 0 || rows % 12 === 0 || (rows & (rows - 1)) === 0);
}

/** What headers say of pages, under the names that members of an answer have. An empty one is an explicit end. */
function headerMembers(headers: Headers): readonly (readonly [string, unknown])[] {
  return [...headers].flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
    const range = name === 'content-range' ? /\/(\d+)\s*$/.exec(value)?.[1] : undefined;
    if (range !== undefined) return [['totalcount', range]];
    const json = /^x-pag(ing|ination)$/.test(name) ? tryParseJson(value) : undefined;
    return isJsonObject(json)
      ? membersAbout(json)
      : [[squeezed(name.replace(/^(x-)?(pag(ing|ination)-)?/, '')), value]];
  });
}

/** The members of an answer that are not its rows, and those of the objects among them: `meta.pagination.total`. */
function membersAbout(answer: JsonObject, depth = 0): readonly (readonly [string, unknown])[] {
  return Object.entries(answer).flatMap(([given, value]): readonly (readonly [string, unknown])[] => {
    if (Array.isArray(value)) return [];
    const name = squeezed(given);
    const own = [name, value] as const;
    if (!isJsonObject(value) || depth === 2 || PAGE_WORDS.otherPages.has(name)) return [own];
    const inside = membersAbout(value, depth + 1);
    return [own, ...(name === 'next' ? inside.map(([of, one]) => [`next${of}`, one] as const) : inside)];
  });
}

function isToken(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'bigint';
}

function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : null;
}

/** The address after `rel="next"` of a Link header (RFC 8288). */
function nextInHeader(header: string | null): string | null {
  for (const [, address = '', attributes = ''] of (header ?? '').matchAll(/<([^>]*)>((?:"[^"]*"|[^",<])*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^";]*\s)?next(?:\s[^";]*)?"?\s*(?:;|$)/i.test(attributes)) return address;
  }
  return null;
}

/** The address itself is never requested: it could lead elsewhere. Its page goes into the tool's own arguments. */
function argumentsIn(link: unknown, operation: PagedList): JsonObject | null {
  if (typeof link !== 'string' || !link.includes('?')) return null;
  const query = new URLSearchParams(link.slice(link.indexOf('?') + 1).split('#')[0]);
  const { cursor, page, offset } = pagingArguments(operation);
  const found: Record<string, unknown> = {};
  for (const { arg, name, in: place } of operation.parameters) {
    const value = query.get(name);
    if (place !== 'query' || value === null || ![cursor, page, offset].includes(arg)) continue;
    found[arg] = arg === cursor ? value : (wholeNumber(value) ?? value);
  }
  return Object.keys(found).length === 0 ? null : found;
}
