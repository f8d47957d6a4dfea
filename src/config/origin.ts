/** Service URLs: the origins that an API key may be sent to. */
import { UsageError } from '../core/errors.ts';
import type { Parsed } from './setting.ts';

// URL has already brought IPv4 addresses in any notation into the dotted form.
const LOOPBACK = /^(localhost|127[.]\d+[.]\d+[.]\d+|\[::1\])$/;

// Most are in their normal form, and a start has no time to ask a URL for each of its members.
const PLAIN = /^(https:\/\/([a-z]+[.])+[a-z]+|http:\/\/127[.]0[.]0[.]1:[1-5]?[1-9]\d{3})$/;

export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/**
 * The origin in its normal form: lower case, no default port, no trailing slash. No path, query or credentials, and
 * plain http to this computer only, since a token goes there.
 */
export function parseOrigin(text: string): Parsed<string> {
  if (PLAIN.test(text)) return { value: text };
  const trimmed = text.trim();
  const url = toUrl(trimmed);
  if (url === null || url.hostname === '') return { problem: 'is not a web address' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { problem: `begins with ${url.protocol}//` };
  if (url.username !== '' || url.password !== '') return { problem: 'contains a user name or a password' };
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return { problem: `would send the API key unencrypted to ${url.host}` };
  }
  if (url.search !== '' || url.hash !== '' || trimmed.includes('?') || trimmed.includes('#')) {
    return { problem: `contains more than an origin, which would be ${url.origin}` };
  }
  if (url.pathname !== '/')
    return { problem: `contains a path (${url.pathname.slice(0, 40)}); the origin alone is ${url.origin}` };
  return { value: url.origin };
}

/** Where users make and delete tokens. */
export function tokensPage(origin: string): string {
  return `${origin}/settings/api_keys`;
}

function toUrl(text: string): URL | null {
  if (!/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(text)) return null;
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/**
 * Checked again where requests are made, so that no code path can go around it.
 * @throws UsageError for what is not an origin, or would send the token unencrypted
 */
export function serviceOrigin(address: string): string {
  const parsed = parseOrigin(address);
  if ('value' in parsed) return parsed.value;
  throw new UsageError(`The service URL ${parsed.problem}.`, {
    hint: 'Give --url (or LUCANTO_URL) an origin such as https://app.lucanto.eu; plain http is for this computer only.',
  });
}
