import { resolveCredential } from '../auth/credential.ts';
import { loadSettings } from '../auth/profile.ts';
import { pathsOf } from '../config/paths.ts';
import { commandLine, type ResolvedSettings } from '../config/resolve.ts';
import { SETTINGS } from '../config/settings.ts';
import { shellWord } from '../core/command-name.ts';
import { UsageError } from '../core/errors.ts';
import { proxyFor } from '../http/proxy.ts';
import { optionsIn } from '../setup/client.ts';
import { claudeDesktop } from '../setup/client-table.ts';
import { type Computer, findOnPath } from '../setup/computer.ts';
import { entryName, removalLine } from '../setup/entry.ts';
import { type CheckResult, type DoctorContext, fail, failedWith, ok, warn } from './check.ts';
import { statOf } from './folders.ts';
import { type AppEntry, type AppFile, type HostStart, hostStart } from './host-start.ts';

/** A file of an app (can the app read it, has it an entry that the app can use), and an entry without starting it. */
export function checkFile(app: AppFile, context: DoctorContext): CheckResult {
  const { client, file, entries } = app;
  const setup = `\`${setupLine(app, context)}\``;
  if (file.state === 'broken') {
    return fail(`${file.file} ${file.problem}.`, `Repair the file, or move it away, then run ${setup}.`);
  }
  if (client.id === claudeDesktop.id && beginsWithBom(file.config.bytes)) {
    return fail(
      `${file.file} begins with a byte order mark (BOM), for which ${client.title} ignores every server in it.`,
      `Run ${setup}, which removes it, or save the file as UTF-8 without BOM.`,
    );
  }
  if (client.format === 'json' && !isStrictJson(file.config.text)) {
    return fail(
      `${file.file} has comments or a comma at the end of a list, which ${client.title} does not read.`,
      'Remove those comments and commas from the file.',
    );
  }
  const address = entries.find(({ kind }) => kind === 'url');
  if (address !== undefined) return checkAddress(app, file.file, address, context);
  const exposed = entries.find(({ kind, token }) => kind === 'ours' && token !== null);
  if (exposed !== undefined) {
    return warn(
      `The entry ${exposed.name} in ${file.file} holds an API key in plain text.`,
      `Run \`${commandLine('login', context.settings)}\` with that API key, then ${setup}.`,
    );
  }
  const foreign = entries.find(({ kind }) => kind === 'foreign');
  if (foreign !== undefined) {
    return warn(
      `The entry ${foreign.name} in ${file.file} starts another program than lucanto-mcp.`,
      `Rename that entry, then run ${setup}.`,
    );
  }
  return ok(entries.length === 0 ? `${file.file} (not connected)` : file.file);
}

/** An entry with the service's own address instead of this program. */
function checkAddress(app: AppFile, file: string, address: AppEntry, context: DoctorContext): CheckResult {
  const { client } = app;
  const where = address.folder === null ? '' : ` for the folder ${address.folder}`;
  const key = address.token === null ? '' : ' and an API key in plain text';
  const what = `The entry ${address.name}${where} in ${file} holds the service's address${key}`;
  const fix = addressFix(app, address, context);
  if (!client.takesUrl) return fail(`${what}. ${client.title} only starts programs and skips it.`, fix);
  return address.token === null ? ok(`${what}, which ${client.title} can use`) : warn(`${what}.`, fix);
}

function addressFix(app: AppFile, { name, folder }: AppEntry, context: DoctorContext): string {
  const line = setupLine(app, context);
  if (folder !== null) return `Run ${removalLine(name, context.computer.machine)} in that folder, then \`${line}\`.`;
  if (name === entryName(context.settings)) return `Run \`${line}\`, which replaces it.`;
  return `Remove the entry ${name} from the file, then run \`${line}\`.`;
}

export function setupLine({ client }: AppFile, { settings }: DoctorContext): string {
  return commandLine(`setup ${client.id}`, settings);
}

