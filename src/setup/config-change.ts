import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../core/json.ts';
import { redact } from '../core/log.ts';
import type { Client } from './client.ts';
import type { Computer } from './computer.ts';
import {
  type ConfigFile,
  type FileProblem,
  removeEmptyFolder,
  replaceConfigFile,
  withBom,
  writeBeside,
} from './config-file.ts';
import { inspectFile, type ReadableFile } from './inspect-file.ts';
import { editText } from './text/config-text.ts';

/** A copy of a client's file beside it, before setup changes it. */
const ENDING = '.lucanto-backup';
const GONE = '[token taken out by lucanto-mcp]';
const MAX_IN_A_SECOND = 100;

/** @returns the backup's name. @param secrets what must not stand in it */
function backUp(file: ConfigFile, secrets: readonly string[], now: number): { name: string } | FileProblem {
  const bytes = withoutSecrets(file.bytes ?? Buffer.alloc(0), secrets);
  const time = new Date(now).toISOString().replace(/[-:]|[.]\d+/g, '');
  const first = basename(file.path) + ENDING;
  for (let attempt = 0; attempt < MAX_IN_A_SECOND; attempt += 1) {
    const name = [first, ...(attempt > 0 ? [time] : []), ...(attempt > 1 ? [attempt] : [])].join('-');
    const written = writeBeside(file, name, bytes);
    if (written === 'done') return { name };
    if (written !== 'taken') return written;
  }
  return { problem: 'has too many backups beside it' };
}

/** Every backup of a file, the oldest first. */
function backupsOf(file: ConfigFile): readonly { readonly path: string; readonly bytes: Buffer }[] {
  const folder = dirname(file.path);
  try {
    const names = readdirSync(folder).filter((name) => name.startsWith(basename(file.path) + ENDING));
    return names.sort().map((name) => ({ path: join(folder, name), bytes: readFileSync(join(folder, name)) }));
  } catch {
    return [];
  }
}

function withoutSecrets(bytes: Buffer, secrets: readonly string[]): Buffer {
  if (secrets.length === 0) return bytes;
  // As a file may spell it: plainly, or with JSON's escapes.
  const spellings = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return Buffer.from(spellings.reduce((text, secret) => text.replaceAll(secret, GONE), bytes.toString('utf8')));
}

/** Puts our entry into one file of a client, or takes it out. */
type Change =
  | { readonly outcome: 'unchanged' }
  /** The text that the file is to have; null where there is to be no file. */
  | { readonly outcome: 'changed'; readonly text: string | null; readonly restored: readonly string[] }
  /** Completes "the file …". */
  | { readonly outcome: 'failed'; readonly problem: string };

/** What a write did. */
export type Written =
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'changed'; readonly backup: string | null }
  | { readonly outcome: 'failed'; readonly problem: string };

/** Decides what is to become of a file; writes nothing. @param entry null takes ours out */
export async function planChange(client: Client, file: ReadableFile, entry: JsonObject | null): Promise<Change> {
  const isThere = file.recognised.kind !== 'none';
  if (entry === null ? !isThere : isDeepStrictEqual(file.entry, entry)) return { outcome: 'unchanged' };
  if (entry === null && file.entry !== null) {
    const original = await originalOf(client, file, file.entry);
    if (original !== null) return { outcome: 'changed', ...original };
  }
  const edited = await editText(client.format, file.config.text, file.at, entry);
  if ('problem' in edited) return { outcome: 'failed', problem: edited.problem };
  return { outcome: 'changed', text: edited.value, restored: [] };
}

/**
 * Writes with a backup, in one step. A file that was changed since it was read is read once more.
 * @param decide what is to become of what the file holds then
 * @param secrets what must not stand in the backup
 */
