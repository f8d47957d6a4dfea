import { tokensPage } from '../config/origin.ts';
import { AuthError, InternalError, ProtocolError, unknownOutcome } from '../core/errors.ts';
import { type HttpRequest, isBodySource, type SendContext } from './request.ts';

/** `lucanto-mcp/1.2.3 (Claude Desktop 0.14.2)`: who is calling, for the service's own logs. */

const MAX_CLIENT_LENGTH = 80;

/** The client names itself, so nothing of it may break out of the header or its comment. */
export function userAgent(version: string, client?: { readonly name: string; readonly version: string }): string {
  const base = `lucanto-mcp/${version}`;
  if (client === undefined) return base;
  const introduced = `${client.name} ${client.version}`
    .replace(/[^\x20-\x7e]|[()\\]/g, '')
    .replace(/ +/g, ' ')
    .slice(0, MAX_CLIENT_LENGTH)
    .trim();
  return introduced === '' ? base : `${base} (${introduced})`;
}

/** The address and the headers of one request. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** @throws InternalError where the path, once parsed, is not the one that was asked for. */
export function requestUrl(origin: string, request: HttpRequest): URL {
  const url = new URL(request.path, origin);
  // `//host`, `..` and `%2e%2e` would lead elsewhere: whoever built the path should have refused them.
  if (url.origin !== origin || url.pathname !== request.path) {
    throw new InternalError('a request path that is not what it seems was refused');
  }
  url.search = request.query;
  return url;
}

/** @throws AuthError without a token, or with one that cannot be a header. */
export function requestHeaders(
  origin: string,
  request: HttpRequest,
  context: SendContext,
  token: string | null,
  version: string,
): Readonly<Record<string, string>> {
  if (token === null && request.tokenOptional !== true) {
    throw new AuthError('no_token', `There is no token for ${origin}.`, {
      hint: `Run \`lucanto-mcp login\` with a token from ${tokensPage(origin)}, then restart the app that uses the bridge.`,
    });
  }
  // Checked here because fetch would quote the whole header in its own error.
  if (token !== null && !/^[\x21-\x7e]+$/.test(token)) {
    throw new AuthError('malformed_token', `The token for ${origin} holds characters that no token has.`, {
      hint: 'Run `lucanto-mcp login` and paste the token alone.',
    });
  }
  const typed = Object.keys(request.headers).some((name) => name.toLowerCase() === 'content-type');
  return {
    ...(request.body !== null && !typed ? { 'Content-Type': 'application/json' } : {}),
    ...request.headers,
    ...(isBodySource(request.body) ? { 'Content-Length': String(request.body.size) } : {}),
    Accept: request.accept,
    'User-Agent': userAgent(version, context.client),
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    ...(context.traceparent !== undefined && TRACEPARENT.test(context.traceparent)
      ? { traceparent: context.traceparent }
      : {}),
  };
}

/** Redirects: followed for GET on the same origin, and nowhere else, since the token would go along. */
export const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

interface Redirected {
  readonly status: number;
  /** The `Location` header. */
  readonly location: string | null;
  readonly from: URL;
  readonly method: string;
  /** Number of redirects already followed. */
  readonly followed: number;
  readonly checkWith: string | null;
}

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/** Where to go next. @throws ProtocolError naming both origins where that must not be followed. */
export function redirectTarget(at: Redirected): URL {
  const target = parse(at.location, at.from);
  const refuse = (message: string, hint: string): ProtocolError => {
    // 307 and 308 say that nothing was done; after 301 to 303 a form may well have been taken.
    const open = at.method !== 'GET' && at.status < 307;
    return new ProtocolError('redirect_refused', message, open ? unknownOutcome(at.checkWith) : { hint });
  };
  const where = `${at.from.origin} answered ${at.method} with a redirect`;
  if (target === null) throw refuse(`${where} that leads nowhere.`, 'Check --url.');
  if (target.origin !== at.from.origin) {
    throw refuse(
      `${where} to another origin, ${target.origin}, which was not followed: the token is for ${at.from.origin} only.`,
      `If ${target.origin} is the service, run \`lucanto-mcp login --url ${target.origin}\`.`,
    );
  }
  if (at.method !== 'GET') {
    throw refuse(`${where} to ${target.origin}, which is not followed for ${at.method}.`, 'Check --url.');
  }
  if (at.followed >= MAX_REDIRECTS) throw refuse(`${where} more than ${MAX_REDIRECTS} times in a row.`, 'Check --url.');
  return target;
}

function parse(location: string | null, base: URL): URL | null {
  if (location === null || location === '') return null;
  try {
    return new URL(location, base);
  } catch {
    return null;
  }
}