function beginsWithBom(bytes: Buffer | null): boolean {
  return bytes?.subarray(0, 3).equals(Buffer.from('\uFEFF')) === true;
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

/** An entry of ours: does what it names exist, and will it have what it needs. */
export function checkEntry(app: AppFile, entry: AppEntry, context: DoctorContext): CheckResult {
  const { computer } = context;
  const host = hostStart(app, entry, computer);
  const missing = missingPart(host, computer);
  if (missing !== null) return fail(`${missing}.`, `Run \`${setupLine(app, context)}\`.`);
  try {
    const settings = settingsOf(host, computer);
    return (
      missingToken(settings, host, context) ??
      missingVariables(app, entry, settings, host, context) ??
      commandScript(app, host, context) ??
      switchedOff(app, entry) ??
      ok([host.command, ...host.args].map((word) => shellWord(word, context.computer.machine)).join(' '))
    );
  } catch (error) {
    if (error instanceof UsageError) return failedWith(error);
    throw error;
  }
}

/** What is missing of a program that an app cannot start. */
function missingPart({ command, args, env }: HostStart, { machine, onDisk }: Computer): string | null {
  const paths = pathsOf(machine);
  const isPath = paths.isAbsolute(command);
  const program = isPath ? command : findOnPath(command, machine, env, onDisk);
  if (program === null) return `${command} is not in the app's PATH (${env.PATH ?? ''})`;
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
  return loadSettings(Object.fromEntries(flags), env, { ...machine, cwd }).settings;
}

/** Where the API key is missing everywhere, the check of the API key has said so. */
function missingToken(
  settings: ResolvedSettings,
  { env }: HostStart,
  { credential }: DoctorContext,
): CheckResult | null {
  if (settings.demo) return null;
  const { problem } = resolveCredential(settings, env);
  if (problem === null || problem.message === credential.problem?.message) return null;
  return fail(`Started by the app, it would have no API key. ${problem.message}`, problem.hint);
}

/** Variables of this terminal that a connection to the service needs, and that the app's own processes do not have. */
function missingVariables(
  { client, file }: AppFile,
  { name }: AppEntry,
  { url, demo }: ResolvedSettings,
  { env }: HostStart,
  { computer }: DoctorContext,
): CheckResult | null {
  if (client.startedFrom === 'terminal' || demo) return null;
  const proxy = proxyFor(url, computer.env);
  const missing = [
    ...(proxy !== null && proxyFor(url, env) === null ? [proxy.variable] : []),
    ...['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA'].filter((variable) => computer.env[variable] && !env[variable]),
  ];
  if (missing.length === 0) return null;
  const [names, verb] = [missing.join(' and '), missing.length === 1 ? 'is' : 'are'];
  return warn(
    `${names} ${verb} set in this terminal, but ${client.title} starts programs without it.`,
    `Put ${names} into "env" of the entry ${name} in ${file.file}.`,
  );
}

/** Some apps start scripts through cmd.exe, others not at all. */
function commandScript(app: AppFile, { command, env }: HostStart, context: DoctorContext): CheckResult | null {
  const { machine, onDisk } = context.computer;
  const program = findOnPath(command, machine, env, onDisk) ?? command;
  if (!/[.](cmd|bat)$/i.test(program)) return null;
  return warn(
    `${program} is a script for cmd.exe, which a space in a path can break.`,
    `Run \`${setupLine(app, context)}\`, which starts the program without a script.`,
  );
}

function switchedOff({ client, file }: AppFile, { name, entry }: AppEntry): CheckResult | null {
  const [word] = [
    ...(entry.disabled === true ? ['"disabled": true'] : []),
    ...(entry.enabled === false ? ['"enabled": false'] : []),
  ];
  if (word === undefined) return null;
  return warn(
    `The entry ${name} is switched off (${word}).`,
    `Switch ${name} on in ${client.title}, which removes that setting from ${file.file}.`,
  );
}
