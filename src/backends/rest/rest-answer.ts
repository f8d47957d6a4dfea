import { answerContent } from '../../answers/list-answer.ts';
import type { Operation } from '../../contract/operation.ts';
import { continuation } from '../../contract/paging.ts';
import { listIn, saysItFailed, whyNoSuccess } from '../../contract/success.ts';
import { ArgumentsError, type Hint, ProtocolError, unknownOutcome } from '../../core/errors.ts';
import { type JsonObject, parseJson, stringifyJson, tryParseJson, withoutNulls } from '../../core/json.ts';
import type { CallContext, ToolResult } from '../../core/tool.ts';
import { answerDetails, apiError, type ErrorSubject } from '../../http/api-error.ts';
import type { HttpAnswer, HttpPort, HttpRequest } from '../../http/request.ts';
import type { WriteResult } from '../../writes/write-record.ts';
import { partialFailure } from '../batch-answer.ts';
import { deletedBy, type ListToolFinder, recordNames, sendContext } from '../send-context.ts';
import { bindRequest } from './rest-request.ts';
import { isList } from './tool-words.ts';

/** How an operation of the contract is read, and what its answer becomes. */
export interface ReadDeps {
  readonly http: HttpPort;
  /** The workspace for the path: the given one if it may be used, the pinned one, the only one. @throws LucantoError */
  readonly resolveWorkspace: (args: JsonObject, context: CallContext) => Promise<string | number | bigint>;
  readonly listTool: ListToolFinder;
}

/** How the answer is wanted, where it is not JSON that matters. */
type Reading = Partial<Pick<HttpRequest, 'accept' | 'bytes' | 'redirects'>>;

/** @throws LucantoError for any answer but a 2xx, or a redirect where those are wanted */
export async function readOperation(
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  deps: ReadDeps,
  reading: Reading = {},
): Promise<HttpAnswer> {
  const listTool = deps.listTool(operation.resource, operation.tool);
  const workspace = operation.workspace === null ? null : await deps.resolveWorkspace(args, context);
  const request = { ...bindRequest(operation, args, workspace), ...reading };
  const answer = await deps.http.send(request, sendContext(context, 'read', listTool));
  if (isSuccess(answer) || (reading.redirects !== undefined && answer.status < 400)) return answer;
  const missing = missingResourceOf(operation, deps.listTool);
  throw apiError(answer, { what: operation.tool, retry: 'read', scopes: operation.scopes, listTool, missing });
}

/** What a 404 is about: for a list or a create, the record that the listed or new records belong to. */
export function missingResourceOf(
  { parameters, workspace, resource, tool, action, rows }: Operation,
  find: ListToolFinder,
): NonNullable<ErrorSubject['missing']> {
  const args = parameters.filter((one) => one.in === 'path' && one.name !== workspace).map(({ arg }) => arg);
  const isOfParent = action === 'create' || action === 'list' || rows !== null;
  return { args, listTool: isOfParent ? find(resource, '') : find(resource, tool) };
}

export function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

/**
 * A 2xx answer to a write as a tool result: compact JSON text. No structuredContent, on purpose: hosts that get both show
 * the model only one of the two, some the one and some the other, and 64-bit ids are exact in text alone.
 * @param listTool the read tool that shows whether the write was carried out
 * @param earlier ISO 8601, when an identical call was made whose outcome is unknown; else null
 * @throws ProtocolError as `answerValue` does
 */
export function written(
  answer: HttpAnswer,
  operation: Operation,
  listTool: string | null,
  args: JsonObject,
  earlier: string | null,
): WriteResult {
  const isDone = refusePartial(answer, operation, args, listTool, false);
  const said = isDone ? withoutNulls(parseJson(answer.text)) : answerValue(answer, operation, listTool);
  const isAccepted = answer.status === 202;
  const value = answer.text.trim() === '' && !isAccepted ? { ...Object(said), ...deletedBy(operation, args) } : said;
  const isReplay = answer.headers.get('idempotent-replayed')?.toLowerCase() === 'true';
  const how = listTool === null ? '' : `: ${listTool} shows whether it was done`;
  const accepted = `The service accepted this (202), and does not say that it is finished${how}.`;
  const notes = [isReplay ? replayNote(answer, earlier) : [], isAccepted ? accepted : []].flat();
  return {
    result: { content: [textOf(value), ...notes.map((text) => ({ type: 'text', text }))] },
    replayed: isReplay,
    refused: false,
    status: answer.status,
    requestId: answer.requestId,
    ...recordNames(value, args),
  };
}

