/** The composition root: settings and token in, one bridge out. Nothing here touches the network until asked. */

import { Bridge } from './bridge.ts';
import { ArgumentChecker } from './catalog/arguments.ts';
import { ContractSource } from './catalog/contract-source.ts';
import { Dispatcher } from './catalog/dispatch.ts';
import type { LastKnown } from './catalog/last-known.ts';
import { listWorkspaces } from './catalog/list-workspaces.ts';
import { LiveCatalogue } from './catalog/live-catalogue.ts';
import type { RemotePort } from './catalog/ports.ts';
import { RemoteSource } from './catalog/remote-source.ts';
import { guarded } from './catalog/request-guard.ts';
import { Workspaces } from './catalog/workspaces.ts';
import { COMMAND } from './config/invocation.ts';
import { AuthError, type LucantoError } from './errors.ts';
import type { HttpPort } from './http/request.ts';
import { lazyGate } from './open-gate.ts';
import { type BridgeOptions, openService, type Service } from './open-service.ts';
import { toolMakers } from './tool-makers.ts';
import { VERSION } from './version.ts';
import type { WritePort } from './writes/write.ts';

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
    bundled: async () => (await import('./contract/bundled/document.ts')).bundledDocuments(),
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
    makers: toolMakers(
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
    const { Ledger } = await import('./writes/ledger.ts');
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
      import('./http/client.ts'),
      import('./http/clock.ts'),
      import('./http/transport/transport.ts'),
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

function lazyRemote(http: HttpPort, lastKnown: LastKnown): RemotePort {
  let client: Promise<RemotePort> | undefined;
  const load = async (): Promise<RemotePort> => {
    const { RemoteClient } = await import('./backends/remote/client.ts');
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
  return new AuthError('no_token', 'There is no token.', { hint: 'Run `lucanto-mcp login`, then restart the app.' });
}
