/** The address and the headers of one request. */
import { tokensPage } from '../config/origin.ts';
import { AuthError, InternalError } from '../errors.ts';
import { type HttpRequest, isBodySource, type SendContext } from './request.ts';
import { userAgent } from './user-agent.ts';

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
