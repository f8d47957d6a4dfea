import { setMaxListeners } from 'node:events';
import type { Operation } from '../contract/operation.ts';
import { type LucantoError, ProtocolError, toLucantoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { CallContext } from '../core/tool.ts';
import type { HttpPort } from '../http/request.ts';
import type { ContractSource } from './contract-source.ts';
import { isSwitchedOff } from './grants.ts';
import type { RemoteSource } from './remote-source.ts';
import type { CatalogueOptions } from './tool-selection.ts';
import { NO_LIST } from './workspace-list.ts';
import type { WorkspaceId, Workspaces } from './workspaces.ts';

/** The list operation of every resource that `mentions` does not know, one per resource. */
function listsToProbe(operations: readonly Operation[], isKnown: (resource: string) => boolean): Operation[] {
  const lists = new Map<string, Operation>();
  for (const operation of operations) {
    // The workspace is known by then; a list that needs anything else cannot be tried.
    const needed = operation.parameters.some(({ required, name }) => required && name !== operation.workspace);
    const probeable = operation.action === 'list' && operation.scopes.length > 0 && operation.reads && !needed;
    if (probeable && !lists.has(operation.resource) && !isKnown(operation.resource))
      lists.set(operation.resource, operation);
  }
  return [...lists.values()];
}

/**
 * The remote tool list says nothing of a resource it has no tools for. Reading one row of its list does:
 * a refusal means no read scope, an answer means there is one.
 * @returns resource → whether its list could be read; a resource whose probe failed for another reason is absent
 */
async function probeLists(
  lists: readonly Operation[],
  workspace: WorkspaceId | null,
  http: HttpPort,
  context: CallContext,
): Promise<Record<string, boolean>> {
  const readable: Record<string, boolean> = {};
  // Many requests end with one signal; Node would take that for a leak, and say so to the user.
  setMaxListeners(0, context.signal);
  await Promise.all(
    lists.map(async (operation) => {
      const path =
        operation.workspace === null
          ? operation.path
          : operation.path.replace(`{${operation.workspace}}`, encodeURIComponent(String(workspace)));
      const query = operation.paginated ? 'limit=1' : '';
      const request = { method: 'GET', path, query, headers: {}, body: null, accept: 'application/json' } as const;
      const status = await http.send(request, { ...context, retry: 'read' }).then(
        (answer) => answer.status,
        () => null,
      );
      if (status === 200) readable[operation.resource] = true;
      // A 404 refuses nothing: the path may be one that only the bundled contract believes in.
      if (status === 403) readable[operation.resource] = false;
    }),
  );
  return readable;
}

/** One refresh: contract and tool list are asked for at the same time, then what the tool list is silent on is tried. */
export interface RefreshReport {
  readonly contract: 'live' | 'unchanged' | 'skipped' | 'failed';
  readonly catalogue: 'live' | 'failed';
  /** Why each half failed; null where it did not. */
  readonly failures: { readonly contract: LucantoError | null; readonly catalogue: LucantoError | null };
  readonly errors: readonly LucantoError[];
}

/** What fails leaves the last known in force, and is told in the report. */
export async function refreshSources(
  deps: {
    readonly options: Pick<CatalogueOptions, 'backend' | 'toolsets'>;
    readonly contract: ContractSource;
    readonly remote: RemoteSource;
    readonly workspaces: Workspaces;
    readonly http: HttpPort;
    readonly log: Log;
    /** Called whenever something new is known. */
    readonly settle: () => void;
    /** Resources that the tool list speaks of. */
    readonly mentioned: () => ReadonlySet<string>;
  },
  context: CallContext,
  force: boolean,
): Promise<RefreshReport> {
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
async function probe(deps: Parameters<typeof refreshSources>[0], context: CallContext, force: boolean): Promise<void> {
  const { contract, remote, workspaces, http, options, log } = deps;
  const list = await workspaces.listed(context).catch((error: unknown) => {
    // Such a service may have no workspaces at all: its lists can be tried all the same.
    if (error instanceof ProtocolError && error.code === NO_LIST) return null;
    throw error;
  });
  const rows = list?.rows ?? null;
  if (list !== null) await remote.learnWorkspaces(list);
  const mentioned = deps.mentioned();
  const isKnown = (resource: string) =>
    mentioned.has(resource) || isSwitchedOff(resource, options.toolsets) || (!force && remote.isProbed(resource));
  const workspace = (await workspaces.pinned(context)) ?? rows?.[0]?.id ?? null;
  const all = listsToProbe(contract.operations, isKnown);
  const lists = rows === null && workspace === null ? all.filter((one) => one.workspace === null) : all;
  if (lists.length === 0 || (workspace === null && rows !== null) || options.backend === 'remote') return;
  log.debug(`probing ${lists.length} resources that the service's tool list does not mention`);
  await remote.learnProbes(await probeLists(lists, workspace, http, context));
}
