import { setTimeout as sleep } from 'node:timers/promises';
import { resolveCredential } from '../auth/credential.ts';
import { count, pinProblem } from '../core/text.ts';
import { checkEntry, checkFile, settingsOf, setupLine } from './app-entry.ts';
import { type Started, start } from './app-start.ts';
import { type Check, type CheckResult, type DoctorContext, fail, ok, warn } from './check.ts';
import { type AppEntry, type AppFile, type HostStart, hostStart } from './host-start.ts';

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
  const problem = workspaces instanceof Error ? null : pinProblem(workspaces, workspace);
  if (problem === null) return null;
  return fail(
    `The entry has \`--workspace ${workspace}\`. ${problem}`,
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

/** A program that hangs keeps the next one waiting no longer than this. */
const MAX_WAIT_MS = 2_000;

/** Starts entries one after the other, so that they do not slow each other down, and equal ones only once. */
class Starter {
  readonly #starts = new Map<string, Promise<Started>>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param initializeLimit in milliseconds, as is `toolsLimit` */
  start(host: HostStart, initializeLimit: number, toolsLimit: number, signal: AbortSignal): Promise<Started> {
    const key = JSON.stringify([host, initializeLimit]);
    const known = this.#starts.get(key);
    if (known !== undefined) return known;
    const turn = Promise.race([this.#last, sleep(MAX_WAIT_MS, undefined, { ref: false })]);
    const started = turn.then(() => start(host, initializeLimit, toolsLimit, signal));
    this.#starts.set(key, started);
    this.#last = started.catch(() => undefined);
    return started;
  }
}
