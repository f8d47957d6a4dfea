/** Where a token may be sent: https anywhere, plain http to this machine only. */
import { UsageError } from '../errors.ts';

/** `localhost`, 127.0.0.0/8 and ::1; the URL parser has already normalised other spellings of the addresses. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname;
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The origin of a service's address, without path and without trailing slash.
 * @throws UsageError for what is no origin, carries credentials, or would send a token in the clear.
 */
export function serviceOrigin(address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new UsageError(`The service's address is not a URL: ${JSON.stringify(address.slice(0, 200))}.`, {
      hint: 'Give --url (or LUCANTO_URL) an origin such as https://app.lucanto.eu.',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(`The service's address for ${url.host} carries a user name or password.`, {
      hint: 'Give --url (or LUCANTO_URL) the origin alone; the token comes from `lucanto-mcp login`.',
    });
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw new UsageError(`The service's address ${url.protocol}//${url.host} would send the token unencrypted.`, {
      hint: `Use https://${url.host}; plain http is accepted for localhost, 127.0.0.1 and [::1] only.`,
    });
  }
  return url.origin;
}
