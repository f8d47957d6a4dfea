import { commandLine } from '../../auth/login-line.ts';
import { type Check, ok, skip, warn } from '../check.ts';

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
    if (connected.length === 0) {
      return warn(`none is connected; installed: ${others.join(', ')}`, `Run \`${commandLine('setup', settings)}\`.`);
    }
    const rest = others.length === 0 ? '' : `; not connected: ${others.join(', ')}`;
    return ok(`connected: ${connected.join(', ')}${rest}`);
  },
};
