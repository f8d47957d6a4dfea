/** The checks of one file of an app, and of each entry in it that starts this program. */
import type { Check } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import type { AppEntry, AppFile } from './app-file.ts';
import { examineEntry } from './entry.ts';
import { examineFile } from './file.ts';
import { hostStart } from './host.ts';
import { judgeNoise, judgeStart, judgeTools, patienceFor, SLOWEST_SECONDS } from './judge-start.ts';
import { judgePinned } from './pinned.ts';
import type { Started } from './start.ts';
import { Starter } from './starter.ts';

export function appChecks(apps: readonly AppFile[]): readonly Check[] {
  const starter = new Starter();
  return apps.flatMap((app) => {
    const file: Check = {
      id: `${app.id}-file`,
      title: `${app.client.title}: file`,
      run: (context) => examineFile(app, context),
    };
    const ours = app.entries.filter(({ kind }) => kind === 'ours');
    return [file, ...ours.flatMap((entry) => entryChecks(app, entry, ours.length === 1, starter))];
  });
}

/** @param isOnly the only one of ours in the file, which needs no name to be told apart */
function entryChecks(app: AppFile, entry: AppEntry, isOnly: boolean, starter: Starter): readonly Check[] {
  const id = isOnly ? app.id : `${app.id}-${entry.name}`;
  const title = isOnly ? app.client.title : `${app.client.title} (${entry.name})`;
  const begin = ({ place }: DoctorContext, signal: AbortSignal): Promise<Started> =>
    starter.start(hostStart(app, entry, place), { ...patienceFor(app, entry), signal });
  return [
    {
      id: `${id}-entry`,
      title: `${title}: entry`,
      needs: [`${app.id}-file`],
      run: (context) => examineEntry(app, entry, context),
    },
    {
      id: `${id}-start`,
      title: `${title}: start`,
      needs: [`${id}-entry`],
      // What it starts puts modes right, which must be looked at before.
      after: ['config-dir'],
      seconds: SLOWEST_SECONDS,
      run: async (context, { signal }) => judgeStart(app, entry, await begin(context, signal), context),
    },
    {
      id: `${id}-stdout`,
      title: `${title}: stdout`,
      needs: [`${id}-entry`],
      after: [`${id}-start`],
      seconds: SLOWEST_SECONDS,
      run: async (context, { signal }) => judgeNoise(app, await begin(context, signal), context),
    },
    {
      id: `${id}-tools`,
      title: `${title}: tools`,
      needs: [`${id}-start`],
      after: ['workspaces'],
      seconds: SLOWEST_SECONDS,
      run: async (context, { signal, stateOf }) => {
        const listed = judgeTools(app, await begin(context, signal), context);
        if (listed.state !== 'ok' || stateOf('workspaces') !== 'ok') return listed;
        return (await judgePinned(app, entry, context)) ?? listed;
      },
    },
  ];
}
