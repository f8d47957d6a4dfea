/** What a start as the app would do it says about the entry. */
import { type Finding, fail, ok, warn } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import type { AppEntry, AppFile } from './app-file.ts';
import { setupLine } from './file.ts';
import type { Patience, Started } from './start.ts';

/** Nobody waits longer than this for doctor, even where the app would. */
const PATIENCE_SECONDS = 15;
const TOOLS_SECONDS = 6;
export const SLOWEST_SECONDS = 27;
/** Above this share of the app's limit, a busy day is enough to miss it. */
const CLOSE = 0.5;
const LONGEST_QUOTE = 100;

export function patienceFor({ client }: AppFile, { entry }: AppEntry): Omit<Patience, 'signal'> {
  const limit = client.startSeconds(entry) ?? PATIENCE_SECONDS;
  return { initializeMs: Math.min(limit, PATIENCE_SECONDS) * 1000, toolsMs: TOOLS_SECONDS * 1000 };
}

export function judgeStart(app: AppFile, { entry }: AppEntry, started: Started, context: DoctorContext): Finding {
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

export function judgeNoise(app: AppFile, { noise }: Started, context: DoctorContext): Finding {
  const [first] = noise;
  if (first === undefined) return ok('nothing but messages of MCP');
  const more = noise.length === 1 ? '' : `, and ${noise.length - 1} or more lines like it`;
  return fail(
    `a line that is no message of MCP: ${quote(first, context)}${more}`,
    `Run \`${setupLine(app, context)}\`, which starts the program without whatever prints this.`,
  );
}

export function judgeTools(app: AppFile, { tools, refusal }: Started, context: DoctorContext): Finding {
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
