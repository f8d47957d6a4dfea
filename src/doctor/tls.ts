import { isIP, type Socket } from 'node:net';
import { connect as connectSecurely, type PeerCertificate } from 'node:tls';
import { VERSION } from '../core/command-name.ts';
import { certificateProblem } from '../http/network-error.ts';
import { requireTlsVerification } from '../http/proxy.ts';
import { userAgent } from '../http/request.ts';
import { systemCertificates, Transport } from '../http/transport.ts';
import { type Check, type CheckResult, type DoctorContext, fail, ok, skip, warn } from './check.ts';
import { failure, openSocket, routeOf } from './network.ts';

/**
 * The service's certificate, verified as the HTTP client does it (one that fails is read all the same, to describe it),
 * and its clock.
 */
const SOON_MS = 14 * 24 * 60 * 60_000;

const tlsCheck: Check = {
  id: 'tls',
  title: 'Encryption',
  needs: ['tcp'],
  run: async (context, { signal }) => {
    const route = routeOf(context);
    if (route.url.protocol === 'http:') return skip('not needed for plain http on this computer');
    requireTlsVerification(route.origin, route.proxy, context.computer.env, context.log);
    try {
      const first = await shakeHands(route, null, signal);
      const code = first.problem?.code ?? '';
      const system = certificateProblem(code)?.fix === 'trust' ? systemCertificates() : null;
      if (system === null) return evaluate(first, '', route, context);
      const second = await shakeHands(route, system, signal);
      return evaluate(second, second.problem === null ? ', trusted by this computer' : '', route, context);
    } catch (error) {
      return failure(error, route, context);
    }
  },
};

/** @param how it came to be trusted; empty where Node trusts it by itself */
function evaluate(
  { certificate, problem }: Awaited<ReturnType<typeof shakeHands>>,
  how: string,
  route: ReturnType<typeof routeOf>,
  context: DoctorContext,
): CheckResult {
  const until = Date.parse(certificate.valid_to);
  const day = Number.isNaN(until) ? certificate.valid_to : new Date(until).toISOString().slice(0, 10);
  const detail = `issued by ${issuerOf(certificate)}, valid until ${day}${how}`;
  if (problem !== null) {
    const found = failure(problem, route, context);
    return { ...found, detail: `${found.detail} It was ${detail}.` };
  }
  if (until - context.clock() > SOON_MS || Number.isNaN(until)) return ok(detail);
  return warn(
    `The certificate expires soon: ${detail}.`,
    `Ask the operator of ${route.origin} to renew the certificate before ${day}.`,
  );
}

/** @param trusted PEM, in place of what Node trusts by itself */
async function shakeHands(route: ReturnType<typeof routeOf>, trusted: readonly string[] | null, signal: AbortSignal) {
  const socket = await openSocket(route, signal);
  try {
    return await encrypt(socket, route, trusted, signal);
  } finally {
    socket.destroy();
  }
}

function encrypt(
  socket: Socket,
  { host }: ReturnType<typeof routeOf>,
  trusted: readonly string[] | null,
  signal: AbortSignal,
): Promise<{ readonly certificate: PeerCertificate; readonly problem: ReturnType<typeof problemOf> | null }> {
  return new Promise((resolve, reject) => {
    const secure = connectSecurely({
      socket,
      host,
      ...(isIP(host) === 0 && { servername: host }),
      ...(trusted !== null && { ca: [...trusted] }),
      ALPNProtocols: ['http/1.1'],
      // To see what is wrong with it. Nothing is sent, and the connection is closed at once.
      rejectUnauthorized: false,
    });
    secure.once('error', reject);
    secure.once('close', () => reject(new Error('the connection was closed')));
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
function problemOf(code: string, cert: PeerCertificate): Error & { readonly code: string } {
  const error = Object.assign(new Error(code), { code });
  return certificateProblem(code)?.fix === 'name' ? Object.assign(error, { cert }) : error;
}

function issuerOf({ issuer }: PeerCertificate): string {
  const named = [issuer?.O, issuer?.CN].flat().filter((name) => typeof name === 'string' && name !== '');
  return named.length === 0 ? 'an issuer without a name' : [...new Set(named)].join(', ');
}

const MINUTE_MS = 60_000;

/** Certificates last for weeks, idempotency keys for a day: beyond that things fail. */
const FAILS_FROM_MS = 24 * 60 * MINUTE_MS;

const WARNS_FROM_MS = 2 * MINUTE_MS;

/** Compared with the service's, which gives the time in every answer. */
const clockCheck: Check = {
  id: 'clock',
  title: 'Clock',
  needs: ['tls'],
  late: { state: 'skip', detail: 'the service did not answer in time' },
  run: async (context, { signal }) => {
    const { clock } = context;
    const before = clock();
    let date: string | null;
    try {
      date = await askDate(context, signal);
    } catch (error) {
      return skip(failure(error, routeOf(context), context).detail);
    }
    const here = (before + clock()) / 2;
    const there = date === null ? Number.NaN : Date.parse(date);
    if (Number.isNaN(there)) return skip('the service does not give its time');
    const off = Math.abs(here - there);
    if (off < WARNS_FROM_MS) return ok("agrees with the service's");
    const detail = `This computer's clock is ${amount(off)} ${here > there ? 'ahead of' : 'behind'} the service's.`;
    const fix = 'Set the clock of this computer; its settings can do that automatically.';
    return off < FAILS_FROM_MS ? warn(detail, fix) : fail(detail, fix);
  },
};

/** Without the API key, whatever the answer. */
async function askDate({ origin, settings, computer, runtime, log }: DoctorContext, signal: AbortSignal) {
  const { env } = computer;
  const transport = new Transport({
    origin,
    env,
    embedded: settings.demo,
    publicOnly: false,
    nodeVersion: runtime.nodeVersion,
    log,
  });
  const request = () =>
    new Request(`${origin}/api/v1/openapi.json`, {
      method: 'HEAD',
      redirect: 'manual',
      headers: { 'User-Agent': userAgent(VERSION) },
    });
  const response = await transport.send(request(), signal, true).catch((error: unknown) => {
    if (signal.aborted || !transport.trustSystem()) throw error;
    return transport.send(request(), signal, true);
  });
  await response.body?.cancel();
  return response.headers.get('date');
}

function amount(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}

export const TLS_CHECKS: readonly Check[] = [tlsCheck, clockCheck];
