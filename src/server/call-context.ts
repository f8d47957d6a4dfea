import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { SentDescriptor } from '../catalog/listing/list-size.ts';
import type { Workspace } from '../catalog/workspaces.ts';
import type { CallDeadline } from '../core/deadline.ts';
import { isJsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { CallAnswer, CallContext, ClientIdentity, Confirmer, Progress, Reply, Tool } from '../core/tool.ts';
import type { InstructionFacts } from './instructions.ts';
import type { Deliveries, OutputBacklog, RunningCalls } from './running-calls.ts';

/** What a request of the client brings along, for the calls that it leads to. */
/** @param ended aborts when the connection is over */
export function callContext(
  server: Server,
  context: ServerContext,
  ended: AbortSignal,
  limit: CallDeadline,
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
        notify({ method: 'notifications/progress', params: { ...progress, progressToken } }).catch(() => undefined);
      },
    }),
  };
}

function identity(value: unknown): ClientIdentity | undefined {
  if (!isJsonObject(value) || typeof value.name !== 'string') return undefined;
  return { name: value.name, version: typeof value.version === 'string' ? value.version : '' };
}

/**
 * The person behind an MCP client, where it can ask one: by a request of ours up to 2025-11-25, since 2026-07-28 by an
 * answer that asks for input, after which the client calls again.
 */
/** The first revision with elicitation. */
const SINCE = '2025-06-18';
/** What the question is called among the inputs; nothing else is ever asked. */
const KEY = 'confirm';
/** The wait is bounded by the call's own signal; the SDK's usual minute must not come before it. */
const LONGEST_WAIT_MS = 2_000_000_000;

/** One box to tick: every client can draw it, and an empty form is no yes. */
const FORM = {
  type: 'object' as const,
  properties: {
    [KEY]: { type: 'boolean' as const, title: 'Confirm', description: 'Yes, do it' },
  },
  required: [KEY],
};

interface ClientConfirmer extends Confirmer {
  /** What the client is to be asked in place of an answer; null where nothing is. */
  question(): InputRequiredResult | null;
}

/** @param nobody aborts once no answer can come any more. @returns undefined where the client cannot ask */
export function confirmerOf(server: Server, context: ServerContext, nobody: AbortSignal): ClientConfirmer | undefined {
  const { envelope } = context.mcpReq;
  if (isJsonObject(envelope)) return takesForms(envelope[CLIENT_CAPABILITIES_META_KEY]) ? byRounds(context) : undefined;
  const version = server.getNegotiatedProtocolVersion();
  const isNewEnough = version !== undefined && version >= SINCE;
  return isNewEnough && takesForms(server.getClientCapabilities()) ? byRequest(context, nobody) : undefined;
}

/** Without a mode it means forms, which came first. */
function takesForms(capabilities: unknown): boolean {
  const elicitation = isJsonObject(capabilities) ? capabilities.elicitation : undefined;
  return isJsonObject(elicitation) && (elicitation.form !== undefined || elicitation.url === undefined);
}

function byRequest({ mcpReq }: ServerContext, nobody: AbortSignal): ClientConfirmer {
  return {
    how: 'dialog',
    question: () => null,
    ask: async ({ message }, signal) => {
      const either = AbortSignal.any([signal, nobody]);
      if (nobody.aborted) return 'gone';
      try {
        const request = { method: 'elicitation/create' as const, params: { message, requestedSchema: FORM } };
        const { action, content } = await mcpReq.send(request, { signal: either, timeout: LONGEST_WAIT_MS });
        return replyOf(action, content);
      } catch (error) {
        if (signal.aborted) throw error;
        // It declared what it cannot do, or answered nonsense: nobody said yes.
        return nobody.aborted ? 'gone' : 'unclear';
      }
    },
  };
}

function byRounds({ mcpReq }: ServerContext): ClientConfirmer {
  let question: InputRequiredResult | null = null;
  const state = mcpReq.requestState<unknown>();
  return {
    how: 'rounds',
    ...(typeof state === 'string' && { returned: { state, reply: returnedReply(mcpReq.inputResponses) } }),
    question: () => question,
    ask: async ({ message, state: seal }) => {
      const inputRequests = { [KEY]: inputRequired.elicit({ message, requestedSchema: FORM }) };
      question = inputRequired({ inputRequests, requestState: await seal() });
      return 'later';
    },
  };
}

function returnedReply(responses: ServerContext['mcpReq']['inputResponses']): Reply {
  const view = inputResponse(responses, KEY);
  return view.kind === 'elicit' ? replyOf(view.action, view.content) : 'missing';
}

function replyOf(action: string, content: unknown): Reply {
  if (action !== 'accept') return 'declined';
  const said = isJsonObject(content) ? content[KEY] : undefined;
  return typeof said === 'boolean' ? (said ? 'accepted' : 'declined') : 'unclear';
}

/** What the MCP server needs of the bridge; the composition root provides it. */
export interface ServedBridge {
  visible(): readonly Tool[];
  /** The visible tools as `tools/list` sends them. */
  listed(): readonly SentDescriptor[];
  /** @throws UnknownToolError */
  find(name: string): Tool;
  /** @throws UnknownToolError; every other failure is an `isError` answer */
  call(name: string, args: unknown, context: CallContext): Promise<CallAnswer>;
  facts(): InstructionFacts;
  /** The workspaces that the token reaches, asked for at most every few minutes. @throws LucantoError */
  listWorkspaces(context: CallContext): Promise<readonly Workspace[]>;
  timeLimit(now: number): CallDeadline;
  /** Resolves at once, but for a token whose tools were never seen: then once they are, or after `waitMs`. */
  firstCatalogue(waitMs: number): Promise<void>;
  /** @returns stops the notices */
  onToolsChanged(listener: () => void): () => void;
  /** Starts refreshing contract and tool list behind the running server. */
  refreshInBackground(): void;
  /** Resolves when no write is on its way any more, or after `ms` milliseconds. */
  settleWrites(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface McpServerDeps {
  readonly bridge: ServedBridge;
  readonly running: RunningCalls;
  readonly deliveries: Deliveries;
  readonly backlog: OutputBacklog;
  /** Aborts once the client can answer no more. */
  readonly nobody: AbortSignal;
  readonly log: Log;
  readonly clock: () => number;
}
