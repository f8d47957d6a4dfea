import { isJsonObject } from '../core/json.ts';
import { list, member, type OpenApiDocument, resolveReference } from './document.ts';
import type { SchemaReader } from './schema-reader.ts';

/**
 * Whether an API key, sent as a bearer token, is all that an operation needs. Anything else that it wants to know its
 * caller by (a key in another header, a cookie, a password) the bridge does not have.
 */

/** A clause that says what is missing; null where the key is enough. */
export function whyKeyIsNotEnough(document: OpenApiDocument, operation: unknown): string | null {
  const own = member(operation, 'security');
  const requirements = (Array.isArray(own) ? own : list(document.security)).filter(isJsonObject);
  // Nothing is asked for: then a key does no harm.
  if (requirements.length === 0) return null;
  const missing = requirements.map((requirement) => missingOf(document, requirement));
  if (missing.some((needs) => needs.length === 0)) return null;
  const [fewest = []] = missing.sort((a, b) => a.length - b.length);
  const all = fewest.length > 1 ? ', all at once' : '';
  return `it needs ${fewest.join(' and ')}${all}, and the bridge has an API key only, which it sends as a bearer token`;
}

/** What of one requirement, all of whose schemes are wanted at once, is no bearer token. */
function missingOf(document: OpenApiDocument, requirement: Record<string, unknown>): readonly string[] {
  const schemes = member(document.components, 'securitySchemes');
  return Object.keys(requirement).flatMap((name) => {
    const scheme = resolveReference(document, member(schemes, name));
    // The document may have forgotten to define the scheme.
    return isJsonObject(scheme) ? (missingFor(scheme) ?? []) : [];
  });
}

function missingFor(scheme: Record<string, unknown>): string | null {
  const { type, name, in: place } = scheme;
  if (type === 'oauth2' || type === 'openIdConnect') return null;
  if (type === 'http') return httpScheme(String(scheme.scheme).toLowerCase());
  if (type === 'mutualTLS') return 'a client certificate';
  if (type !== 'apiKey') return `credentials of another kind (${String(type).slice(0, 40)})`;
  const called = String(name).slice(0, 60);
  if (place === 'cookie') return `the cookie ${called}`;
  if (place === 'query') return `a key in the address (${called})`;
  return called.toLowerCase() === 'authorization' ? null : `a key in the header ${called}`;
}

function httpScheme(scheme: string): string | null {
  if (scheme === 'bearer') return null;
  return scheme === 'basic' ? 'a user name and a password (HTTP Basic)' : `HTTP ${scheme.slice(0, 40)} authentication`;
}

const SIGN_IN =
  /(^|_)(sign_?in|sign_?up|sign_?out|log_?in|log_?out|passwords?|otp|mfa|passkeys?|sessions?|authorize|register|token)(_|$)/;
const SECRET = /(^|_)(password|passcode|secret|otp|grant_type)(_|$)/i;

/**
 * Whether an operation is for signing in: it says that it needs no key, which others do, and it asks for a password or is
 * called so. Words alone say nothing: sessions and tokens may be records like others.
 * @param words of the path, in snake_case @param fields of the body, as on the wire
 */
export function isForSigningIn(
  document: OpenApiDocument,
  operation: unknown,
  words: readonly string[],
  fields: readonly string[],
): boolean {
  const own = member(operation, 'security');
  const isOpen = Array.isArray(own) && own.every((one) => isJsonObject(one) && Object.keys(one).length === 0);
  if (!isOpen || list(document.security).length === 0) return false;
  return fields.some((field) => SECRET.test(field)) || words.some((word) => SIGN_IN.test(word));
}

/** Headers by which services know their callers, beside `Authorization`. */
const KEY_HEADER =
  /^(x-)?([a-z0-9]+-)*(api-?key|apikey|api-?token|api-?secret|auth-?token|auth-?key|access-?token|access-?key|app-?key|app-?secret|client-?secret|secret-?key|subscription-?key|private-?token|session-?token)$/i;

/** What the operation's parameters want that the bridge cannot send; null where it can send all. */
export function whyParametersCannotBeSent(reader: SchemaReader, given: readonly unknown[]): string | null {
  for (const entry of given) {
    const parameter = resolveReference(reader.root, entry);
    if (member(parameter, 'required') !== true) continue;
    const name = String(member(parameter, 'name')).slice(0, 60);
    if (member(parameter, 'in') === 'cookie') return `it needs the cookie ${name}, and the bridge sends none`;
    if (member(parameter, 'in') === 'header' && KEY_HEADER.test(name))
      return `it needs a key in the header ${name}, and the bridge has an API key only, which it sends as a bearer token`;
  }
  return null;
}
