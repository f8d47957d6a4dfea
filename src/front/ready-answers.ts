import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedSettings } from '../config/resolve.ts';
import { BUILD, VERSION } from '../core/command-name.ts';
import { isJsonObject } from '../core/json.ts';
import { parsedObject } from './opening-message.ts';

/**
 * Answers to the messages that a connection opens with, made by the real server and kept in one file: a line of JSON
 * that says what is where, the answers, one a line, with marks for what differs each time, and a copy of what was
 * cached when they were made. They count only for the same settings and exactly the same cache.
 */

/** Stand in an answer for the request's id, and for the note on why there is no token; neither occurs in JSON. */
export const ID_MARK = '\u0001';
export const NOTE_MARK = '\u0002';

const FORMAT = 2;

export interface ReadyAnswers {
  /** An answer with its marks, by protocol version and method: `2025-06-18 tools/list`. */
  readonly answers: ReadonlyMap<string, Buffer>;
  /** How long the note may be in the instructions. */
  readonly noteChars: number;
}

/** The settings that the answers depend on; that no other does is a test's to show. */
const RELEVANT = ['backend', 'workspace', 'readOnly', 'scopes', 'toolsets', 'confirm', 'demo'] as const;

/** All that the answers follow from besides the cache, as text: the same for the same answers only. */
export function readyKey(settings: Pick<ResolvedSettings, (typeof RELEVANT)[number]>, hasToken: boolean): string {
  return JSON.stringify([FORMAT, VERSION, BUILD, hasToken, ...RELEVANT.map((name) => settings[name])]);
}

/** Where the answers for a key are kept, beside what they were made from; the key itself is in the file. */
export function readyPath(folder: string, key: string): string {
  let hash = 0;
  for (let index = 0; index < key.length; index++) hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  return join(folder, `ready-${(hash >>> 0).toString(16).padStart(8, '0')}.txt`);
}

// How the remote endpoint wants to be spoken to, which no answer tells.
const NOT_ANSWERED_FROM = 'protocol.json';
// When a file was confirmed is no part of what it says, and it is confirmed at every refresh.
export const CONFIRMED = /^\{"fetchedAt":"([^"]+)",/;
const CONFIRMED_BYTES = 60;

/** What is cached for one token, without the times of confirmation. */
export interface CachedFiles {
  readonly contents: ReadonlyMap<string, Buffer>;
  /** Milliseconds since the epoch of the oldest confirmation; 0 where it cannot be told. */
  readonly confirmedAt: number;
}

/** @param folder of one origin and token; null where nothing is cached */
export function readCachedFiles(folder: string): CachedFiles | null {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== NOT_ANSWERED_FROM);
  } catch {
    return null;
  }
  if (names.length === 0) return null;
  const contents = new Map<string, Buffer>();
  let confirmedAt = Number.POSITIVE_INFINITY;
  for (const name of [...names].sort()) {
    const content = readFileSync(join(folder, name));
    const confirmed = CONFIRMED.exec(content.toString('latin1', 0, CONFIRMED_BYTES));
    confirmedAt = Math.min(confirmedAt, Date.parse(confirmed?.[1] ?? '') || 0);
    contents.set(name, content.subarray(confirmed?.[0].length ?? 0));
  }
  return { contents, confirmedAt };
}

/** The answers for a key and a cache in a file of `readyFile`; null where it was made from others, or is damaged. */
export function readyAnswersIn(file: Buffer, key: string, cached: CachedFiles | null): ReadyAnswers | null {
  const end = file.indexOf('\n');
  const header = end < 0 ? null : parsedObject(file.toString('utf8', 0, end));
  const body = file.subarray(end + 1);
  if (header === null || header.length !== body.length) return null;
  if (!isJsonObject(header.sets) || !isJsonObject(header.cached) || !isSameCache(header.cached, body, cached))
    return null;
  const set = Object.hasOwn(header.sets, key) ? header.sets[key] : null;
  if (!isJsonObject(set) || !isJsonObject(set.answers) || typeof set.noteChars !== 'number') return null;
  const answers = new Map<string, Buffer>();
  for (const [name, place] of Object.entries(set.answers)) {
    const answer = at(body, place);
    if (answer === null) return null;
    answers.set(name, answer);
  }
  return { answers, noteChars: set.noteChars };
}

/** Every file that is cached, byte by byte, and no other. */
function isSameCache(copies: Record<string, unknown>, body: Buffer, cached: CachedFiles | null): boolean {
  const contents = [...(cached?.contents ?? [])];
  const isEach = contents.every(([name, content]) => at(body, copies[name])?.equals(content) === true);
  return isEach && Object.keys(copies).length === contents.length;
}

function at(body: Buffer, place: unknown): Buffer | null {
  const [from, length]: unknown[] = Array.isArray(place) ? place : [];
  if (typeof from !== 'number' || typeof length !== 'number' || from + length > body.length) return null;
  return body.subarray(from, from + length);
}

/** An answer with the marks filled in, as a whole line. @param id @param note JSON */
export function filledIn(answer: Buffer, id: string, note: string): string {
  const filled = answer.toString('utf8').replaceAll(ID_MARK, () => id);
  return `${filled.replaceAll(NOTE_MARK, () => note)}\n`;
}

/** A file that is this user's alone; null for any other. */
export function readPrivate(path: string): Buffer | null {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const { uid, mode } = fstatSync(descriptor);
    const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
    return isOurs ? readFileSync(descriptor) : null;
  } catch {
    return null;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
