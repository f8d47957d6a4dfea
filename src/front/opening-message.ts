import { isJsonObject, type JsonObject } from '../core/json.ts';

/**
 * The messages that a connection opens with, recognised to the letter. Whatever differs in the least from what the
 * server is known to take in just one way is not recognised, and goes to the server itself.
 */

export const LEGACY_VERSIONS = ['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'] as const;
export const MODERN_VERSION = '2026-07-28';
export const LIST_METHODS = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'] as const;

export const SUBSCRIBE = 'subscriptions/listen';
/** What a subscription may be to, in the order of the names of answers. */
export const LIST_CHANGES = ['toolsListChanged', 'promptsListChanged', 'resourcesListChanged'] as const;

/** Which protocol family the connection speaks: not known yet, probed with `server/discover`, or settled. */
export type Family = 'unknown' | 'probed' | 'legacy' | 'modern';

const MAX_CHARS = 16 * 1024;
// The two parsers that may read a line differ in numbers of that length, and in what they do with such a member.
const ODD = /\d{16}|\d[.]\d{8}|\d{8}[.]\d|__proto__|\ufeff|\\u(?:00|[dD][89a-fA-F])/;

/**
 * @param version of a legacy connection, null before `initialize` @param isAnswered whether an id was used before
 * @returns `request`: `name` says which ready answer it gets; `notification`: nothing is answered. `isState`: it lasts
 */
export function openingMessage(
  line: string,
  family: Family,
  version: string | null,
  isAnswered: (id: string | number) => boolean,
) {
  const message = line.length > MAX_CHARS || ODD.test(line) ? null : parsedObject(line);
  if (message === null || message.jsonrpc !== '2.0' || typeof message.method !== 'string') return null;
  const { method, id, params } = message;
  if (!('id' in message)) return notification(message, method, family, isAnswered);
  if (!hasOnly(message, ['jsonrpc', 'id', 'method', 'params']) || !isId(id) || isAnswered(id)) return null;
  if (family === 'legacy') {
    const isKnown = method === 'ping' || isList(method);
    return isKnown && isPlain(params) ? answerable(id, `${version} ${method}`, family) : null;
  }
  if (method === 'initialize' && family !== 'modern') {
    const wanted = LEGACY_VERSIONS.find((known) => isJsonObject(params) && params.protocolVersion === known);
    if (wanted === undefined || !isHandshake(params)) return null;
    return answerable(id, `${wanted} initialize`, 'legacy');
  }
  if (method === SUBSCRIBE) {
    const kinds = subscribedKinds(params);
    const name = `${MODERN_VERSION} ${SUBSCRIBE} ${kinds}`;
    return kinds === null ? null : { ...answerable(id, name, 'modern'), isState: true };
  }
  if (!isEnveloped(params, [])) return null;
  if (method === 'server/discover' && family !== 'modern')
    return answerable(id, `${MODERN_VERSION} server/discover`, 'probed');
  return isList(method) ? answerable(id, `${MODERN_VERSION} ${method}`, 'modern') : null;
}

function answerable(id: string | number, name: string, family: Family) {
  return { kind: 'request' as const, id, name, family, isState: false };
}

/** What a subscription is to, as part of an answer's name; null for what is not one of ours. */
function subscribedKinds(params: unknown): string | null {
  if (!isJsonObject(params) || !isEnveloped(params, ['notifications']) || !isJsonObject(params.notifications))
    return null;
  const { notifications } = params;
  const isOne = hasOnly(notifications, LIST_CHANGES) && Object.values(notifications).every((value) => value === true);
  const kinds = LIST_CHANGES.filter((kind) => notifications[kind] === true);
  return isOne && kinds.length > 0 ? kinds.join() : null;
}

