import { ArgumentParser } from '../catalog/arguments/argument-parser.ts';
import { Catalogue } from '../catalog/catalogue.ts';
import { ContractSource } from '../catalog/contract-source.ts';
import { type RemotePort, RemoteSource } from '../catalog/remote-source.ts';
import { guarded } from '../catalog/request-guard.ts';
import type { ServiceCache } from '../catalog/service-cache.ts';
import { listWorkspaces } from '../catalog/workspace-list.ts';
import { Workspaces } from '../catalog/workspaces.ts';
import { type ResolvedSettings, typedCommand } from '../config/resolve.ts';
import { writeLimits } from '../config/setting.ts';
import type { SubjectReader } from '../confirm/call-subject.ts';
import { daysIn, ownTimeZone } from '../core/calendar.ts';
import { lazy } from '../core/deadline.ts';
import { isPrivate } from '../http/private-address.ts';
import type { HttpPort } from '../http/request.ts';
import type { WritePort } from '../writes/ledger.ts';
import type { SendCount, SendLimit } from '../writes/send-count.ts';
import { Bridge } from './bridge.ts';
import { type BridgeOptions, openHttp, openService, type Service } from './open-service.ts';
import { toolFactories } from './tool-factories.ts';

/**
 * The composition root: settings and token in, one bridge out. Nothing here touches the network until asked, and what
 * is heavy is loaded with its first use.
 */
export async function openBridge(options: BridgeOptions): Promise<Bridge> {
  const { settings, env, log, clock } = options;
  const service = await openService(options);
  const { origin, credential, cache, writesDir } = service;
  const token = credential?.token ?? '';
  const workspaces: Workspaces = new Workspaces({
    pinned: settings.workspace,
    clock,
    stored: () => catalogue.knownWorkspaces(),
    list: (context) => listWorkspaces(catalogue.all(), contract.operations, http, context),
  });
  const http = guarded(
    openHttp({
      ...{ env, log, origin },
      token: credential?.token ?? null,
      embedded: settings.demo,
      concurrency: settings.concurrency,
    }),
    {
      readOnly: settings.readOnly,
      // A pin by name has its id only once the companies were listed.
      get pinned() {
        return workspaces.pinnedId;
      },
      toolsets: settings.toolsets,
      operations: () => contract.operations,
      others: () => {
        const ids = workspaces.known?.map(({ id }) => id);
        return ids === undefined ? null : new Set(ids.filter((id) => id !== workspaces.pinnedId));
      },
      mayCallRemote: (name) => catalogue.mayCallRemote(name),
    },
  );
  const remotePort = lazyRemote(http, cache);
  const { settle, ...writes } = lazyWrites(service, options);
  const contract: ContractSource = await ContractSource.open({
    ...{ cache, http, clock, log },
    bundled: async () => (await import('../contract/bundled-contract.ts')).bundledDocuments(),
  });
  const remote = new RemoteSource({ cache, remote: remotePort, clock });
  const visible = () => catalogue.visible();
  const catalogue: Catalogue = new Catalogue({
    options: { ...settings, pinned: settings.workspace, scopes: settings.scopes ?? [] },
    factories: toolFactories({
      ...{ ...options, origin, writesDir, http, remote: remotePort, writes, workspaces, visible },
      elsewhere: httpElsewhere(options, origin),
      argumentProblems: async (name, args, context) => {
        const tool = catalogue.all().find(({ descriptor }) => descriptor.name === name);
        return tool === undefined ? null : parser.problems(tool, args, context);
      },
      callTool: async (name, args, context) => {
        const { result, error } = await bridge.call(name, args, context);
        if (error !== null) throw error;
        return result;
      },
    }),
    ...{ contract, remote, workspaces, http, log },
  });
  const parser: ArgumentParser = new ArgumentParser(workspaces, visible);
  const reader: SubjectReader = {
    get pinned() {
      return workspaces.pinnedId;
    },
    ...{ clock, workspaces, visible, timeZone: settings.machine.timeZone },
    read: async (tool, raw, context) => tool.call((await parser.parse(tool, raw, context)).args, context),
  };
  const gate = lazy(async () => {
    const [{ ConfirmationGate }, { ConfirmationTokens }] = await Promise.all([
      import('../confirm/confirmation-gate.ts'),
      import('../confirm/confirmation-token.ts'),
    ]);
    return new ConfirmationGate({
      mode: settings.confirm,
      tokens: new ConfirmationTokens({ folder: writesDir, origin, token, clock }),
      get pinned() {
        return reader.pinned;
      },
      ...{ clock, workspaces, visible, timeZone: reader.timeZone, read: reader.read },
    });
  });
  const limits = lazy(async () => {
    const { WriteCheck } = await import('../confirm/write-check.ts');
    return new WriteCheck({
      reader,
      limits: writeLimits(settings.limit),
      checkSends: (...sends) => checkSends(writesDir, options, ...sends),
      operations: () => contract.operations,
    });
  });
  const bridge: Bridge = new Bridge({
    ...{ settings, service, catalogue, parser, workspaces, log, clock },
    gate: {
      check: async (...call) => (await gate()).check(...call),
      preview: async (...call) => (await gate()).preview(...call),
    },
    limits: { check: async (...call) => (await limits()).check(...call) },
    sendsToday: async () => (await openSendCount(writesDir, options)).used(),
    settleWrites: settle,
    command: typedCommand(settings),
  });
  return bridge;
}

