/** Both ways into the service, with the token. */
import { AuthError } from '../../errors.ts';
import { answeredWith, type Check, failedWith, ok, skip, warn } from '../check.ts';
import type { Asked } from '../context.ts';
import { ONLINE } from '../network/online.ts';

const SECONDS = 20;

export const tokenAcceptedCheck: Check = {
  id: 'token-accepted',
  title: 'Token accepted',
  needs: ['token', 'token-form', 'token-origin', ...ONLINE],
  after: ['contract'],
  seconds: SECONDS,
  run: async ({ service, origin }) => {
    const asked = await service.ask();
    const refusal = refusalIn(asked);
    if (refusal !== null) return failedWith(refusal);
    const answered = asked.catalogue === null || !(asked.workspaces instanceof Error);
    return answered ? ok(`by ${origin}`) : skip('nobody who could tell has answered');
  },
};

export const restCheck: Check = {
  id: 'rest',
  title: 'REST API',
  needs: ['token-accepted'],
  seconds: SECONDS,
  run: async ({ service, settings }) => {
    if (settings.backend === 'remote') return skip('not used with --backend remote');
    const { workspaces } = await service.ask();
    return workspaces instanceof Error ? answeredWith(workspaces) : ok('answers');
  },
};

export const mcpCheck: Check = {
  id: 'mcp',
  title: 'MCP endpoint',
  needs: ['token-accepted'],
  seconds: SECONDS,
  run: async ({ service, settings }) => {
    const { catalogue } = await service.ask();
    const known = service.known().catalogue;
    if (catalogue === null) return ok(`answers, ${known.tools} tools`);
    // Calls go over REST then, and its list of an earlier day still says what the token may do.
    const isOptional = settings.backend !== 'remote' && known.source === 'cached';
    return isOptional
      ? warn(`${catalogue.message} Its last known list is used.`, catalogue.hint)
      : failedWith(catalogue);
  },
};

/** One endpoint that refuses the token while the other takes it is that endpoint's own fault. */
function refusalIn({ workspaces, catalogue }: Asked): AuthError | null {
  if (workspaces instanceof AuthError) return workspaces;
  return catalogue instanceof AuthError && workspaces instanceof Error ? catalogue : null;
}
