import { UsageError } from '../core/errors.ts';
import type { Parsed } from './setting.ts';

/** Origins: where the token may be sent, hence no path, no query, no credentials, and no plain http but to loopback. */
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

/** Where a token may be sent; the rule itself is the settings'. */
/**
 * The origin of the service's address. Checked again here, so that no way into the client goes around it.
 * @throws UsageError for what is no origin, or would send the token in the clear.
 */
export function serviceOrigin(address: string): string {
  const parsed = parseOrigin(address);
  if ('value' in parsed) return parsed.value;
  throw new UsageError(`The service's address ${parsed.problem}.`, {
    hint: 'Give --url (or LUCANTO_URL) an origin such as https://app.lucanto.eu; plain http is for this computer only.',
  });
}