/** The ledger's folder is made with the first write. */
function lazyWrites({ origin, credential, writesDir }: Service, { settings, clock, log }: BridgeOptions) {
  let isUsed = false;
  const ledger = lazy(async () => {
    const { Ledger } = await import('../writes/ledger.ts');
    return new Ledger({
      folder: writesDir,
      profile: settings.profile,
      origin,
      token: credential?.token ?? '',
      duplicateWindowMs: settings.duplicateWindow * 60_000,
      sendLimit: sendLimitOf(settings, clock),
      ...{ clock, log },
    });
  });
  const run: WritePort['run'] = async (...write) => {
    isUsed = true;
    return (await ledger()).run(...write);
  };
  const alone: NonNullable<WritePort['alone']> = async (...change) => (await ledger()).alone(...change);
  const settle = async (ms: number): Promise<void> => {
    if (isUsed) await (await ledger()).settle(ms);
  };
  return { run, alone, settle };
}

function sendLimitOf({ limit, machine }: ResolvedSettings, clock: () => number): SendLimit {
  const dayOf = daysIn(machine.timeZone ?? ownTimeZone());
  return { most: writeLimits(limit).sends, day: () => dayOf(clock()) };
}

/** To read from. @param folder of the write ledger, which need not exist */
async function openSendCount(
  folder: string,
  { settings, clock }: Pick<BridgeOptions, 'settings' | 'clock'>,
): Promise<SendCount> {
  const [{ SendCount: Count }, { Locks }] = await Promise.all([
    import('../writes/send-count.ts'),
    import('../writes/lock.ts'),
  ]);
  return new Count(folder, sendLimitOf(settings, clock), new Locks(folder, clock), clock);
}

/**
 * Refuses before a person is asked in vain. The ledger has the last word: a call that comes again, whose outcome was
 * unknown, has been counted.
 * @throws LucantoError
 */
async function checkSends(folder: string, options: BridgeOptions, sends: number, tool: string): Promise<void> {
  const [{ RecordStore }, { isDelivered }] = await Promise.all([
    import('../writes/record-store.ts'),
    import('../writes/write-record.ts'),
  ]);
  const records = await new RecordStore(folder, options.log).find();
  const mayBeRepeated = records.some((record) => !isDelivered(record) && (record.facts?.tool ?? tool) === tool);
  if (!mayBeRepeated) await (await openSendCount(folder, options)).check(sends, tool);
}

/** For requests without the API key: file stores that the service points to, asked like any web server. */
const CONCURRENCY_ELSEWHERE = 2;

/** @param service the service's origin @returns the port of another origin, the same one for each */
function httpElsewhere({ env, log }: BridgeOptions, service: string): (origin: string) => HttpPort {
  // A service on this network may keep its files there too.
  const publicOnly = !isPrivate(new URL(service).hostname);
  const ports = new Map<string, HttpPort>();
  return (origin) => {
    const known = ports.get(origin);
    if (known !== undefined) return known;
    const own = { token: null, embedded: false, publicOnly, concurrency: CONCURRENCY_ELSEWHERE };
    const port = openHttp({ env, log, origin, ...own });
    ports.set(origin, port);
    return port;
  };
}

function lazyRemote(http: HttpPort, cache: ServiceCache): RemotePort {
  const client = lazy(async () => {
    const { RemoteClient } = await import('../backends/remote/remote-client.ts');
    const remembered = cache.protocol();
    return new RemoteClient({
      http,
      ...(remembered !== null && { remembered }),
      remember: (protocol) => void cache.saveProtocol(protocol),
    });
  });
  return {
    listTools: async (context) => (await client()).listTools(context),
    callTool: async (...call) => (await client()).callTool(...call),
  };
}
