/** What is wrong with a certificate, and what helps: each kind of problem has a fix of its own. */

export interface CertificateProblem {
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
export function certificateHint(
  { fix }: CertificateProblem,
  whose: string,
  setting: string,
  trustAdvice: string,
): string {
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
export function issuedFor(error: Error): string {
  const cert: unknown = 'cert' in error ? error.cert : undefined;
  const names: unknown =
    typeof cert === 'object' && cert !== null && 'subjectaltname' in cert ? cert.subjectaltname : undefined;
  if (typeof names !== 'string') return '';
  const found = [...names.matchAll(/(?:DNS|IP Address):([\w.:*-]+)/g)].map(([, name]) => name);
  return found.length === 0 ? '' : `, ${found.slice(0, 3).join(', ')}`;
}
