import { commandLine, resolveCredential } from '../auth/credential.ts';
import { pathsOf } from '../config/paths.ts';
import { isJsonObject } from '../core/json.ts';
import { count, matchingNames } from '../core/text.ts';
import { inspectClient, type ReadableFile } from '../setup/client-file.ts';
import { CLIENTS, claudeDesktop, isInstalled } from '../setup/client-table.ts';
import { type Computer, jsonIn, namesIn } from '../setup/computer.ts';
import { isServiceEntry } from '../setup/entry.ts';
import { checkEntry, checkFile, hostStart, settingsOf, setupLine } from './app-entry.ts';
import { type Started, Starter } from './app-start.ts';
import {
  type AppEntry,
  type AppFile,
  type Check,
  type CheckResult,
  type DoctorContext,
  fail,
  ok,
  skip,
  warn,
} from './check.ts';
import { companyNames } from './service-access.ts';

/** Files of apps that exist, or cannot be read, with what they say about Lucanto. @param name this profile's entry @param services origins of the service */
export async function appFiles(
  computer: Computer,
  name: string,
  services: readonly string[],
): Promise<readonly AppFile[]> {
  const isHere = new Set(CLIENTS.filter((client) => isInstalled(client, computer)));
  const installedFirst = [...isHere, ...CLIENTS.filter((client) => !isHere.has(client))];
  const found = await Promise.all(
    installedFirst.map(async (client) => {
      const files = await inspectClient(client, computer, name);
      return files.map((file, index): AppFile => {
        const id = index === 0 ? client.id : `${client.id}-${index + 1}`;
        return { client, id, file, entries: file.state === 'broken' ? [] : entriesIn(file, services) };
      });
    }),
  );
  const seen = new Set<string>();
  return found.flat().filter(({ file }) => {
    // Two apps may share a file; the one that is installed was put first.
    const isNew = !seen.has(file.file);
    seen.add(file.file);
    return isNew && (file.state === 'broken' || file.config.bytes !== null);
  });
}

export function installedApps(computer: Computer): readonly string[] {
  return CLIENTS.filter((client) => isInstalled(client, computer)).map(({ title }) => title);
}

/** Entries of other programs and addresses of other services do not concern us. */
function entriesIn(file: ReadableFile, services: readonly string[]): readonly AppEntry[] {
  const current = { name: file.at.name, folder: null, entry: file.entry, recognised: file.recognised };
  const others = file.others.filter(
    ({ recognised, folder }) => (recognised.kind === 'ours' && folder === null) || isServiceEntry(recognised, services),
  );
  return [current, ...others].flatMap(({ name, folder, entry, recognised: { kind, token } }) =>
    entry === null || kind === 'none' ? [] : [{ name, folder, kind, entry, token }],
  );
}

/** Versions of our bundle for Claude Desktop: the app unpacks it next to its file, which does not mention it. */
function bundlesIn(computer: Computer): readonly string[] {
  const paths = pathsOf(computer.machine);
  return claudeDesktop.files(computer).flatMap((file) => {
    const folder = paths.join(paths.dirname(file), 'Claude Extensions');
    return namesIn(computer.onDisk(folder)).flatMap((name) => {
      const manifest = jsonIn(computer.onDisk(paths.join(folder, name, 'manifest.json')));
      return isJsonObject(manifest) && manifest.name === 'lucanto-mcp' ? [String(manifest.version ?? '')] : [];
    });
  });
}

