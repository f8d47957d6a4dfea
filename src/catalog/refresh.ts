/** One refresh: contract and tool list are asked for at the same time, then what the tool list is silent on is tried. */
import { type LucantoError, toLucantoError } from '../errors.ts';
import type { HttpPort } from '../http/request.ts';
import type { Log } from '../log.ts';
import type { Backend } from './catalogue.ts';
import type { ContractRefresh, ContractSource } from './contract-source.ts';
import { listsToProbe, probeLists } from './probe.ts';
import type { RemoteSource } from './remote-source.ts';
import type { CallContext } from './tool.ts';
import { isSwitchedOff, type Toolsets } from './toolsets.ts';
import type { Workspaces } from './workspaces.ts';

export interface RefreshReport {
  readonly contract: ContractRefresh | 'failed';
  readonly catalogue: 'live' | 'failed';
  /** Why each half failed; null where it did not. */
  readonly failures: { readonly contract: LucantoError | null; readonly catalogue: LucantoError | null };
  readonly errors: readonly LucantoError[];
}

export interface RefreshDeps {
  readonly options: {
    readonly backend: Backend;
    readonly pinned: string | null;
    readonly toolsets: Toolsets | null;
  };
  readonly contract: ContractSource;
  readonly remote: RemoteSource;
  readonly workspaces: Workspaces;
  readonly http: HttpPort;
  readonly log: Log;
  /** Called whenever something new is known. */
  readonly settle: () => void;
  /** Resources that the tool list speaks of. */
  readonly mentioned: () => ReadonlySet<string>;
}

/** What fails leaves the last known in force, and is told in the report. */
export async function refreshSources(deps: RefreshDeps, context: CallContext, force: boolean): Promise<RefreshReport> {
  const { contract, remote, settle } = deps;
  // Either half counts as soon as it is there: the other one may hang until the deadline.
  const [contractOutcome, remoteOutcome] = await Promise.allSettled([
    contract.refresh(context, force).finally(settle),
    remote.refresh(context).finally(settle),
  ]);
  const failures = { contract: reasonOf(contractOutcome), catalogue: reasonOf(remoteOutcome) };
  const errors = [failures.contract, failures.catalogue].filter((error) => error !== null);
  if (remoteOutcome.status === 'fulfilled')
    await probe(deps, context, force).catch((error) => errors.push(toLucantoError(error)));
  settle();
  return {
    contract: contractOutcome.status === 'fulfilled' ? contractOutcome.value : 'failed',
    catalogue: remoteOutcome.status === 'fulfilled' ? 'live' : 'failed',
    failures,
    errors,
  };
}

function reasonOf(outcome: PromiseSettledResult<unknown>): LucantoError | null {
  return outcome.status === 'rejected' ? toLucantoError(outcome.reason) : null;
}

/** Resources that the remote catalogue is silent on are tried once per token, and again where asked (`login`). */
async function probe(deps: RefreshDeps, context: CallContext, force: boolean): Promise<void> {
  const { contract, remote, workspaces, http, options, log } = deps;
  const rows = await workspaces.list(context);
  await remote.learnWorkspaces(rows);
  const mentioned = deps.mentioned();
  const isKnown = (resource: string) =>
    mentioned.has(resource) || isSwitchedOff(resource, options.toolsets) || (!force && remote.isProbed(resource));
  const lists = listsToProbe(contract.operations, isKnown);
  const workspace = options.pinned ?? rows[0]?.id;
  if (lists.length === 0 || workspace === undefined || options.backend === 'remote') return;
  log.debug(`probing ${lists.length} resources that the service's tool list does not mention`);
  await remote.learnProbes(await probeLists(lists, workspace, http, context));
}
