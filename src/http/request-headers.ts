import { tokensPage } from '../config/origin.ts';
import { AuthError, InternalError, runHint } from '../core/errors.ts';
import { type HttpRequest, isBodySource, type SendContext } from './request.ts';

/** The address and the headers of one request, checked before anything is sent. */
const MAX_CLIENT_LENGTH = 80;
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** @throws InternalError where the path, once parsed, differs from the one that was given. */
export function requestUrl(origin: string, request: HttpRequest): URL {
  const url = new URL(request.path, origin);
  // `//host`, `..` and `%2e%2e` would lead elsewhere; the code that builds the path should have refused them.
  if (url.origin !== origin || url.pathname !== request.path) {
    throw new InternalError('a request path with directions in it was refused');
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
    const page = tokensPage(origin);
    throw new AuthError('no_token', `There is no API key for ${origin}.`, {
      hint: runHint('lucanto-mcp login', ` with an API key from ${page}, then restart the app that uses the bridge`),
    });
  }
  // Checked here because fetch would quote the whole header in its own error.
  if (token !== null && !/^[\x21-\x7e]+$/.test(token)) {
    throw new AuthError('malformed_token', `The API key for ${origin} contains characters that no API key has.`, {
      hint: runHint('lucanto-mcp login', ' and paste the API key alone'),
    });
  }
  const hasType = Object.keys(request.headers).some((name) => name.toLowerCase() === 'content-type');
  return {
    ...(request.body !== null && !hasType ? { 'Content-Type': 'application/json' } : {}),
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

/**
 * `lucanto-mcp/1.2.3 (Claude Desktop 0.14.2)`, for the service's own logs. The client names itself, so nothing of it may
 * break out of the header or its comment.
 */
export function userAgent(version: string, client?: SendContext['client']): string {
  const base = `lucanto-mcp/${version}`;
  if (client === undefined) return base;
  const comment = `${client.name} ${client.version}`
    .replace(/[^\x20-\x7e]|[()\\]/g, '')
    .replace(/ +/g, ' ')
    .slice(0, MAX_CLIENT_LENGTH)
    .trim();
  return comment === '' ? base : `${base} (${comment})`;
}
