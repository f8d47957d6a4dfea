import type { ResolvedSettings } from '../config/resolve.ts';
import { shellWord } from '../core/command-name.ts';
import { type Client, type PersistedOptions, persistedOptions } from '../setup/client.ts';
import { editText, entryPath, type InspectedFile } from '../setup/client-file.ts';
import { CLIENTS, isInstalled } from '../setup/client-table.ts';
import type { Computer, Launch } from '../setup/computer.ts';
import { connectFile, disconnectFile, type FileResult } from '../setup/connect-file.ts';
import { conflictNote, freshEntry, isServiceEntry, serviceOrigins } from '../setup/entry.ts';
import type { CommandContext } from './command.ts';
import { askYesNo, isTerminal } from './prompt.ts';

/** Connects one file of an app, or disconnects it, and says what was done, for people and for programs. */
export interface SetupRun {
  readonly context: CommandContext;
  readonly place: Computer;
  readonly name: string;
  readonly launch: Launch;
  readonly persisted: PersistedOptions;
  readonly yes: boolean;
  readonly json: boolean;
  /** Every file of an app, read once. */
  readonly inspect: (client: Client) => Promise<readonly InspectedFile[]>;
}

/** What became of one file of an app, or would become of it. */
export interface SetupResult extends Omit<FileResult, 'problem'> {
  readonly client: Client;
  readonly file: string;
  /** Why, one sentence; null where nothing needs to be said. */
  readonly reason: string | null;
  /** Our entry to paste, where the file could not be edited. */
  readonly snippet: string | null;
}

const COLOURS = { changed: 'green', unchanged: 'dim', failed: 'red' } as const;
const WIDTH = 'unchanged'.length;
const INDENT = ' '.repeat(WIDTH + 2);

export function reportResults(run: SetupRun, results: readonly SetupResult[], removed: boolean): void {
  const { output, settings, profile } = run.context;
  if (run.json) {
    output.json({
      name: run.name,
      results: results.map((result) => ({
        ...plainResult(result),
        backup: result.backup,
        command: result.command,
        notes: result.notes,
        snippet: result.snippet,
        next: result.outcome === 'changed' && !removed ? result.client.next(run.place, run.name) : null,
      })),
    });
    return;
  }
  for (const result of results) reportResult(run, result, removed, false);
  const changed = new Set(results.flatMap(({ client, outcome }) => (outcome === 'changed' ? [client] : [])));
  if (removed) {
    if (profile.state === 'stored') {
      output.prose(`The API key is still stored (profile ${settings.profile}): \`lucanto-mcp logout\` removes it.`);
    }
    return;
  }
  if (changed.size > 0) output.line();
  for (const client of changed) output.prose(`Next: ${client.next(run.place, run.name)}`, '  ');
  // Doctor looks into the files of apps, not into one that --file names.
  if (CLIENTS.some((client) => changed.has(client)))
    output.prose('If Lucanto is missing then, `lucanto-mcp doctor` finds the cause.');
}

/** @param isPreview whether nothing was changed yet */
export function reportResult(
  { context: { output } }: SetupRun,
  { client, file, outcome, reason, backup, notes, command, snippet }: SetupResult,
  removed: boolean,
  isPreview: boolean,
): void {
  const [planned, done] = removed ? ['remove', 'removed'] : ['connect', 'connected'];
  const word = outcome === 'changed' ? (isPreview ? planned : done) : outcome;
  output.prose(
    `${output.style(COLOURS[outcome], word.padEnd(WIDTH))}  ${client.title}  ${output.style('dim', file)}`,
    INDENT,
  );
  const details = [
    ...(reason === null ? [] : [reason]),
    ...(backup === null ? [] : [`Backup: ${backup}`]),
    ...notes,
    ...(command === null || isPreview ? [] : [`With \`${command}\``]),
  ];
  for (const detail of details) output.prose(`${INDENT}${detail}`, INDENT);
  if (snippet === null) return;
  output.prose(`${INDENT}To connect it yourself, put this into the file:`, INDENT);
  output.line();
  output.line(snippet);
  output.line();
}

export function plainResult({ client, file, outcome, reason }: SetupResult): Record<string, unknown> {
  return { client: client.id, title: client.title, file, outcome, reason };
}

/** What is about to be written, for somebody who picked apps at a terminal. */
export function reportEntry({ context, launch, persisted, name }: SetupRun): void {
  const words = [launch.command, ...launch.args, ...persisted.options.flat()].map((word) =>
    shellWord(word, context.settings.machine),
  );
  context.output.note(`Each app gets the entry ${name}, which starts: ${words.join(' ')}`);
}

export function warnAboutNpx({ context, launch }: SetupRun): void {
  if (!launch.throughNpx) return;
  context.output.warn(
    'This runs from the cache of npx, so apps will start it through npx: about 650 ms more at every start, and the first start needs the network. To avoid both, run `npm install -g lucanto-mcp` and then setup without npx.',
  );
}

export const CONNECTED_BEFORE = 'It was connected already.';
/** Of a file or an entry that was never seen with this app. */
export const LIKELY =
  'We have not tried this with the app itself; tell us if this does not work: https://lucanto.eu/support';
export const NOT_CONNECTED = 'It was not connected.';

export function resultOf(
  client: Client,
  file: string,
  outcome: SetupResult['outcome'],
  reason: string | null,
): SetupResult {
  return { client, file, outcome, reason, backup: null, command: null, notes: [], snippet: null };
}

