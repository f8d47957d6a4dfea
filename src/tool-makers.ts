/** Which backend makes which tool, and what each of them is given. */
import { listToolAmong } from './backends/list-tool.ts';
import { remoteCall } from './backends/remote/call.ts';
import { remoteTool } from './backends/remote/tool.ts';
import { restTool } from './backends/rest/tool.ts';
import { assumedTool } from './catalog/assumed.ts';
import type { ToolMakers } from './catalog/live-catalogue.ts';
import type { RemotePort } from './catalog/ports.ts';
import type { Tool } from './catalog/tool.ts';
import type { Workspaces } from './catalog/workspaces.ts';
import type { HttpPort } from './http/request.ts';
import { downloads, fileSaver, type LocalToolOptions, localDeps, uploads } from './open-local-tools.ts';
import { localTools } from './tools/local-tools.ts';
import type { WritePort } from './writes/write.ts';

export interface MakerOptions extends Omit<LocalToolOptions, 'rest' | 'download'> {
  readonly origin: string;
  /** The write ledger's folder. */
  readonly writesDir: string;
}

export interface Ports {
  readonly http: HttpPort;
  readonly remote: RemotePort;
  readonly writes: WritePort;
  readonly workspaces: Workspaces;
  /** The tools that the client sees now. */
  readonly visible: () => readonly Tool[];
}

export function toolMakers(options: MakerOptions, { http, remote, writes, workspaces, visible }: Ports): ToolMakers {
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
      return assumedTool(restTool(operation, restDeps), operation, remoteCall(facts, remoteDeps));
    },
  };
}
