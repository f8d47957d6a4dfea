import { UnreachableError } from '../core/errors.ts';
import { type HttpProxy, ProxyError } from './proxy.ts';
import type { NetworkFailureKind } from './retry.ts';

/** What is wrong with a certificate, and what helps: each kind of problem has a fix of its own. */

interface CertificateProblem {
  /** A clause after "its certificate". */
  readonly what: string;
  readonly fix: 'trust' | 'renew' | 'name';
}

const PROBLEMS: Readonly<Record<string, CertificateProblem>> = {
  CERT_HAS_EXPIRED: { what: 'has expired', fix: 'renew' },
  CERT_NOT_YET_VALID: { what: 'is not valid yet', fix: 'renew' },
  CERT_REVOKED: { what: 'was revoked', fix: 'renew' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { what: 'is self-signed', fix: 'trust' },
  SELF_SIGNED_CERT_IN_CHAIN: { what: 'was issued by somebody who is not known here', fix: 'trust' },
  UNABLE_TO_GET_ISSUER_CERT: { what: 'was issued by somebody who is not known here', fix: 'trust' },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { what: 'was issued by somebody who is not known here', fix: 'trust' },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { what: 'was issued by somebody who is not known here', fix: 'trust' },
  ERR_TLS_CERT_ALTNAME_INVALID: { what: 'is for another name', fix: 'name' },
};

export function certificateProblem(code: string): CertificateProblem | undefined {
  return PROBLEMS[code];
}

/** @param whose `https://app.lucanto.eu`, or a proxy. @param setting what names it. @param trustAdvice for an unknown issuer. */
function certificateHint({ fix }: CertificateProblem, whose: string, setting: string, trustAdvice: string): string {
  switch (fix) {
    case 'trust':
      return trustAdvice;
    case 'renew':
      return `Check the clock of this computer; if it is right, whoever runs ${whose} must renew the certificate.`;
    case 'name':
      return `Check ${setting}: it must be the name that the certificate was issued for.`;
  }
}

/** The names that a certificate was issued for, from Node's own error; empty where it does not say. */
function issuedFor(error: Error): string {
  const cert: unknown = 'cert' in error ? error.cert : undefined;
  const names: unknown =
    typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : undefined;
  if (typeof names !== 'string') return '';
  const found = [...names.matchAll(/(?:DNS|IP Address):([\w.:*-]+)/g)].map(([, name]) => name);
  return found.length === 0 ? '' : `, ${found.slice(0, 3).join(', ')}`;
}

/** What a proxy's refusal to make a connection means, and what helps. Nothing of the request has left by then. */
/** @param status what the proxy answered to CONNECT. */
function proxyRefusal(status: number, { url, variable }: HttpProxy): Failure {
  const code = 'proxy_refused';
  if (status === 407) {
    const given = url.username !== '' || url.password !== '';
    return {
      kind: 'untrusted',
      code,
      why: given ? 'it did not accept the user name and password (407)' : 'it wants a user name and password (407)',
      hint: `Set ${variable} to http://<user>:<password>@${url.host}, with special characters percent-encoded.`,
    };
  }
  if (status >= 500) {
    const hint = 'Try again; if it stays so, ask whoever runs the proxy whether it reaches the service.';
    return { kind: 'never_sent', code, why: `it could not make the connection (${status})`, hint };
  }
  const hint = `Ask whoever runs the proxy to allow it, or name the service in NO_PROXY if it is reached without ${variable}.`;
  return { kind: 'untrusted', code, why: `it refused the connection (${status})`, hint };
}

/** What fetch throws, sorted by the one question that matters for a retry: can the request have been sent? */
export interface NetworkFailure {
  readonly kind: NetworkFailureKind;
  readonly error: UnreachableError;
  /** A certificate that nobody who is trusted here vouches for. */
  readonly unknownIssuer: boolean;
}

/** The way that a request takes. */
interface Connection {
  readonly origin: string;
  readonly proxy: HttpProxy | null;
  /** What to do about a certificate that is not trusted here. */
  readonly trustAdvice: () => string;
}

/** What went wrong between this computer and a peer, which is the service or the proxy before it. */
interface Failure {
  readonly kind: NetworkFailureKind;
  readonly code: string;
  /** A clause. */
  readonly why: string;
  readonly hint: string;
  readonly unknownIssuer?: boolean;
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

/** @param cause what fetch or the reading of a body threw. */
export function networkFailure(cause: unknown, way: Connection): NetworkFailure {
  const { origin, proxy } = way;
  const found = chain(cause);
  const fail = (trouble: Failure, where: string): NetworkFailure => ({
    kind: trouble.kind,
    error: new UnreachableError(trouble.code, `${where}: ${trouble.why}.`, { hint: trouble.hint, cause }),
    unknownIssuer: trouble.unknownIssuer === true,
  });
  const gone = `${origin} could not be reached`;
  if (proxy === null) return fail(troubleWith(origin, '--url', found, way), gone);
  const name = `the proxy ${proxy.host} of ${proxy.variable}`;
  if (!(found.error instanceof ProxyError)) {
    return fail(troubleWith(origin, '--url', found, way), `${gone} through ${name}`);
  }
  if (found.error.status !== null) return fail(proxyRefusal(found.error.status, proxy), `${gone} through ${name}`);
  const trouble = troubleWith(name, proxy.variable, chain(found.error.cause), way);
  // Without a tunnel nothing was sent, however it broke off.
  const kind = trouble.kind === 'lost' ? 'never_sent' : trouble.kind;
  return fail({ ...trouble, kind }, `${gone} because ${name} could not be reached`);
}

/** @param peer who was spoken to. @param setting what names it. */
function troubleWith(peer: string, setting: string, found: Found, way: Connection): Failure {
  const { code } = found;
  const problem = certificateProblem(code);
  if (problem !== undefined) {
    return {
      kind: 'untrusted',
      code: 'tls',
      why: `its certificate ${problem.what}${issuedFor(found.error)} (${code})`,
      hint: certificateHint(problem, peer, setting, way.trustAdvice()),
      unknownIssuer: problem.fix === 'trust',
    };
  }
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO') {
    const why = `it did not speak TLS as expected (${code})`;
    return { kind: 'untrusted', code: 'tls', why, hint: `Check ${setting}. ${way.trustAdvice()}` };
  }
  const never = NEVER_CONNECTED[code];
  if (never !== undefined) {
    const hint = `Check the network and ${setting}, then try again.`;
    return { kind: 'never_sent', code: code.toLowerCase(), why: `${never} (${code})`, hint };
  }
  if (found.duringConnect) {
    const why = 'the connection broke off while it was made';
    return { kind: 'never_sent', code: 'no_connection', why, hint: 'Check the network, then try again.' };
  }
  if (found.message === 'bad port') {
    const why = 'its port is one that no web request may go to';
    return { kind: 'untrusted', code: 'bad_port', why, hint: `Give ${setting} another port.` };
  }
  if (code.startsWith('HPE_')) {
    const why = `what answered there does not speak HTTP (${code})`;
    return { kind: 'lost', code: 'not_http', why, hint: `Check ${setting}.` };
  }
  const why = code === '' ? 'the connection broke off' : `the connection broke off (${code})`;
  return { kind: 'lost', code: 'connection_lost', why, hint: 'Try again.' };
}

interface Found {
  /** Empty where there is none. */
  readonly code: string;
  readonly message: string;
  readonly error: Error;
  /** Nothing of the request can have left: the connection, or its TLS, never stood. */
  readonly duringConnect: boolean;
}

/** fetch wraps the socket's error once or twice; the innermost one that has a code tells what happened. */
function chain(cause: unknown): Found {
  let found: Found = { code: '', message: '', error: new Error(String(cause)), duringConnect: false };
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
