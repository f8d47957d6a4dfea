import { commandLine, resolveCredential } from '../../auth/credential.ts';
import { loadSettings } from '../../auth/profile.ts';
import { pathsOf } from '../../config/paths.ts';
import type { ResolvedSettings } from '../../config/resolve.ts';
import { SETTINGS } from '../../config/settings.ts';
import { UsageError } from '../../core/errors.ts';
import { proxyFor } from '../../http/proxy.ts';
import { type Computer, findOnPath } from '../../setup/computer.ts';
import { entryName, optionsIn } from '../../setup/persisted-options.ts';
import { removalLine } from '../../setup/recognise.ts';
import { type AppEntry, type AppFile, type DoctorContext, type Finding, fail, failedWith, ok, warn } from '../check.ts';
import { statOf } from '../checks/folders.ts';
import { type HostStart, hostStart } from './host-start.ts';

/** A file of an app: can the app read it, and does it hold an entry that the app can use. */
export function checkFile(app: AppFile, context: DoctorContext): Finding {
  const { client, file, entries } = app;
  if (file.state === 'broken') {
    return fail(
      `${file.file} ${file.problem}`,
      `Repair the file, or move it away, then run \`${setupLine(app, context)}\`.`,
    );
  }
  if (client.format === 'json' && !isStrictJson(file.config.text)) {
    return fail(
      `${file.file} has comments or commas at the end of a list, which ${client.title} does not read`,
      'Take those comments and commas out of the file.',
    );
  }
  const address = entries.find(({ kind }) => kind === 'url');
  if (address !== undefined) {
    const where = address.folder === null ? '' : ` for the folder ${address.folder}`;
    const what = `the entry ${address.name}${where} in ${file.file} holds the service's address${address.token === null ? '' : ' and a token in plain text'}`;
    const fix = addressFix(app, address, context);
    if (!client.takesUrl) return fail(`${what}; ${client.title} starts programs only and skips it`, fix);
    return address.token === null ? ok(`${what}, which ${client.title} can use`) : warn(what, fix);
  }
  const exposed = entries.find(({ kind, token }) => kind === 'ours' && token !== null);
  if (exposed !== undefined) {
    return warn(
      `the entry ${exposed.name} in ${file.file} holds a token in plain text`,
      `Run \`${commandLine('login', context.settings)}\` with that token, then \`${setupLine(app, context)}\`.`,
    );
  }
  const foreign = entries.find(({ kind }) => kind === 'foreign');
  if (foreign !== undefined) {
    return warn(
      `the entry ${foreign.name} in ${file.file} starts something else than lucanto-mcp`,
      `Rename that entry, then run \`${setupLine(app, context)}\`.`,
    );
  }
  return ok(entries.length === 0 ? `${file.file} (not connected)` : file.file);
}

function addressFix(app: AppFile, { name, folder }: AppEntry, context: DoctorContext): string {
  const line = setupLine(app, context);
  if (folder !== null) return `Run ${removalLine(name)} in that folder, then \`${line}\`.`;
  if (name === entryName(context.settings)) return `Run \`${line}\`, which replaces it.`;
  return `Take the entry ${name} out of the file, then run \`${line}\`.`;
}

export function setupLine({ client }: AppFile, { settings }: DoctorContext): string {
  return commandLine(`setup ${client.id}`, settings);
}

