/**
 * What can be known of a token without asking the service. Neither length nor checksum is documented, so only the prefix
 * is looked at, and what people paste along. No sentence here ever repeats the token.
 */

export const TOKEN_KINDS = ['personal', 'workspace', 'sandbox', 'unknown'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

const PREFIXES: readonly (readonly [string, TokenKind])[] = [
  ['lct_pat_', 'personal'],
  ['lct_live_', 'workspace'],
  ['lct_test_', 'sandbox'],
];

export const KIND_WORDS: Readonly<Record<TokenKind, string>> = {
  personal: 'personal API key',
  workspace: 'company API key',
  sandbox: 'sandbox API key',
  unknown: 'API key of an unknown kind',
};
/** Shorter ones cannot be masked in what is printed without masking ordinary words, and can be guessed. */
const SHORTEST = 12;

const PLAIN = /^lct_(pat|live|test)_\w+$/;
const INVISIBLE = /[\u200B-\u200D\u2060\uFEFF]/g;

/** @returns a sentence with the reason where this can be sent nowhere as a token */
export function checkToken(text: string):
  | {
      /** Cleaned of what was pasted along. */
      readonly token: string;
      readonly kind: TokenKind;
      /** What was taken away, one sentence each. */
      readonly notes: readonly string[];
      /** Why this is probably not a Lucanto token, one sentence, or null. The service has the last word. */
      readonly doubt: string | null;
    }
  | { readonly refusal: string } {
  // Most keys are plainly right, and a start has no time to ask each pattern below.
  if (PLAIN.test(text) && text.length >= SHORTEST) return { token: text, notes: [], kind: kindOf(text), doubt: null };
  const { token, notes } = strip(text);
  if (token === '') return { refusal: 'The API key is empty.' };
  if (/[\r\n]/.test(token)) return { refusal: 'The API key has a line break in it, so more than a key was pasted.' };
  if (/\s/.test(token)) return { refusal: 'The API key has a space in it, so more than a key was pasted.' };
  // Anything else cannot stand in an HTTP header.
  if (!/^[\x21-\x7e]+$/.test(token)) return { refusal: 'The API key contains characters that no key has.' };
  const doubt = doubtAbout(token);
  if (token.length < SHORTEST) {
    return { refusal: doubt ?? `The API key is too short: it has ${token.length} of at least ${SHORTEST} characters.` };
  }
  return { token, notes, kind: kindOf(token), doubt };
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
  without(/^(["'`“”‘’])(.*)["'`“”‘’]$/s, '$2', 'The quotes around the API key were left out.');
  without(/^(authorization\s*:\s*)?bearer(\s+|$)/i, '', '"Bearer" was pasted along and left out.');
  without(/^(["'`“”‘’])(.*)["'`“”‘’]$/s, '$2', 'The quotes around the API key were left out.');
  return { token, notes };
}

const DOUBTS: readonly { readonly applies: RegExp; readonly sentence: string }[] = [
  {
    applies: /^eyJ[\w-]*[.][\w-]+/,
    sentence: 'This is a JWT (a session token of some website), not an API key of Lucanto.',
  },
  {
    applies: /^\$\{|^\{\{|^<|^%\w+%$|^your[_-]/i,
    sentence: 'This is a placeholder that was never filled in, not an API key.',
  },
  {
    applies: /([.]{2,}|…|[*•]{2,})$/,
    sentence: 'The API key is cut off: Lucanto shows the whole key only once, when it is created.',
  },
  { applies: /^lct(_[a-z]*_?)?$/i, sentence: 'This is only the beginning of an API key.' },
  { applies: /^LCT_/, sentence: 'The API key is in capital letters, and keys are not.' },
  {
    applies: /^(sk|pk|rk|ghp|gho|github_pat|xox[a-z])[_-]/,
    sentence: 'This is a key of another service, not of Lucanto.',
  },
  { applies: /^https?:/i, sentence: 'This is a web address, not an API key.' },
];

function doubtAbout(token: string): string | null {
  const known = DOUBTS.find(({ applies }) => applies.test(token));
  if (known) return known.sentence;
  // A later kind of token may bring a prefix that is not known yet.
  if (/^lct_[a-z0-9]+_./.test(token)) return null;
  return 'This does not look like an API key of Lucanto: those begin with lct_pat_, lct_live_ or lct_test_.';
}
