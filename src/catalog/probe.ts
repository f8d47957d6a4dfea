/**
 * The remote tool list says nothing of a resource it has no tools for. Reading one row of its list does:
 * a refusal means no read scope, an answer means there is one.
 */
import { setMaxListeners } from 'node:events';
import type { Operation } from '../contract/operation.ts';
import type { HttpPort } from '../http/request.ts';
import type { CallContext } from './tool.ts';
import type { WorkspaceId } from './workspaces.ts';

/** The list operation of every resource that `mentions` does not know, one per resource. */
export function listsToProbe(operations: readonly Operation[], isKnown: (resource: string) => boolean): Operation[] {
  const lists = new Map<string, Operation>();
  for (const operation of operations) {
    // The workspace is known by then; a list that needs anything else cannot be tried.
    const needed = operation.parameters.some(({ required, name }) => required && name !== operation.workspace);
    const probeable =
      operation.action === 'list' && operation.scopes.length > 0 && operation.method === 'GET' && !needed;
    if (probeable && !lists.has(operation.resource) && !isKnown(operation.resource))
      lists.set(operation.resource, operation);
  }
  return [...lists.values()];
}

/**
 * @returns resource → whether its list could be read; a resource whose probe failed for another reason is absent
 */
export async function probeLists(
  lists: readonly Operation[],
  workspace: WorkspaceId,
  http: HttpPort,
  context: CallContext,
): Promise<Record<string, boolean>> {
  const readable: Record<string, boolean> = {};
  // Many requests end with one signal; Node would take that for a leak, and say so to the user.
  setMaxListeners(0, context.signal);
  await Promise.all(
    lists.map(async (operation) => {
      const path =
        operation.workspace === null
          ? operation.path
          : operation.path.replace(`{${operation.workspace}}`, encodeURIComponent(String(workspace)));
      const query = operation.paginated ? 'limit=1' : '';
      const request = { method: 'GET', path, query, headers: {}, body: null, accept: 'application/json' } as const;
      const status = await http.send(request, { ...context, retry: 'read' }).then(
        (answer) => answer.status,
        () => null,
      );
      if (status === 200) readable[operation.resource] = true;
      // A 404 refuses nothing: the path may be one that only the bundled contract believes in.
      if (status === 403) readable[operation.resource] = false;
    }),
  );
  return readable;
}
