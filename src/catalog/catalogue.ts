import { hostName } from '../contract/naming.ts';
import { byTool, type Operation } from '../contract/operation.ts';
import { lastResult, withParts } from '../core/deadline.ts';
import { isJsonObject } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import type { CallContext, Tool } from '../core/tool.ts';
import type { HttpPort } from '../http/request.ts';
import { CHANGES_TOOL } from '../tools/list-changes.ts';
import { catalogueNotes } from './catalogue-notes.ts';
import type { ContractSource, ContractState } from './contract-source.ts';
import { Grants } from './grants.ts';
import type { Listing } from './listing/list-size.ts';
import { type RefreshReport, refreshSources } from './refresh.ts';
import { operationsOf } from './remote-match.ts';
import type { RemoteSource, RemoteState } from './remote-source.ts';
import {
  applyOptions,
  type CatalogueOptions,
  CatalogueSnapshot,
  mergeTools,
  type Selection,
  selectTools,
} from './tool-selection.ts';
import { LIST_WORKSPACES } from './workspace-list.ts';
import type { Workspaces } from './workspaces.ts';

/** Turns what the service lists into tools; the composition root knows the backends. */
export interface ToolFactories {
  /** @param all of the same contract @param unusable why no call of it may be sent, where that is known */
  rest(operation: Operation, all: readonly Operation[], unusable: string | null): Tool;
  /** Null for an entry that is no tool. */
  remote(raw: unknown, known: Operation | undefined, resources: readonly string[]): Tool | null;
  /** A provisional tool of the remote endpoint, made from an operation until the endpoint's list was seen. */
  provisional(operation: Operation): Tool;
  /** Our own tools for a contract. `isOffered` tells whether an operation's own tool is shown. */
  local(operations: readonly Operation[], isOffered: (operation: Operation) => boolean): readonly Tool[];
}

const NO_REST = 'it works over the REST API, which --backend remote does not use';

/** The catalogue over time: what is known now, refreshed behind the running server, with notice of changes. */
export class Catalogue {
  readonly #deps;
  readonly #listeners = new Set<() => void>();
  #current: CatalogueSnapshot | null = null;
  readonly #matched = lastResult(remoteEntries);
  readonly #rest = lastResult((operations: readonly Operation[], _refused: string | null) =>
    operations.map((operation) => this.#deps.factories.rest(operation, operations, this.#unusable(operation))),
  );
  #refreshing: Promise<RefreshReport> | null = null;

  constructor(deps: {
    readonly options: CatalogueOptions;
    readonly contract: ContractSource;
    readonly remote: RemoteSource;
    readonly factories: ToolFactories;
    readonly workspaces: Workspaces;
    readonly http: HttpPort;
    readonly log: Log;
  }) {
    this.#deps = deps;
  }

  selection(): Selection {
    return this.#offer().selection();
  }

  visible(): readonly Tool[] {
    return this.#offer().visible();
  }

  /** The visible tools as `tools/list` sends them; made when first asked for. */
  listing(): Listing {
    return this.#offer().listing();
  }

  /** Whether a remote tool, by its name at the endpoint, is one that is shown, or the one the bridge itself needs. */
  mayCallRemote(wireName: string): boolean {
    if (wireName === LIST_WORKSPACES) return true;
    const name = hostName(wireName);
    return this.visible().some(({ route, descriptor }) => route === 'remote' && descriptor.name === name);
  }

  /** The resources that there are tools for, hidden ones included. */
  resources(): readonly string[] {
    return [...new Set(this.all().map(({ resource }) => resource))].sort();
  }

  hidden(): Selection['hidden'] {
    return this.#offer().selection().hidden;
  }

  /** Operations of the service's document that did not become tools. */
  leftOut(): ContractState['leftOut'] {
    return this.#deps.options.backend === 'remote' ? [] : this.#deps.contract.state().leftOut;
  }

  /** Every tool, hidden or not, before a workspace is pinned. */
  all(): readonly Tool[] {
    return this.#offer().merged;
  }

  /** Without those of words that only names of remote tools suggest (`read:vats` of lucanto_explain_vat). */
  scopes(): string[] {
    const { options, contract } = this.#deps;
    const known = new Set(contract.operations.map(({ resource }) => resource));
    const isKnown = (scope: string) => known.has(scope.slice(scope.indexOf(':') + 1));
    return this.#offer()
      .grants.scopes()
      .filter((scope) => isKnown(scope) || options.scopes.includes(scope));
  }

  contractState(): ContractState {
    return this.#deps.contract.state();
  }

  remoteState(): RemoteState {
    return this.#deps.remote.state();
  }

  /** The workspaces of the last refresh, without asking. */
  knownWorkspaces(): RemoteSource['workspaces'] {
    return this.#deps.remote.workspaces;
  }

