/** Connects one file of an app, or disconnects it, with the app's own command where that can do it. */
import { rmSync } from 'node:fs';
import { dirname, isAbsolute, relative } from 'node:path';
import type { JsonObject } from '../core/json.ts';
import { redact } from '../core/log.ts';
import type { Client, PersistedOptions } from './client.ts';
import { type Change, inspectFile, planChange, type ReadableFile } from './client-file.ts';
import type { Computer, Launch } from './computer.ts';
import { backUp, readConfigFile, removeEmptyFolder, replaceConfigFile } from './config-file.ts';
import { desiredEntry } from './entry.ts';

/** What became of a file. */
export interface FileResult {
  readonly outcome: 'changed' | 'unchanged' | 'failed';
  /** Completes "the file …"; null where it did not fail. */
  readonly problem: string | null;
  /** The backup's name, in the folder of the file. */
  readonly backup: string | null;
  /** The app's own command, as it was run; null where the file was edited. */
  readonly command: string | null;
  /** One sentence each. */
  readonly notes: readonly string[];
}

const UNCHANGED: FileResult = {
  outcome: 'unchanged',
  problem: null,
  backup: null,
  command: null,
  notes: [],
};

const HOW_TO_DROP = 'To drop that, run `lucanto-mcp setup --remove` first.';

/** @param secrets what must not stand in a backup @param now milliseconds since the epoch */
export async function connectFile(
  client: Client,
  place: Computer,
  file: ReadableFile,
  launch: Launch,
  persisted: PersistedOptions,
  secrets: readonly string[],
  now: number,
): Promise<FileResult> {
  const { entry, kept } = desiredEntry(client, launch, persisted, file);
  const notes = kept.length === 0 ? [] : [`Kept from the earlier entry: ${kept.join(' ')}. ${HOW_TO_DROP}`];
  const base = { ...UNCHANGED, notes };
  const plan = await planChange(client, file, entry);
  if (plan.outcome !== 'changed') return { ...base, ...plan };
  const program = file.config.hasBom ? null : ownProgram(client, place);
  const runs = program === null ? null : (client.ownCommand?.add(file.at.name, entry, file.entry !== null) ?? null);
  const ran = program === null || runs === null ? null : await runAll(client, place, program, runs);
  const leftToken = ran?.failed === false && holdsOneOf(file, secrets);
  if (ran?.failed === false && !leftToken) return { ...base, outcome: 'changed', command: ran.command };
  const written = await writeChange(client, place, file, plan, entry, secrets, now);
  const why = leftToken ? 'left the API key in the file' : `failed (${ran?.lastLine})`;
  const isFixed = file.config.hasBom && client.rejectsBom === true && written.outcome === 'changed';
  return {
    ...base,
    ...written,
    notes: [
      ...notes,
      ...(ran === null ? [] : [`\`${ran.command}\` ${why}, so the file was edited.`]),
      ...(isFixed
        ? [`The file began with a byte order mark, which makes ${client.title} ignore the whole file. It was removed.`]
        : []),
    ],
  };
}

export async function disconnectFile(
  client: Client,
  place: Computer,
  file: ReadableFile,
  now: number,
): Promise<FileResult> {
  const program = ownProgram(client, place);
  const args = program === null ? null : (client.ownCommand?.remove(file.at.name) ?? null);
  const ran = program === null || args === null ? null : await runAll(client, place, program, [args]);
  if (ran?.failed === false) return { ...UNCHANGED, outcome: 'changed', command: ran.command };
  const { token } = file.recognised;
  const plan = await planChange(client, file, null);
  const written = await writeChange(client, place, file, plan, null, token === null ? [] : [token], now);
  return { ...UNCHANGED, ...written };
}

/**
 * Writes with a backup, in one step. A file that was changed since it was read is read once more.
 * @param change what was planned for what was read @param entry null takes ours out
 * @param secrets what must not stand in the backup
 */
