import {
  ApiError,
  checkFirst,
  type ErrorDetails,
  type LucantoError,
  ProtocolError,
  unknownOutcome,
} from '../../core/errors.ts';
import { type JsonObject, LosslessNumber, parseJson } from '../../core/json.ts';
import type { ToolResult } from '../../core/tool.ts';
import { apiError, type ErrorSubject } from '../../http/api-error.ts';
import { errorBodyOf } from '../../http/error-body.ts';
import type { HttpAnswer } from '../../http/request.ts';

/** What came back for one JSON-RPC request, as data: a result, an error, or something that is neither. */
interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: unknown;
}

export type Message =
  | { readonly kind: 'result'; readonly id: unknown; readonly result: JsonObject }
  | { readonly kind: 'rpc_error'; readonly id: unknown; readonly error: RpcError }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject }
  /** Not for us: a request of the server's, or no JSON-RPC at all. */
  | { readonly kind: 'other' };

export type Reply =
  | { readonly kind: 'result'; readonly result: JsonObject; readonly answer: HttpAnswer }
  | { readonly kind: 'rpc_error'; readonly error: RpcError; readonly answer: HttpAnswer }
  | { readonly kind: 'http_error'; readonly answer: HttpAnswer }
  /** 2xx, but no answer to the request; `why` completes "the remote endpoint …". */
  | { readonly kind: 'unusable'; readonly why: string; readonly answer: HttpAnswer };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

export function readMessage(value: unknown): Message {
  if (!isObject(value)) return { kind: 'other' };
  const { id, method, params, result, error } = value;
  if (typeof method === 'string') {
    return id === undefined
      ? { kind: 'notification', method, params: isObject(params) ? params : {} }
      : { kind: 'other' };
  }
  if (isObject(error) && typeof error.code === 'number') {
    const message = typeof error.message === 'string' ? error.message : '';
    return { kind: 'rpc_error', id, error: { code: error.code, message, data: error.data } };
  }
  return isObject(result) ? { kind: 'result', id, result } : { kind: 'other' };
}

/** The reply that a message is, if it answers the request `id`; null where it is none. */
export function replyOf(message: Message, id: number, answer: HttpAnswer): Reply | null {
  if (message.kind === 'notification' || message.kind === 'other') return null;
  // A server that could not read the request cannot name it: its error has no id.
  const anonymous = message.kind === 'rpc_error' && (message.id === null || message.id === undefined);
  if (!anonymous && String(message.id) !== String(id)) {
    return { kind: 'unusable', why: 'answered another request than the one it was sent (wrong id)', answer };
  }
  return message.kind === 'result'
    ? { kind: 'result', result: message.result, answer }
    : { kind: 'rpc_error', error: message.error, answer };
}

/** An answer that came whole, not as a stream of events. */
export function readReply(answer: HttpAnswer, id: number): Reply {
  const found = answer.text.trim() === '' ? null : parsed(answer.text);
  if (answer.status < 200 || answer.status > 299) {
    // Only an error of JSON-RPC: the service's own error envelope has a word under `error`, not an object.
    const message = readMessage(found?.value);
    return message.kind === 'rpc_error'
      ? { kind: 'rpc_error', error: message.error, answer }
      : { kind: 'http_error', answer };
  }
  const unusable = (why: string): Reply => ({ kind: 'unusable', why, answer });
  if (answer.text.trim() === '') return unusable(`accepted the request (${answer.status}) without answering it`);
  if (found === null) {
    const type = answer.headers.get('content-type')?.split(';')[0] ?? 'no content type';
    return unusable(`answered with something that is not JSON (${type})`);
  }
  const messages = Array.isArray(found.value) ? found.value : [found.value];
  for (const message of messages) {
    const reply = replyOf(readMessage(message), id, answer);
    if (reply !== null) return reply;
  }
  return unusable('answered with JSON that is no answer of JSON-RPC');
}

function parsed(text: string): { readonly value: unknown } | null {
  try {
    return { value: parseJson(text) };
  } catch {
    return null;
  }
}

/** Every answer of the remote endpoint that is no result, as an error that says what to do next. */
const REST_INSTEAD = 'Use --backend rest until it is back, or check --url.';
const INTERNAL = -32603;

interface Meaning {
  readonly code: string;
  readonly text: string;
  readonly hint: string;
}

const RPC: Readonly<Record<number, Meaning>> = {
  [-32700]: { code: 'parse_error', text: 'it could not read the request', hint: REST_INSTEAD },
  [-32600]: { code: 'invalid_request', text: 'it took the request for malformed', hint: REST_INSTEAD },
  [-32601]: { code: 'method_not_found', text: 'it does not know the method', hint: REST_INSTEAD },
  [-32602]: {
    code: 'invalid_params',
    text: 'it does not accept the arguments, or does not know the tool',
    hint: 'Correct the arguments as the message says; if the tool is gone, restart the app to see the current list.',
  },
  [INTERNAL]: { code: 'remote_failure', text: 'it failed inside', hint: 'Try again in a minute.' },
};