  /** Why tools are missing or old, one sentence each. */
  notes(): readonly string[] {
    const { options, contract, remote } = this.#deps;
    const changes = this.changesNote();
    return catalogueNotes(this.#offer(), { options, contract, remote, changes, resources: this.resources() });
  }

  /** Which tools of the remote endpoint changed since the last login; null where none did. */
  changesNote(): string | null {
    return this.#deps.options.backend === 'rest' ? null : this.#deps.remote.changesNote();
  }

  /** The user logs in: the remote tools of this moment are accepted. */
  async acceptChanges(): Promise<void> {
    await this.#deps.remote.acceptChanges();
    this.#current = null;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks the service for contract and tool list; what fails leaves the last known in force. One at a time. */
  refresh(context: CallContext, force: boolean): Promise<RefreshReport> {
    this.#refreshing ??= this.#refresh(context, force).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(context: CallContext, force: boolean): Promise<RefreshReport> {
    let shown = this.visible();
    const print = lastResult(fingerprint);
    let known = this.#knowledge();
    const settle = () => {
      const now = this.#knowledge();
      // What says the same again is not compiled again.
      if (now.every((part, at) => part === known[at])) return;
      known = now;
      this.#current = null;
      const before = print(shown);
      shown = this.visible();
      if (print(shown) === before) return;
      for (const listener of this.#listeners) listener();
    };
    const before = this.changesNote();
    const mentioned = () => new Set((this.#remoteTools() ?? []).map(({ tool }) => tool.resource));
    const report = await refreshSources({ ...this.#deps, settle, mentioned }, context, force);
    const changes = this.changesNote();
    if (changes !== null && changes !== before) this.#deps.log.warn(changes);
    return report;
  }

  /** What the tools follow from, beside the settings. */
  #knowledge(): readonly unknown[] {
    const { contract, remote, workspaces } = this.#deps;
    const { operations, isLive, refused } = contract;
    return [operations, isLive, refused, remote.revision, remote.oversized, workspaces.pinnedId];
  }

  /** What the bundled contract writes may be something else at a service whose own document cannot be read. */
  #unusable({ reads }: Operation): string | null {
    const { refused } = this.#deps.contract;
    return refused === null || reads ? null : `the service's own API cannot be known. ${refused}`;
  }

  #remoteTools(): ReturnType<typeof remoteEntries> | null {
    const { factories, contract, remote } = this.#deps;
    return remote.tools && this.#matched(remote.tools, contract.operations, factories.remote);
  }

  #offer(): CatalogueSnapshot {
    this.#current ??= this.#compute();
    return this.#current;
  }

  #compute(): CatalogueSnapshot {
    const { options, contract, remote, factories, workspaces } = this.#deps;
    const { backend } = options;
    const entries = this.#remoteTools();
    const remoteTools = entries?.map(({ tool }) => tool) ?? null;
    const equivalents = new Map(
      entries?.flatMap(({ tool: { descriptor }, known }) =>
        known === undefined ? [] : [[descriptor.name, known.tool]],
      ),
    );
    const sources = {
      rest: backend === 'remote' ? [] : this.#rest(contract.operations, contract.refused),
      contractIsLive: contract.isLive,
      remote: remoteTools,
      equivalents,
      provisional: remoteTools === null && backend === 'remote' ? contract.operations.map(factories.provisional) : [],
    };
    const evidence = { catalogue: remoteTools, equivalents: [...equivalents.values()] };
    const grants = new Grants({ ...evidence, readable: remote.readable, claimed: options.scopes });
    const shown = selectTools(mergeTools({ ...sources, local: [] }, backend), grants, options).visible;
    const names = new Set(shown.map(({ descriptor }) => descriptor.name));
    const callable = contract.operations.filter((operation) => this.#unusable(operation) === null);
    const ours = factories.local(callable, ({ tool }) => names.has(tool));
    // They call the REST API, which a user of `--backend remote` has decided against.
    const restless = (tool: Tool) => (isOffline(tool) ? tool : withParts(tool, { unusable: NO_REST }));
    const local = backend === 'remote' ? ours.map(restless) : ours;
    const usable = local.filter(({ unusable }) => unusable === undefined);
    const own = new Set(usable.map(({ descriptor }) => descriptor.name));
    const shadowing = remoteTools?.filter(({ descriptor }) => own.has(descriptor.name)) ?? [];
    const remoteOnly = remoteTools?.filter((tool) => !shadowing.includes(tool)) ?? null;
    const merged = mergeTools({ ...sources, remote: remoteOnly, local }, backend);
    const selection = selectTools(applyOptions(merged, options, workspaces), grants, options);
    return new CatalogueSnapshot(
      merged,
      grants,
      selection,
      options.toolsets,
      shadowing.map(({ descriptor }) => descriptor.name),
    );
  }
}

/** It reads what this computer keeps. */
function isOffline({ descriptor }: Tool): boolean {
  return descriptor.name === CHANGES_TOOL;
}

function fingerprint(tools: readonly Tool[]): string {
  return JSON.stringify(tools.map(({ descriptor }) => descriptor));
}

/** The tools that the endpoint lists, each with the operation of the contract that it is about. */
function remoteEntries(
  raws: readonly unknown[],
  operations: readonly Operation[],
  toolOf: ToolFactories['remote'],
): readonly { readonly tool: Tool; readonly known: Operation | undefined }[] {
  const resources = [...new Set(operations.map(({ resource }) => resource))];
  const named = byTool(operations);
  const entries = raws.flatMap((raw) => {
    // Nearly always the right one already, so that hardly a tool is made twice.
    const first = isJsonObject(raw) && typeof raw.name === 'string' ? named.get(hostName(raw.name)) : undefined;
    const tool = toolOf(raw, first, resources);
    return tool === null ? [] : [{ raw, tool, first }];
  });
  const known = operationsOf(
    entries.map(({ tool }) => tool),
    operations,
  );
  return entries.map(({ raw, tool, first }, at) => {
    const own = known[at];
    return { tool: own === first ? tool : (toolOf(raw, own, resources) ?? tool), known: own };
  });
}
