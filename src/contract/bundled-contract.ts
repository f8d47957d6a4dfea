import document from './bundled/openapi.json' with { type: 'json' };
import type { OpenApiDocument } from './document.ts';

/**
 * Lucanto documents two generations of paths; which one a server takes is unknown (lucanto-api.md section 1).
 * The bundled document is in the older one, the newer one follows from it by rule.
 */
export const GENERATIONS = ['accounts', 'workspaces'] as const;
export type Generation = (typeof GENERATIONS)[number];

const PATH_WORDS: Readonly<Record<Generation, { readonly segment: string; readonly parameter: string }>> = {
  accounts: { segment: 'accounts', parameter: 'account_id' },
  workspaces: { segment: 'workspaces', parameter: 'workspace_id' },
};

/** The same document with its paths and its workspace path parameter in the words of `generation`; all else is kept. */
export function withGeneration(document: OpenApiDocument, generation: Generation): OpenApiDocument {
  const paths = Object.entries(document.paths).map(([path, item]) => [
    pathIn(path, generation),
    renameParameters(item, generation),
  ]);
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: renameParameters(document.components, generation),
  };
}

/** `/accounts/{account_id}/invoices` ↔ `/workspaces/{workspace_id}/invoices`, `/user/accounts` ↔ `/user/workspaces`. */
export function pathIn(path: string, generation: Generation): string {
  const { segment, parameter } = PATH_WORDS[generation];
  return path
    .replace(/^\/(?:accounts|workspaces)\/\{(?:account_id|workspace_id)\}(?=\/|$)/, `/${segment}/{${parameter}}`)
    .replace(/^\/user\/(?:accounts|workspaces)(?=\/|$)/, `/user/${segment}`);
}

function renameParameters(value: unknown, generation: Generation): unknown {
  if (Array.isArray(value)) return value.map((entry) => renameParameters(entry, generation));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, entry]) => [key, renameParameters(entry, generation)]);
  const copy: Record<string, unknown> = Object.fromEntries(entries);
  const isWorkspace = value.in === 'path' && (value.name === 'account_id' || value.name === 'workspace_id');
  return isWorkspace ? { ...copy, name: PATH_WORDS[generation].parameter } : copy;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What is known of the Lucanto API offline, OpenAPI 3.1.0, in the older path generation (`/accounts/{account_id}`).
 * Every operation and property says with `x-evidence` whether Lucanto documents it or it is inferred.
 */
export const bundledDocument: OpenApiDocument = document;

/** The same in every path generation, the documented one first. */
export function bundledDocuments(): OpenApiDocument[] {
  return GENERATIONS.map((generation) => withGeneration(bundledDocument, generation));
}
