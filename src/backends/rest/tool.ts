/** A tool whose calls go over REST, made from one operation of the contract. */

import type { CallContext, JsonObject, Tool } from '../../catalog/tool.ts';
import type { Operation } from '../../contract/operation.ts';
import type { JsonSchema } from '../../contract/schema-types.ts';
import { apiError } from '../../http/api-error.ts';
import type { HttpAnswer, HttpPort } from '../../http/request.ts';
import type { RetryClass } from '../../http/retry.ts';
import { isJsonObject } from '../../json.ts';
import { ALLOW_DUPLICATE, type WritePort } from '../../writes/write.ts';
import { sendContext } from '../send-context.ts';
import { bindRequest } from './request.ts';
import { alreadyDeleted, toolResult, written } from './result.ts';

export interface RestDeps {
  readonly http: HttpPort;
  /** The workspace for the path: the given one if it may be used, the pinned one, the only one. @throws LucantoError */
  readonly resolveWorkspace: (args: JsonObject, context: CallContext) => Promise<string | number | bigint>;
  readonly writes: WritePort;
}

export function restTool(operation: Operation, deps: RestDeps): Tool {
  const retry = retryClass(operation);
  const listTool = `lucanto_list_${operation.resource}`;
  const subject = { what: operation.tool, retry, scopes: operation.scopes, listTool };
  return {
    descriptor: {
      name: operation.tool,
      title: operation.title,
      description: operation.description,
      // Schemas are built when first read: `initialize` needs names only.
      get inputSchema() {
        return operation.action === 'create' && retry === 'keyed'
          ? withAllowDuplicate(operation.inputSchema)
          : operation.inputSchema;
      },
      annotations: {
        title: operation.title,
        readOnlyHint: operation.method === 'GET',
        destructiveHint: operation.destructive,
        idempotentHint: operation.idempotent,
        openWorldHint: operation.openWorld,
      },
    },
    get validation() {
      return operation.validation;
    },
    route: 'rest',
    tier: operation.tier,
    resource: operation.resource,
    scopes: operation.scopes,
    async call(args, context) {
      const workspace = operation.workspace === null ? null : await deps.resolveWorkspace(args, context);
      const request = bindRequest(operation, args, workspace);
      if (retry === 'read') {
        const answer = await deps.http.send(request, sendContext(context, retry, listTool));
        if (!isSuccess(answer)) throw apiError(answer, subject);
        return toolResult(answer, { tool: operation.tool, write: false, listTool });
      }
      const call = {
        tool: operation.tool,
        route: 'rest',
        kind: retry,
        create: operation.action === 'create',
        workspace: workspace === null ? null : String(workspace),
        args: workspace === null ? args : withoutWorkspace(args),
        listTool,
      };
      return deps.writes.run(call, context, async (ticket) => {
        const { key, earlier } = ticket;
        const headers = key === null ? request.headers : { ...request.headers, 'Idempotency-Key': key };
        const answer = await deps.http.send({ ...request, headers }, sendContext(ticket.context, retry, listTool));
        const earlierOpen = answer.earlierOpen || earlier !== null;
        if (isSuccess(answer)) return written(answer, { tool: operation.tool, write: true, listTool }, args, earlier);
        if (operation.method === 'DELETE' && answer.status === 404 && earlierOpen)
          return alreadyDeleted(answer, args, earlier);
        throw apiError({ ...answer, earlierOpen }, subject);
      });
    },
  };
}

function isSuccess({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

/** It stands apart in the ledger, as it was resolved: left out or given, it is the same call. */
function withoutWorkspace({ workspace_id: _apart, ...args }: JsonObject): JsonObject {
  return args;
}

/** What the user alone can decide; the ledger needs it, the service never sees it. */
function withAllowDuplicate(schema: JsonSchema): JsonSchema {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  if (Object.hasOwn(properties, ALLOW_DUPLICATE)) return schema;
  const allow = { type: 'boolean', description: 'true: create another one like one that was just created' };
  return { ...schema, properties: { ...properties, [ALLOW_DUPLICATE]: allow } };
}

function retryClass(operation: Operation): RetryClass {
  if (operation.method === 'GET') return 'read';
  return operation.method === 'POST' ? 'keyed' : 'idempotent';
}
