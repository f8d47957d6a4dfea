import type { Credential } from '../auth/credential.ts';
import { ArgumentChecker } from '../catalog/arguments/argument-checker.ts';
import { ContractSource } from '../catalog/contract-source.ts';
import { LiveCatalogue } from '../catalog/live-catalogue.ts';
import { type RemotePort, RemoteSource } from '../catalog/remote-source.ts';
import { guarded } from '../catalog/request-guard.ts';
import type { ServiceCache } from '../catalog/service-cache.ts';
import { listWorkspaces, Workspaces } from '../catalog/workspaces.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import type { ConfirmGate } from '../confirm/gate.ts';
import { COMMAND } from '../core/command-name.ts';
import { AuthError, type LucantoError, runHint } from '../core/errors.ts';
import { VERSION } from '../core/version.ts';
import type { HttpPort } from '../http/request.ts';
import type { WritePort } from '../writes/write.ts';
import { Bridge } from './bridge.ts';
import { Dispatcher } from './dispatch.ts';
import { type BridgeOptions, openService, type Service } from './open-service.ts';
import { toolFactories } from './tool-factories.ts';

/** The gate that a person must open before what cannot be undone: loaded with the first call that it stands before. */
interface GateParts {
  readonly settings: ResolvedSettings;
  readonly origin: string;
  readonly credential: Credential | null;
  /** The write ledger's folder. */
  readonly writesDir: string;
  readonly clock: () => number;
  readonly catalogue: LiveCatalogue;
  readonly checker: ArgumentChecker;
  readonly workspaces: Workspaces;
}

function lazyGate(parts: GateParts): ConfirmGate {
  const { settings, origin, credential, writesDir, clock, catalogue, checker, workspaces } = parts;
  let gate: Promise<ConfirmGate> | undefined;
  const load = async (): Promise<ConfirmGate> => {
    const [{ ConfirmationGate }, { ConfirmationTokens }] = await Promise.all([
      import('../confirm/gate.ts'),
      import('../confirm/confirmation-token.ts'),
    ]);
    return new ConfirmationGate({
      mode: settings.confirm,
      seals: new ConfirmationTokens({ folder: writesDir, origin, token: credential?.token ?? '', clock }),
      pinned: settings.workspace,
      clock,
      resolveWorkspace: workspaces.resolve,
      workspaces: (context) => workspaces.list(context),
      visible: () => catalogue.visible(),
      read: async (tool, args, context) => tool.call(await checker.check(tool, args), context),
    });
  };
  return {
    pass: async (...call) => {
      gate ??= load();
      return (await gate).pass(...call);
    },
  };
}

/** The composition root: settings and token in, one bridge out. Nothing here touches the network until asked. */
/** Writes, and the wait for those that are on their way. */
interface Writes extends WritePort {
  settle(ms: number): Promise<void>;
}

export async function openBridge(options: BridgeOptions): Promise<Bridge> {
  const { settings, log, clock } = options;
  const service = await openService(options);
  const { origin, credential, lastKnown } = service;
  const http = guarded(lazyHttp(service, options), {
    readOnly: settings.readOnly,
    pinned: settings.workspace,
    toolsets: settings.toolsets,
    operations: () => contract.operations,
    mayCallRemote: (name) => catalogue.mayCallRemote(name),
  });
  const remotePort = lazyRemote(http, lastKnown);
  const writes = lazyWrites(service, options);
  const contract: ContractSource = await ContractSource.open({
    lastKnown,
    http,
    clock,
    log,
    bundled: async () => (await import('../contract/bundled-contract.ts')).bundledDocuments(),
  });
  const remote = new RemoteSource({ lastKnown, remote: remotePort, clock });
  const workspaces: Workspaces = new Workspaces({
    pinned: settings.workspace,
    clock,
    list: (context) => listWorkspaces(catalogue.all(), context),
  });
  const catalogue: LiveCatalogue = new LiveCatalogue({
    options: { ...settings, pinned: settings.workspace, scopes: settings.scopes ?? [] },
    contract,
    remote,
    factories: toolFactories(
      { ...options, ...service },
      {
        ...{ http, remote: remotePort, writes, workspaces },
        visible: () => catalogue.visible(),
      },
    ),
    workspaces,
    http,
    log,
  });
  const checker = new ArgumentChecker(log);
  const dispatcher = new Dispatcher({
    selection: () => catalogue.selection(),
    checker,
    gate: lazyGate({ ...service, settings, clock, catalogue, checker, workspaces }),
    workspaces,
    log,
    command: settings.machine.command ?? COMMAND,
    assertReady: () => {
      if (credential === null) throw service.problem ?? noToken();
    },
  });
  return new Bridge({
    settings,
    origin,
    credential,
    problem: service.problem,
    catalogue,
    dispatcher,
    workspaces,
    lastKnown,
    log,
    clock,
    settleWrites: writes.settle,
    onClose: service.close,
  });
}

/** The ledger is loaded, and its folder made, with the first write. */
function lazyWrites({ origin, credential, writesDir }: Service, { settings, clock, log }: BridgeOptions): Writes {
  let ledger: Promise<Writes> | undefined;
  const load = async (): Promise<Writes> => {
    const { Ledger } = await import('../writes/ledger.ts');
    return new Ledger({
      folder: writesDir,
      profile: settings.profile,
      origin,
      token: credential?.token ?? '',
      duplicateWindowMs: settings.duplicateWindow * 60_000,
      clock,
      log,
    });
  };
  return {
    run: async (...write) => {
      ledger ??= load();
      return (await ledger).run(...write);
    },
    settle: async (ms) => {
      await (await ledger)?.settle(ms);
    },
  };
}

/** The HTTP library is loaded with the first request: most starts are over before there is one. */
function lazyHttp({ origin, credential }: Service, { settings, env, log }: BridgeOptions): HttpPort {
  let client: Promise<HttpPort> | undefined;
  const load = async (): Promise<HttpPort> => {
    const [{ HttpClient }, { systemClock }, { Transport }] = await Promise.all([
      import('../http/http-client.ts'),
      import('../core/deadline.ts'),
      import('../http/transport.ts'),
    ]);
    return new HttpClient({
      origin,
      token: () => credential?.token ?? null,
      version: VERSION,
      clock: systemClock,
      random: Math.random,
      log,
      transport: new Transport({ origin, env, embedded: settings.demo, nodeVersion: process.version, log }),
      concurrency: settings.concurrency,
    });
  };
  return {
    origin,
    send: async (request, context) => {
      client ??= load();
      return (await client).send(request, context);
    },
  };
}

function lazyRemote(http: HttpPort, lastKnown: ServiceCache): RemotePort {
  let client: Promise<RemotePort> | undefined;
  const load = async (): Promise<RemotePort> => {
    const { RemoteClient } = await import('../backends/remote/remote-client.ts');
    const remembered = lastKnown.protocol();
    return new RemoteClient({
      http,
      ...(remembered !== null && { remembered }),
      remember: (protocol) => void lastKnown.saveProtocol(protocol),
    });
  };
  return {
    listTools: async (context) => {
      client ??= load();
      return (await client).listTools(context);
    },
    callTool: async (...call) => {
      client ??= load();
      return (await client).callTool(...call);
    },
  };
}

function noToken(): LucantoError {
  return new AuthError('no_token', 'There is no API key.', {
    hint: runHint('lucanto-mcp login', ', then restart the app'),
  });
}
