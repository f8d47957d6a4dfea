/** The service's certificate, judged as the HTTP client judges it; a bad one is read all the same, to say what it is. */
import { isIP, type Socket } from 'node:net';
import { connect, type PeerCertificate } from 'node:tls';
import { certificateProblem } from '../../http/certificate-error.ts';
import { insistOnVerification, systemCertificates } from '../../http/transport/certificates.ts';
import { type Check, type Finding, ok, skip, warn } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import { failure, openSocket, type Route, routeOf } from './route.ts';

const SOON_MS = 14 * 24 * 60 * 60_000;

export const tlsCheck: Check = {
  id: 'tls',
  title: 'Certificate',
  needs: ['tcp'],
  run: async (context, { signal }) => {
    const route = routeOf(context);
    if (route.url.protocol === 'http:') return skip('not needed: plain http within this computer');
    insistOnVerification(route.origin, route.proxy, context.place.env, context.log);
    try {
      const first = await shakeHands(route, null, signal);
      const code = first.problem?.code ?? '';
      const system = certificateProblem(code)?.fix === 'trust' ? systemCertificates() : null;
      if (system === null) return judge(first, '', route, context);
      const second = await shakeHands(route, system, signal);
      return judge(second, second.problem === null ? ', trusted by this computer' : '', route, context);
    } catch (error) {
      return failure(error, route, context);
    }
  },
};

interface Handshake {
  readonly certificate: PeerCertificate;
  readonly problem: (Error & { readonly code: string }) | null;
}

function judge({ certificate, problem }: Handshake, how: string, route: Route, context: DoctorContext): Finding {
  const until = Date.parse(certificate.valid_to);
  const day = Number.isNaN(until) ? certificate.valid_to : new Date(until).toISOString().slice(0, 10);
  const detail = `issued by ${issuerOf(certificate)}, valid until ${day}${how}`;
  if (problem !== null) {
    const found = failure(problem, route, context);
    return { ...found, detail: `${found.detail} It was ${detail}.` };
  }
  if (until - context.clock() > SOON_MS || Number.isNaN(until)) return ok(detail);
  return warn(detail, `Whoever runs ${route.origin} must renew the certificate before that day.`);
}

/** @param trusted PEM, in place of what Node trusts by itself */
async function shakeHands(route: Route, trusted: readonly string[] | null, signal: AbortSignal): Promise<Handshake> {
  const socket = await openSocket(route, signal);
  try {
    return await encrypt(socket, route, trusted, signal);
  } finally {
    socket.destroy();
  }
}

function encrypt(
  socket: Socket,
  { host }: Route,
  trusted: readonly string[] | null,
  signal: AbortSignal,
): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const secure = connect({
      socket,
      host,
      ...(isIP(host) === 0 && { servername: host }),
      ...(trusted !== null && { ca: [...trusted] }),
      ALPNProtocols: ['http/1.1'],
      // To see what is wrong with it. Nothing is sent, and the connection is closed at once.
      rejectUnauthorized: false,
    });
    secure.once('error', reject);
    secure.once('close', () => reject(new Error('the connection broke off')));
    signal.addEventListener('abort', () => secure.destroy(signal.reason), { once: true });
    secure.once('secureConnect', () => {
      const certificate = secure.getPeerCertificate();
      const { authorizationError: problem } = secure;
      // The types promise an Error; it is the code of one.
      const code = problem instanceof Error && 'code' in problem ? String(problem.code) : String(problem ?? '');
      resolve({
        certificate,
        problem: secure.authorized ? null : problemOf(code, certificate),
      });
      secure.destroy();
    });
  });
}

/** As Node's own errors are: only one about names brings the certificate along. */
function problemOf(code: string, cert: PeerCertificate): Handshake['problem'] {
  const error = Object.assign(new Error(code), { code });
  return certificateProblem(code)?.fix === 'name' ? Object.assign(error, { cert }) : error;
}

function issuerOf({ issuer }: PeerCertificate): string {
  const named = [issuer?.O, issuer?.CN].flat().filter((name) => typeof name === 'string' && name !== '');
  return named.length === 0 ? 'somebody who gives no name' : [...new Set(named)].join(', ');
}
