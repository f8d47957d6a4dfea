import { resolveCredential } from '../auth/credential.ts';
import { readProfile } from '../auth/profile.ts';
import type { JsonObject } from '../core/json.ts';
import type { Client } from '../setup/client.ts';
import type { Computer, Launch } from '../setup/computer.ts';
import { inspectClient } from '../setup/inspect-file.ts';
import { freshEntry, type PersistedOptions, persistedOptions } from '../setup/persisted-options.ts';
import { editText } from '../setup/text/config-text.ts';
import type { CommandContext } from './command.ts';
import { logIn } from './commands/login.ts';
import { askYesNo } from './prompt.ts';

/** What one run of setup works with. */
export interface SetupRun {
  readonly context: CommandContext;
  readonly place: Computer;
  /** Of our entry. */
  readonly name: string;
  readonly launch: Launch;
  readonly carried: PersistedOptions;
  /** --yes */
  readonly yes: boolean;
  readonly json: boolean;
}

/** What became of one file of a client. */
export interface Result {
  readonly client: Client;
  readonly file: string;
  readonly outcome: 'changed' | 'unchanged' | 'failed';
  /** Why, one sentence; null where there is nothing to say. */
  readonly reason: string | null;
  /** The backup's name, in the folder of the file. */
  readonly backup: string | null;
  /** The client's own command, where that was used. */
  readonly command: string | null;
  readonly notes: readonly string[];
  /** Our entry as it is in the file now; null where it is not. */
  readonly entry: JsonObject | null;
  /** What a user can paste, where the file could not be edited. */
  readonly snippet: string | null;
}

/** Our entry as a text to paste. */
export async function snippetOf(client: Client, { launch, carried, name }: SetupRun): Promise<string> {
  const entry = freshEntry(client, launch, carried);
  const edited = await editText(client.format, '', { container: client.container, name }, entry);
  return 'value' in edited ? edited.value.trimEnd() : '';
}

/** Whether the app that is connected will have a token. */
interface TokenState {
  /** Why there is none, one sentence. */
  readonly problem: string | null;
  /** A variable that gives one in this terminal only. */
  readonly onlyHere: string | null;
}

export function tokenState({ settings, env }: CommandContext): TokenState {
  if (settings.demo) return { problem: null, onlyHere: null };
  const reading = readProfile(settings);
  const isStored = reading.state === 'stored';
  // A token that was moved into the store a moment ago brings its origin along.
  const url = isStored && settings.sources.url === 'default' ? reading.profile.origin : settings.url;
  const { credential, problem } = resolveCredential({ ...settings, url }, env);
  if (credential === null) return { problem: problem?.message ?? null, onlyHere: null };
  return { problem: null, onlyHere: credential.source === 'environment' && !isStored ? credential.where : null };
}

/** With a client at hand that holds a token, that one is offered instead. @returns the run, with what was logged in to */
export async function offerLogin(run: SetupRun, clients: readonly Client[]): Promise<SetupRun> {
  const { context } = run;
  if (context.settings.demo || resolveCredential(context.settings, context.env).credential !== null) return run;
  const files = await Promise.all(clients.map((client) => inspectClient(client, run.place, run.name)));
  const hasToken = files.flat().some((file) => file.state === 'readable' && file.recognised.token !== null);
  if (hasToken) return run;
  const question = `There is no token for ${context.settings.url} yet. Log in first?`;
  if (!(await askYesNo(question, true, context.stdio, context.interrupt))) return run;
  await logIn(context, true);
  return { ...run, carried: persistedOptions(context.settings) };
}
