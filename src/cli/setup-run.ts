import { resolveCredential } from '../auth/credential.ts';
import { readProfile } from '../auth/profile.ts';
import { pathsOf } from '../config/paths.ts';
import { commandLine } from '../config/resolve.ts';
import { setVariable } from '../config/setting.ts';
import { TOKEN_VARIABLE } from '../config/settings.ts';
import { EXIT, type ExitCode, InterruptedError, UsageError } from '../core/errors.ts';
import { pinProblem } from '../core/text.ts';
import { type Client, persistedOptions } from '../setup/client.ts';
import { clientOfFile, type InspectedFile, inspectClient, kindOfFile } from '../setup/client-file.ts';
import { CLIENTS, isInstalled } from '../setup/client-table.ts';
import { launchOf, thisComputer } from '../setup/computer.ts';
import { entryName } from '../setup/entry.ts';
import { unknownClient } from './choose-clients.ts';
import type { CommandContext, CommandInput } from './command.ts';
import {
  connectClientFile,
  decideFile,
  removeFromFile,
  reportEntry,
  reportResults,
  type SetupResult,
  type SetupRun,
  warnAboutNpx,
} from './connect-client.ts';
import { askYesNo, isTerminal } from './prompt.ts';

/** One run of `setup`: which apps, then every question, then every file. */

/** @throws UsageError for options that exclude each other, and for an unknown app */
export async function runSetup(context: CommandContext, input: CommandInput): Promise<ExitCode> {
  checkModes(input);
  const run = setupRun(context, input);
  const remove = input.has('remove');
  if (input.has('list')) {
    const { listClients } = await import('./choose-clients.ts');
    await listClients(run);
    return EXIT.done;
  }
  if (input.has('print')) {
    const { printAnyEntry, printEntries } = await import('./setup-preview.ts');
    const isNamed = input.operands.length > 0 || input.text('file') !== null;
    if (isNamed) await printEntries(run, await clientsFor(run, input, 'look'));
    else printAnyEntry(run);
    warnAboutToken(context);
    return EXIT.done;
  }
  if (input.has('dryRun')) {
    const { previewChanges } = await import('./setup-preview.ts');
    const clients = await clientsFor(run, input, remove ? 'look-connected' : 'look');
    const code = await previewChanges(run, clients, remove);
    if (!remove) warnAboutToken(context);
    return code;
  }
  const clients = await clientsFor(run, input, remove ? 'remove' : 'connect');
  const files = await Promise.all(
    clients.map(async (client) => (await run.inspect(client)).map((file) => ({ client, file }))),
  );
  return remove
    ? disconnect(run, files.flat())
    : connect(run, files.flat(), input.operands.length === 0 && input.text('file') === null);
}

function checkModes(input: CommandInput): void {
  const given = ['list', 'print', 'remove'].filter((mode) => input.has(mode));
  if (given.length < 2 && !(given[0] !== 'remove' && given.length > 0 && input.has('dryRun'))) return;
  const names = [...given, ...(input.has('dryRun') ? ['dry-run'] : [])].map((name) => `--${name}`);
  throw new UsageError(`${names.join(' and ')} cannot be used together.`, {
    hint: 'Choose one of --list, --print, --remove; --dry-run goes with --remove.',
  });
}

function setupRun(context: CommandContext, input: CommandInput): SetupRun {
  const { settings, env, running } = context;
  const place = thisComputer(settings.machine, env, running);
  const name = entryName(settings);
  const inspected = new Map<string, Promise<readonly InspectedFile[]>>();
  return {
    context,
    place,
    name,
    launch: launchOf(place),
    persisted: persistedOptions(settings),
    yes: input.has('yes'),
    json: input.has('json'),
    inspect: (client) => {
      const files = inspected.get(client.id) ?? inspectClient(client, place, name);
      inspected.set(client.id, files);
      return files;
    },
  };
}

async function clientsFor(
  run: SetupRun,
  input: CommandInput,
  purpose: 'connect' | 'remove' | 'look' | 'look-connected',
): Promise<readonly Client[]> {
  const names = input.operands;
  const path = input.text('file');
  if (path !== null) return [await chooseFile(run, path, names)];
  const named = names.map((name) => CLIENTS.find(({ id }) => id === name.toLowerCase()));
  const known = named.filter((client) => client !== undefined);
  if (names.length > 0 && known.length === names.length) return [...new Set(known)];
  const { chooseClients, unknownClient } = await import('./choose-clients.ts');
  if (names.length > 0) throw unknownClient(names[named.indexOf(undefined)] ?? '');
  // Where no app is found, the key can be stored all the same.
  if (purpose === 'connect' && !CLIENTS.some((client) => isInstalled(client, run.place))) await offerLogin(run, []);
  try {
    return await chooseClients(run, purpose);
  } catch (error) {
    // What else would have to be done first.
    if (purpose === 'connect' && !(error instanceof InterruptedError)) warnAboutToken(run.context);
    throw error;
  }
}