export function replyError(reply: Exclude<Reply, { kind: 'result' }>, subject: ErrorSubject): LucantoError {
  switch (reply.kind) {
    case 'unusable':
      return unusableReply(reply.why, reply.answer, subject);
    case 'http_error':
      return httpError(reply.answer, subject);
    case 'rpc_error':
      // With these statuses the JSON-RPC error is only the wrapping of what the service says everywhere.
      return reply.answer.status >= 401 && reply.answer.status !== 404
        ? apiError(reply.answer, subject)
        : rpcError(reply.error, reply.answer, subject);
  }
}

/** @param why completes "the remote endpoint …". */
export function unusableReply(why: string, answer: HttpAnswer, subject: ErrorSubject): ProtocolError {
  const details = answerDetails(answer);
  return new ProtocolError(
    'no_answer',
    `The remote endpoint at ${new URL(answer.url).origin} ${why}, for ${subject.what}.`,
    subject.retry === 'read'
      ? { hint: `Try again. ${REST_INSTEAD}`, details }
      : unknownOutcome(subject.listTool, { details }),
  );
}

export function unsupportedVersions(offered: readonly string[]): ProtocolError {
  return new ProtocolError(
    'unsupported_protocol',
    `The remote endpoint speaks only versions of MCP that this bridge does not know (${offered.join(', ').slice(0, 200)}).`,
    { hint: 'Update lucanto-mcp (`npx -y lucanto-mcp@latest`), or use --backend rest.' },
  );
}

/** The session that the endpoint had given us is over: the request was refused, not carried out. */
export function sessionGone(subject: ErrorSubject): ProtocolError {
  return new ProtocolError(
    'session_gone',
    `The remote endpoint had ended the session, so ${subject.what} was not carried out.`,
    {
      hint: 'Call it again; a new session is made for it.',
    },
  );
}

function httpError(answer: HttpAnswer, subject: ErrorSubject): LucantoError {
  const error = apiError(answer, subject);
  if (answer.status !== 404 && answer.status !== 405) return error;
  const hint = `There is no remote endpoint at ${answer.url}. ${REST_INSTEAD}`;
  return new ApiError(error.code, error.message, { hint, details: error.details });
}

function rpcError(error: RpcError, answer: HttpAnswer, subject: ErrorSubject): ApiError {
  const meaning = RPC[error.code];
  // Lucanto's own envelope may travel in `data`.
  const told = errorBodyOf(error.data);
  const said = errorBodyOf({ message: error.message }).message;
  const text =
    [said, told.message].filter((part) => part !== undefined).join(': ') || meaning?.text || 'no reason was given';
  const open = subject.retry !== 'read' && error.code === INTERNAL;
  const details: ErrorDetails = {
    ...answerDetails(answer),
    ...(told.requestId === undefined ? {} : { requestId: told.requestId }),
    ...(told.errors.length === 0 ? {} : { errors: told.errors }),
    ...(told.docsUrl === undefined ? {} : { docsUrl: told.docsUrl }),
    ...(told.upgradeUrl === undefined ? {} : { upgradeUrl: told.upgradeUrl }),
    ...(open ? { outcome: 'unknown' } : {}),
  };
  return new ApiError(
    told.code ?? meaning?.code ?? 'remote_refused',
    `The remote endpoint refused ${subject.what} (${error.code}): ${text.replace(/[.\s]+$/, '')}.`,
    { hint: open ? checkFirst(subject.listTool) : (meaning?.hint ?? 'Correct the call as the message says.'), details },
  );
}

function answerDetails(answer: HttpAnswer): ErrorDetails {
  return { status: answer.status, ...(answer.requestId === null ? {} : { requestId: answer.requestId }) };
}

/** The result of a remote `tools/call`, checked for the one thing that every host relies on: its content. */
/** @throws LucantoError for what is no result of a tool. */
export function readToolResult(reply: Extract<Reply, { kind: 'result' }>, subject: ErrorSubject): ToolResult {
  // `resultType` is the envelope of the modern era, not part of the result.
  const { resultType, ...result } = reply.result;
  if (resultType === 'input_required') {
    throw new ApiError(
      'input_required',
      `The remote endpoint asks for more input before it carries out ${subject.what}.`,
      {
        hint: 'The bridge cannot pass such a question on: do this in the Lucanto app, or with --backend rest.',
      },
    );
  }
  if (resultType !== undefined && resultType !== 'complete') {
    throw unusableReply(
      `answered with a result of an unknown kind (${String(resultType).slice(0, 40)})`,
      reply.answer,
      subject,
    );
  }
  if (!isToolResult(result))
    throw unusableReply('answered with something that is no result of a tool', reply.answer, subject);
  return result;
}

function isToolResult(result: JsonObject): result is JsonObject & ToolResult {
  const { content, structuredContent, isError } = result;
  return (
    Array.isArray(content) &&
    content.every(isObject) &&
    (structuredContent === undefined || structuredContent === null || typeof structuredContent === 'object') &&
    (isError === undefined || typeof isError === 'boolean')
  );
}
