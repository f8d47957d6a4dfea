/**
 * The person behind an MCP client, where it can ask one: by a request of ours up to 2025-11-25, since 2026-07-28 by an
 * answer that asks for input, after which the client calls again.
 */
import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Human, Reply } from '../catalog/human.ts';
import { isJsonObject } from '../json.ts';

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

export interface ServedHuman extends Human {
  /** What the client is to be asked in place of an answer; null where nothing is. */
  question(): InputRequiredResult | null;
}

/** @param nobody aborts once no answer can come any more. @returns undefined where the client cannot ask */
export function humanOf(server: Server, context: ServerContext, nobody: AbortSignal): ServedHuman | undefined {
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

function byRequest({ mcpReq }: ServerContext, nobody: AbortSignal): ServedHuman {
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

function byRounds({ mcpReq }: ServerContext): ServedHuman {
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
