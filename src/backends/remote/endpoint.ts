/** One JSON-RPC message to the remote endpoint: a POST, answered by JSON or by a stream of events. */
import type { HttpClient } from '../../http/client.ts';
import type { SendContext } from '../../http/request.ts';
import { stringifyJson } from '../../json.ts';
import { EventStream, isEventStream, type OnNotification } from './event-stream.ts';
import { type Protocol, protocolHeaders, protocolParams, type RemoteRequest } from './protocol.ts';
import { type Reply, readReply } from './reply.ts';

const PATH = '/api/mcp/v1';
const ACCEPT = 'application/json, text/event-stream';

export class Endpoint {
  readonly #http: Pick<HttpClient, 'send'>;
  #lastId = 0;

  constructor(http: Pick<HttpClient, 'send'>) {
    this.#http = http;
  }

  /** @throws LucantoError where no answer came at all; any answer is returned as a Reply. */
  async request(
    protocol: Protocol | null,
    request: RemoteRequest,
    context: SendContext,
    onNotification: OnNotification = () => undefined,
  ): Promise<Reply> {
    const id = ++this.#lastId;
    let stream: EventStream | null = null;
    const answer = await this.#http.send(
      {
        ...post(protocol, request, { id }),
        sink: ({ headers }) => {
          stream = isEventStream(headers) ? new EventStream(onNotification) : null;
          return stream?.sink ?? null;
        },
      },
      context,
    );
    return streamed(stream, answer.status)?.reply(id, answer) ?? readReply(answer, id);
  }

  /** Its answer says nothing; some endpoints refuse what they do not need. @throws LucantoError as `request` does. */
  async notify(protocol: Protocol, method: string, context: SendContext): Promise<void> {
    await this.#http.send(post(protocol, { method, params: {} }, {}), context);
  }
}

function post(protocol: Protocol | null, request: RemoteRequest, id: { readonly id?: number }) {
  const params = protocolParams(protocol, request);
  return {
    method: 'POST',
    path: PATH,
    query: '',
    headers: protocolHeaders(protocol, request),
    body: stringifyJson({ jsonrpc: '2.0', ...id, method: request.method, params }),
    accept: ACCEPT,
  } as const;
}

/** A stream that an earlier attempt left behind does not belong to the answer of a later one that failed. */
function streamed(stream: EventStream | null, status: number): EventStream | null {
  return status >= 200 && status < 300 ? stream : null;
}