/** A cancellation of what was answered already changes nothing; some hosts send one after every answer. */
function notification(
  message: JsonObject,
  method: string,
  family: Family,
  isAnswered: (id: string | number) => boolean,
) {
  if (family !== 'legacy' || !hasOnly(message, ['jsonrpc', 'method', 'params'])) return null;
  const { params } = message;
  if (method === 'notifications/initialized') {
    return params === undefined || (isJsonObject(params) && hasOnly(params, []))
      ? { kind: 'notification' as const, isState: true }
      : null;
  }
  if (method !== 'notifications/cancelled' || !isJsonObject(params)) return null;
  const { requestId, reason } = params;
  const isPast = isId(requestId) && isAnswered(requestId) && isOptional('string', reason);
  return isPast && hasOnly(params, ['requestId', 'reason']) ? { kind: 'notification' as const, isState: false } : null;
}

export function parsedObject(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isList(method: string): boolean {
  return LIST_METHODS.some((known) => known === method);
}

function isId(id: unknown): id is string | number {
  return typeof id === 'string' ? id.length <= 256 : Number.isSafeInteger(id) && !Object.is(id, -0);
}

/** No parameters, or none but a token for progress that a list never reports. */
function isPlain(params: unknown): boolean {
  if (params === undefined) return true;
  if (!isJsonObject(params) || !hasOnly(params, ['_meta'])) return false;
  const meta = params._meta;
  return meta === undefined || (isJsonObject(meta) && hasOnly(meta, ['progressToken']) && isProgressToken(meta));
}

function isProgressToken({ progressToken }: JsonObject): boolean {
  return progressToken === undefined || isId(progressToken);
}

function isHandshake(params: unknown): boolean {
  return (
    isJsonObject(params) &&
    hasOnly(params, ['protocolVersion', 'capabilities', 'clientInfo']) &&
    areCapabilities(params.capabilities) &&
    isImplementation(params.clientInfo)
  );
}

const RESERVED = 'io.modelcontextprotocol/';

/** The envelope of 2026-07-28 and nothing else; members that are not the protocol's own pass, as in the server. */
function isEnveloped(params: unknown, besides: readonly string[]): boolean {
  if (!isJsonObject(params) || !hasOnly(params, ['_meta', ...besides]) || !isJsonObject(params._meta)) return false;
  const { [`${RESERVED}protocolVersion`]: version, ...meta } = params._meta;
  const { [`${RESERVED}clientInfo`]: client, [`${RESERVED}clientCapabilities`]: capabilities, ...rest } = meta;
  const isForeign = Object.keys(rest).every((name) => !name.startsWith(RESERVED));
  const isClient = client === undefined || isImplementation(client);
  return version === MODERN_VERSION && isClient && areCapabilities(capabilities) && isForeign && isProgressToken(rest);
}

function isImplementation(value: unknown): boolean {
  if (!isJsonObject(value) || !hasOnly(value, ['name', 'version', 'title', 'description', 'websiteUrl'])) return false;
  const { name, version, ...more } = value;
  const isNamed = typeof name === 'string' && typeof version === 'string';
  return isNamed && Object.values(more).every((text) => typeof text === 'string');
}

function areCapabilities(value: unknown): boolean {
  if (!isJsonObject(value) || !hasOnly(value, ['roots', 'sampling', 'elicitation', 'experimental', 'extensions']))
    return false;
  const { roots = {}, sampling = {}, elicitation = {}, experimental = {}, extensions = {} } = value;
  return (
    isJsonObject(roots) &&
    hasOnly(roots, ['listChanged']) &&
    isOptional('boolean', roots.listChanged) &&
    isJsonObject(sampling) &&
    hasOnly(sampling, ['context', 'tools']) &&
    Object.values(sampling).every(isJsonObject) &&
    isElicitation(elicitation) &&
    [experimental, extensions].every((record) => isJsonObject(record) && Object.values(record).every(isJsonObject))
  );
}

function isElicitation(value: unknown): boolean {
  if (!isJsonObject(value) || !hasOnly(value, ['form', 'url']) || !Object.values(value).every(isJsonObject))
    return false;
  const { form } = value;
  return !isJsonObject(form) || (hasOnly(form, ['applyDefaults']) && isOptional('boolean', form.applyDefaults));
}

function isOptional(type: 'string' | 'boolean', value: unknown): boolean {
  return value === undefined || typeof value === type;
}

function hasOnly(value: JsonObject, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name));
}
