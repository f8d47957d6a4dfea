/** Every answer of the remote endpoint that is no result, as an error that says what to do next. */
import { ApiError, type ErrorDetails, type LucantoError, ProtocolError } from '../../errors.ts';
import { apiError, type ErrorSubject } from '../../http/api-error.ts';
import { errorBodyOf } from '../../http/error-body.ts';
import { checkFirst, unknownOutcome } from '../../http/outcome.ts';
import type { HttpAnswer } from '../../http/request.ts';
import type { Reply, RpcError } from './reply.ts';

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
