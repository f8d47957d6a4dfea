/** A collection that is listed and created in a service of a test's own. */
import { json, parameters } from '../tools/odd-service.ts';

/** @param given what a create sends */
export function crates(record: object, given = record): object {
  return {
    '/workspaces/{workspace_id}/crates': {
      parameters: parameters('workspace_id'),
      get: { operationId: 'list-crates', responses: { 200: json({ type: 'array', items: record }) } },
      post: {
        operationId: 'create-crate',
        requestBody: { content: { 'application/json': { schema: given } } },
        responses: { 201: json(record) },
      },
    },
  };
}
