import { type RemoteToolDeps, remoteCall } from '../backends/remote/remote-call.ts';
import { remoteTool } from '../backends/remote/remote-tool.ts';
import { answerValue, checkedBody, readOperation } from '../backends/rest/rest-answer.ts';
import { type RestDeps, restTool } from '../backends/rest/rest-tool.ts';
import type { ListToolFinder } from '../backends/send-context.ts';
import type { ToolFactories } from '../catalog/catalogue.ts';
import type { RemotePort } from '../catalog/remote-source.ts';
import type { Workspaces } from '../catalog/workspaces.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import { recordPath } from '../contract/inputs.ts';
import { plural, toolName } from '../contract/naming.ts';
import { byTool, type Operation } from '../contract/operation.ts';
import { daysIn, ownTimeZone } from '../core/calendar.ts';
import { lastResult, withParts } from '../core/deadline.ts';
import { type JsonObject, propertyIn } from '../core/json.ts';
import type { Secrets } from '../core/log.ts';
import type { CallContext, SaveRequest, Tool } from '../core/tool.ts';
import type { HttpPort } from '../http/request.ts';
import type { LocalCall, LocalDeps } from '../tools/local-tool.ts';
import { localTools } from '../tools/local-tools.ts';
import type { WritePort } from '../writes/ledger.ts';
import type { HistoryEntry } from '../writes/write-history.ts';
import type { BridgeOptions, Service } from './open-service.ts';

/** Which backend makes which tool, and what each is given; everything heavy is loaded when first used. */

export function toolFactories(
  options: BridgeOptions &
    Pick<Service, 'origin' | 'writesDir'> & {
      readonly http: HttpPort;
      readonly elsewhere: (origin: string) => HttpPort;
      readonly remote: RemotePort;
      readonly writes: WritePort;
      readonly workspaces: Workspaces;
      readonly visible: () => readonly Tool[];
      readonly argumentProblems: LocalDeps['argumentProblems'];
      readonly callTool: LocalDeps['callTool'];
    },
): ToolFactories {
  const { settings, log, clock, http, elsewhere, remote, writes, workspaces } = options;
  const listTool = listToolAmong(options.visible);
  const reading = { http, resolveWorkspace: workspaces.resolve, listTool };
  const folder = () => filesFolder(settings, log.secrets);
  // Found out once, with the first day that is asked for: that takes longer than a warm call.
  const ownZone = lastResult(ownTimeZone);
  const download = { http, elsewhere };
  const saveFile: RestDeps['saveFile'] = async (operation, args, context) => {
    const { saveAnswer } = await import('../backends/rest/file-answer.ts');
    return saveAnswer(operation, args, context, { ...reading, folder, download });
  };
  const localDeps: Omit<LocalDeps, 'operations'> = {
    clock,
    timeZone: () => settings.machine.timeZone ?? ownZone(),
    companies: (args, context) => workspaces.reachable(args, context),
    companyId: async (args, context) => String(await workspaces.resolve(args, context)),
    service: {
      read: async (operation, args, context) =>
        answerValue(await readOperation(operation, args, context, reading), operation),
      readPage: async (operation, args, context) => {
        const answer = await readOperation(operation, args, context, reading);
        return { value: checkedBody(answer, operation)?.value ?? null, headers: answer.headers };
      },
      readBytes: (operation, args, context, how) =>
        readOperation(operation, args, context, reading, { ...how, redirects: 'returned' }),
    },
    argumentProblems: options.argumentProblems,
    callTool: options.callTool,
    changes: async (context) => {
      const { history } = await import('../writes/write-history.ts');
      const pinned = await workspaces.pinned(context);
      const entries = await history({ folder: options.writesDir, clock, log });
      const isOurs = ({ origin, profile, workspace }: HistoryEntry) =>
        origin === http.origin && profile === settings.profile && (pinned === null || workspace === pinned);
      return entries.filter(isOurs);
    },
    folder,
    download,
  };
  const restDeps = { ...reading, writes, uploads: uploads(options), saveFile };
  const listing = (all: readonly Operation[]): Partial<RestDeps> => {
    // What the key may not read, and what is switched off, is not read for names either.
    const among = lastResult((visible: readonly Tool[]) => {
      const names = new Set(visible.map(({ descriptor }) => descriptor.name));
      return byTool(all.filter(({ tool }) => names.has(tool)));
    });
    return {
      ...listDeps(all, (args, context) => ({ ...localDeps, operations: byTool(all), args, context })),
      nameRows: async (operation, args, context) => {
        const { RowNames } = await import('../tools/row-names.ts');
        const operations = among(options.visible());
        const names = new RowNames(operation, { ...localDeps, operations, args, context }).start();
        return (answer) => names.in(answer);
      },
    };
  };
  const remoteDeps: RemoteToolDeps = {
    ...{ remote, writes, listTool },
    saveRows: async (list, read, request, context) => {
      const { saveAllRows } = await import('../tools/save-answer.ts');
      const readPage = async (_list: unknown, args: JsonObject, own: CallContext) => ({
        value: await read(args, own),
        headers: new Headers(),
      });
      return saveAllRows(list, request, { ...localDeps, service: { readPage }, context });
    },
  };
  return {
    rest: (operation, all, unusable) =>
      restTool(operation, { ...restDeps, ...listing(all), reader: readerOf(operation, all) }, unusable),
    local: (operations, isVisible) => localTools(operations, isVisible, localDeps),
    remote: (raw, known, resources) => remoteTool(raw, known, resources, remoteDeps),
    provisional: (operation) => {
      const { tool: name, tier, action, resource, scopes, inputSchema } = operation;
      const facts = { name, readOnly: tier === 'read', create: action === 'create', resource, scopes, inputSchema };
      return provisionalTool(restTool(operation, restDeps), operation, remoteCall(facts, remoteDeps));
    },
  };
}

