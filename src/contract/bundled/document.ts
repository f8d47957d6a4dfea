import type { OpenApiDocument } from '../document.ts';
import { GENERATIONS, withGeneration } from './generation.ts';
import document from './openapi.json' with { type: 'json' };

/**
 * What is known of the Lucanto API offline, OpenAPI 3.1.0, in the older path generation (`/accounts/{account_id}`).
 * Every operation and property says with `x-evidence` whether Lucanto documents it or it is inferred.
 */
export const bundledDocument: OpenApiDocument = document;

/** The same in every path generation, the documented one first. */
export function bundledDocuments(): OpenApiDocument[] {
  return GENERATIONS.map((generation) => withGeneration(bundledDocument, generation));
}
