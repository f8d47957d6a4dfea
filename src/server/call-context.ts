import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type RequestId,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { SentDescriptor } from '../catalog/listing/list-size.ts';
import type { CallDeadline } from '../core/deadline.ts';
import { isJsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { type Company, visibleText } from '../core/text.ts';
import type { CallAnswer, CallContext, ClientIdentity, Confirmer, Progress, Reply, Tool } from '../core/tool.ts';
import type { InstructionFacts } from './instructions.ts';
import type { Deliveries, OutputBacklog, RunningCalls } from './running-calls.ts';

/** What a request of the client brings along: its context for calls, the person behind it, and the bridge it reaches. */

/** @param ended aborts when the connection is over */
export function requestContext(
  server: Server,
  context: ServerContext,
  ended: AbortSignal,
  limit: Pick<CallDeadline, 'deadline' | 'signal'>,
): CallContext {
  const { _meta: meta, envelope, signal, notify } = context.mcpReq;
  const progressToken = meta?.progressToken;
  const traceparent = meta?.traceparent;
  const client =
    identity(isJsonObject(envelope) ? envelope[CLIENT_INFO_META_KEY] : undefined) ??
    identity(server.getClientVersion());
  return {
    signal: AbortSignal.any([signal, ended, limit.signal]),
    deadline: limit.deadline,
    ...(client && { client }),
    ...(typeof traceparent === 'string' && { traceparent }),
    ...(progressToken !== undefined && {
      progressToken,
      onProgress: (progress: Progress) => {
        const { message } = progress;
        const shown = { ...progress, ...(message !== undefined && { message: visibleText(message) }), progressToken };
        notify({ method: 'notifications/progress', params: shown }).catch(() => undefined);
      },
    }),
  };
}

function identity(value: unknown): ClientIdentity | undefined {
  if (!isJsonObject(value) || typeof value.name !== 'string') return undefined;
  return { name: value.name, version: typeof value.version === 'string' ? value.version : '' };
}

/** The first revision with elicitation. */
const ELICITATION_SINCE = '2025-06-18';
/** The name of the question among the inputs; there is never another. */
const KEY = 'confirm';
/** The call's own signal bounds the wait; the SDK's default of a minute must not come before it. */
const LONGEST_WAIT_MS = 2_000_000_000;

/** One box to tick: every client can draw it, and an empty form is not a yes. */
const FORM = {
  type: 'object' as const,
  properties: {
    [KEY]: { type: 'boolean' as const, title: 'Confirm', description: 'Yes, do it' },
  },
  required: [KEY],
};

/**
 * The person behind an MCP client, where it can ask one: by a request of ours up to 2025-11-25, since 2026-07-28 by an
 * answer that asks for input, after which the client calls again.
 * @param clientGone aborts once no answer can come any more
 * @returns `question` is what the client gets in place of an answer, null where there is none; undefined where the
 * client cannot ask
 */
export function confirmerOf(
  server: Server,
  context: ServerContext,
  clientGone: AbortSignal,
): { readonly confirmer: Confirmer; readonly question: () => InputRequiredResult | null } | undefined {
  const { envelope } = context.mcpReq;
  if (isJsonObject(envelope)) return takesForms(envelope[CLIENT_CAPABILITIES_META_KEY]) ? byRounds(context) : undefined;
  const version = server.getNegotiatedProtocolVersion();
  const isNewEnough = version !== undefined && version >= ELICITATION_SINCE;
  return isNewEnough && takesForms(server.getClientCapabilities())
    ? { confirmer: byRequest(context, clientGone), question: () => null }
    : undefined;
}

/** An elicitation capability without modes means forms, which came first. */
function takesForms(capabilities: unknown): boolean {
  const elicitation = isJsonObject(capabilities) ? capabilities.elicitation : undefined;
  return isJsonObject(elicitation) && (elicitation.form !== undefined || elicitation.url === undefined);
}

function byRequest({ mcpReq }: ServerContext, clientGone: AbortSignal): Confirmer {
  return {
    how: 'dialog',
    ask: async ({ message }, signal) => {
      const either = AbortSignal.any([signal, clientGone]);
      if (clientGone.aborted) return 'gone';
      try {
        const request = { method: 'elicitation/create' as const, params: { message, requestedSchema: FORM } };
        const { action, content } = await mcpReq.send(request, { signal: either, timeout: LONGEST_WAIT_MS });
        return replyOf(action, content);
      } catch (error) {
        if (signal.aborted) throw error;
        // It declared what it cannot do, or its answer is malformed: there was no yes.
        return clientGone.aborted ? 'gone' : 'unclear';
      }
    },
  };
}

function byRounds({ mcpReq }: ServerContext) {
  let question: InputRequiredResult | null = null;
  const returned = mcpReq.requestState<unknown>();
  const confirmer: Confirmer = {
    how: 'rounds',
    ...(typeof returned === 'string' && {
      returned: { state: returned, reply: returnedReply(mcpReq.inputResponses) },
    }),
    ask: async ({ message, state }) => {
      const inputRequests = { [KEY]: inputRequired.elicit({ message, requestedSchema: FORM }) };
      question = inputRequired({ inputRequests, requestState: await state() });
      return 'later';
    },
  };
  return { confirmer, question: () => question };
}

function returnedReply(responses: ServerContext['mcpReq']['inputResponses']): Reply {
  const view = inputResponse(responses, KEY);
  return view.kind === 'elicit' ? replyOf(view.action, view.content) : 'missing';
}

function replyOf(action: string, content: unknown): Reply {
  if (action !== 'accept') return 'declined';
  const answer = isJsonObject(content) ? content[KEY] : undefined;
  return typeof answer === 'boolean' ? (answer ? 'accepted' : 'declined') : 'unclear';
}

/** What the MCP server needs of the bridge; the composition root provides it. */
export interface ServedBridge {
  visible(): readonly Tool[];
  /** The visible tools as `tools/list` sends them. */
  listed(): readonly SentDescriptor[];
  find(name: string): Tool;
  /** Every failure is an `isError` answer. @param tool as found */
  run(tool: Tool, args: unknown, context: CallContext): Promise<CallAnswer>;
  facts(): InstructionFacts;
  /** The workspaces that the token reaches; the service is asked at most every few minutes. @throws LucantoError */
  listWorkspaces(context: CallContext): Promise<readonly Company[]>;
  timeLimit(now: number): CallDeadline;
  /** Resolves at once, but for a token whose tools were never seen: then once they are, or after `waitMs`. */
  firstCatalogue(waitMs: number): Promise<void>;
  /** @returns stops the notifications */
  onToolsChanged(listener: () => void): () => void;
  /** Starts refreshing contract and tool list behind the running server. */
  refreshInBackground(): void;
  /** Resolves when no write is in flight any more, or after `ms` milliseconds. */
  settleWrites(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface McpServerDeps {
  readonly bridge: ServedBridge;
  readonly running: RunningCalls;
  readonly deliveries: Deliveries;
  readonly backlog: OutputBacklog;
  /** Aborts once the client can answer no more. */
  readonly clientGone: AbortSignal;
  /** Whether a request got a ready answer, so that no other need be made. */
  isAnswered(id: RequestId): boolean;
  /** Called after each call of a tool. */
  onCalled(): void;
  readonly log: Log;
  readonly clock: () => number;
}