function isStrictJson(text: string): boolean {
  if (text.trim() === '') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** An entry of ours, looked at without starting it: is what it names there, and will it have what it needs. */
export function checkEntry(app: AppFile, entry: AppEntry, context: DoctorContext): Finding {
  const { place } = context;
  const host = hostStart(app, entry, place);
  const missing = missingPart(host, place);
  if (missing !== null) return fail(missing, `Run \`${setupLine(app, context)}\`.`);
  try {
    const settings = settingsOf(host, place);
    return (
      tokenTrouble(settings, host, context) ??
      wayTrouble(app, entry, settings, host, context) ??
      scriptTrouble(app, host, context) ??
      switchedOff(app, entry) ??
      ok(lineOf(host))
    );
  } catch (error) {
    if (error instanceof UsageError) return failedWith(error);
    throw error;
  }
}

/** A program that an app cannot start, one clause. */
function missingPart({ command, args, env }: HostStart, { machine, onDisk }: Computer): string | null {
  const paths = pathsOf(machine);
  const isPath = paths.isAbsolute(command);
  const program = isPath ? command : findOnPath(command, machine, env, onDisk);
  if (program === null) return `${command} is not on the PATH that the app has (${env.PATH ?? ''})`;
  if (isPath && statOf(onDisk(program)) === undefined) return `${program} does not exist`;
  const script = args.find((word) => paths.isAbsolute(word) && /[.][cm]?js$/.test(word));
  if (script !== undefined && statOf(onDisk(script)) === undefined) return `${script} does not exist`;
  return null;
}

/** The settings that the entry's process would have. @throws UsageError for an option that it cannot be started with */
export function settingsOf({ args, env, cwd }: HostStart, { machine }: Computer): ResolvedSettings {
  const rows = Object.entries(SETTINGS);
  const flags = optionsIn(args).flatMap(([flag, value]) =>
    rows.filter(([, setting]) => setting.flag === flag).map(([key]) => [key, value ?? true]),
  );
  return loadSettings(Object.fromEntries(flags), env, { ...machine, cwd });
}

/** Where the token is missing for everybody, the check of the token has said so. */
function tokenTrouble(settings: ResolvedSettings, { env }: HostStart, { credential }: DoctorContext): Finding | null {
  if (settings.demo) return null;
  const { problem } = resolveCredential(settings, env);
  if (problem === null || problem.message === credential.problem?.message) return null;
  return fail(`started by the app, it would have no token. ${problem.message}`, problem.hint);
}

/** What this terminal has for the way to the service, and the app's own processes do not. */
function wayTrouble(
  { client, file }: AppFile,
  { name }: AppEntry,
  { url, demo }: ResolvedSettings,
  { env }: HostStart,
  { place }: DoctorContext,
): Finding | null {
  if (client.startedFrom === 'terminal' || demo) return null;
  const proxy = proxyFor(url, place.env);
  const missing = [
    ...(proxy !== null && proxyFor(url, env) === null ? [proxy.variable] : []),
    ...['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA'].filter((variable) => place.env[variable] && !env[variable]),
  ];
  if (missing.length === 0) return null;
  return warn(
    `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} set here, but the app starts programs without`,
    `Put ${missing.join(' and ')} into "env" of the entry ${name} in ${file.file}.`,
  );
}

/** Some apps start those through cmd.exe, others not at all. */
function scriptTrouble(app: AppFile, { command, env }: HostStart, context: DoctorContext): Finding | null {
  const { machine, onDisk } = context.place;
  const program = findOnPath(command, machine, env, onDisk) ?? command;
  if (!/[.](cmd|bat)$/i.test(program)) return null;
  return warn(
    `${program} is a script for cmd.exe, where a space in a path breaks it`,
    `Run \`${setupLine(app, context)}\`, which does without.`,
  );
}

function switchedOff({ client, file }: AppFile, { name, entry }: AppEntry): Finding | null {
  const [word] = [
    ...(entry.disabled === true ? ['"disabled": true'] : []),
    ...(entry.enabled === false ? ['"enabled": false'] : []),
  ];
  if (word === undefined) return null;
  return warn(
    `the entry ${name} is switched off (${word})`,
    `Switch ${name} on in ${client.title}, or take that word out of ${file.file}.`,
  );
}

function lineOf({ command, args }: HostStart): string {
  return [command, ...args].map((word) => (/\s/.test(word) ? JSON.stringify(word) : word)).join(' ');
}