export const appsCheck: Check = {
  id: 'apps',
  title: 'Apps',
  run: ({ apps, installed, settings, computer }) => {
    const byEntry = new Set(apps.filter(startsUs).map(({ client }) => client.title));
    const bundles = bundlesIn(computer);
    if (bundles.length > 0 && byEntry.has(claudeDesktop.title)) {
      return warn(
        `${claudeDesktop.title} has both the bundle and an entry, so every tool is there twice.`,
        `Run \`${commandLine(`setup --remove ${claudeDesktop.id}`, settings)}\` to keep only the bundle.`,
      );
    }
    const connected = [...byEntry, ...bundles.map((version) => `${claudeDesktop.title} (bundle ${version})`)];
    const others = installed.filter((title) => !connected.some((one) => one.startsWith(title)));
    if (connected.length > 0) {
      const rest = others.length === 0 ? '' : `; not connected: ${others.join(', ')}`;
      return ok(`connected: ${connected.join(', ')}${rest}`);
    }
    if (others.length === 0) {
      if (settings.demo) return skip('no app that setup knows was found');
      return warn(
        'No app is connected, and none that setup knows was found on this computer.',
        `Install Claude Desktop or another app, then run \`${commandLine('setup', settings)}\`; \`lucanto-mcp setup --print\` shows what any other app needs.`,
      );
    }
    if (apps.some(hasOwnFinding)) return skip('none is connected; the checks below say why');
    return warn(`No app is connected. Installed: ${others.join(', ')}.`, `Run \`${commandLine('setup', settings)}\`.`);
  },
};

function startsUs({ entries }: AppFile): boolean {
  return entries.some(({ kind }) => kind === 'ours');
}

/** The check of the file has a finding, with its own fix. */
function hasOwnFinding({ file, entries }: AppFile): boolean {
  return file.state === 'broken' || entries.length > 0;
}

/** The checks of one file of an app, and of each entry in it that starts this program: what a start as the app does it shows. */

/** Doctor does not wait longer than this, even where the app would. */
const MAX_START_SECONDS = 15;
const TOOLS_SECONDS = 6;
/** Both, waiting for the start before, and ending the program. */
const SECONDS = 27;
/** Above this share of the app's limit, a busy computer is enough to exceed it. */
const CLOSE = 0.5;
const MAX_QUOTE_LENGTH = 100;

export function evaluateStart(
  app: AppFile,
  { entry }: AppEntry,
  started: Started,
  context: DoctorContext,
): CheckResult {
  const { client } = app;
  const limit = client.startSeconds(entry);
  const { initializeMs, spawnError } = started;
  const fix = `Run \`${setupLine(app, context)}\`, and restart ${client.title}.`;
  if (spawnError !== null) return fail(`The program could not be started (${spawnError}).`, fix);
  if (initializeMs === null) return fail(noAnswer(app, entry, started, context), fix);
  const took = `${(initializeMs / 1000).toFixed(1)} s`;
  if (limit === null) return ok(`started in ${took}`);
  if (initializeMs < limit * 1000 * CLOSE) return ok(`started in ${took}; ${client.title} waits ${limit} s`);
  const detail = `The start took ${took}, and ${client.title} waits only ${limit} s.`;
  return warn(detail, `Run \`npm install -g lucanto-mcp\`, then \`${setupLine(app, context)}\`.`);
}

function evaluateStdout(app: AppFile, { noise }: Started, context: DoctorContext): CheckResult {
  const [first] = noise;
  if (first === undefined) return ok('only messages for the app');
  const more = noise.length === 1 ? '' : ' and more lines like it';
  return fail(
    `The program prints a line that is not an MCP message: ${quote(first, context)}${more}.`,
    `Run \`${setupLine(app, context)}\`, which starts the program directly.`,
  );
}

function evaluateTools(app: AppFile, { tools, refusal }: Started, context: DoctorContext): CheckResult {
  if (tools === null) {
    const why = refusal === null ? `no answer within ${TOOLS_SECONDS} seconds` : quote(refusal, context);
    return fail(
      `The program does not list its tools: ${why}.`,
      `Run \`${setupLine(app, context)}\`, and restart ${app.client.title}.`,
    );
  }
  if (tools > 0) return ok(`${count(tools, 'tool')} listed`);
  return warn('The program lists no tools.', 'Run `lucanto-mcp tools --all`, which gives the reason for each.');
}

function noAnswer(
  { client }: AppFile,
  entry: AppEntry['entry'],
  { exitCode, refusal, stderr }: Started,
  context: DoctorContext,
): string {
  const error = stderr === '' ? '' : ` Its error: ${quote(stderr, context)}.`;
  if (refusal !== null) return `The program refused to start: ${quote(refusal, context)}.`;
  if (exitCode !== null) return `The program ended at once with exit code ${exitCode}.${error}`;
  const limit = client.startSeconds(entry);
  const waited = Math.min(limit ?? MAX_START_SECONDS, MAX_START_SECONDS);
  const giveUp = limit === null || limit > waited ? '' : `, after which ${client.title} gives up`;
  return `The program did not answer within ${count(waited, 'second')}${giveUp}.${error}`;
}

