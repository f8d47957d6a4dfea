/**
 * Which era the remote endpoint speaks. The modern question comes first, as the SDK's own client does it: an endpoint
 * of the older era refuses it without harm, while a modern-only one could not be asked in any other way.
 */
import type { SendContext } from '../../http/request.ts';
import type { Endpoint } from './endpoint.ts';
import { CLIENT_INFO, LEGACY_VERSION, MODERN_VERSION, type Protocol } from './protocol.ts';
import type { Reply } from './reply.ts';
import { replyError, unsupportedVersions } from './reply-error.ts';

const WHAT = 'the question which protocol it speaks';
const SUBJECT = { what: WHAT, retry: 'read', scopes: [], listTool: null } as const;
const UNSUPPORTED_VERSION = -32022;
/** These would be answered to any question; asking another way only hides them. */
const FINAL = new Set([401, 402, 403, 429, 502, 503, 504]);

/** @throws LucantoError */
export async function negotiate(endpoint: Endpoint, context: SendContext): Promise<Protocol> {
  const modern: Protocol = { era: 'modern', version: MODERN_VERSION };
  const discovered = await endpoint.request(modern, { method: 'server/discover', params: {} }, context);
  if (discovered.kind !== 'result' && FINAL.has(discovered.answer.status)) throw replyError(discovered, SUBJECT);
  const offered = offeredVersions(discovered);
  if (offered?.includes(MODERN_VERSION)) return modern;
  if (offered?.every(isModern)) throw unsupportedVersions(offered);
  return handshake(endpoint, context);
}

async function handshake(endpoint: Endpoint, context: SendContext): Promise<Protocol> {
  const reply = await endpoint.request(
    null,
    { method: 'initialize', params: { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo: CLIENT_INFO } },
    context,
  );
  if (reply.kind !== 'result') throw replyError(reply, SUBJECT);
  const version = reply.result.protocolVersion;
  const session = reply.answer.headers.get('mcp-session-id');
  const protocol: Protocol = {
    era: 'legacy',
    version: typeof version === 'string' ? version : LEGACY_VERSION,
    session,
  };
  if (isModern(protocol.version)) throw unsupportedVersions([protocol.version]);
  await endpoint.notify(protocol, 'notifications/initialized', context);
  return protocol;
}

/** From `server/discover`, or from the refusal of our version; null where neither was said. */
function offeredVersions(reply: Reply): readonly string[] | null {
  const from = (value: unknown): readonly string[] | null =>
    Array.isArray(value) && value.length > 0 && value.every((version) => typeof version === 'string') ? value : null;
  if (reply.kind === 'result') return from(reply.result.supportedVersions);
  if (reply.kind !== 'rpc_error' || reply.error.code !== UNSUPPORTED_VERSION) return null;
  const { data } = reply.error;
  return typeof data === 'object' && data !== null && 'supported' in data ? from(data.supported) : null;
}

/** Versions are dates, so their order is that of their text. */
function isModern(version: string): boolean {
  return version >= MODERN_VERSION;
}
