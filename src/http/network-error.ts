/** What fetch throws, sorted by the one question that matters for a retry: can the request have been sent? */
import { UnreachableError } from '../errors.ts';
import type { NetworkFailureKind } from './retry.ts';

export interface NetworkFailure {
  readonly kind: NetworkFailureKind;
  readonly error: UnreachableError;
}

const NEVER_CONNECTED: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known to DNS',
  EAI_AGAIN: 'DNS gave no answer',
  EAI_FAIL: 'DNS failed',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no network',
  EADDRNOTAVAIL: 'there is no network',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
};

const TRUST =
  'If a proxy or company certificate is in the way, point NODE_EXTRA_CA_CERTS at its PEM file and start again.';
const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (is the clock of this computer right?)',
  CERT_REVOKED: 'its certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain ends in a self-signed certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'the issuer of its certificate is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the issuer of its certificate is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate could not be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** @param cause what fetch or the reading of a body threw. */
export function networkFailure(cause: unknown, origin: string): NetworkFailure {
  const found = chain(cause);
  const code = found.code ?? '';
  const fail = (kind: NetworkFailureKind, word: string, why: string, hint: string): NetworkFailure => ({
    kind,
    error: new UnreachableError(word, `${origin} could not be reached: ${why}.`, { hint, cause }),
  });

  const certificate = CERTIFICATES[code];
  if (certificate !== undefined) return fail('untrusted', 'tls', `${certificate} (${code})`, TRUST);
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO') {
    return fail('untrusted', 'tls', `it did not speak TLS as expected (${code})`, `Check the address. ${TRUST}`);
  }
  const never = NEVER_CONNECTED[code];
  if (never !== undefined) {
    return fail('never_sent', code.toLowerCase(), `${never} (${code})`, 'Check the network and --url, then try again.');
  }
  if (found.duringConnect) {
    return fail(
      'never_sent',
      'no_connection',
      'the connection broke off while it was made',
      'Check the network, then try again.',
    );
  }
  if (found.message === 'bad port') {
    return fail('untrusted', 'bad_port', 'its port is one that no web request may go to', 'Give --url another port.');
  }
  if (code.startsWith('HPE_')) {
    return fail('lost', 'not_http', `what answered there does not speak HTTP (${code})`, 'Check --url.');
  }
  const told = code === '' ? 'the connection broke off' : `the connection broke off (${code})`;
  return fail('lost', 'connection_lost', told, 'Try again.');
}

interface Found {
  readonly code: string | undefined;
  readonly message: string;
  /** Nothing of the request can have left: the connection, or its TLS, never stood. */
  readonly duringConnect: boolean;
}

/** fetch wraps the socket's error once or twice; the innermost one that has a code tells what happened. */
function chain(cause: unknown): Found {
  let found: Found = { code: undefined, message: '', duringConnect: false };
  let at: unknown = cause;
  for (let depth = 0; depth < 5 && at instanceof Error; depth++) {
    const code = 'code' in at && typeof at.code === 'string' ? at.code : undefined;
    const connecting =
      ('syscall' in at && at.syscall === 'connect') || at.message.includes('before secure TLS connection');
    if (code !== undefined || found.code === undefined)
      found = { code, message: at.message, duringConnect: connecting };
    at = at.cause;
  }
  return found;
}
