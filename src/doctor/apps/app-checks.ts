import { resolveCredential } from '../../auth/credential.ts';
import { type AppEntry, type AppFile, type Check, type DoctorContext, type Finding, fail, ok, warn } from '../check.ts';
import { checkEntry, checkFile, settingsOf, setupLine } from './app-entry.ts';
import { type Started, Starter, type StartTimeBudget } from './app-start.ts';
import { hostStart } from './host-start.ts';

/** What a start as the app would do it says about the entry. */
/** Nobody waits longer than this for doctor, even where the app would. */
const PATIENCE_SECONDS = 15;
const TOOLS_SECONDS = 6;
const SLOWEST_SECONDS = 27;
/** Above this share of the app's limit, a busy day is enough to miss it. */
const CLOSE = 0.5;
const LONGEST_QUOTE = 100;

function timeBudgetFor({ client }: AppFile, { entry }: AppEntry): Omit<StartTimeBudget, 'signal'> {
  const limit = client.startSeconds(entry) ?? PATIENCE_SECONDS;
  return { initializeMs: Math.min(limit, PATIENCE_SECONDS) * 1000, toolsMs: TOOLS_SECONDS * 1000 };
}

export function evaluateStart(app: AppFile, { entry }: AppEntry, started: Started, context: DoctorContext): Finding {
  const { client } = app;
  const limit = client.startSeconds(entry);
  const { initializeMs, spawnError } = started;
  const fix = `Run \`${setupLine(app, context)}\`, and restart ${client.title}.`;
  if (spawnError !== null) return fail(`the program could not be started (${spawnError})`, fix);
  if (initializeMs === null) return fail(whyNot(app, entry, started, context), fix);
  const took = `answered initialize in ${initializeMs} ms`;
  if (limit === null) return ok(took);
  const detail = `${took}; ${client.title} waits ${limit} s`;
  if (initializeMs < limit * 1000 * CLOSE) return ok(detail);
  return warn(detail, `Run \`npm install -g lucanto-mcp\`, then \`${setupLine(app, context)}\`.`);
}

function evaluateNoise(app: AppFile, { noise }: Started, context: DoctorContext): Finding {
  const [first] = noise;
  if (first === undefined) return ok('nothing but messages of MCP');
  const more = noise.length === 1 ? '' : `, and ${noise.length - 1} or more lines like it`;
  return fail(
    `a line that is no message of MCP: ${quote(first, context)}${more}`,
    `Run \`${setupLine(app, context)}\`, which starts the program without whatever prints this.`,
  );
}

function evaluateTools(app: AppFile, { tools, refusal }: Started, context: DoctorContext): Finding {
  if (tools === null) {
    const why = refusal === null ? `no answer within ${TOOLS_SECONDS} seconds` : quote(refusal, context);
    return fail(`tools/list: ${why}`, `Run \`${setupLine(app, context)}\`, and restart ${app.client.title}.`);
  }
  return tools === 0
    ? warn('tools/list has no tools', 'Run `lucanto-mcp tools --all`, which names the reason for each.')
    : ok(`${tools} listed`);
}

function whyNot(
  { client }: AppFile,
  entry: AppEntry['entry'],
  { exitCode, refusal, said }: Started,
  context: DoctorContext,
): string {
  const words = said === '' ? '' : `; it said: ${quote(said, context)}`;
  if (refusal !== null) return `it refused initialize: ${quote(refusal, context)}`;
  if (exitCode !== null) return `it ended with exit code ${exitCode} instead of answering initialize${words}`;
  const limit = client.startSeconds(entry);
  const waited = Math.min(limit ?? PATIENCE_SECONDS, PATIENCE_SECONDS);
  const whose = limit === null || limit > waited ? '' : `, after which ${client.title} gives up`;
  return `it did not answer initialize within ${waited} s${whose}${words}`;
}

/** Masked before it is cut: half a secret is no longer recognised. */
function quote(text: string, { log }: DoctorContext): string {
  const safe = log.secrets.masked(text);
  return JSON.stringify(safe.length > LONGEST_QUOTE ? `${safe.slice(0, LONGEST_QUOTE)}…` : safe);
}

/** The workspace that an entry pins: every call of the app fails where the token does not reach it. */
/** @returns null where it is reached, or where another token than the one that was asked about would be used */
async function evaluatePinned(app: AppFile, entry: AppEntry, context: DoctorContext): Promise<Finding | null> {
  const host = hostStart(app, entry, context.place);
  const settings = settingsOf(host, context.place);
  const { workspace, demo, url } = settings;
  if (workspace === null || demo || url !== context.origin) return null;
  const { credential } = resolveCredential(settings, host.env);
  if (credential === null || credential.token !== context.credential.credential?.token) return null;
  const { workspaces } = await context.service.ask();
  if (workspaces instanceof Error || workspaces.some(({ id }) => id === workspace)) return null;
  const names = workspaces.slice(0, SHOWN).map(({ id, name }) => `${name} (${id})`);
  return fail(
    `the entry pins the workspace ${workspace}, which is not among those that the token reaches: ${names.join(', ')}`,
    `Run \`${setupLine(app, context)} --workspace <id>\` with the id of one that it reaches, and restart ${app.client.title}.`,
  );
}

const SHOWN = 3;

/** The checks of one file of an app, and of each entry in it that starts this program. */
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

/** @param isOnly the only one of ours in the file, which needs no name to be told apart */
function entryChecks(app: AppFile, entry: AppEntry, isOnly: boolean, starter: Starter): readonly Check[] {
  const id = isOnly ? app.id : `${app.id}-${entry.name}`;
  const title = isOnly ? app.client.title : `${app.client.title} (${entry.name})`;
  const begin = ({ place }: DoctorContext, signal: AbortSignal): Promise<Started> =>
    starter.start(hostStart(app, entry, place), { ...timeBudgetFor(app, entry), signal });
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
      // What it starts puts modes right, which must be looked at before.
      after: ['config-dir'],
      seconds: SLOWEST_SECONDS,
      run: async (context, { signal }) => evaluateStart(app, entry, await begin(context, signal), context),
    },
    {
      id: `${id}-stdout`,
      title: `${title}: stdout`,
      needs: [`${id}-entry`],
      after: [`${id}-start`],
      seconds: SLOWEST_SECONDS,
      run: async (context, { signal }) => evaluateNoise(app, await begin(context, signal), context),
    },
    {
      id: `${id}-tools`,
      title: `${title}: tools`,
      needs: [`${id}-start`],
      after: ['workspaces'],
      seconds: SLOWEST_SECONDS,
      run: async (context, { signal, stateOf }) => {
        const listed = evaluateTools(app, await begin(context, signal), context);
        if (listed.state !== 'ok' || stateOf('workspaces') !== 'ok') return listed;
        return (await evaluatePinned(app, entry, context)) ?? listed;
      },
    },
  ];
}