function listToolAmong(visible: () => readonly Tool[]): ListToolFinder {
  return (resource, tool) => {
    // A sub-collection has a list of its own: the records of lucanto_create_project_task are in lucanto_list_project_tasks.
    const [, , ...noun] = tool.split('_');
    const names = [...(noun.length === 0 ? [] : [plural(noun.join('_'))]), resource].map((words) =>
      toolName(`list_${words}`),
    );
    const shown = new Set(visible().map(({ descriptor }) => descriptor.name));
    return names.find((name) => shown.has(name)) ?? null;
  };
}

/** Lists that take more than one request, or find nothing. */
function listDeps(
  all: readonly Operation[],
  callOf: (args: JsonObject, context: CallContext) => LocalCall,
): Pick<RestDeps, 'identify' | 'plan' | 'whyEmpty' | 'saveList'> {
  return {
    identify: async (operation, args, context) => {
      const { listOfRecords, withIdOfNumber, withIdsOfNumbers } = await import('../tools/record-number.ts');
      const list = listOfRecords(operation, all);
      const { reads } = operation;
      const call = callOf(args, context);
      const named =
        list === undefined ? args : await withIdOfNumber(propertyIn(operation.validation, 'id'), list, call, reads);
      return reads ? named : withIdsOfNumbers(operation, { ...call, args: named });
    },
    plan: async (operation, args) => {
      const { listPlan } = await import('../tools/list-plan.ts');
      const plan = listPlan(operation, args);
      return plan === null
        ? null
        : { queries: plan.queries, read: (queries, context) => plan.read(queries, callOf(args, context)) };
    },
    whyEmpty: async (operation, args, context) => {
      const { whyEmpty } = await import('../tools/list-plan.ts');
      return whyEmpty(operation, callOf(args, context));
    },
    saveList: async (operation, request, context) => {
      const { saveList } = await import('../tools/save-answer.ts');
      return saveList(operation, request, callOf(request.args, context));
    },
  };
}

/** The operation that reads the record which another one changes: at its address, else by its name. */
function readerOf({ action, path, tool, versioned }: Operation, all: readonly Operation[]): Operation | undefined {
  if (action !== 'update' && versioned === undefined) return undefined;
  const reading = all.filter(({ method, reads, rows }) => method === 'GET' && reads && rows === null);
  const name = tool.replace(/^lucanto_update_/, 'lucanto_get_');
  const at = (place: string) => reading.find((one) => one.path === place);
  return at(path) ?? reading.find((one) => one.tool === name) ?? (versioned && at(recordPath(path)));
}

/**
 * With `--backend remote` and a tool list that was never seen, hosts still get the read tools that the contract
 * knows (some drop tools that appear later); a call goes to the remote tool of that name.
 * @param call calls the remote tool of that name, whose arguments are the operation's and no others
 */
function provisionalTool(tool: Tool, operation: Operation, call: Tool['call']): Tool {
  const { name, title, description, annotations } = tool.descriptor;
  const descriptor = {
    ...{ name, title, description, annotations },
    get inputSchema() {
      return operation.inputSchema;
    },
  };
  return withParts(tool, { descriptor, route: 'remote', call });
}

/** The list of uploads is kept beside the write ledger. */
function uploads({
  settings,
  log,
  clock,
  origin,
  writesDir,
}: Parameters<typeof toolFactories>[0]): NonNullable<RestDeps['uploads']> {
  return async (binding, args) => {
    const [{ openUpload }, { UploadIndex }] = await Promise.all([
      import('../backends/rest/upload.ts'),
      import('../files/upload-index.ts'),
    ]);
    const index = new UploadIndex(writesDir, clock, log);
    return openUpload(binding, args, { folder: await filesFolder(settings, log.secrets), index, origin });
  };
}

async function filesFolder({ files, machine }: ResolvedSettings, secrets: Secrets) {
  const { FilesFolder } = await import('../files/folder.ts');
  return new FilesFolder(files, machine, secrets);
}

/** The history of writes as an Excel or CSV file in the files folder. @throws LocalError */
export async function saveHistory(
  entries: readonly HistoryEntry[],
  format: SaveRequest['format'],
  {
    settings,
    clock,
    log,
    interrupt,
  }: Pick<BridgeOptions, 'settings' | 'clock' | 'log'> & { readonly interrupt: AbortSignal },
) {
  const { saveTable } = await import('../tools/save-table.ts');
  const day = daysIn(settings.machine.timeZone ?? ownTimeZone())(clock());
  const table = { name: ['History', day], format, described: [], fields: null };
  const rows = entries.map((entry) => ({ ...entry }));
  const { file } = await saveTable(table, await filesFolder(settings, log.secrets), interrupt, (take) => take(rows));
  return file;
}
