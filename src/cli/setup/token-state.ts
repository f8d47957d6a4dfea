/** Whether the app that is connected will have a token. */
import { resolveCredential } from '../../auth/credential.ts';
import { readProfile } from '../../auth/read-profile.ts';
import { carriedOptions } from '../../setup/carried.ts';
import type { Client } from '../../setup/clients/client.ts';
import { inspectClient } from '../../setup/inspect.ts';
import type { CommandContext } from '../command.ts';
import { logIn } from '../commands/login.ts';
import { askYesNo } from '../prompt.ts';
import type { SetupRun } from './run.ts';

export interface TokenState {
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
  return { ...run, carried: carriedOptions(context.settings) };
}
