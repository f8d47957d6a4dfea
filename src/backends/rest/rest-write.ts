import { writtenContent } from '../../answers/list-answer.ts';
import type { BodyBinding, Operation } from '../../contract/operation.ts';
import { LocalError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, recordIn, recordShowing } from '../../core/json.ts';
import type { CallContext, ReadRecord, ToolResult } from '../../core/tool.ts';
import { apiError } from '../../http/api-error.ts';
import { isSuccess } from '../../http/request.ts';
import type { WritePort } from '../../writes/ledger.ts';
import type { WriteKind, WriteResult, WriteSendContext } from '../../writes/write-record.ts';
import { sendContext } from '../send-context.ts';
import { checkedBody, missingResourceOf, type ReadDeps, readOperation, refuseAnother } from './rest-answer.ts';
import { carriesFiles } from './rest-body.ts';
import { bindRequest } from './rest-request.ts';
import type { Upload } from './upload.ts';
import { alreadyDeleted, refusePartial, written } from './write-answer.ts';

/** A write over REST: its request, the version that it names, and how its answer ends it. */
export interface WriteDeps extends ReadDeps {
  /** Reads the record which the operation changes. */
  readonly reader?: Operation | undefined;
  readonly writes: WritePort;
  /** Opens what a body's arguments name; absent where files cannot be sent. @throws LucantoError */
  readonly uploads?: (binding: BodyBinding, args: JsonObject) => Promise<Upload>;
}

/** The record as the service has it, nulls included: what is sent back must be what was there. @throws LucantoError */
export async function readBefore(
  reader: Operation,
  { parameters, versioned, body }: Operation,
  args: JsonObject,
  context: CallContext,
  deps: WriteDeps,
): Promise<ReadRecord> {
  const own = reader.parameters
    .filter(({ in: place, name, required }) => name !== reader.workspace && (place !== 'query' || required))
    .map(({ arg, in: place, name }) => {
      const same = parameters.find((one) => one.in === place && one.name === name)?.arg;
      return [arg, args[same ?? (place === 'path' ? 'id' : '')]] as const;
    });
  const workspace = args.workspace_id === undefined ? {} : { workspace_id: args.workspace_id };
  // What the call wants of its own answer is not about this one.
  const { answer: _own, ...whole } = context;
  const asked = { ...Object.fromEntries(own), ...workspace };
  const answer = await readOperation(reader, asked, whole, deps);
  const value = checkedBody(answer, reader)?.value;
  refuseAnother(answer, value, reader, asked);
  const names = body?.fields.map(({ property }) => property) ?? [];
  const record = isJsonObject(value) ? (recordShowing(value, names) ?? recordIn(value)) : {};
  const stated = [answer.headers.get('etag'), record['@odata.etag'], record.etag, record._etag];
  const tag = stated.find((one) => typeof one === 'string');
  // A weak one is no proof that nothing changed, but some services require it.
  return { record, tag: typeof tag === 'string' && (tag.startsWith('"') || versioned === true) ? tag : null };
}

/** The version that the request must name; null where it names none. @throws LocalError where the service does not tell it */
async function versionOf(
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  deps: WriteDeps,
): Promise<string | null> {
  if (operation.versioned !== true || deps.reader === undefined) return null;
  const { tag } = await readBefore(deps.reader, operation, args, context, deps);
  if (tag !== null) return tag;
  const what = `${operation.tool} must name the version of the record (If-Match), and the answer to ${deps.reader.tool} has none`;
  throw new LocalError('no_version', `${what}; nothing was sent.`, { hint: 'Do this in the Lucanto app.' });
}

/** @param request `given`: what the call itself said; `args` may be completed from the record, whose version is `tag` */
export async function writeOverRest(
  operation: Operation,
  kind: WriteKind,
  deps: WriteDeps,
  request: { readonly args: JsonObject; readonly given: JsonObject; readonly tag: string | null },
  context: CallContext,
): Promise<ToolResult> {
  const { body } = operation;
  const most = context.answer?.maxChars;
  const upload = deps.uploads !== undefined && carriesFiles(body) ? await deps.uploads(body, request.args) : null;
  try {
    const result = await write(operation, kind, request, context, deps, upload);
    return most === undefined ? result : { ...result, content: writtenContent(result.content, most) };
  } finally {
    await upload?.release();
  }
}

async function write(
  operation: Operation,
  kind: WriteKind,
  { args, given, tag: known }: Parameters<typeof writeOverRest>[3],
  context: CallContext,
  deps: WriteDeps,
  upload: Upload | null,
): Promise<ToolResult> {
  const { tool, scopes, resource, method } = operation;
  const listTool = deps.listTool(resource, tool);
  const resolved = operation.workspace === null ? null : await deps.resolveWorkspace(args, context);
  const workspace = resolved === null ? null : String(resolved);
  const request = bindRequest(operation, args, resolved, upload);
  const tag = known ?? (await versionOf(operation, args, context, deps));
  const told = upload?.args ?? given;
  const { workspace_id: _apart, ...others } = told;
  const call = {
    tool,
    route: 'rest',
    kind,
    create: operation.action === 'create',
    workspace,
    // It stands apart, as it was resolved: left out or given, it is the same call.
    args: workspace === null ? told : others,
    listTool,
  };
  const send = async ({ key, earlier, context: own }: WriteSendContext): Promise<WriteResult> => {
    const headers = {
      ...request.headers,
      ...(key !== null && { [operation.keyHeader ?? 'Idempotency-Key']: key }),
      ...(tag !== null && { 'If-Match': tag }),
    };
    const answer = await deps.http.send({ ...request, headers }, sendContext(own, kind, listTool));
    const done = isSuccess(answer.status) ? written(answer, operation, listTool, args, earlier) : null;
    if (done !== null) return upload?.sent(done, tool, workspace) ?? done;
    const earlierOpen = answer.earlierOpen || earlier !== null;
    if (method === 'DELETE' && answer.status === 404 && earlierOpen) return alreadyDeleted(answer, args, earlier);
    refusePartial(answer, operation, args, listTool, true);
    const missing = missingResourceOf(operation, deps.listTool);
    throw apiError({ ...answer, earlierOpen }, { what: tool, retry: kind, scopes, listTool, missing });
  };
  return deps.writes.run(call, context, upload?.during(send) ?? send);
}
