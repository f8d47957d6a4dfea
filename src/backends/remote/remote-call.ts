import { type JsonObject, parseJson } from '../../core/json.ts';
import type { CallContext, Tool, ToolResult } from '../../core/tool.ts';
import type { WritePort, WriteResult } from '../../writes/write.ts';
import { type ListToolFinder, recordNames } from '../send-context.ts';
import { parameterHeaders } from './protocol.ts';
import type { RemoteCallOptions } from './remote-client.ts';

/** A call of a remote tool: reads go straight there, writes through the ledger, which lets each out once. */
export interface RemoteToolDeps {
  readonly remote: {
    callTool(name: string, args: JsonObject, context: CallContext, options: RemoteCallOptions): Promise<ToolResult>;
  };
  readonly writes: WritePort;
  readonly listTool: ListToolFinder;
}

interface RemoteFacts {
  /** The tool's name on the wire. */
  readonly name: string;
  readonly readOnly: boolean;
  /** Makes something that would be there twice if it were called again. */
  readonly create: boolean;
  readonly resource: string;
  readonly scopes: readonly string[];
  /** As the endpoint sent it. */
  readonly inputSchema: unknown;
}

export function remoteCall(facts: RemoteFacts, { remote, writes, listTool: finder }: RemoteToolDeps): Tool['call'] {
  const { name, readOnly, create, scopes, inputSchema } = facts;
  // Asked with each call: what is visible changes.
  const listTool = () => finder(facts.resource, name);
  const send = (args: JsonObject, context: CallContext) =>
    remote.callTool(name, args, context, {
      readOnly,
      checkWith: listTool(),
      scopes,
      headers: parameterHeaders(inputSchema, args),
    });
  if (readOnly) return send;
  return (args, context) => {
    // Apart from the rest, as over REST: the same call is known again by whichever route it comes.
    const { workspace, rest } = apart(args);
    const call = {
      tool: name,
      route: 'remote',
      kind: 'once' as const,
      create,
      ...{ workspace, args: rest },
      listTool: listTool(),
    };
    return writes.run(call, context, async (ticket) => writtenBy(await send(args, ticket.context), args));
  };
}

/** Beside a workspace_id, an account is another one: a bank's. */
function apart(args: JsonObject): { readonly workspace: string | null; readonly rest: JsonObject } {
  const name = ['workspace_id', 'account_id'].find((one) => (args[one] ?? null) !== null) ?? 'workspace_id';
  const { [name]: given, ...rest } = args;
  return { workspace: (given ?? null) === null ? null : String(given), rest };
}

function writtenBy(result: ToolResult, args: JsonObject): WriteResult {
  const refused = result.isError === true;
  const names = recordNames(result.structuredContent ?? textValue(result), args);
  return { result, refused, replayed: false, status: null, requestId: null, ...names };
}

function textValue({ content }: ToolResult): unknown {
  const [first] = content;
  try {
    return typeof first?.text === 'string' ? parseJson(first.text) : null;
  } catch {
    return null;
  }
}