export async function writeChange(
  client: Client,
  place: Computer,
  file: ReadableFile,
  decide: (file: ReadableFile) => Promise<Change>,
  secrets: readonly string[],
  now: number,
): Promise<Written> {
  const first = await attempt(place, file, await decide(file), secrets, now);
  if (first !== 'meanwhile') return first;
  const again = await inspectFile(client, place, file.at.name, file.file);
  if (again.state === 'broken') return { outcome: 'failed', problem: again.problem };
  const second = await attempt(place, again, await decide(again), secrets, now);
  return second === 'meanwhile' ? { outcome: 'failed', problem: 'is being changed by another program' } : second;
}

async function attempt(
  place: Computer,
  { config }: ReadableFile,
  change: Change,
  secrets: readonly string[],
  now: number,
): Promise<Written | 'meanwhile'> {
  if (change.outcome !== 'changed') return change;
  // What setup itself made needs no backup, nor does what is put back as it was.
  const keep = config.bytes !== null && change.text !== null && change.restored.length === 0;
  if (keep && (config.mode & 0o222) === 0) return { outcome: 'failed', problem: 'is read-only' };
  const backup = keep ? backUp(config, secrets, now) : null;
  if (backup !== null && 'problem' in backup) return { outcome: 'failed', problem: backup.problem };
  const written = replaceConfigFile(config, change.text);
  if (written === 'meanwhile') return written;
  if (written !== 'done') return { outcome: 'failed', problem: written.problem };
  for (const path of change.restored) rmSync(path, { force: true });
  if (change.text === null) tidyUp(place, dirname(config.path));
  return { outcome: 'changed', backup: backup?.name ?? null };
}

/** A folder that is left empty would look as if the client were installed. */
function tidyUp({ machine, onDisk }: Computer, folder: string): void {
  const between = relative(onDisk(machine.home), folder);
  const isBelowHome = between !== '' && !between.startsWith('..') && !isAbsolute(between);
  if (isBelowHome) removeEmptyFolder(folder);
}

/**
 * What the file was before our entry came, where adding the entry to it gives exactly what is there now:
 * so that nothing remains, not even an empty list of servers that was not there before.
 */
async function originalOf(
  client: Client,
  { config, at }: ReadableFile,
  entry: JsonObject,
): Promise<{ text: string | null; restored: readonly string[] } | null> {
  const makesThis = async (text: string) => {
    const edited = await editText(client.format, text, at, entry);
    return 'value' in edited && withBom(config, edited.value).equals(config.bytes ?? Buffer.alloc(0));
  };
  const backups = backupsOf(config);
  for (const { path, bytes } of backups) {
    const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
    // A backup with an earlier entry of that name in it is no original.
    const bare = await editText(client.format, text, at, null);
    if ('value' in bare && bare.value === text && (await makesThis(text))) return { text, restored: [path] };
  }
  const isOurFile = backups.length === 0 && config.path === config.target && (await makesThis(''));
  return isOurFile ? { text: null, restored: [] } : null;
}

/** What a change does to a file, as `diff -u` shows it, without the secrets of the neighbours. */
const SECRET_MEMBER =
  /((?:token|key|secret|passw(?:or)?d|auth|credential|bearer|dsn|cookie)[\w-]*["']?\s*[:=]\s*)(["'])(?:\\.|(?!\2).)*\2/gi;
/** Nothing that people write by hand, nor an id of a workspace. */
const LONG_WORD = /(["'])(?![\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\1)[\w+=-]{24,}\1/gi;

export async function unifiedDiff(file: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff');
  const [old, current] = [before === '' ? '/dev/null' : file, file];
  const patch = createTwoFilesPatch(old, current, lf(before), lf(after), undefined, undefined, {
    context: 2,
    headerOptions: FILE_HEADERS_ONLY,
  });
  return redact(patch.replace(/\n$/, '').split('\n').map(masked).join('\n'));
}

function lf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

// Also what is added: a neighbour's line that merely gets a comma is removed and added.
function masked(line: string): string {
  return line.replace(SECRET_MEMBER, '$1$2…$2').replace(LONG_WORD, '$1…$1');
}
