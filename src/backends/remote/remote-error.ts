import {
  ApiError,
  checkFirst,
  type ErrorDetails,
  type Hint,
  type LucantoError,
  ProtocolError,
  unknownOutcome,
} from '../../core/errors.ts';
import { answerDetails, apiError, bodyDetails, type ErrorSubject, errorBodyOf } from '../../http/api-error.ts';
import type { HttpAnswer } from '../../http/request.ts';
import type { RpcError, RpcReply } from './protocol.ts';

/** Every answer of the remote endpoint that is not a result, as an error that says what to do next. */
const INTERNAL = -32603;

const REST_INSTEAD: Hint = {
  person: 'Use --backend rest until the endpoint works again, or check --url.',
  model: 'Ask the user to use --backend rest until the endpoint works again, or to check --url.',
};

const RPC_ERRORS: Readonly<Record<number, { readonly code: string; readonly text: string; readonly hint: Hint }>> = {
  [-32700]: { code: 'parse_error', text: 'it could not read the request', hint: REST_INSTEAD },
  [-32600]: { code: 'invalid_request', text: 'it found the request malformed', hint: REST_INSTEAD },
  [-32601]: { code: 'method_not_found', text: 'it does not know the method', hint: REST_INSTEAD },
  [-32602]: {
    code: 'invalid_params',
    text: 'it does not accept the arguments, or does not know the tool',
    hint: {
      person:
        'Correct the arguments as the message says; if the tool is gone, restart the app to see the current list.',
      model:
        'Correct the arguments as the message says; if the tool is gone, ask the user to restart the app to see the current list.',
    },
  },
  [INTERNAL]: { code: 'remote_failure', text: 'it failed internally', hint: 'Try again in a minute.' },
};

export function replyError(reply: Exclude<RpcReply, { kind: 'result' }>, subject: ErrorSubject): LucantoError {
  switch (reply.kind) {
    case 'unusable':
      return unusableReply(reply.why, reply.answer, subject);
    case 'http_error':
      return httpError(reply.answer, subject);
    case 'rpc_error':
      // With these statuses the JSON-RPC error only wraps the service's usual error.
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
      ? { hint: withLead('Try again.', REST_INSTEAD), details }
      : unknownOutcome(subject.listTool, { details }),
  );
}

export function unsupportedVersions(versions: readonly string[]): ProtocolError {
  const command = 'npx -y lucanto-mcp@latest';
  return new ProtocolError(
    'unsupported_protocol',
    `The remote endpoint supports only versions of MCP that this bridge does not know (${versions.join(', ').slice(0, 200)}).`,
    {
      hint: {
        person: `Update lucanto-mcp (\`${command}\`), or use --backend rest.`,
        model: `Ask the user to update lucanto-mcp (\`${command}\`), or to use --backend rest.`,
      },
    },
  );
}

/** The session that the endpoint had opened is over: the request was refused, not carried out. */
export function sessionGone(subject: ErrorSubject): ProtocolError {
  return new ProtocolError(
    'session_gone',
    `The remote endpoint had ended the session, so ${subject.what} was not carried out.`,
    { hint: 'Try again; a new session is opened for it.' },
  );
}

function httpError(answer: HttpAnswer, subject: ErrorSubject): LucantoError {
  const error = apiError(answer, subject);
  if (answer.status !== 404 && answer.status !== 405) return error;
  const hint = withLead(`There is no remote endpoint at ${answer.url}.`, REST_INSTEAD);
  return new ApiError(error.code, error.message, { hint, details: error.details });
}

function rpcError(error: RpcError, answer: HttpAnswer, subject: ErrorSubject): ApiError {
  const known = RPC_ERRORS[error.code];
  // Lucanto's own envelope may travel in `data`.
  const inner = errorBodyOf(error.data);
  const outer = errorBodyOf({ message: error.message }).message;
  const text =
    [outer, inner.message].filter((part) => part !== undefined).join(': ') || known?.text || 'no reason was given';
  const isOpen = subject.retry !== 'read' && error.code === INTERNAL;
  const details: ErrorDetails = {
    ...answerDetails(answer),
    ...bodyDetails(inner),
    ...(isOpen ? { outcome: 'unknown' } : {}),
  };
  return new ApiError(
    inner.code ?? known?.code ?? 'remote_refused',
    `The remote endpoint refused ${subject.what} (${error.code}): ${text.replace(/[.\s]+$/, '')}.`,
    { hint: isOpen ? checkFirst(subject.listTool) : (known?.hint ?? 'Correct the call as the message says.'), details },
  );
}

function withLead(lead: string, hint: Hint): Hint {
  return typeof hint === 'string'
    ? `${lead} ${hint}`
    : { person: `${lead} ${hint.person}`, model: `${lead} ${hint.model}` };
}
