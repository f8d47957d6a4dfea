import { remoteCall } from '../backends/remote/remote-call.ts';
import { remoteTool } from '../backends/remote/remote-tool.ts';
import { answerValue, type FileSaver, type ReadDeps, readOperation } from '../backends/rest/rest-answer.ts';
import { type RestDeps, restTool } from '../backends/rest/rest-tool.ts';
import { listToolAmong } from '../backends/send-context.ts';
import type { ToolFactories } from '../catalog/live-catalogue.ts';
import type { RemotePort } from '../catalog/remote-source.ts';
import type { Workspaces } from '../catalog/workspaces.ts';
import type { Environment, Machine } from '../config/paths.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import type { Operation } from '../contract/operation.ts';
import type { Log } from '../core/log.ts';
import type { Tool } from '../core/tool.ts';
import { VERSION } from '../core/version.ts';
import type { DownloadDeps } from '../http/download.ts';
import type { HttpPort } from '../http/request.ts';
import { type LocalDeps, localTools } from '../tools/local-tools.ts';
import type { WritePort } from '../writes/write.ts';

/**
 * With `--backend remote` and a tool list that was never seen, hosts still get the read tools that the contract
 * knows (some drop tools that appear later); a call goes to the remote tool of that name.
 */
/** @param call calls the remote tool of that name, whose arguments are the operation's and no others */
function provisionalTool(tool: Tool, operation: Operation, call: Tool['call']): Tool {
  const { name, title, description, annotations } = tool.descriptor;
  const descriptor = {
    ...{ name, title, description, annotations },
    get inputSchema() {
      return operation.inputSchema;
    },
  };
  return { ...tool, descriptor, route: 'remote', call };
}

/** Which day it is for the user: after midnight in Prague it is still yesterday in UTC. */
/** @param now milliseconds since the epoch @returns YYYY-MM-DD */
function localDay(now: number, { timeZone }: Pick<Machine, 'timeZone'>): string {
  const parts = new Intl.DateTimeFormat('en', {
    ...(timeZone !== undefined && { timeZone }),
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(now);
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}`;
}

/** What our own tools and uploads need of this machine and of the service; everything heavy is loaded when first used. */
interface LocalToolOptions {
  readonly settings: ResolvedSettings;
  readonly env: Environment;
  readonly log: Log;
  readonly clock: () => number;
  readonly rest: ReadDeps;
  /** For files behind addresses that the service hands out. */
  readonly download: DownloadDeps;
}

function localDeps({ settings, clock, rest, download }: LocalToolOptions): LocalDeps {
  return {
    clock,
    today: () => localDay(clock(), settings.machine),
    service: {
      read: async (operation, args, context) => {
        const subject = { tool: operation.tool, write: false, listTool: null };
        return answerValue(await readOperation(operation, args, context, rest), subject);
      },
      readBytes: (operation, args, context, options) =>
        readOperation(operation, args, context, rest, { ...options, redirects: 'returned' }),
    },
    folder: () => filesFolder(settings),
    download,
  };
}

/** @param http the service, with the token */
function downloads(http: HttpPort, { env, log }: Pick<LocalToolOptions, 'env' | 'log'>): DownloadDeps {
  const ports = new Map<string, HttpPort>();
  const elsewhere = (origin: string): HttpPort => {
    const port = ports.get(origin) ?? withoutToken(origin, env, log);
    ports.set(origin, port);
    return port;
  };
  return { http, elsewhere };
}

function fileSaver({ settings, rest, download }: Omit<LocalToolOptions, 'clock' | 'log' | 'env'>): FileSaver {
  return async (operation, args, context) => {
    const { saveAnswer } = await import('../backends/rest/file-answer.ts');
    return saveAnswer(operation, args, context, { ...rest, folder: () => filesFolder(settings), download });
  };
}

/** @param writesDir where the list of uploads is kept, beside the write ledger */
function uploads(
  { settings, log, clock }: Omit<LocalToolOptions, 'rest' | 'env' | 'download'>,
  origin: string,
  writesDir: string,
): NonNullable<RestDeps['uploads']> {
  return async (binding, args) => {
    const [{ openUpload }, { UploadIndex }] = await Promise.all([
      import('../backends/rest/upload.ts'),
      import('../files/upload-index.ts'),
    ]);
    const index = new UploadIndex(writesDir, clock, log);
    return openUpload(binding, args, { folder: await filesFolder(settings), index, origin });
  };
}

async function filesFolder({ files, machine }: ResolvedSettings) {
  const { FilesFolder } = await import('../files/folder.ts');
  return new FilesFolder(files, machine);
}

/** A file store that the service points to: asked as any web server, since the token is not for it. */
function withoutToken(origin: string, env: Environment, log: Log): HttpPort {
  let client: Promise<HttpPort> | undefined;
  const load = async (): Promise<HttpPort> => {
    const [{ HttpClient }, { systemClock }, { Transport }] = await Promise.all([
      import('../http/http-client.ts'),
      import('../core/deadline.ts'),
      import('../http/transport.ts'),
    ]);
    return new HttpClient({
      origin,
      token: () => null,
      version: VERSION,
      clock: systemClock,
      random: Math.random,
      log,
      transport: new Transport({ origin, env, embedded: false, nodeVersion: process.version, log }),
      concurrency: 2,
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

/** Which backend makes which tool, and what each of them is given. */
interface FactoryOptions extends Omit<LocalToolOptions, 'rest' | 'download'> {
  readonly origin: string;
  /** The write ledger's folder. */
  readonly writesDir: string;
}

interface Ports {
  readonly http: HttpPort;
  readonly remote: RemotePort;
  readonly writes: WritePort;
  readonly workspaces: Workspaces;
  /** The tools that the client sees now. */
  readonly visible: () => readonly Tool[];
}

export function toolFactories(
  options: FactoryOptions,
  { http, remote, writes, workspaces, visible }: Ports,
): ToolFactories {
  const { origin, writesDir } = options;
  const listTool = listToolAmong(visible);
  const reading = { http, resolveWorkspace: workspaces.resolve, listTool };
  const own = { ...options, rest: reading, download: downloads(http, options) };
  const restDeps = { ...reading, writes, uploads: uploads(options, origin, writesDir), saveFile: fileSaver(own) };
  const ownDeps = localDeps(own);
  const remoteDeps = { remote, writes, listTool };
  return {
    rest: (operation) => restTool(operation, restDeps),
    local: (operations, isOffered) => localTools(operations, isOffered, ownDeps),
    remote: (raw, known, resources) => remoteTool(raw, known, resources, remoteDeps),
    assumed: (operation) => {
      const { tool: name, tier, action, resource, scopes, inputSchema } = operation;
      const facts = { name, readOnly: tier === 'read', create: action === 'create', resource, scopes, inputSchema };
      return provisionalTool(restTool(operation, restDeps), operation, remoteCall(facts, remoteDeps));
    },
  };
}
