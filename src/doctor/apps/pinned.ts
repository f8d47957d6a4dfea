/** The workspace that an entry pins: every call of the app fails where the token does not reach it. */
import { resolveCredential } from '../../auth/credential.ts';
import { type Finding, fail } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import type { AppEntry, AppFile } from './app-file.ts';
import { settingsOf } from './entry.ts';
import { setupLine } from './file.ts';
import { hostStart } from './host.ts';

/** @returns null where it is reached, or where another token than the one that was asked about would be used */
export async function judgePinned(app: AppFile, entry: AppEntry, context: DoctorContext): Promise<Finding | null> {
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
