/** The answers of a remote endpoint of the legacy revisions to one message, for services of a test's own. */
import type { OddAnswer, Received } from '../tools/odd-service.ts';

interface RemoteScript {
  /** `tools/list`, as it is when asked. */
  readonly tools: () => readonly object[];
  readonly call?: (name: string, args: unknown) => object;
}

/** @returns null for anything but a message to the endpoint */
export function remoteAnswer({ method, path, body }: Received, script: RemoteScript): OddAnswer | null {
  if (path !== '/api/mcp/v1') return null;
  if (method !== 'POST') return { status: 405 };
  const message = JSON.parse(body.toString());
  if (message.id === undefined) return { status: 202 };
  const reply = (result: object): OddAnswer => ({ json: { jsonrpc: '2.0', id: message.id, result } });
  if (message.method === 'initialize') {
    const serverInfo = { name: 'odd', version: '1' };
    return reply({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo });
  }
  if (message.method === 'tools/list') return reply({ tools: script.tools() });
  if (message.method === 'tools/call') {
    const { name, arguments: args } = message.params;
    return reply(script.call?.(name, args) ?? { content: [{ type: 'text', text: '{"id":1}' }] });
  }
  return { json: { jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'Method not found' } } };
}
