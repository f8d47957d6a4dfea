import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedSettings } from '../config/resolve.ts';
import { isJsonObject } from '../core/json.ts';
import { BUILD, VERSION } from '../core/version.ts';

/**
 * Answers to the messages that a connection opens with, made by the real server and kept in one file: a line of JSON
 * that says which answer is on which line, then the answers, one a line, with marks for what differs each time.
 */

/** Stand in an answer for the request's id, and for the note on why there is no token; neither occurs in JSON. */
export const ID_MARK = '\u0001';
export const NOTE_MARK = '\u0002';

const FORMAT = 1;

export interface ReadyAnswers {
  /** An answer with its marks, by protocol version and method: `2025-06-18 tools/list`. */
  readonly answers: ReadonlyMap<string, string>;
  /** How long the note may be in the instructions. */
  readonly noteChars: number;
}

/** The settings that the answers depend on; that no other does is a test's to show. */
const RELEVANT = ['backend', 'workspace', 'readOnly', 'scopes', 'toolsets', 'confirm', 'demo'] as const;

export interface AnswerInputs {
  readonly settings: Pick<ResolvedSettings, (typeof RELEVANT)[number]>;
  readonly hasToken: boolean;
  /** Digest of what is cached for the token; empty where nothing is. */
  readonly cached: string;
}

/** The same for the same answers only. */
export function readyKey({ settings, hasToken, cached }: AnswerInputs): string {
  const values = RELEVANT.map((name) => settings[name]);
  return digest([FORMAT, VERSION, BUILD, hasToken, cached, ...values]);
}

function digest(values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 32);
}

// How the remote endpoint wants to be spoken to, which no answer tells.
const NOT_ANSWERED_FROM = 'protocol.json';
// When a file was confirmed is no part of what it says, and it is confirmed at every refresh.
export const CONFIRMED = /^\{"fetchedAt":"([^"]{20,30})",/;

/** What is cached for one token. */
export interface CachedFiles {
  readonly digest: string;
  /** Milliseconds since the epoch of the oldest confirmation; 0 where it cannot be told. */
  readonly confirmedAt: number;
}

/** @param folder of one origin and token; null where it cannot be read */
export function readCachedFiles(folder: string): CachedFiles | null {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== NOT_ANSWERED_FROM);
  } catch {
    return null;
  }
  if (names.length === 0) return null;
  const hash = createHash('sha256');
  let confirmedAt = Number.POSITIVE_INFINITY;
  for (const name of [...names].sort()) {
    const text = readFileSync(join(folder, name), 'utf8');
    const confirmed = CONFIRMED.exec(text);
    confirmedAt = Math.min(confirmedAt, Date.parse(confirmed?.[1] ?? '') || 0);
    hash.update(`${name}\n${text.length}\n`).update(confirmed === null ? text : text.slice(confirmed[0].length));
  }
  return { digest: hash.digest('hex'), confirmedAt };
}

/** Where the answers for a key are kept, beside what they were made from. */
export function readyPath(folder: string, key: string): string {
  return join(folder, `ready-${key}.txt`);
}

/** @param sets by key */
export function readyText(sets: ReadonlyMap<string, ReadyAnswers>): string {
  const lines: string[] = [];
  const index = [...sets].map(([key, { answers, noteChars }]) => {
    const at = [...answers].map(([name, answer]) => {
      const known = lines.indexOf(answer);
      if (known >= 0) return [name, known];
      lines.push(answer);
      return [name, lines.length - 1];
    });
    return [key, { noteChars, lines: Object.fromEntries(at) }];
  });
  return [JSON.stringify(Object.fromEntries(index)), ...lines, ''].join('\n');
}

/** The answers for a key in a text of `readyText`, null where it has none or is damaged. */
export function readyAnswersIn(text: string, key: string): ReadyAnswers | null {
  const lines = text.split('\n');
  const sets = parsed(lines[0] ?? '');
  const set = isJsonObject(sets) && Object.hasOwn(sets, key) ? sets[key] : null;
  // The last line is whole only where the text ends with a line break.
  if (!isJsonObject(set) || !isJsonObject(set.lines) || lines.at(-1) !== '') return null;
  const answers = Object.entries(set.lines).map(([name, at]): [string, string | undefined] => [
    name,
    typeof at === 'number' ? lines[at + 1] : undefined,
  ]);
  const found = answers.filter((entry): entry is [string, string] => entry[1]?.startsWith('{') === true);
  if (found.length < answers.length || typeof set.noteChars !== 'number') return null;
  return { answers: new Map(found), noteChars: set.noteChars };
}

/** A file that is this user's alone; null for any other. */
export function readPrivate(path: string): string | null {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const { uid, mode } = fstatSync(descriptor);
    const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
    return isOurs ? readFileSync(descriptor, 'utf8') : null;
  } catch {
    return null;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
