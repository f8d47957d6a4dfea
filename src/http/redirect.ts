/** Redirects: followed for GET on the same origin, and nowhere else, since the token would go along. */
import { ProtocolError } from '../errors.ts';
import { unknownOutcome } from './outcome.ts';

export const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface Redirected {
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
