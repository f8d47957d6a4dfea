/** What fetch throws, sorted by the one question that matters for a retry: can the request have been sent? */
import { UnreachableError } from '../errors.ts';
import { certificateHint, certificateProblem, issuedFor } from './certificate-error.ts';
import { proxyRefusal } from './proxy-error.ts';
import type { NetworkFailureKind } from './retry.ts';
import type { HttpProxy } from './transport/proxy.ts';
import { ProxyError } from './transport/tunnel.ts';

export interface NetworkFailure {
  readonly kind: NetworkFailureKind;
  readonly error: UnreachableError;
  /** A certificate that nobody who is trusted here vouches for. */
  readonly unknownIssuer: boolean;
}

/** The way that a request takes. */
export interface Way {
  readonly origin: string;
  readonly proxy: HttpProxy | null;
  /** What to do about a certificate that is not trusted here. */
  readonly trustAdvice: () => string;
}

/** What went wrong between this computer and a peer, which is the service or the proxy before it. */
export interface Trouble {
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
export function networkFailure(cause: unknown, way: Way): NetworkFailure {
  const { origin, proxy } = way;
  const found = chain(cause);
  const fail = (trouble: Trouble, where: string): NetworkFailure => ({
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
function troubleWith(peer: string, setting: string, found: Found, way: Way): Trouble {
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
