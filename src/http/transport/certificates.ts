/** Whose certificates are trusted: Node's own and NODE_EXTRA_CA_CERTS always; this computer's where Node can read them. */
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { isLoopback } from '../../config/origin.ts';
import type { Environment } from '../../config/setting.ts';
import { UsageError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { HttpProxy } from './proxy.ts';

/**
 * What Node trusts and what this computer trusts, as PEM; null before Node 22.15, which cannot tell.
 * @throws whatever reading the computer's store throws
 */
export function systemCertificates(): readonly string[] | null {
  const read: unknown = Reflect.get(tls, 'getCACertificates');
  if (typeof read !== 'function') return null;
  const texts = ['default', 'system'].flatMap((store) => {
    const found: unknown = read(store);
    return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [];
  });
  return [...new Set(texts)];
}

/** What to do about a certificate whose issuer nobody here knows. @param nodeVersion such as `v20.1.0`. */
export function trustAdvice(env: Environment, nodeVersion: string): string {
  const problem = extraCertificatesProblem(env);
  if (problem !== null) return `${problem} Point it at a PEM file that can be read and start again.`;
  const file = 'point NODE_EXTRA_CA_CERTS at its PEM file and start again';
  const advice = `If a proxy or company certificate is in the way, ${file}`;
  if (typeof Reflect.get(tls, 'getCACertificates') === 'function') {
    return `${advice}; the certificates that this computer trusts were tried too.`;
  }
  return `${advice}; with Node 22.15 or later (this is ${nodeVersion}), what this computer trusts is trusted by itself.`;
}

/** Node warns of it once, in a line that hosts hide, and goes on without the file. */
function extraCertificatesProblem(env: Environment): string | null {
  const path = env.NODE_EXTRA_CA_CERTS ?? '';
  if (path === '') return null;
  try {
    return /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(readFileSync(path, 'utf8'))
      ? null
      : `NODE_EXTRA_CA_CERTS names ${path}, which holds no certificate.`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return `NODE_EXTRA_CA_CERTS names ${path}, which cannot be read${code}.`;
  }
}

/**
 * Without verification anybody on the way could read the token and answer for the service.
 * @throws UsageError where it is switched off, but for a service that is reached within this computer
 */
export function insistOnVerification(origin: string, proxy: HttpProxy | null, env: Environment, log: Log): void {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0' || !origin.startsWith('https:')) return;
  const within = isLoopback(new URL(origin).hostname) && (proxy === null || isLoopback(proxy.url.hostname));
  if (!within) {
    throw new UsageError(
      `NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the verification of certificates: the token is not sent to ${origin}.`,
      {
        hint: 'Unset NODE_TLS_REJECT_UNAUTHORIZED; for a company certificate, point NODE_EXTRA_CA_CERTS at its PEM file instead.',
      },
    );
  }
  log.warn(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: certificates are not verified. It is accepted for this computer only.',
  );
}
