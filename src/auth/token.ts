import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileErrorCode, type Machine, shellWord } from '../config/paths.ts';
import { AuthError } from '../core/errors.ts';

/**
 * What can be known of a token without asking the service. Neither length nor checksum is documented, so only the prefix
 * is looked at, and what people paste along. No sentence here ever repeats the token. Also reads one from the first line
 * of a file that the user names.
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

const MAX_BYTES = 16 * 1024;

/**
 * @returns the first line unchanged, and sentences for the log
 * @throws AuthError naming the file and what is wrong with it
 */
export function readTokenFile(
  path: string,
  machine: Machine,
): { readonly text: string; readonly warnings: readonly string[] } {
  const { bytes, mode } = readStart(path);
  if (bytes.length > MAX_BYTES) throw fileError(path, 'is too large to be a token file');
  const text =
    decode(bytes)
      .split(/\r?\n|\r/, 1)[0]
      ?.trim() ?? '';
  if (text === '') throw fileError(path, bytes.length === 0 ? 'is empty' : 'has an empty first line');
  const open = machine.platform !== 'win32' && (mode & 0o077) !== 0;
  const warning = `The token file ${path} can be read by other users of this computer: run \`chmod 600 ${shellWord(path, machine)}\``;
  return { text, warnings: open ? [warning] : [] };
}

function readStart(path: string): { bytes: Buffer; mode: number } {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'r');
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw fileError(path, 'is a folder');
    return { bytes: readUpTo(descriptor, MAX_BYTES + 1), mode: stats.isFile() ? stats.mode : 0 };
  } catch (cause) {
    if (cause instanceof AuthError) throw cause;
    throw fileError(
      path,
      REASONS[fileErrorCode(cause) ?? ''] ?? `cannot be read (${fileErrorCode(cause) ?? 'unknown error'})`,
      cause,
    );
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'cannot be read by this user',
  EPERM: 'cannot be read by this user',
};

// In a loop, since a pipe (`--token-file <(pass lucanto)`) gives what it has, which may be less than it will have.
function readUpTo(descriptor: number, limit: number): Buffer {
  const buffer = Buffer.alloc(limit);
  let length = 0;
  while (length < limit) {
    const read = readSync(descriptor, buffer, length, limit - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}

// Windows PowerShell 5 writes UTF-16 with `>`.
function decode(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}

function fileError(path: string, what: string, cause?: unknown): AuthError {
  return new AuthError('token_file', `The token file ${path} ${what}.`, {
    hint: {
      person:
        'Put the API key alone on the first line of that file, or leave out --token-file and LUCANTO_TOKEN_FILE and run `lucanto-mcp login`.',
      model: `Ask the user to put the API key alone on the first line of ${path}, or to run \`lucanto-mcp login\` without a token file.`,
    },
    cause,
  });
}
