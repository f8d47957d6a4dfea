/** Origins: where the token may be sent, hence no path, no query, no credentials, and no plain http but to loopback. */
import type { Parsed } from './setting.ts';

// URL has already brought IPv4 addresses in any notation into the dotted form.
const LOOPBACK = /^(localhost|127[.]\d+[.]\d+[.]\d+|\[::1\])$/;

export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** The origin in its normal form: lower case, no default port, no trailing slash. */
export function parseOrigin(text: string): Parsed<string> {
  const trimmed = text.trim();
  const url = toUrl(trimmed);
  if (url === null || url.hostname === '') return { problem: 'is no web address' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { problem: `begins with ${url.protocol}//` };
  if (url.username !== '' || url.password !== '') return { problem: 'holds a user name or a password' };
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return { problem: `would send the token unencrypted to ${url.host}` };
  }
  if (url.search !== '' || url.hash !== '' || trimmed.includes('?') || trimmed.includes('#')) {
    return { problem: `holds more than an origin, which would be ${url.origin}` };
  }
  if (url.pathname !== '/')
    return { problem: `holds a path (${url.pathname.slice(0, 40)}); the origin alone is ${url.origin}` };
  return { value: url.origin };
}

/** Where users make and delete tokens. */
export function tokensPage(origin: string): string {
  return `${origin}/settings/api_keys`;
}

function toUrl(text: string): URL | null {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return null;
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
