/** A file of an app: can the app read it, and does it hold an entry that the app can use. */
import { commandLine } from '../../auth/login-line.ts';
import { entryName } from '../../setup/carried.ts';
import { removalLine } from '../../setup/strays.ts';
import { type Finding, fail, ok, warn } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import type { AppEntry, AppFile } from './app-file.ts';

export function examineFile(app: AppFile, context: DoctorContext): Finding {
  const { client, file, entries } = app;
  if (file.state === 'broken') {
    return fail(
      `${file.file} ${file.problem}`,
      `Repair the file, or move it away, then run \`${setupLine(app, context)}\`.`,
    );
  }
  if (client.format === 'json' && !isStrictJson(file.config.text)) {
    return fail(
      `${file.file} has comments or commas at the end of a list, which ${client.title} does not read`,
      'Take those comments and commas out of the file.',
    );
  }
  const address = entries.find(({ kind }) => kind === 'url');
  if (address !== undefined) {
    const where = address.folder === null ? '' : ` for the folder ${address.folder}`;
    const what = `the entry ${address.name}${where} in ${file.file} holds the service's address${address.token === null ? '' : ' and a token in plain text'}`;
    const fix = addressFix(app, address, context);
    if (!client.takesUrl) return fail(`${what}; ${client.title} starts programs only and skips it`, fix);
    return address.token === null ? ok(`${what}, which ${client.title} can use`) : warn(what, fix);
  }
  const exposed = entries.find(({ kind, token }) => kind === 'ours' && token !== null);
  if (exposed !== undefined) {
    return warn(
      `the entry ${exposed.name} in ${file.file} holds a token in plain text`,
      `Run \`${commandLine('login', context.settings)}\` with that token, then \`${setupLine(app, context)}\`.`,
    );
  }
  const foreign = entries.find(({ kind }) => kind === 'foreign');
  if (foreign !== undefined) {
    return warn(
      `the entry ${foreign.name} in ${file.file} starts something else than lucanto-mcp`,
      `Rename that entry, then run \`${setupLine(app, context)}\`.`,
    );
  }
  return ok(entries.length === 0 ? `${file.file} (not connected)` : file.file);
}

function addressFix(app: AppFile, { name, folder }: AppEntry, context: DoctorContext): string {
  const line = setupLine(app, context);
  if (folder !== null) return `Run ${removalLine(name)} in that folder, then \`${line}\`.`;
  if (name === entryName(context.settings)) return `Run \`${line}\`, which replaces it.`;
  return `Take the entry ${name} out of the file, then run \`${line}\`.`;
}

export function setupLine({ client }: AppFile, { settings }: DoctorContext): string {
  return commandLine(`setup ${client.id}`, settings);
}

function isStrictJson(text: string): boolean {
  if (text.trim() === '') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
