import { commandLine } from '../../auth/login-line.ts';
import { type Check, ok, skip, warn } from '../check.ts';
import type { AppFile } from './app-file.ts';

export const appsCheck: Check = {
  id: 'apps',
  title: 'Apps',
  run: ({ apps, installed, settings }) => {
    const connected = [
      ...new Set(
        apps.filter(({ entries }) => entries.some(({ kind }) => kind === 'ours')).map(({ client }) => client.title),
      ),
    ];
    const others = installed.filter((title) => !connected.includes(title));
    if (connected.length === 0 && others.length === 0) return skip('none that can be connected was found');
    if (connected.length === 0 && apps.some(isInTheWay))
      return skip('none is connected; what is in the way stands below');
    if (connected.length === 0) {
      return warn(`none is connected; installed: ${others.join(', ')}`, `Run \`${commandLine('setup', settings)}\`.`);
    }
    const rest = others.length === 0 ? '' : `; not connected: ${others.join(', ')}`;
    return ok(`connected: ${connected.join(', ')}${rest}`);
  },
};

/** Has a finding of its own, with its own fix. */
function isInTheWay({ file, entries }: AppFile): boolean {
  return file.state === 'broken' || entries.length > 0;
}
