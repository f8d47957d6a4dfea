/**
 * Whom an operation lets in: whether an API key in the Authorization header is enough, and which scopes it states.
 */
import { isJsonObject } from '../json.ts';
import { list, member, type OpenApiDocument, resolveReference } from './document.ts';
import { TIERS, type Tier } from './operation.ts';
import type { Route } from './route.ts';

const SIGN_IN =
  /(^|_)(sign_?in|sign_?up|sign_?out|log_?in|log_?out|sessions?|passwords?|oauth2?|tokens?|otp|mfa|passkeys?)(_|$)|^(auth|authentication|authorize|register|registrations?)$/;

/** True where the operation is of no use to a program that has only an API key. */
export function isOutOfReach(document: OpenApiDocument, route: Route): boolean {
  if (/\/openapi(\.\w+)?\/?$/.test(route.path)) return true;
  const own = member(route.operation, 'security');
  if (Array.isArray(own)) return !own.some((requirement) => isSatisfied(document, requirement));
  if (route.workspace === null && route.segments.some(({ word }) => SIGN_IN.test(word))) return true;
  const general = list(document.security);
  return general.length > 0 && !general.some((requirement) => isSatisfied(document, requirement));
}

function isSatisfied(document: OpenApiDocument, requirement: unknown): boolean {
  if (!isJsonObject(requirement)) return false;
  const names = Object.keys(requirement);
  return names.length > 0 && names.every((name) => isBearer(document, name));
}

function isBearer(document: OpenApiDocument, name: string): boolean {
  const schemes = member(document.components, 'securitySchemes');
  const scheme = resolveReference(document, member(schemes, name));
  // A scheme that the document forgot to define tells nothing against it.
  if (!isJsonObject(scheme)) return true;
  const kind = scheme.type;
  if (kind === 'http') return String(scheme.scheme).toLowerCase() === 'bearer';
  if (kind === 'apiKey') return scheme.in === 'header';
  return kind === 'oauth2' || kind === 'openIdConnect';
}

const SCOPE = /^(read|write|manage):([a-z0-9_]+|\*)$/;

/** Scopes in Lucanto's notation that the document states for an operation; empty where it states none. */
export function statedScopes(route: Route): readonly string[] {
  const { operation } = route;
  const extensions = ['x-required-scopes', 'x-scopes', 'x-scope'].flatMap((key) => words(member(operation, key)));
  // Scopes stated once for the whole document tell nothing about one operation.
  const requirements = list(member(operation, 'security'));
  const secured = requirements.flatMap((one) => (isJsonObject(one) ? Object.values(one).flatMap(words) : []));
  const own = extensions.some((scope) => SCOPE.test(scope)) ? extensions : secured;
  return [...new Set(own.filter((scope) => SCOPE.test(scope)))];
}

function words(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/);
  return list(value).flatMap((one) => (typeof one === 'string' ? one : []));
}

/** The least tier among scopes, any one of which is enough. */
export function tierOfScopes(scopes: readonly string[]): Tier | null {
  return TIERS.find((tier) => scopes.some((scope) => scope.startsWith(`${tier}:`))) ?? null;
}
