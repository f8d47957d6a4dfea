/** Connects one client: every file of it, with the token in an earlier entry brought to safety first. */
import type { ResolvedSettings } from '../../config/resolve.ts';
import { SETTINGS } from '../../config/settings.ts';
import { carriedOptions } from '../../setup/carried.ts';
import type { Client } from '../../setup/clients/client.ts';
import { isInstalled } from '../../setup/clients/table.ts';
import { connectFile } from '../../setup/connect.ts';
import { type InspectedFile, inspectFile, type ReadableFile } from '../../setup/inspect.ts';
import { type IsService, isServiceEntry, strayNote } from '../../setup/strays.ts';
import { askYesNo, isTerminal } from '../prompt.ts';
import { moveToken } from './move-token.ts';
import type { Result, SetupRun } from './run.ts';
import { snippetOf } from './snippet.ts';

export async function connectClient(client: Client, run: SetupRun): Promise<readonly Result[]> {
  const results: Result[] = [];
  // One after the other: two files of one client may hold the same token.
  for (const file of client.files(run.place)) {
    const inspected = await inspectFile(client, run.place, run.name, file);
    results.push(await connectOne(client, run, inspected));
  }
  return results;
}

/** The reason why a file is not to be edited at all, or null. */
export function refusal(file: InspectedFile): string | null {
  if (file.state === 'broken') return `The file ${file.problem}; it was left as it is.`;
  if (file.recognised.kind !== 'foreign') return null;
  return `It has an entry ${file.at.name} that is not of lucanto-mcp: rename or remove that one, or choose another name with --profile.`;
}

async function connectOne(client: Client, run: SetupRun, file: InspectedFile): Promise<Result> {
  const refused = refusal(file);
  if (file.state === 'broken' || refused !== null) return failed(client, run, file.file, refused ?? '');
  const consent = await consentTo(client, run, file);
  if (consent !== 'yes')
    return consent.failed ? failed(client, run, file.file, consent.reason) : kept(client, file, consent.reason);
  const { token, origin } = file.recognised;
  const moved = token === null ? null : await moveToken(run.context, { token, origin }, client.id, run.yes);
  if (moved?.safe === false) return failed(client, run, file.file, moved.reason);
  const carried = moved?.origin == null ? run.carried : carriedOptions(storedAt(run.context.settings, moved.origin));
  // Asked before the file is written: a file of the app is what shows that it is here.
  const strays = file.others.filter(({ recognised }) => isServiceEntry(recognised, isServiceOf(run.context.settings)));
  const waits = isInstalled(client, run.place) ? [] : [`${client.title} was not found here; the entry waits for it.`];
  const connected = await connectFile(client, run.place, file, {
    launch: run.launch,
    carried,
    secrets: token === null ? [] : [token],
    now: run.context.clock(),
  });
  const notes = [...(moved === null ? [] : [moved.note]), ...connected.notes, ...strays.map(strayNote), ...waits];
  if (connected.outcome === 'failed') {
    const result = await failed(client, run, file.file, `The file ${connected.problem}.`);
    return { ...result, notes };
  }
  const { outcome, command, entry } = connected;
  const backup = connected.outcome === 'changed' ? connected.backup : null;
  return { client, file: file.file, outcome, reason: null, backup, command, notes, entry, snippet: null };
}

/** An entry that works without us, or that holds a token, is not replaced unasked. */
async function consentTo(
  client: Client,
  { yes, json, context }: SetupRun,
  { recognised, at }: ReadableFile,
): Promise<'yes' | { readonly failed: boolean; readonly reason: string }> {
  const holdsToken = recognised.token !== null;
  const works = recognised.kind === 'url' && client.takesUrl;
  if (yes || (!holdsToken && !works)) return 'yes';
  const what = recognised.kind === 'url' ? "the service's address" : 'this program';
  const has = `has an entry ${at.name} with ${what}${holdsToken ? ' and a token in plain text' : ''}`;
  if (isTerminal(context.stdio) && !json) {
    const able = recognised.kind !== 'url' ? '' : works ? ', which it can use as it is' : ', which it cannot use';
    const move = holdsToken ? 'Verify the token, move it into the store and replace the entry?' : 'Replace the entry?';
    const question = `${client.title} ${has}${able}. ${move}`;
    if (await askYesNo(question, true, context.stdio, context.interrupt)) return 'yes';
    return { failed: false, reason: 'You kept the entry that was there.' };
  }
  const advice = `add --yes to ${holdsToken ? 'move the token into the store and ' : ''}replace it`;
  return { failed: !works, reason: `It ${has}${works ? ', which it can use' : ''}: ${advice}.` };
}

/** Where the service's own page sends people, and the service of this run. */
function isServiceOf(settings: ResolvedSettings): IsService {
  const services = [settings.url, SETTINGS.url.fallback(settings.machine, {})];
  return (origin) => services.includes(origin);
}

/** The settings as they are once a token for this origin is in the profile. */
function storedAt(settings: ResolvedSettings, origin: string): ResolvedSettings {
  if (settings.sources.url !== 'default') return settings;
  return { ...settings, url: origin, sources: { ...settings.sources, url: 'stored' } };
}

async function failed(client: Client, run: SetupRun, file: string, reason: string): Promise<Result> {
  const snippet = await snippetOf(client, run);
  return { client, file, outcome: 'failed', reason, backup: null, command: null, notes: [], entry: null, snippet };
}

function kept(client: Client, { file }: ReadableFile, reason: string): Result {
  return {
    client,
    file,
    outcome: 'unchanged',
    reason,
    backup: null,
    command: null,
    notes: [],
    entry: null,
    snippet: null,
  };
}
