import { ago } from '../../words.ts';
import { answeredWith, type Check, type Finding, ok, warn } from '../check.ts';
import type { DoctorContext, Known } from '../context.ts';
import { ONLINE } from '../network/online.ts';

/** Also where nobody answers: what the tools are made of then matters most. */
export const contractCheck: Check = {
  id: 'contract',
  title: 'Contract',
  after: ONLINE,
  seconds: 20,
  run: async (context, { stateOf }) => {
    const isDown = ONLINE.some((id) => stateOf(id) === 'fail');
    const error = isDown ? null : (await context.service.ask()).contract;
    const { contract } = context.service.known();
    const detail = words(contract, context);
    if (contract.rejected !== null) {
      return warn(
        `${detail}; the newest one was not believed: ${contract.rejected}`,
        'Check --url, and if it is right, update with `npm install -g lucanto-mcp@latest`.',
      );
    }
    if (contract.source === 'live') return ok(detail);
    if (error !== null) return insteadOfLive(detail, answeredWith(error));
    return warn(detail, 'Make the service reachable first, then run `lucanto-mcp doctor` again.');
  },
};

function words({ source, fetchedAt, operations }: Known['contract'], { clock }: DoctorContext): string {
  const age = fetchedAt === null ? 'came with this version' : ago(fetchedAt, clock());
  const names = { live: 'live', cached: 'last known', bundled: 'bundled' } as const;
  return source === 'live' ? `live, ${operations} operations` : `${names[source]} (${age}), ${operations} operations`;
}

/** The bridge works on with what it has. */
function insteadOfLive(detail: string, { detail: why, fix }: Finding): Finding {
  return warn(`${detail}: ${why}`, fix ?? 'Run `lucanto-mcp doctor` again.');
}
