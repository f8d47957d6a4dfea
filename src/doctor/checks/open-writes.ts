import { join } from 'node:path';
import { commandLine } from '../../auth/login-line.ts';
import { history } from '../../writes/history.ts';
import { type Check, ok, skip, warn } from '../check.ts';

export const openWritesCheck: Check = {
  id: 'open-writes',
  title: 'Open writes',
  needs: ['config-dir'],
  run: async ({ settings, clock, log }) => {
    if (settings.demo) return skip('the demo forgets everything when it ends');
    const all = await history({ folder: join(settings.configDir, 'writes'), clock, log });
    const open = all.filter(({ resolve }) => resolve !== null);
    const [first] = open;
    if (first === undefined) return ok(all.length === 0 ? 'nothing was written yet' : `none of ${all.length} writes`);
    const which = `${first.tool} of ${first.time.slice(0, 16).replace('T', ' ')} UTC`;
    return warn(
      open.length === 1
        ? `the outcome of ${which} is not settled`
        : `${open.length} are not settled, the latest ${which}`,
      `Run \`${commandLine('history --open', settings)}\`, which says for each what to do.`,
    );
  },
};
