import { isJsonObject, type JsonObject } from '../core/json.ts';
import { list, METHODS, member, type OpenApiDocument, resolveReference } from './document.ts';
import type { HttpMethod } from './operation.ts';
import { API_BASE, type Segment, segmentsOf, workspaceAt, workspaceWordsOf } from './workspace-path.ts';

/**
 * The document's paths as routes: where each operation is on the origin, the segments that names are made of, and
 * whether an API key is enough to use it.
 */
export interface Route {
  readonly method: HttpMethod;
  /** Template from the origin's root. */
  readonly path: string;
  /** Below the base and the workspace: literals in snake_case, and parameters (with an empty word) as the template spells them. */
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

/** Every usable operation in the document's order; a path that cannot be requested is left out with a warning. */
export function readRoutes(document: OpenApiDocument, warnings: string[]): readonly Route[] {
  const routes: Route[] = [];
  const workspaceWords = workspaceWordsOf(document);
  for (const [key, value] of Object.entries(document.paths)) {
    const item = resolveReference(document, value);
    if (key.startsWith('x-') || !isJsonObject(item)) continue;
    if (/[?#\\\s]|\/\.{1,2}(\/|$)/.test(key) || !isTemplate(key)) {
      warnings.push(`The path ${key.slice(0, 100)} was left out: it is not a plain path.`);
      continue;
    }
    for (const method of METHODS) {
      const operation = member(item, method);
      if (!isJsonObject(operation)) continue;
      const route = routeOf(document, key, item, method, operation, workspaceWords);
      if (isUsableWithKey(document, route)) routes.push(route);
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
  workspaceWords: readonly string[],
): Route {
  const servers = [operation.servers, item.servers, document.servers].find((one) => list(one).length > 0);
  const { path, base } = locate(basePath(list(servers)[0]), key.startsWith('/') ? key : `/${key}`);
  const all = segmentsOf(path.slice(base));
  const at = workspaceAt(all, workspaceWords);
  const workspace = at === null ? null : (all[at + 1]?.parameter ?? null);
  const segments = at === null ? all : all.slice(at + (workspace === null ? 1 : 2));
  const upper = UPPER[method];
  return {
    method: upper,
    path,
    segments,
    workspace,
    underWorkspaces: at !== null,
    identity: `${upper} ${path.replace(/\{[^{}]*\}/g, '{}').replace(/\/+$/, '')}`,
    item,
    operation,
  };
}

const SIGN_IN =
  /(^|_)(sign_?in|sign_?up|sign_?out|log_?in|log_?out|sessions?|passwords?|oauth2?|tokens?|otp|mfa|passkeys?)(_|$)|^(auth|authentication|authorize|register|registrations?)$/;

/** Whether a program with nothing but an API key can use the operation. */
function isUsableWithKey(document: OpenApiDocument, route: Route): boolean {
  if (/\/openapi(\.\w+)?\/?$/.test(route.path)) return false;
  const own = member(route.operation, 'security');
  if (Array.isArray(own)) return own.some((requirement) => isSatisfied(document, requirement));
  if (route.workspace === null && route.segments.some(({ word }) => SIGN_IN.test(word))) return false;
  const general = list(document.security);
  return general.length === 0 || general.some((requirement) => isSatisfied(document, requirement));
}

function isSatisfied(document: OpenApiDocument, requirement: unknown): boolean {
  if (!isJsonObject(requirement)) return false;
  const names = Object.keys(requirement);
  return names.length > 0 && names.every((name) => isBearer(document, name));
}

function isBearer(document: OpenApiDocument, name: string): boolean {
  const schemes = member(document.components, 'securitySchemes');
  const scheme = resolveReference(document, member(schemes, name));
  // The document may have forgotten to define the scheme.
  if (!isJsonObject(scheme)) return true;
  const kind = scheme.type;
  if (kind === 'http') return String(scheme.scheme).toLowerCase() === 'bearer';
  if (kind === 'apiKey') return scheme.in === 'header';
  return kind === 'oauth2' || kind === 'openIdConnect';
}

const SCOPE = /^(read|write|manage):([a-z0-9_]+|\*)$/;

/** Scopes in Lucanto's notation that the document names for an operation; empty where it names none. */
export function declaredScopes({ operation }: Route): readonly string[] {
  const extensions = ['x-required-scopes', 'x-scopes', 'x-scope'].flatMap((key) => words(member(operation, key)));
  // Scopes of the whole document say nothing about one operation.
  const requirements = list(member(operation, 'security'));
  const secured = requirements.flatMap((one) => (isJsonObject(one) ? Object.values(one).flatMap(words) : []));
  const own = extensions.some((scope) => SCOPE.test(scope)) ? extensions : secured;
  return [...new Set(own.filter((scope) => SCOPE.test(scope)))];
}

function words(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/);
  return list(value).flatMap((one) => (typeof one === 'string' ? one : []));
}

const UPPER = { get: 'GET', post: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const;
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

/** Names in a template, in order: `/a/{x}/b-{y}` → x, y. */
export function templateParameters(path: string): readonly string[] {
  return [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
}
