import { answerContent } from '../../answers/list-answer.ts';
import type { Operation } from '../../contract/operation.ts';
import { continuation } from '../../contract/paging.ts';
import { listIn } from '../../contract/response.ts';
import { whyNoSuccess } from '../../contract/success.ts';
import { type Hint, ProtocolError, unknownOutcome } from '../../core/errors.ts';
import { type JsonObject, MAX_ANSWER_DEPTH, parseJson, withoutNulls } from '../../core/json.ts';
import { textBlock } from '../../core/results.ts';
import type { CallContext, ToolResult } from '../../core/tool.ts';
import { answerDetails, apiError, type ErrorSubject } from '../../http/api-error.ts';
import { type HttpAnswer, type HttpPort, type HttpRequest, isSuccess } from '../../http/request.ts';
import { type ListToolFinder, ownIds, sendContext, showsAnother } from '../send-context.ts';
import { bindRequest } from './rest-request.ts';
import { isList } from './tool-words.ts';

/** How an operation of the contract is read, and what its answer becomes. */
export interface ReadDeps {
  readonly http: HttpPort;
  /** The workspace for the path: the given one if it may be used, the pinned one, the only one. @throws LucantoError */
  readonly resolveWorkspace: (args: JsonObject, context: CallContext) => Promise<string | number | bigint>;
  readonly listTool: ListToolFinder;
}

/**
 * @param reading how the answer is wanted, where it is not JSON that matters
 * @throws LucantoError for any answer but a 2xx, or a redirect where those are wanted
 */
export async function readOperation(
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  deps: ReadDeps,
  reading: Partial<Pick<HttpRequest, 'accept' | 'bytes' | 'redirects'>> = {},
): Promise<HttpAnswer> {
  const listTool = deps.listTool(operation.resource, operation.tool);
  const workspace = operation.workspace === null ? null : await deps.resolveWorkspace(args, context);
  const request = { ...bindRequest(operation, args, workspace), ...reading };
  const answer = await deps.http.send(request, sendContext(context, 'read', listTool));
  if (isSuccess(answer.status) || (reading.redirects !== undefined && answer.status < 400)) return answer;
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

/**
 * The body of a 2xx answer without nulls. A status alone is no success: the body must be what the contract describes.
 * @param listTool the read tool that shows whether a write was carried out
 * @throws ProtocolError otherwise; the outcome of a write is then unknown
 */
export function answerValue(answer: HttpAnswer, operation: Operation, listTool: string | null = null): unknown {
  const body = checkedBody(answer, operation, listTool);
  return body === null ? emptyAnswer(answer) : withoutNulls(body.value);
}

/** With its nulls; null for no body at all. @throws ProtocolError as `answerValue` does */
export function checkedBody(answer: HttpAnswer, operation: Operation, listTool: string | null = null) {
  const body = parsedBody(answer, operation, listTool);
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+') === true;
  const problem = isProblem ? 'is a report of a failure' : whyNoSuccess(operation, answer.status, body?.value);
  if (problem === null) return body;
  const what = `The answer to ${operation.tool} (${answer.status}) ${problem}, and not what the service's contract describes.`;
  throw unexpected('unexpected_answer', what, answer, operation, listTool, { hint: NO_CONCLUSION });
}

const NO_CONCLUSION =
  'Nothing can be concluded from this answer. Try again; if it happens again, report it with the request id.';

/** The body with its nulls; null for no body at all. @throws ProtocolError for one that is not JSON */
function parsedBody(answer: HttpAnswer, operation: Operation, listTool: string | null) {
  if (answer.text.trim() === '') return null;
  try {
    return { value: parseJson(answer.text, MAX_ANSWER_DEPTH) };
  } catch (cause) {
    const type = answer.headers.get('content-type')?.split(';')[0] ?? 'no content type';
    const what = `The answer to ${operation.tool} (${answer.status}, ${type}) cannot be read as JSON.`;
    const again = {
      person: 'Try again; if it happens again, check --url and the log.',
      model: 'Try again; if it happens again, ask the user to check --url and the log.',
    };
    const hint = /^(application\/(pdf|octet-stream|zip)|image\/)/.test(type) ? FILE_HINT : again;
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

/** How parameters are called that name a record otherwise, or no record. */
const NO_ID = /(number|code|slug|key|name|year|month|week|day|date|quarter|period|version|index|position)$/i;

/** @throws ProtocolError where the answer about one record, which the path names last, is another one */
export function refuseAnother(
  answer: HttpAnswer,
  value: unknown,
  operation: Operation,
  args: JsonObject,
  listTool: string | null = null,
): void {
  const { tool, path, action } = operation;
  // `/parcels/{id}/archive` is about the parcel, a change of `/parcels/{id}/label` is not.
  const isWhole = /^(get|update|delete)$/.test(action);
  const own = (isWhole ? /\{([^{}]+)\}$/ : /\{([^{}]+)\}(?:\/[^/{}]+)?$/).exec(path)?.[1] ?? 'number';
  if (NO_ID.test(own) || !showsAnother(value, ownIds(operation, args))) return;
  const what = `The answer to ${tool} (${answer.status}) shows another record than the one that was asked for.`;
  throw unexpected('unexpected_answer', what, answer, operation, listTool, { hint: NO_CONCLUSION });
}

const FILE_HINT =
  'This is a file. lucanto_download_pdf saves the PDF of a document; open other files in the Lucanto app.';

export function emptyAnswer(answer: HttpAnswer): Record<string, unknown> {
  return { ok: true, status: answer.status, ...(answer.requestId === null ? {} : { request_id: answer.requestId }) };
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
  const value = body === null ? emptyAnswer(first) : withoutNulls(body.value);
  if (operation.action === 'get') refuseAnother(first, value, operation, args);
  const isEmpty = isList(operation) && listIn(value)?.rows.length === 0;
  const why = isEmpty ? await deps.whyEmpty?.(operation, args, context) : null;
  const notes = why == null ? [] : [{ type: 'text', text: why }];
  if (options === undefined) return { content: [textBlock(value), ...notes] };
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
