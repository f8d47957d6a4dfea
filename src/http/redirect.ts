import { type Hint, ProtocolError, runHint, unknownOutcome } from '../core/errors.ts';

/** Redirects: followed for a GET that only reads, on the same origin, and nowhere else, since the token would go along. */
export const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/**
 * Where to go next.
 * @param isRead false for a GET that acts, which must not be sent again by way of its own address
 * @param followed number of redirects already followed. @param checkWith the read tool that shows whether a write was done
 * @throws ProtocolError that names both origins where the redirect must not be followed.
 */
export function redirectTarget(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  from: {
    readonly url: URL;
    readonly method: string;
    readonly isRead: boolean;
    readonly followed: number;
    readonly checkWith: string | null;
  },
): URL {
  const { url, method, isRead, followed, checkWith } = from;
  const location = headers.get('location') ?? '';
  const named = location !== '' && URL.canParse(location, url.href) ? new URL(location, url) : null;
  // The origin of a `blob:` address is that of the address inside it.
  const target = named !== null && /^https?:$/.test(named.protocol) ? named : null;
  const refuse = (message: string, hint: Hint = 'Check --url.'): ProtocolError => {
    // 307 and 308 say that nothing was done; after 301 to 303 the service may have processed the request.
    const isOpen = !isRead && status < 307;
    return new ProtocolError('redirect_refused', message, isOpen ? unknownOutcome(checkWith) : { hint });
  };
  const where = `${url.origin} answered ${method} with a redirect`;
  if (target === null) throw refuse(`${where} that leads nowhere.`);
  if (target.origin !== url.origin) {
    throw refuse(
      `${where} to another origin, ${target.origin}, which was not followed: the API key is for ${url.origin} only.`,
      runHint(`lucanto-mcp login --url ${target.origin}`, `, if ${target.origin} is the service`),
    );
  }
  if (method !== 'GET' || !isRead) throw refuse(`${where} to ${target.origin}, which is not followed for ${method}.`);
  if (followed >= MAX_REDIRECTS) throw refuse(`${where} more than ${MAX_REDIRECTS} times in a row.`);
  return target;
}