/** A record that is gone when it is deleted again counts as deleted. */
export function alreadyDeleted(answer: HttpAnswer, args: JsonObject, earlier: string | null): WriteResult {
  const value = { ...emptyAnswer(answer), ok: true, already_deleted: true };
  const when = earlier === null ? 'An earlier attempt of this call' : `The same call of ${earlier}`;
  const text = `${when} may have deleted the record, and the service no longer has it: this counts as done.`;
  return {
    result: { content: [textOf(value), { type: 'text', text }] },
    replayed: false,
    refused: false,
    status: answer.status,
    requestId: answer.requestId,
    ...recordNames(null, args),
  };
}

export function textOf(value: unknown): JsonObject {
  return { type: 'text', text: stringifyJson(value) };
}

/**
 * The body of a 2xx answer without nulls. A status alone is no success: the body must be what the contract describes.
 * @param listTool the read tool that shows whether a write was carried out
 * @throws ProtocolError otherwise; the outcome of a write is then unknown
 */
export function answerValue(answer: HttpAnswer, operation: Operation, listTool: string | null = null): unknown {
  const body = checkedBody(answer, operation, listTool);
  return body === null ? emptyAnswer(answer) : body.plain;
}

/** With and without nulls; null for no body at all. @throws ProtocolError as `answerValue` does */
export function checkedBody(answer: HttpAnswer, operation: Operation, listTool: string | null = null) {
  const body = parsedBody(answer, operation, listTool);
  const problem = whyNoSuccess(operation, answer.status, body?.value);
  if (problem === null) return body;
  const what = `The answer to ${operation.tool} (${answer.status}) ${problem}, and not what the service's contract describes.`;
  throw unexpected('unexpected_answer', what, answer, operation, listTool, {
    hint: 'Nothing can be concluded from this answer. Try again; if it happens again, report it with the request id.',
  });
}

/**
 * @returns whether every part is done, in the answer's own words. @param isRefusal by its status
 * @throws LucantoError where the answer says that a part of the write was not carried out
 */
export function refusePartial(
  answer: HttpAnswer,
  operation: Operation,
  args: JsonObject,
  listTool: string | null,
  isRefusal: boolean,
): boolean {
  const { status, text } = answer;
  const details = answerDetails(answer);
  const value = tryParseJson(text);
  const problem = partialFailure([value], { tool: operation.tool, args, isRefusal, details });
  if (problem === null || problem === 'done') return problem === 'done' && !saysItFailed(value);
  if (problem !== 'unclear') throw problem;
  const what = `The answer to ${operation.tool} (${status}) reports failures, and does not say what was done.`;
  const said = { ...details, more: { answer: text.slice(0, 500) } };
  throw new ProtocolError('unexpected_answer', what, unknownOutcome(listTool, { details: said }));
}

/** The body with and without nulls; null for no body at all. @throws ProtocolError for one that is not JSON */
function parsedBody(answer: HttpAnswer, operation: Operation, listTool: string | null) {
  if (answer.text.trim() === '') return null;
  try {
    const value = parseJson(answer.text);
    return { value, plain: withoutNulls(value) };
  } catch (cause) {
    const type = answer.headers.get('content-type')?.split(';')[0] ?? 'no content type';
    const what = `The answer to ${operation.tool} (${answer.status}, ${type}) is not JSON.`;
    const again = {
      person: 'Try again; if it happens again, check --url and the log.',
      model: 'Try again; if it happens again, ask the user to check --url and the log.',
    };
    const hint = isFile(type) ? FILE_HINT : again;
    throw unexpected('not_json', what, answer, operation, listTool, { hint, cause });
  }
}

function unexpected(
  code: string,
  message: string,
  answer: HttpAnswer,
  { reads }: Operation,
  listTool: string | null,
  { hint, cause }: { readonly hint: Hint; readonly cause?: unknown },
): ProtocolError {
  const details = answerDetails(answer);
  return new ProtocolError(
    code,
    message,
    reads ? { hint, details, cause } : unknownOutcome(listTool, { details, cause }),
  );
}

const FILE_HINT =
  'This is a file. lucanto_download_pdf saves the PDF of a document; open other files in the Lucanto app.';

function isFile(type: string): boolean {
  return /^(application\/(pdf|octet-stream|zip)|image\/)/.test(type);
}

function emptyAnswer(answer: HttpAnswer): Record<string, unknown> {
  return { ok: true, status: answer.status, ...(answer.requestId === null ? {} : { request_id: answer.requestId }) };
}

