import type { Operation } from '../../contract/operation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { CallContext, SaveRequest, Tool, ToolResult } from '../../core/tool.ts';
import type { WritePort } from '../../writes/ledger.ts';
import type { WriteResult } from '../../writes/write-record.ts';
import { type ListToolFinder, recordNames } from '../send-context.ts';
import { parameterHeaders } from './parameter-headers.ts';
import type { RemoteCallOptions } from './remote-client.ts';
import { type ExpectedResult, resultValue } from './remote-result.ts';

/** A call of a remote tool: reads are sent at once, writes through the ledger, which sends each of them once. */

export interface RemoteToolDeps {
  readonly remote: {
    callTool(name: string, args: JsonObject, context: CallContext, options: RemoteCallOptions): Promise<ToolResult>;
  };
  readonly writes: WritePort;
  readonly listTool: ListToolFinder;
  /** Absent where rows cannot be saved. */
  readonly saveRows?: (
    list: RemoteList,
    read: (args: JsonObject, context: CallContext) => Promise<unknown>,
    request: SaveRequest,
    context: CallContext,
  ) => Promise<ToolResult>;
}

/** A remote tool that lists something, with its arguments as those of a request. */
export type RemoteList = Pick<Operation, 'tool' | 'resource' | 'parameters' | 'validation'>;

/**
 * @param facts `name`: the tool's name on the wire. `create`: calling it again makes a second record. `inputSchema` and
 * `outputSchema`: as the endpoint sent them.
 */
export function remoteCall(
  facts: Pick<Tool, 'resource' | 'scopes'> &
    ExpectedResult & {
      readonly name: string;
      readonly readOnly: boolean;
      readonly create: boolean;
      readonly inputSchema: unknown;
    },
  { remote, writes, listTool: find }: RemoteToolDeps,
): Tool['call'] {
  const { name, readOnly, create, scopes, inputSchema, outputSchema, deletes = false } = facts;
  // Looked up with each call: the visible tools change.
  const listTool = () => find(facts.resource, name);
  const send = (args: JsonObject, context: CallContext) =>
    remote.callTool(name, args, context, {
      readOnly,
      checkWith: listTool(),
      scopes,
      headers: parameterHeaders(inputSchema, args),
      outputSchema,
      deletes,
    });
  if (readOnly) return send;
  return (args, context) => {
    const call = {
      tool: name,
      route: 'remote',
      kind: 'once' as const,
      create,
      // Separate from the other arguments, as over REST: the same call is recognised on either route.
      ...separateWorkspace(args),
      listTool: listTool(),
    };
    return writes.run(call, context, async (attempt) => writeResult(await send(args, attempt.context), args));
  };
}

/** Next to a workspace_id, an account is something else, such as a bank account. */
function separateWorkspace(args: JsonObject): { readonly workspace: string | null; readonly args: JsonObject } {
  const name = ['workspace_id', 'account_id'].find((one) => (args[one] ?? null) !== null) ?? 'workspace_id';
  const { [name]: workspace, ...rest } = args;
  return { workspace: (workspace ?? null) === null ? null : String(workspace), args: rest };
}

function writeResult(result: ToolResult, args: JsonObject): WriteResult {
  const refused = result.isError === true;
  const names = recordNames(resultValue(result), args);
  return { result, refused, replayed: false, status: null, requestId: null, ...names };
}
