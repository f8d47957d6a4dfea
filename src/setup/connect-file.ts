import type { JsonObject } from '../core/json.ts';
import { redact } from '../core/log.ts';
import type { Client } from './client.ts';
import type { Computer, Launch } from './computer.ts';
import { planChange, type Written, writeChange } from './config-change.ts';
import { readConfigFile } from './config-file.ts';
import type { ReadableFile } from './inspect-file.ts';
import { type PersistedOptions, wantedEntry } from './persisted-options.ts';

/** Connects one file of a client, or disconnects it, with the client's own command where that can do it. */
interface DesiredEntry {
  readonly launch: Launch;
  readonly carried: PersistedOptions;
  /** What must not stand in a backup. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type Connected = Written & {
  /** The client's own command, as it was run; null where the file was edited. */
  readonly command: string | null;
  readonly notes: readonly string[];
  /** What was to be in the file. */
  readonly entry: JsonObject | null;
};

export async function connectFile(
  client: Client,
  place: Computer,
  file: ReadableFile,
  wish: DesiredEntry,
): Promise<Connected> {
  const { entry, kept } = wantedEntry(client, wish.launch, wish.carried, file);
  const notes = kept.length === 0 ? [] : [`kept from the earlier entry: ${kept.join(' ')}`];
  const plan = await planChange(client, file, entry);
  if (plan.outcome !== 'changed') return { ...plan, command: null, notes, entry };
  const program = ownProgram(client, place);
  const runs = program === null ? null : (client.ownCommand?.add(file.at.name, entry, file.entry !== null) ?? null);
  const ran = program === null || runs === null ? null : await runAll(client, place, program, runs);
  const isLeft = ran?.failed === false && holdsOneOf(file, wish.secrets);
  if (ran?.failed === false && !isLeft) return { outcome: 'changed', backup: null, command: ran.command, notes, entry };
  const written = await writeChange(
    client,
    place,
    file,
    (now) => planChange(client, now, entry),
    wish.secrets,
    wish.now,
  );
  const why = isLeft ? 'left the token in the file' : `failed (${ran?.said})`;
  const remark = ran === null ? [] : [`\`${ran.command}\` ${why}, so the file was edited`];
  return { ...written, command: null, notes: [...notes, ...remark], entry };
}

export async function disconnectFile(
  client: Client,
  place: Computer,
  file: ReadableFile,
  now: number,
): Promise<Connected> {
  const program = ownProgram(client, place);
  const args = program === null ? null : (client.ownCommand?.remove(file.at.name) ?? null);
  const ran = program === null || args === null ? null : await runAll(client, place, program, [args]);
  if (ran?.failed === false) return { outcome: 'changed', backup: null, command: ran.command, notes: [], entry: null };
  const { token } = file.recognised;
  const secrets = token === null ? [] : [token];
  const written = await writeChange(client, place, file, (read) => planChange(client, read, null), secrets, now);
  return { ...written, command: null, notes: [], entry: null };
}

/** A client that writes later, or beside the earlier entry, has not brought the token to safety. */
function holdsOneOf({ config }: ReadableFile, secrets: readonly string[]): boolean {
  const now = readConfigFile(config.path);
  return 'text' in now && secrets.some((secret) => now.text.includes(secret));
}

/** The command line of the client's own that would connect it, for showing; null where the file is edited. */
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
  return runs === null ? null : runs.map((args) => commandLine(ownCommand.program, args)).join(' && ');
}

/** Absolute path of the client's own command. Scripts for cmd.exe are left alone: no quoting survives them all. */
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
): Promise<{ failed: boolean; command: string; said: string }> {
  let result = { failed: false, command: '', said: '' };
  for (const args of runs) {
    const { code, said } = await place.run(program, args);
    const why = code === null ? 'it did not end' : said || `exit code ${code}`;
    const command = commandLine(
      client.ownCommand?.program ?? program,
      args.filter((word) => !word.startsWith('{')).slice(0, 2),
    );
    result = { failed: code !== 0, command, said: redact(why) };
    // Only the last one counts: there may be nothing to take out first.
  }
  return result;
}

function commandLine(program: string, args: readonly string[]): string {
  return [program, ...args]
    .map((word) => (/^[\w./:@=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