function replayNote(answer: HttpAnswer, earlier: string | null): string {
  const original = answer.headers.get('x-original-request-id');
  const id = original === null ? '' : ` (original request id ${original})`;
  const who = earlier === null ? 'An earlier attempt of this call' : `The same call of ${earlier}`;
  return `${who} had done this already${id}: this is the service's stored answer, nothing was done twice.`;
}

export interface AnswerDeps extends ReadDeps {
  /** Why a list with these filters may be empty; null where nothing is known. */
  readonly whyEmpty?: (operation: Operation, args: JsonObject, context: CallContext) => Promise<string | null>;
  /** Adds names and what is derived to the rows of the answers to one call; absent where rows stay unchanged. */
  readonly nameRows?: (
    operation: Operation,
    args: JsonObject,
    context: CallContext,
  ) => Promise<(answer: unknown) => Promise<unknown>>;
  /** Saves an answer that is a file, and gives back one that is not; absent where files cannot be saved. @throws LucantoError */
  readonly saveFile?: (
    operation: Operation,
    args: JsonObject,
    context: CallContext,
  ) => Promise<ToolResult | HttpAnswer>;
}

/** Without answer options in the context, the service's own answer, for our own tools. @throws LucantoError */
export async function readAnswer(
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  deps: AnswerDeps,
): Promise<ToolResult> {
  const { answer: options } = context;
  const ask = async (asked: JsonObject) => answerValue(await readOperation(operation, asked, context, deps), operation);
  // Beside the list itself: names may take a request of their own.
  const naming = options !== undefined && isList(operation) ? deps.nameRows?.(operation, args, context) : undefined;
  const first =
    deps.saveFile === undefined || (operation.fileTypes ?? null) === null
      ? await readOperation(operation, args, context, deps)
      : await deps.saveFile(operation, args, context);
  if ('content' in first) return first;
  const body = checkedBody(first, operation);
  const value = body === null ? emptyAnswer(first) : body.plain;
  const isEmpty = isList(operation) && listIn(value)?.rows.length === 0;
  const why = isEmpty ? await deps.whyEmpty?.(operation, args, context) : null;
  const notes = why == null ? [] : [{ type: 'text', text: why }];
  if (options === undefined) return { content: [textOf(value), ...notes] };
  const argumentOf = (wireName: string) =>
    operation.parameters.find(({ name, in: place }) => place === 'query' && name === wireName)?.arg ?? wireName;
  // The value has no nulls, and a cursor that is null is an explicit end.
  const pages = isList(operation) ? continuation(body?.value ?? null, first.headers, operation, args) : null;
  const named = await naming;
  const content = await answerContent(named === undefined ? value : await named(value), {
    options,
    continuation: pages,
    contract: operation.answerFields ?? [],
    isList: isList(operation),
    order: operation.order,
    again: operation.paginated
      ? async (limit) => {
          const fewer = await ask({ ...args, [argumentOf('limit')]: limit });
          return named === undefined ? fewer : named(fewer);
        }
      : null,
    isContinued: options.from > 0 || (args[argumentOf('cursor')] ?? null) !== null,
  });
  return { content: [...content, ...notes] };
}

/** Rows that were gathered from several answers, as a list that goes on by the bridge's own cursor. @throws ArgumentsError */
export async function gatheredAnswer(
  { rows, about }: { readonly rows: readonly JsonObject[]; readonly about: JsonObject },
  operation: Operation,
  { from: cursor, limit }: { readonly from: unknown; readonly limit: unknown },
  { answer: options }: CallContext,
): Promise<ToolResult> {
  const start = cursorIn(cursor) ?? options?.from ?? 0;
  const most = Number(limit ?? Number.POSITIVE_INFINITY);
  const end = Number.isFinite(most) && most >= 1 ? start + most : rows.length;
  const shown = withoutNulls(rows.slice(0, end));
  const more = rows.length > end ? { has_more: true, next_cursor: String(end) } : { has_more: false };
  const data = Array.isArray(shown) ? shown : [];
  if (options === undefined) return { content: [textOf({ data: data.slice(start), ...more, ...about })] };
  const content = await answerContent(
    { data, ...about },
    {
      options: { ...options, from: start },
      continuation: more,
      contract: operation.answerFields ?? [],
      isList: true,
      again: null,
      isContinued: start > 0,
    },
  );
  return { content };
}

/** @throws ArgumentsError */
function cursorIn(given: unknown): number | null {
  if (given === undefined || given === null || given === '') return null;
  if (/^\d{1,9}$/.test(String(given))) return Number(given);
  throw new ArgumentsError('This cursor does not come from an answer to the same filters.', {
    hint: 'Nothing was sent. Pass next_cursor of the last answer, or leave cursor out to start from the beginning.',
  });
}