/** Every question comes before the first change, so that cancelling leaves everything as it was. */
async function connect(
  run: SetupRun,
  files: readonly { readonly client: Client; readonly file: InspectedFile }[],
  isPicked: boolean,
): Promise<ExitCode> {
  const decided: (SetupResult | null)[] = [];
  for (const { client, file } of files) decided.push(await decideFile(client, run, file));
  const current = await offerLogin(run, files);
  if (isPicked && !run.json) reportEntry(current);
  const results: SetupResult[] = [];
  // One after the other: two files of one app may hold the same token.
  for (const [at, { client, file }] of files.entries()) {
    results.push(decided[at] ?? (await connectClientFile(client, current, file)));
  }
  reportResults(current, results, false);
  warnAboutNpx(current);
  warnAboutToken(current.context);
  return exitCodeOf(results);
}

async function disconnect(
  run: SetupRun,
  files: readonly { readonly client: Client; readonly file: InspectedFile }[],
): Promise<ExitCode> {
  const results: SetupResult[] = [];
  for (const { client, file } of files) results.push(await removeFromFile(client, run, file));
  reportResults(run, results, true);
  return exitCodeOf(results);
}

function exitCodeOf(results: readonly SetupResult[]): ExitCode {
  return results.some(({ outcome }) => outcome === 'failed') ? EXIT.failed : EXIT.done;
}

/** An app without a key answers nothing. Where an app's own file holds one, that one is moved instead. */
async function offerLogin(
  run: SetupRun,
  files: readonly { readonly client: Client; readonly file: InspectedFile }[],
): Promise<SetupRun> {
  const { context, yes, json } = run;
  if (hasStoredToken(context) || yes || json || !isTerminal(context.stdio)) return run;
  const holdsToken = files.some(({ file }) => file.state === 'readable' && file.recognised.token !== null);
  if (holdsToken || tokenSource(context).credential !== null) return run;
  const question = `There is no API key for ${context.settings.url} yet. Log in first?`;
  if (!(await askYesNo(question, true, context))) return run;
  const { logIn } = await import('./login.ts');
  await logIn(context, true);
  return { ...run, persisted: persistedOptions(context.settings) };
}

/** Why an app may be connected and still not work. */
function warnAboutToken(context: CommandContext): void {
  const { settings, output } = context;
  if (hasStoredToken(context)) warnAboutPin(context);
  if (hasStoredToken(context)) return;
  const { credential, problem, isStored } = tokenSource(context);
  const login = commandLine('login', settings);
  if (credential === null) {
    output.warn(
      `${problem?.message ?? 'There is no API key.'} Until you run \`${login}\`, the app cannot reach Lucanto.`,
    );
  } else if (credential.source === 'environment' && !isStored) {
    output.warn(`The API key comes from ${credential.where}, which apps do not see: run \`${login}\` to store it.`);
  }
}

/** Every call of the app would be refused. */
function warnAboutPin({ settings, profile, output }: CommandContext): void {
  const known = profile.state === 'stored' ? profile.profile.workspaces : [];
  const problem = settings.workspace === null || known.length === 0 ? null : pinProblem(known, settings.workspace);
  if (problem === null || settings.demo) return;
  output.warn(`As of your last login: ${problem} Run setup again with the id of one of them: \`--workspace <id>\`.`);
}

/** The usual case: nothing more needs to be read. */
function hasStoredToken({ settings, profile, env }: CommandContext): boolean {
  if (settings.demo) return true;
  const fromElsewhere = settings.tokenFile !== null || setVariable(env, TOKEN_VARIABLE.variable) !== null;
  return !fromElsewhere && profile.state === 'stored' && profile.profile.origin === settings.url;
}

function tokenSource({ settings, env }: CommandContext) {
  // Not the reading of the start: this run may have stored a token, whose origin counts then.
  const reading = readProfile(settings);
  const isStored = reading.state === 'stored';
  const url = isStored && settings.sources.url === 'default' ? reading.profile.origin : settings.url;
  return { ...resolveCredential({ ...settings, url }, env, reading), isStored };
}

/**
 * `setup --file <path>`: the file that a user names, and the kind of it.
 * @param names an app whose files have the same form; none where the file itself says it. @throws UsageError
 */
async function chooseFile(run: SetupRun, path: string, names: readonly string[]): Promise<Client> {
  const { machine } = run.place;
  const [name, ...more] = names;
  if (more.length > 0) {
    throw new UsageError('--file takes one app at most.', { hint: 'Name the app whose files have the same form.' });
  }
  const file = pathsOf(machine).resolve(machine.cwd, path);
  if (name !== undefined) {
    const client = CLIENTS.find(({ id }) => id === name.toLowerCase());
    if (client === undefined) throw unknownClient(name);
    return clientOfFile(client, file);
  }
  const kind = await kindOfFile(file, run.name, run.place);
  if (kind !== null) return { ...kind, id: 'file', title: pathsOf(machine).basename(file) };
  throw new UsageError(`${file} does not show which form its entries have.`, {
    hint: 'Name an app whose files have the same form: `lucanto-mcp setup goose --file <path>`. `lucanto-mcp setup --print` prints an entry to paste.',
  });
}
