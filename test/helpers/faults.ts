/** What can go wrong between the bridge and the service, by name: played by fault-proxy.ts. */

/** Sockets break. `after`: the service had carried the request out, which the bridge cannot know. */
const SOCKET_FAULTS = ['reset_before', 'reset_after', 'cut_body', 'hang_before', 'hang_after'] as const;
/** All is well, but takes time; `late`: before the service sees it, whether or not anybody still waits. */
const SLOW_FAULTS = ['late', 'slow_head', 'slow_body'] as const;
/** Answers in place of the service's, which never saw the request unless `after` says so. */
const STATUS_FAULTS = [
  '500_json',
  '502_html',
  '502_html_after',
  '503',
  '503_retry_after',
  '429',
  '429_retry_after',
] as const;
/** Statuses of success over answers that are none; the service had carried the request out. */
const ANSWER_FAULTS = ['wrong_json', 'wrong_type', 'sse_ends_early', 'accepted_202', 'wrong_id'] as const;

/** `refuse` cannot be chosen for a request, since there is none: see FaultProxy.refuse. */
export const REQUEST_FAULTS = [...SOCKET_FAULTS, ...SLOW_FAULTS, ...STATUS_FAULTS, ...ANSWER_FAULTS] as const;
export type Fault = (typeof REQUEST_FAULTS)[number];

export interface Canned {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML_TYPE = { 'content-type': 'text/html; charset=utf-8' };
const RETRY_AFTER_1 = { 'retry-after': '1' };

function refusal(status: number, error: string, headers: Readonly<Record<string, string>> = {}): Canned {
  const body = JSON.stringify({ error, message: 'Injected by the fault proxy.', request_id: 'fault-proxy' });
  return { status, headers: { ...JSON_TYPE, ...headers }, body };
}

/** @param body of the request, for an answer that is JSON-RPC with another id. */
export function cannedAnswer(fault: Fault, body: string): Canned | null {
  switch (fault) {
    case '500_json':
      return refusal(500, 'internal_server_error');
    case '502_html':
    case '502_html_after':
      return { status: 502, headers: HTML_TYPE, body: '<html><body><h1>502 Bad Gateway</h1></body></html>' };
    case '503':
      return refusal(503, 'service_unavailable');
    case '503_retry_after':
      return refusal(503, 'service_unavailable', RETRY_AFTER_1);
    case '429':
      return refusal(429, 'rate_limited');
    case '429_retry_after':
      return refusal(429, 'rate_limited', RETRY_AFTER_1);
    case 'wrong_json':
      return { status: 200, headers: JSON_TYPE, body: '{"id": 7, "items": [' };
    case 'wrong_type':
      return { status: 200, headers: HTML_TYPE, body: '<html><body>Please sign in to the network</body></html>' };
    case 'sse_ends_early':
      return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: ': keep-alive\n\n' };
    case 'accepted_202':
      return { status: 202, headers: {}, body: '' };
    case 'wrong_id':
      return body.includes('"jsonrpc"')
        ? {
            status: 200,
            headers: JSON_TYPE,
            body: '{"jsonrpc":"2.0","id":"somebody-else","result":{"content":[]}}',
          }
        : null;
    default:
      return null;
  }
}

const NOT_FORWARDED: ReadonlySet<Fault> = new Set([
  'reset_before',
  'hang_before',
  '500_json',
  '502_html',
  '503',
  '503_retry_after',
  '429',
  '429_retry_after',
]);

/** Whether the service sees the request, and so may carry it out. */
export function reachesService(fault: Fault): boolean {
  return !NOT_FORWARDED.has(fault);
}
