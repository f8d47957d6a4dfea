import { commandLine } from '../../auth/login-line.ts';
import { claudeDesktop } from '../../setup/clients/claude-desktop.ts';
import { type Check, ok, skip, warn } from '../check.ts';
import type { AppFile } from './app-file.ts';
import { bundlesIn } from './bundles.ts';

export const appsCheck: Check = {
  id: 'apps',
  title: 'Apps',
  run: ({ apps, installed, settings, place }) => {
    const byEntry = new Set(apps.filter(startsUs).map(({ client }) => client.title));
    const bundles = bundlesIn(place);
    if (bundles.length > 0 && byEntry.has(claudeDesktop.title)) {
      return warn(
        `${claudeDesktop.title} has both the bundle and an entry: every tool is there twice`,
        `Run \`${commandLine(`setup --remove ${claudeDesktop.id}`, settings)}\`, or remove the bundle in its settings.`,
      );
    }
    const connected = [...byEntry, ...bundles.map((version) => `${claudeDesktop.title} (bundle ${version})`)];
    const others = installed.filter((title) => !connected.some((one) => one.startsWith(title)));
    if (connected.length > 0) {
      const rest = others.length === 0 ? '' : `; not connected: ${others.join(', ')}`;
      return ok(`connected: ${connected.join(', ')}${rest}`);
    }
    if (others.length === 0) return skip('none that can be connected was found');
    if (apps.some(isInTheWay)) return skip('none is connected; what is in the way stands below');
    return warn(`none is connected; installed: ${others.join(', ')}`, `Run \`${commandLine('setup', settings)}\`.`);
  },
};

function startsUs({ entries }: AppFile): boolean {
  return entries.some(({ kind }) => kind === 'ours');
}

/** Has a finding of its own, with its own fix. */
function isInTheWay({ file, entries }: AppFile): boolean {
  return file.state === 'broken' || entries.length > 0;
}
