/** Connects one file of an app, or disconnects it, and gathers what is to be reported of it. */
import type { ResolvedSettings } from '../config/resolve.ts';
import type { Client } from '../setup/client.ts';
import type { InspectedFile } from '../setup/client-file.ts';
import { isInstalled } from '../setup/client-table.ts';
import { connectFile, disconnectFile } from '../setup/connect-file.ts';
import { conflictNote, isServiceEntry, persistedOptions, serviceOrigins } from '../setup/entry.ts';
import { askYesNo, isTerminal } from './prompt.ts';
import type { SetupResult, SetupRun } from './setup-report.ts';

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
  if (refused !== null) return withSnippet(run, resultOf(client, file.file, 'failed', refused));
  return file.state === 'broken' ? null : askToReplace(client, run, file);
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
  const moved = token === null ? null : await movedToken(client, run, { token, origin });
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
    ...conflicts.map(conflictNote),
    ...waits,
    ...likely,
  ];
  const reason = result.outcome === 'unchanged' ? CONNECTED_BEFORE : null;
  if (problem === null) return { ...result, client, file: file.file, reason, notes, snippet: null };
  return withSnippet(run, { ...resultOf(client, file.file, 'failed', `The file ${problem}.`), notes });
}

async function movedToken(client: Client, { context, yes }: SetupRun, found: { token: string; origin: string | null }) {
  const { moveToken } = await import('./move-token.ts');
  return moveToken(context, found, client.id, yes);
}

/** Takes our entry out of a file. Entries that are not ours stay. */
export async function removeFromFile(client: Client, run: SetupRun, file: InspectedFile): Promise<SetupResult> {
  if (file.state === 'broken') return resultOf(client, file.file, 'failed', refusal(file));
  if (file.recognised.kind === 'none') return resultOf(client, file.file, 'unchanged', NOT_CONNECTED);
  if (file.recognised.kind !== 'ours') {
    const reason = `Its entry ${run.name} is not of lucanto-mcp and was not changed.`;
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
  const { snippetOf } = await import('./setup-preview.ts');
  return { ...result, snippet: await snippetOf(result.client, run) };
}
