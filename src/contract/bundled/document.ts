import document from './openapi.json' with { type: 'json' };

/** An OpenAPI document as JSON: open, since any part of it may be missing or unknown. */
export interface OpenApiDocument {
  readonly [key: string]: unknown;
}

/**
 * What is known of the Lucanto API offline, OpenAPI 3.1.0, in the older path generation (`/accounts/{account_id}`).
 * Every operation and property says with `x-evidence` whether Lucanto documents it or it is inferred.
 */
export const bundledDocument: OpenApiDocument & Pick<typeof document, 'openapi' | 'paths'> = document;
