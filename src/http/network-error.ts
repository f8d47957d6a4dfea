import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import type { Environment } from '../config/paths.ts';
import { UnreachableError } from '../core/errors.ts';
import { ProxyError } from './connections.ts';
import { PrivateAddressError } from './private-address.ts';
import type { HttpProxy } from './proxy.ts';
import type { FailureKind } from './retry.ts';

/** What fetch throws, sorted by the one question that matters for a retry: can the request have been sent? */
export interface NetworkFailure {
  readonly kind: FailureKind;
  readonly error: UnreachableError;
  /** A certificate whose issuer is not trusted here. */
  readonly unknownIssuer: boolean;
}

/** What went wrong between this computer and a peer, which is the service or the proxy before it. */
interface Failure {
  readonly kind: FailureKind;
  readonly code: string;
  /** A clause. */
  readonly why: string;
  readonly hint: string;
  readonly unknownIssuer?: boolean;
}

const NEVER_CONNECTED: Readonly<Record<string, string>> = {
  ENOTFOUND: 'DNS does not know its name',
  EAI_AGAIN: 'DNS gave no answer',
  EAI_FAIL: 'DNS failed',
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no network',
  EADDRNOTAVAIL: 'there is no network',
  CONNECT_TIMEOUT: 'the connection was not made in time',
};

const UNKNOWN_ISSUER = { what: 'was issued by an authority that is not trusted here', fix: 'trust' } as const;
const CERTIFICATE_PROBLEMS: Readonly<
  Record<string, { /** A clause after "its certificate". */ what: string; fix: 'trust' | 'renew' | 'name' }>
> = {
  CERT_HAS_EXPIRED: { what: 'has expired', fix: 'renew' },
  CERT_NOT_YET_VALID: { what: 'is not valid yet', fix: 'renew' },
  CERT_REVOKED: { what: 'was revoked', fix: 'renew' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { what: 'is self-signed', fix: 'trust' },
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ISSUER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_ISSUER,
  ERR_TLS_CERT_ALTNAME_INVALID: { what: 'is for another name', fix: 'name' },
};

export function certificateProblem(code: string): (typeof CERTIFICATE_PROBLEMS)[string] | undefined {
  return CERTIFICATE_PROBLEMS[code];
}

/**
 * @param cause what fetch or the reading of a body threw.
 * @param route how the request travels, and what to do about a certificate that is not trusted here.
 */
export function networkFailure(
  cause: unknown,
  route: { readonly origin: string; readonly proxy: HttpProxy | null; readonly trustAdvice: () => string },
): NetworkFailure {
  const { origin, proxy, trustAdvice } = route;
  const found = innermost(cause);
  if (found.error instanceof PrivateAddressError) {
    const why = 'its name leads to an address of this computer or its network, which is refused';
    const hint = 'Open the file in the Lucanto app; if it happens again, report it to Lucanto.';
    const error = new UnreachableError('address_refused', `${origin} was not contacted: ${why}.`, { hint, cause });
    return { kind: 'untrusted', error, unknownIssuer: false };
  }
  const fail = (failure: Failure, where: string): NetworkFailure => ({
    kind: failure.kind,
    error: new UnreachableError(failure.code, `${where}: ${failure.why}.`, { hint: failure.hint, cause }),
    unknownIssuer: failure.unknownIssuer === true,
  });
  const unreachable = `${origin} could not be reached`;
  if (proxy === null) return fail(peerFailure(origin, '--url', found, trustAdvice), unreachable);
  const name = `the proxy ${proxy.host} of ${proxy.variable}`;
  if (!(found.error instanceof ProxyError)) {
    return fail(peerFailure(origin, '--url', found, trustAdvice), `${unreachable} through ${name}`);
  }
  if (found.error.status !== null)
    return fail(proxyRefusal(found.error.status, proxy), `${unreachable} through ${name}`);
  const failure = peerFailure(name, proxy.variable, innermost(found.error.cause), trustAdvice);
  // Without a tunnel nothing was sent, however the connection ended.
  const kind = failure.kind === 'lost' ? 'never_sent' : failure.kind;
  return fail({ ...failure, kind }, `${unreachable} because ${name} could not be reached`);
}

/** @param peer `https://app.lucanto.eu`, or a proxy. @param setting what names it. */
function peerFailure(
  peer: string,
  setting: string,
  found: ReturnType<typeof innermost>,
  trustAdvice: () => string,
): Failure {
  const { code } = found;
  const problem = certificateProblem(code);
  if (problem !== undefined) {
    return {
      kind: 'untrusted',
      code: 'tls',
      why: `its certificate ${problem.what}${issuedFor(found.error)} (${code})`,
      hint: certificateHint(problem.fix, peer, setting, trustAdvice),
      unknownIssuer: problem.fix === 'trust',
    };
  }
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO') {
    const why = `it did not speak TLS as expected (${code})`;
    return { kind: 'untrusted', code: 'tls', why, hint: `Check ${setting}. ${trustAdvice()}` };
  }
  const never = NEVER_CONNECTED[code];
  if (never !== undefined) {
    const hint = `Check the network and ${setting}, then try again.`;
    return { kind: 'never_sent', code: code.toLowerCase(), why: `${never} (${code})`, hint };
  }
  if (found.duringConnect) {
    const why = 'the connection broke off while it was being made';
    return { kind: 'never_sent', code: 'no_connection', why, hint: 'Check the network, then try again.' };
  }
  if (code.startsWith('HPE_')) {
    const why = `its answer was not HTTP (${code})`;
    return { kind: 'lost', code: 'not_http', why, hint: `Check ${setting}.` };
  }
  const why = code === '' ? 'the connection broke off' : `the connection broke off (${code})`;
  return { kind: 'lost', code: 'connection_lost', why, hint: 'Try again.' };
}

