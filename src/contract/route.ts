import { isJsonObject, type JsonObject } from '../core/json.ts';
import { list, METHODS, member, type OpenApiDocument, resolveReference } from './document.ts';
import { segmentWord } from './naming.ts';
import type { HttpMethod } from './operation.ts';

/**
 * The document's paths as routes: where each operation is on the origin, and the segments that names are made of.
 */
const API_BASE = '/api/v1';

interface Segment {
  /** A literal in snake_case, or '' for a parameter. */
  readonly word: string;
  /** The parameter as the template spells it. */
  readonly parameter: string | null;
}

export interface Route {
  readonly method: HttpMethod;
  /** Template from the origin's root. */
  readonly path: string;
  /** Below the base and the workspace. */
  readonly segments: readonly Segment[];
  /** The path parameter that names the workspace. */
  readonly workspace: string | null;
  /** True for paths about workspaces, with or without one in it. */
  readonly underWorkspaces: boolean;
  /** Path and method without parameter names: equal for two spellings of one operation. */
  readonly identity: string;
  readonly item: JsonObject;
  readonly operation: JsonObject;
}

/** Every operation of the document in its order; what cannot be a request is left out with a warning. */
export function readRoutes(document: OpenApiDocument, warnings: string[]): readonly Route[] {
  const routes: Route[] = [];
  for (const [key, value] of Object.entries(document.paths)) {
    const item = resolveReference(document, value);
    if (key.startsWith('x-') || !isJsonObject(item)) continue;
    if (/[?#\\\s]|\/\.{1,2}(\/|$)/.test(key) || !isTemplate(key)) {
      warnings.push(`The path ${key.slice(0, 100)} was left out: it is no plain path.`);
      continue;
    }
    for (const method of METHODS) {
      const operation = member(item, method);
      if (isJsonObject(operation)) routes.push(routeOf(document, key, item, method, operation));
    }
  }
  return routes;
}

/** Braces in pairs, and each parameter once: two of one name could not be told apart. */
function isTemplate(key: string): boolean {
  const names = templateParameters(key);
  return !/[{}]/.test(key.replace(/\{[^{}/]+\}/g, '')) && new Set(names).size === names.length;
}

function routeOf(
  document: OpenApiDocument,
  key: string,
  item: JsonObject,
  method: (typeof METHODS)[number],
  operation: JsonObject,
): Route {
  const servers = [operation.servers, item.servers, document.servers].find((one) => list(one).length > 0);
  const { path, base } = locate(basePath(list(servers)[0]), key.startsWith('/') ? key : `/${key}`);
  const all = segmentsOf(path.slice(base));
  // `/user/accounts/…` and `/accounts/…` are the same workspaces seen from the user and from the root.
  const offset = isWord(all[0], USER_WORDS) && isWord(all[1], WORKSPACE_WORDS) ? 1 : 0;
  const underWorkspaces = isWord(all[offset], WORKSPACE_WORDS);
  const workspace = underWorkspaces ? (all[offset + 1]?.parameter ?? null) : null;
  const segments = underWorkspaces ? all.slice(offset + (workspace === null ? 1 : 2)) : all;
  const upper = UPPER[method];
  return {
    method: upper,
    path,
    segments,
    workspace,
    underWorkspaces,
    identity: `${upper} ${path.replace(/\{[^{}]*\}/g, '{}').replace(/\/+$/, '')}`,
    item,
    operation,
  };
}

const UPPER = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const;
const USER_WORDS = ['user', 'me'];
const WORKSPACE_WORDS = ['accounts', 'workspaces'];

/** The workspace that a request's path names, decoded; null where it names none. */
export function workspaceIn(path: string): string | null {
  const all = segmentsOf(path.startsWith(`${API_BASE}/`) ? path.slice(API_BASE.length) : path);
  const offset = isWord(all[0], USER_WORDS) && isWord(all[1], WORKSPACE_WORDS) ? 1 : 0;
  if (!isWord(all[offset], WORKSPACE_WORDS)) return null;
  const id = path
    .slice(path.startsWith(`${API_BASE}/`) ? API_BASE.length : 0)
    .split('/')
    .filter((part) => part !== '')[offset + 1];
  if (id === undefined) return null;
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function isWord(segment: Segment | undefined, words: readonly string[]): boolean {
  return segment !== undefined && words.includes(segment.word);
}

/** The path of a server's URL, absolute or not, with variables at their defaults. */
function basePath(server: unknown): string {
  const url = member(server, 'url');
  if (typeof url !== 'string') return '';
  const filled = url.replace(/\{([^{}]+)\}/g, (_all, name: string) => {
    const preset = member(member(member(server, 'variables'), name), 'default');
    return typeof preset === 'string' ? preset : '';
  });
  const path = filled
    .replace(/^[a-z][a-z0-9+.-]*:/i, '')
    .replace(/^\/\/[^/?#]*/, '')
    .replace(/[?#].*$/s, '');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.map((part) => `/${part}`).join('');
}

/** The whole path, and how much of it is base. A key that repeats the base is taken as whole. */
function locate(server: string, key: string): { path: string; base: number } {
  if (isBelow(key, API_BASE)) return { path: key, base: API_BASE.length };
  const joined = `${server}${key}`;
  if (!isBelow(joined, API_BASE)) return { path: `${API_BASE}${joined}`, base: API_BASE.length + server.length };
  return { path: joined, base: Math.max(API_BASE.length, server.length) };
}

function isBelow(path: string, base: string): boolean {
  return path === base || path.startsWith(`${base}/`);
}

function segmentsOf(path: string): readonly Segment[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .flatMap((part) => {
      // `{id}.pdf` and `invoices:import` are a record or collection and something of it.
      const [, head = part, tail] = /^(\{[^{}]+\}|[\w-]+)[.:]([\w-]+)$/.exec(part) ?? [];
      const parameter = /^\{([^{}]+)\}$/.exec(head)?.[1] ?? null;
      const first = { word: parameter === null ? segmentWord(head) : '', parameter };
      return tail === undefined ? [first] : [first, { word: segmentWord(tail), parameter: null }];
    });
}

/** Names in a template, in order: `/a/{x}/b-{y}` → x, y. */
export function templateParameters(path: string): readonly string[] {
  return [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
}
