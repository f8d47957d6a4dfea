import { answerContent } from '../../answers/list-answer.ts';
import type { Operation } from '../../contract/operation.ts';
import { ProtocolError, unknownOutcome } from '../../core/errors.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonSchema,
  parseJson,
  stringifyJson,
  withoutNulls,
} from '../../core/json.ts';
import type { CallContext, ToolResult } from '../../core/tool.ts';
import { apiError, type MissingResource } from '../../http/api-error.ts';
import type { HttpAnswer, HttpPort, HttpRequest } from '../../http/request.ts';
import type { WriteResult } from '../../writes/write.ts';
import { type ListToolFinder, recordNames, sendContext } from '../send-context.ts';
import { bindRequest } from './rest-request.ts';

/** One read of the service: an operation's GET, with its errors told in the operation's own words. */
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
  const sought = missingResourceOf(operation, deps.listTool);
  throw apiError(answer, { what: operation.tool, retry: 'read', scopes: operation.scopes, listTool, sought });
}

/** What is missing where the service says that something is: for a list or a create, what the new or listed records belong to. */
export function missingResourceOf(
  { parameters, workspace, resource, tool, action, rows }: Operation,
  find: ListToolFinder,
): MissingResource {
  const args = parameters.filter((one) => one.in === 'path' && one.name !== workspace).map(({ arg }) => arg);
  const isOfParent = action === 'create' || action === 'list' || rows !== null;
  return { args, listTool: isOfParent ? find(resource, '') : find(resource, tool) };
}

export function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

/**
 * A 2xx answer as a tool result: compact JSON text. No structuredContent, on purpose: hosts that get both show the
 * model only one of the two, some the one and some the other, and 64-bit ids are exact in text alone.
 */
interface ResultSubject {
  readonly tool: string;
  readonly write: boolean;
  readonly listTool: string | null;
}

/**
 * @param earlier ISO 8601, when an identical call was made whose outcome was never told; else null
 * @throws ProtocolError as `answerValue` does
 */
export function written(
  answer: HttpAnswer,
  subject: ResultSubject,
  args: JsonObject,
  earlier: string | null,
): WriteResult {
  const value = answerValue(answer, subject);
  const isReplay = answer.headers.get('idempotent-replayed')?.toLowerCase() === 'true';
  const note = isReplay ? [{ type: 'text', text: replayNote(answer, earlier) }] : [];
  return {
    result: { content: [textOf(value), ...note] },
    replayed: isReplay,
    refused: false,
    status: answer.status,
    requestId: answer.requestId,
    ...recordNames(value, args),
  };
}

/** A record that is gone when it is deleted again is what was asked for. */
export function alreadyDeleted(answer: HttpAnswer, args: JsonObject, earlier: string | null): WriteResult {
  const value = { ...emptyAnswer(answer), ok: true, already_deleted: true };
  const when = earlier === null ? 'An earlier attempt of this call' : `The same call of ${earlier}`;
  const text = `${when} may have deleted the record, and the service answers now that there is none: it counts as done.`;
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

/** @throws ProtocolError for a body that is not JSON, or for none where there must be one. */
export function answerValue(answer: HttpAnswer, subject: ResultSubject): unknown {
  // An action may have nothing to say; a record or a list that was asked for must be there.
  const mayBeEmpty = subject.write || answer.status === 204;
  if (answer.text.trim() === '' && mayBeEmpty) return emptyAnswer(answer);
  try {
    return withoutNulls(parseJson(answer.text));
  } catch (cause) {
    const type = answer.headers.get('content-type')?.split(';')[0] ?? 'no content type';
    const what = `The answer to ${subject.tool} (${answer.status}, ${type}) is not the JSON that it should be.`;
    const details = { status: answer.status, ...(answer.requestId === null ? {} : { requestId: answer.requestId }) };
    throw new ProtocolError(
      'not_json',
      what,
      subject.write
        ? unknownOutcome(subject.listTool, { details, cause })
        : { hint: isFile(type) ? FILE_HINT : 'Try again; if it stays so, check --url and the log.', details, cause },
    );
  }
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

/** An operation's GET as a tool answers it: by the fields that were asked for, and no longer than it may be. */
/** Saves an answer that is a file. @returns the service's answer where it is none. @throws LucantoError */
export type FileSaver = (
  operation: Operation,
  args: JsonObject,
  context: CallContext,
) => Promise<ToolResult | HttpAnswer>;

export interface AnswerDeps extends ReadDeps {
  /** Absent where files cannot be saved. */
  readonly saveFile?: FileSaver;
}

/** Without answer options in the context, the service's own answer, for our own tools. @throws LucantoError */
export async function readAnswer(
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  deps: AnswerDeps,
): Promise<ToolResult> {
  const { answer: options } = context;
  const subject = { tool: operation.tool, write: false, listTool: null };
  const ask = async (asked: JsonObject) => answerValue(await readOperation(operation, asked, context, deps), subject);
  const first =
    deps.saveFile === undefined || (operation.fileTypes ?? null) === null
      ? await readOperation(operation, args, context, deps)
      : await deps.saveFile(operation, args, context);
  if ('content' in first) return first;
  const value = answerValue(first, subject);
  if (options === undefined) return { content: [textOf(value)] };
  const argumentOf = (wireName: string) =>
    operation.parameters.find(({ name, in: place }) => place === 'query' && name === wireName)?.arg ?? wireName;
  const content = await answerContent(value, {
    options,
    contract: operation.answerFields ?? [],
    isList: isList(operation),
    again: operation.paginated ? (limit) => ask({ ...args, [argumentOf('limit')]: limit }) : null,
    isContinued: options.from > 0 || (args[argumentOf('cursor')] ?? null) !== null,
  });
  return { content };
}

/** Records of fewer fields than this are never worth choosing from. */
const FEW_FIELDS = 6;

/** The arguments with which a call says what its answer is to hold. The server's instructions tell of them, once. */
export function withAnswerArguments(schema: JsonSchema, operation: Operation): JsonSchema {
  const { answerFields = [], fileTypes } = operation;
  if ((fileTypes?.length ?? 0) > 0) return schema;
  if (!isList(operation) && answerFields.length > 0 && answerFields.length < FEW_FIELDS) return schema;
  const own = {
    ...(isList(operation) && !operation.paginated && { cursor: { type: 'string', description: 'next_cursor' } }),
    // A list is taken as well, but costs more words to describe.
    fields: { type: 'string', description: 'names or *' },
    max_chars: { type: 'integer', description: 'max 40000' },
  };
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  return { ...schema, properties: { ...properties, ...own } };
}

function isList({ rows, action }: Operation): boolean {
  return rows !== null || action === 'list';
}