function certificateHint(
  fix: 'trust' | 'renew' | 'name',
  peer: string,
  setting: string,
  trustAdvice: () => string,
): string {
  switch (fix) {
    case 'trust':
      return trustAdvice();
    case 'renew':
      return `Check the clock of this computer; if it is right, the administrator of ${peer} must renew the certificate.`;
    case 'name':
      return `Check ${setting}: it must be the name that the certificate was issued for.`;
  }
}

/** The names that a certificate was issued for, from Node's own error; empty where it names none. */
function issuedFor(error: Error): string {
  const cert: unknown = 'cert' in error ? error.cert : undefined;
  const names: unknown =
    typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : undefined;
  if (typeof names !== 'string') return '';
  const found = [...names.matchAll(/(?:DNS|IP Address):([\w.:*-]+)/g)].map(([, name]) => name);
  return found.length === 0 ? '' : `, ${found.slice(0, 3).join(', ')}`;
}

/** Nothing of the request has left when a proxy refuses. @param status what the proxy answered to CONNECT. */
function proxyRefusal(status: number, { url, variable }: HttpProxy): Failure {
  const code = 'proxy_refused';
  if (status === 407) {
    const hasCredentials = url.username !== '' || url.password !== '';
    return {
      kind: 'untrusted',
      code,
      why: hasCredentials
        ? 'it did not accept the user name and password (407)'
        : 'it requires a user name and password (407)',
      hint: `Set ${variable} to http://<user>:<password>@${url.host}, with special characters percent-encoded.`,
    };
  }
  if (status >= 500) {
    const hint = 'Try again; if it happens again, ask the administrator of the proxy whether it can reach the service.';
    return { kind: 'never_sent', code, why: `it could not make the connection (${status})`, hint };
  }
  const hint = `Ask the administrator of the proxy to allow it, or add the service to NO_PROXY if it can be reached without ${variable}.`;
  return { kind: 'untrusted', code, why: `it refused the connection (${status})`, hint };
}

/** fetch wraps the socket's error once or twice; the innermost one that has a code says what happened. */
function innermost(cause: unknown): {
  /** Empty where the error has none. */
  readonly code: string;
  readonly message: string;
  readonly error: Error;
  /** Nothing of the request can have left: the connection, or its TLS, was never complete. */
  readonly duringConnect: boolean;
} {
  let found = { code: '', message: '', error: new Error(String(cause)), duringConnect: false };
  let at: unknown = cause;
  for (let depth = 0; depth < 5 && at instanceof Error; depth++) {
    if (at instanceof ProxyError) return { ...found, error: at };
    const code = 'code' in at && typeof at.code === 'string' ? at.code : '';
    const duringConnect =
      ('syscall' in at && at.syscall === 'connect') || at.message.includes('before secure TLS connection');
    if (code !== '' || found.code === '') found = { code, message: at.message, error: at, duringConnect };
    at = at.cause;
  }
  return found;
}

/** What to do about a certificate whose issuer is not trusted here. @param nodeVersion such as `v20.1.0`. */
export function trustAdvice(env: Environment, nodeVersion: string): string {
  const problem = extraCertificatesProblem(env);
  if (problem !== null) return `${problem} Point it at a readable PEM file, then restart.`;
  const file = 'point NODE_EXTRA_CA_CERTS at its PEM file and restart';
  const advice = `If a proxy or company certificate is in the way, ${file}`;
  if (typeof Reflect.get(tls, 'getCACertificates') === 'function') {
    return `${advice}; the certificates that this computer trusts were tried too.`;
  }
  return `${advice}; with Node 22.15 or later (this is ${nodeVersion}), the certificates that this computer trusts are used without it.`;
}

/** Node warns about it once, in a line that hosts hide, and continues without the file. */
function extraCertificatesProblem(env: Environment): string | null {
  const path = env.NODE_EXTRA_CA_CERTS ?? '';
  if (path === '') return null;
  try {
    return /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(readFileSync(path, 'utf8'))
      ? null
      : `NODE_EXTRA_CA_CERTS names ${path}, which contains no certificate.`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return `NODE_EXTRA_CA_CERTS names ${path}, which cannot be read${code}.`;
  }
}
