import { isJsonObject } from '../core/json.ts';
import document from './bundled/openapi.json' with { type: 'json' };
import type { OpenApiDocument } from './document.ts';

/**
 * The contract that comes with the bridge, for use offline. Lucanto documents two generations of paths, and it is not
 * known which of them a server takes: the bundled document has the older one, the newer one follows from it by rule.
 */
export const GENERATIONS = ['accounts', 'workspaces'] as const;
export type Generation = (typeof GENERATIONS)[number];

const PATH_WORDS: Readonly<Record<Generation, { readonly segment: string; readonly parameter: string }>> = {
  accounts: { segment: 'accounts', parameter: 'account_id' },
  workspaces: { segment: 'workspaces', parameter: 'workspace_id' },
};

/** The same document with its paths and its workspace parameter named as in `generation`. */
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
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, entry]) => [key, renameParameters(entry, generation)]);
  const copy: Record<string, unknown> = Object.fromEntries(entries);
  const isWorkspace = value.in === 'path' && (value.name === 'account_id' || value.name === 'workspace_id');
  return isWorkspace ? { ...copy, name: PATH_WORDS[generation].parameter } : copy;
}

/**
 * OpenAPI 3.1.0, in the older path generation (`/accounts/{account_id}`). Every operation and property says with
 * `x-evidence` whether Lucanto documents it or it is inferred.
 */
export const bundledDocument: OpenApiDocument = document;

/** In every path generation, the documented one first. */
export function bundledDocuments(): OpenApiDocument[] {
  return GENERATIONS.map((generation) => withGeneration(bundledDocument, generation));
}