/** The reason why a file is not to be edited at all, or null. */
export function refusal(file: InspectedFile): string | null {
  if (file.state === 'broken') return `The file ${file.problem}; it was not changed.`;
  if (file.recognised.kind !== 'foreign') return null;
  return `It has an entry ${file.at.name} of another program: rename or remove that one, or choose another name with --profile.`;
}

/** Asks where that is needed. @returns what to report of a file that is not to be changed; null where it is */
export async function decideFile(client: Client, run: SetupRun, file: InspectedFile): Promise<SetupResult | null> {
  const refused = refusal(file);
  if (refused === null) return file.state === 'broken' ? null : askToReplace(client, run, file);
  const result = resultOf(client, file.file, 'failed', refused);
  // Pasted beside the entry of another program, ours would have the same name.
  return file.state === 'broken' ? withSnippet(run, result) : result;
}

/** An entry that works without us, or that holds a token, is not replaced without consent. */
async function askToReplace(
  client: Client,
  run: SetupRun,
  { file, recognised, at }: Extract<InspectedFile, { state: 'readable' }>,
): Promise<SetupResult | null> {
  const { yes, json, context } = run;
  const holdsToken = recognised.token !== null;
  const works = recognised.kind === 'url' && client.takesUrl;
  if (yes || (!holdsToken && !works)) return null;
  const what = recognised.kind === 'url' ? "the service's address" : 'this program';
  const has = `has an entry ${at.name} with ${what}${holdsToken ? ' and an API key in plain text' : ''}`;
  if (isTerminal(context.stdio) && !json) {
    const able = recognised.kind !== 'url' ? '' : works ? ', which it can use as it is' : ', which it cannot use';
    const move = holdsToken ? 'Verify the key, move it into the store and replace the entry?' : 'Replace the entry?';
    if (await askYesNo(`${client.title} ${has}${able}. ${move}`, true, context)) return null;
    return resultOf(client, file, 'unchanged', 'You kept the entry that was there.');
  }
  const advice = `add --yes to ${holdsToken ? 'move the key into the store and ' : ''}replace it`;
  if (works) return resultOf(client, file, 'unchanged', `It ${has}, which it can use: ${advice}.`);
  return withSnippet(run, resultOf(client, file, 'failed', `It ${has}: ${advice}.`));
}

export async function connectClientFile(client: Client, run: SetupRun, file: InspectedFile): Promise<SetupResult> {
  if (file.state === 'broken') return resultOf(client, file.file, 'failed', refusal(file));
  const { context, place, launch } = run;
  const { token, origin } = file.recognised;
  const store = async (key: string) =>
    (await import('./move-token.ts')).moveToken(context, { token: key, origin }, client.id, run.yes);
  const moved = token === null ? null : await store(token);
  if (moved?.safe === false) return withSnippet(run, resultOf(client, file.file, 'failed', moved.reason));
  const persisted = moved?.origin == null ? run.persisted : persistedOptions(storedAt(context.settings, moved.origin));
  // Asked before the file is written: a file of the app is what shows that it is here.
  const waits = isInstalled(client, place)
    ? []
    : [`${client.title} was not found on this computer; the entry waits for it.`];
  const likely = client.isLikely?.(place) === true ? [LIKELY] : [];
  const secrets = token === null ? [] : [token];
  const { problem, ...result } = await connectFile(client, place, file, launch, persisted, secrets, context.clock());
  const services = serviceOrigins(context.settings);
  const conflicts = file.others.filter(({ recognised }) => isServiceEntry(recognised, services));
  const notes = [
    ...(moved === null ? [] : [moved.note]),
    ...result.notes,
    ...conflicts.map((entry) => conflictNote(entry, context.settings.machine)),
    ...waits,
    ...likely,
  ];
  const reason = result.outcome === 'unchanged' ? CONNECTED_BEFORE : null;
  if (problem === null) return { ...result, client, file: file.file, reason, notes, snippet: null };
  return withSnippet(run, { ...resultOf(client, file.file, 'failed', `The file ${problem}.`), notes });
}

/** Takes our entry out of a file. Entries that are not ours stay. */
export async function removeFromFile(client: Client, run: SetupRun, file: InspectedFile): Promise<SetupResult> {
  if (file.state === 'broken') return resultOf(client, file.file, 'failed', refusal(file));
  if (file.recognised.kind === 'none') return resultOf(client, file.file, 'unchanged', NOT_CONNECTED);
  if (file.recognised.kind !== 'ours') {
    const reason = `Its entry ${run.name} was not made by setup and was not changed.`;
    return resultOf(client, file.file, 'unchanged', reason);
  }
  const { problem, ...result } = await disconnectFile(client, run.place, file, run.context.clock());
  const reason = problem === null ? null : `The file ${problem}.`;
  return { ...result, client, file: file.file, reason, snippet: null };
}

/** The settings as they are once a token for this origin is in the profile. */
function storedAt(settings: ResolvedSettings, origin: string): ResolvedSettings {
  if (settings.sources.url !== 'default') return settings;
  return { ...settings, url: origin, sources: { ...settings.sources, url: 'stored' } };
}

async function withSnippet(run: SetupRun, result: SetupResult): Promise<SetupResult> {
  return { ...result, snippet: await snippetOf(result.client, run) };
}

export async function snippetOf(client: Client, { launch, persisted, name }: SetupRun): Promise<string> {
  const entry = freshEntry(client, launch, persisted, name);
  const edited = await editText(client.format, '', entryPath(client, name), entry);
  return typeof edited === 'string' ? edited.trimEnd() : '';
}
