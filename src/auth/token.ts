/**
 * What can be said of a token without asking the service. Lengths and checksum are unknown (lucanto-api.md section 2),
 * so only the prefix is looked at, and what people paste along. No sentence here ever repeats the token.
 */

export type TokenKind = 'personal' | 'workspace' | 'sandbox' | 'unknown';

export const TOKEN_KINDS: readonly TokenKind[] = ['personal', 'workspace', 'sandbox', 'unknown'];

const PREFIXES: readonly (readonly [string, TokenKind])[] = [
  ['lct_pat_', 'personal'],
  ['lct_live_', 'workspace'],
  ['lct_test_', 'sandbox'],
];

export const KIND_WORDS: Readonly<Record<TokenKind, string>> = {
  personal: 'personal access token',
  workspace: 'workspace token',
  sandbox: 'sandbox token',
  unknown: 'token of an unknown kind',
};

interface CheckedToken {
  /** Cleaned of what was pasted along. */
  readonly token: string;
  readonly kind: TokenKind;
  /** What was taken away, one sentence each. */
  readonly notes: readonly string[];
  /** Why this is probably no Lucanto token, one sentence, or null. The service has the last word. */
  readonly doubt: string | null;
}

/** A sentence saying why this can be sent nowhere as a token. */
interface UnusableToken {
  readonly refusal: string;
}

const INVISIBLE = /[\u200B-\u200D\u2060\uFEFF]/g;

export function checkToken(text: string): CheckedToken | UnusableToken {
  const { token, notes } = strip(text);
  if (token === '') return { refusal: 'The token is empty.' };
  if (/[\r\n]/.test(token)) return { refusal: 'The token has a line break in it, so more than a token was pasted.' };
  if (/\s/.test(token)) return { refusal: 'The token has a space in it, so more than a token was pasted.' };
  // Anything else cannot stand in an HTTP header.
  if (!/^[\x21-\x7e]+$/.test(token)) return { refusal: 'The token holds characters that no token has.' };
  return { token, notes, kind: kindOf(token), doubt: doubtAbout(token) };
}

function kindOf(token: string): TokenKind {
  return PREFIXES.find(([prefix]) => token.startsWith(prefix))?.[1] ?? 'unknown';
}

function strip(text: string): { token: string; notes: string[] } {
  const notes: string[] = [];
  let token = text.replace(INVISIBLE, '').trim();
  const without = (pattern: RegExp, replacement: string, note: string) => {
    const shorter = token.replace(pattern, replacement).trim();
    if (shorter !== token) notes.push(note);
    token = shorter;
  };
  without(/^(export\s+)?LUCANTO_TOKEN\s*=/, '', 'LUCANTO_TOKEN= was pasted along and left out.');
  without(/^(["'`“”‘’])(.*)["'`“”‘’]$/s, '$2', 'The quotes around the token were left out.');
  without(/^(authorization\s*:\s*)?bearer(\s+|$)/i, '', '"Bearer" was pasted along and left out.');
  without(/^(["'`“”‘’])(.*)["'`“”‘’]$/s, '$2', 'The quotes around the token were left out.');
  return { token, notes };
}

const DOUBTS: readonly { readonly applies: RegExp; readonly sentence: string }[] = [
  {
    applies: /^eyJ[\w-]*[.][\w-]+/,
    sentence: 'This is a JWT (a session token of some website), not an API token of Lucanto.',
  },
  {
    applies: /^\$\{|^\{\{|^<|^%\w+%$|^your[_-]/i,
    sentence: 'This is a placeholder that was never filled in, not a token.',
  },
  {
    applies: /([.]{2,}|…|[*•]{2,})$/,
    sentence: 'The token is cut off: the app shows it whole only once, when it is made.',
  },
  { applies: /^lct(_[a-z]*_?)?$/i, sentence: 'This is only the beginning of a token.' },
  { applies: /^LCT_/, sentence: 'The token is in capitals, and tokens are not.' },
  {
    applies: /^(sk|pk|rk|ghp|gho|github_pat|xox[a-z])[_-]/,
    sentence: 'This is a token of another service, not of Lucanto.',
  },
  { applies: /^https?:/i, sentence: 'This is a web address, not a token.' },
];

function doubtAbout(token: string): string | null {
  const known = DOUBTS.find(({ applies }) => applies.test(token));
  if (known) return known.sentence;
  // A later kind of token may bring a prefix that is not known yet.
  if (/^lct_[a-z0-9]+_./.test(token)) return null;
  return 'This does not look like a token of Lucanto: those begin with lct_pat_, lct_live_ or lct_test_.';
}