export async function writeChange(
  client: Client,
  place: Computer,
  file: ReadableFile,
  change: Change,
  entry: JsonObject | null,
  secrets: readonly string[],
  now: number,
): Promise<Pick<FileResult, 'outcome' | 'problem' | 'backup'>> {
  const first = attempt(place, file, change, secrets, now);
  if (first !== 'meanwhile') return first;
  const again = await inspectFile(client, place, file.at.name, file.file);
  if (again.state === 'broken') return { outcome: 'failed', problem: again.problem, backup: null };
  const second = attempt(place, again, await planChange(client, again, entry), secrets, now);
  if (second !== 'meanwhile') return second;
  return { outcome: 'failed', problem: 'is being changed by another program', backup: null };
}

function attempt(
  place: Computer,
  { config }: ReadableFile,
  change: Change,
  secrets: readonly string[],
  now: number,
): Pick<FileResult, 'outcome' | 'problem' | 'backup'> | 'meanwhile' {
  const failed = (problem: string) => ({ outcome: 'failed', problem, backup: null }) as const;
  if (change.outcome === 'failed') return failed(change.problem);
  if (change.outcome === 'unchanged') return { outcome: 'unchanged', problem: null, backup: null };
  // What setup itself made needs no backup, nor does what is put back as it was.
  const keep = config.bytes !== null && change.bytes !== null && change.restored.length === 0;
  if (keep && (config.mode & 0o222) === 0) return failed('is read-only');
  const backup = keep ? backUp(config, secrets, now) : null;
  if (backup !== null && 'problem' in backup) return failed(backup.problem);
  const written = replaceConfigFile(config, change.bytes);
  if (written === 'meanwhile') return written;
  if (written !== 'done') return failed(written.problem);
  for (const path of change.restored) rmSync(path, { force: true });
  if (change.bytes === null) tidyUp(place, dirname(config.path));
  return { outcome: 'changed', problem: null, backup: backup?.name ?? null };
}

/** A folder that is left empty would look as if the client were installed. */
function tidyUp({ machine, onDisk }: Pick<Computer, 'machine' | 'onDisk'>, folder: string): void {
  const between = relative(onDisk(machine.home), folder);
  const isBelowHome = between !== '' && !between.startsWith('..') && !isAbsolute(between);
  if (isBelowHome && removeEmptyFolder(folder)) tidyUp({ machine, onDisk }, dirname(folder));
}

/** A command that writes later, or beside the earlier entry, has not moved the token out of the file. */
function holdsOneOf({ config }: ReadableFile, secrets: readonly string[]): boolean {
  const now = readConfigFile(config.path);
  return 'text' in now && secrets.some((secret) => now.text.includes(secret));
}

/** The app's own command line that would connect it, for showing; null where the file is edited. */
export function ownCommandLine(
  client: Client,
  place: Computer,
  file: ReadableFile,
  entry: JsonObject | null,
): string | null {
  const { ownCommand } = client;
  if (ownCommand === null || ownProgram(client, place) === null) return null;
  const remove = entry === null ? ownCommand.remove(file.at.name) : null;
  const runs = entry === null ? remove && [remove] : ownCommand.add(file.at.name, entry, file.entry !== null);
  return runs === null ? null : runs.map((args) => shellLine(ownCommand.program, args)).join(' && ');
}

/** Absolute path of the app's own command. Scripts for cmd.exe are left alone: no quoting survives them all. */
function ownProgram(client: Client, place: Computer): string | null {
  if (client.ownCommand === null) return null;
  const found = place.which(client.ownCommand.program);
  if (found === null || place.machine.platform !== 'win32') return found;
  return /[.](exe|com)$/i.test(found) ? found : null;
}

async function runAll(
  client: Client,
  place: Computer,
  program: string,
  runs: readonly (readonly string[])[],
): Promise<{ failed: boolean; command: string; lastLine: string }> {
  let result = { failed: false, command: '', lastLine: '' };
  for (const args of runs) {
    const { code, lastLine } = await place.run(program, args);
    const why = code === null ? 'it did not end' : lastLine || `exit code ${code}`;
    const command = shellLine(
      client.ownCommand?.program ?? program,
      args.filter((word) => !word.startsWith('{')).slice(0, 2),
    );
    result = { failed: code !== 0, command, lastLine: redact(why) };
    // Only the last one counts: there may be nothing to take out first.
  }
  return result;
}

function shellLine(program: string, args: readonly string[]): string {
  return [program, ...args]
    .map((word) => (/^[\w./:@=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
