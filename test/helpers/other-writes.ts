/** What reached the other Lucanto that is no reading. */
import type { OtherLucanto } from '../fixtures/other-lucanto/server.ts';

const READING = /^lucanto_(list|get)_/;

/** `DELETE /api/v1/…`, `tools/call lucanto_delete_invoice`. */
export function writesOf({ requests }: OtherLucanto): readonly string[] {
  return requests.flatMap(({ method, path, body }) => {
    if (path !== '/api/mcp/v1') return method === 'GET' ? [] : [`${method} ${path}`];
    const call =
      isRecord(body) && body.method === 'tools/call' && isRecord(body.params) ? String(body.params.name) : '';
    return call === '' || READING.test(call) ? [] : [`tools/call ${call}`];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
