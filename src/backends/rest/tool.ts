/** A tool whose calls go over REST, made from one operation of the contract. */

import type { CallContext, JsonObject, Tool } from '../../catalog/tool.ts';
import type { Operation } from '../../contract/operation.ts';
import { apiError } from '../../http/api-error.ts';
import type { HttpPort } from '../../http/request.ts';
import type { RetryClass } from '../../http/retry.ts';
import { sendContext } from '../send-context.ts';
import { bindRequest } from './request.ts';
import { toolResult } from './result.ts';

export interface RestDeps {
  readonly http: HttpPort;
  /** The workspace for the path: the given one if it may be used, the pinned one, the only one. @throws LucantoError */
  readonly resolveWorkspace: (args: JsonObject, context: CallContext) => Promise<string | number | bigint>;
  /** A fresh Idempotency-Key (UUID v4); asked once per POST, before the first attempt. */
  readonly newKey: () => string;
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
        return operation.inputSchema;
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
      const key = retry === 'keyed' ? deps.newKey() : null;
      const answer = await deps.http.send(
        bindRequest(operation, args, workspace, key),
        sendContext(context, retry, listTool),
      );
      if (answer.status < 200 || answer.status > 299) throw apiError(answer, subject);
      return toolResult(answer, { tool: operation.tool, write: retry !== 'read', listTool });
    },
  };
}

function retryClass(operation: Operation): RetryClass {
  if (operation.method === 'GET') return 'read';
  return operation.method === 'POST' ? 'keyed' : 'idempotent';
}