/** Masked before it is cut: half a secret would not be recognised. */
function quote(text: string, { log }: DoctorContext): string {
  const safe = log.secrets.masked(text);
  return JSON.stringify(safe.length > MAX_QUOTE_LENGTH ? `${safe.slice(0, MAX_QUOTE_LENGTH)}…` : safe);
}

/**
 * The company that an entry pins: every call of the app fails where the API key does not give access to it.
 * @returns null where it does, or where the entry uses another API key than the one that was checked
 */
async function evaluatePinned(app: AppFile, entry: AppEntry, context: DoctorContext): Promise<CheckResult | null> {
  const host = hostStart(app, entry, context.computer);
  const settings = settingsOf(host, context.computer);
  const { workspace, demo, url } = settings;
  if (workspace === null || demo || url !== context.origin) return null;
  const { credential } = resolveCredential(settings, host.env);
  if (credential === null || credential.token !== context.credential.credential?.token) return null;
  const { workspaces } = await context.service.ask();
  if (workspaces instanceof Error || matchingNames(workspaces, workspace).length === 1) return null;
  return fail(
    `The entry pins the company ${workspace}, which is not one of those that the API key gives access to: ${companyNames(workspaces)}.`,
    `Run \`${setupLine(app, context)} --workspace <id>\` with the id of one of them, and restart ${app.client.title}.`,
  );
}

export function appChecks(apps: readonly AppFile[]): readonly Check[] {
  const starter = new Starter();
  return apps.flatMap((app) => {
    const file: Check = {
      id: `${app.id}-file`,
      title: `${app.client.title}: file`,
      run: (context) => checkFile(app, context),
    };
    const ours = app.entries.filter(({ kind }) => kind === 'ours');
    return [file, ...ours.flatMap((entry) => entryChecks(app, entry, ours.length === 1, starter))];
  });
}

/** @param isOnly the only one of ours in the file, so that its checks need not name it */
function entryChecks(app: AppFile, entry: AppEntry, isOnly: boolean, starter: Starter): readonly Check[] {
  const id = isOnly ? app.id : `${app.id}-${entry.name}`;
  const title = isOnly ? app.client.title : `${app.client.title} (${entry.name})`;
  const start = ({ computer }: DoctorContext, signal: AbortSignal): Promise<Started> => {
    const limit = Math.min(app.client.startSeconds(entry.entry) ?? MAX_START_SECONDS, MAX_START_SECONDS);
    return starter.start(hostStart(app, entry, computer), limit * 1000, TOOLS_SECONDS * 1000, signal);
  };
  return [
    {
      id: `${id}-entry`,
      title: `${title}: entry`,
      needs: [`${app.id}-file`],
      run: (context) => checkEntry(app, entry, context),
    },
    {
      id: `${id}-start`,
      title: `${title}: start`,
      needs: [`${id}-entry`],
      // The program that it starts corrects modes, which must be checked before.
      after: ['config-dir'],
      seconds: SECONDS,
      run: async (context, { signal }) => evaluateStart(app, entry, await start(context, signal), context),
    },
    {
      id: `${id}-stdout`,
      title: `${title}: output`,
      needs: [`${id}-entry`],
      after: [`${id}-start`],
      seconds: SECONDS,
      run: async (context, { signal }) => evaluateStdout(app, await start(context, signal), context),
    },
    {
      id: `${id}-tools`,
      title: `${title}: tools`,
      needs: [`${id}-start`],
      after: ['workspaces'],
      seconds: SECONDS,
      run: async (context, { signal, stateOf }) => {
        const listed = evaluateTools(app, await start(context, signal), context);
        if (listed.state !== 'ok' || stateOf('workspaces') !== 'ok') return listed;
        return (await evaluatePinned(app, entry, context)) ?? listed;
      },
    },
  ];
}
