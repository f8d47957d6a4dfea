import { onceFor } from '../core/deadline.ts';
import { arrayIn, isJsonObject } from '../core/json.ts';
import { member, type OpenApiDocument, resolveReference, writtenText } from './document.ts';
import { mayNameWorkspace } from './workspace-path.ts';

/**
 * Whether an operation can be called with an API key, with which scopes, and where. Addresses: `servers` of the operation, of its path or of the
 * whole document; the key is for the service's own origin alone, so that what is anywhere else cannot be called.
 */
export interface OwnAddress {
  readonly origin: string;
  /** On this computer: a copy or a proxy of a service, which its document names by its public address. */
  readonly isLoopback: boolean;
}

/** Where the service publishes its document: relative addresses start from there. */
export const DOCUMENT_PATH = '/api/v1/openapi.json';

export class Servers {
  readonly #document: OpenApiDocument;
  readonly #own: OwnAddress | null;
  readonly #hosts: ReadonlySet<string>;
  readonly #baseOf = onceFor((level: unknown) => this.#baseIn(serversOf(level, this.#own)));

  /** @param own null where any host is taken for the service's own */
  constructor(document: OpenApiDocument, own: OwnAddress | null) {
    this.#document = document;
    this.#own = own;
    this.#hosts = own === null ? new Set() : ownHosts(document, own);
  }

  /** Of one operation; `base` is null where the document says nothing. */
  basePath(item: unknown, operation: unknown): { readonly base: string | null } | { readonly problem: string } {
    const levels = [member(operation, 'servers'), member(item, 'servers'), this.#document.servers];
    return this.#baseOf(levels.find((level) => arrayIn(level).length > 0));
  }

  #baseIn(servers: ReturnType<typeof serversOf>): ReturnType<Servers['basePath']> {
    const [first] = servers;
    if (first === undefined) return { base: null };
    const own = servers.find((server) => this.#isOwn(server));
    if (own?.url != null) return { base: pathOf(own.url) };
    const named = servers.find(({ url }) => url !== null)?.url ?? null;
    if (named === null) return { problem: `its server ${first.text.slice(0, 100)} is not an address` };
    return { problem: `it is at ${originOf(named)}, and the API key is for ${this.#own?.origin} only` };
  }

  #isOwn({ url, hosts }: ReturnType<typeof serverOf>): boolean {
    if (url === null || !/^https?:$/.test(url.protocol)) return false;
    return this.#own === null || this.#hosts.has(url.host) || hosts.test(new URL(this.#own.origin).host);
  }
}

/** The origin's host, and the name that the document gives it where it cannot know the origin's. */
function ownHosts(document: OpenApiDocument, own: OwnAddress): ReadonlySet<string> {
  const { host } = new URL(own.origin);
  const urls = serversOf(document.servers, own).flatMap(({ url }) => url ?? []);
  const [first] = urls;
  const isNamed = first === undefined || urls.some((url) => url.host === host) || isOnThisComputer(first);
  return new Set(isNamed || !own.isLoopback ? [host] : [host, first.host]);
}

function isOnThisComputer({ hostname }: URL): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

function serversOf(servers: unknown, own: OwnAddress | null): readonly ReturnType<typeof serverOf>[] {
  return arrayIn(servers).flatMap((server) => {
    const url = member(server, 'url');
    return typeof url === 'string' ? serverOf(server, url, own) : [];
  });
}

const HOST = /^((?:[a-z][a-z0-9+.-]*:)?\/\/)([^/?#]*)/i;
const VARIABLE = /\{[^{}]+\}/g;

function serverOf(
  server: unknown,
  text: string,
  own: OwnAddress | null,
): {
  /** With variables at their defaults; null for what is not an address. */
  readonly url: URL | null;
  /** Hosts that its variables allow. */
  readonly hosts: RegExp;
  readonly text: string;
} {
  const filled = text.replace(VARIABLE, (all) => {
    const variable = member(member(server, 'variables'), all.slice(1, -1));
    const preset = member(variable, 'default') ?? arrayIn(member(variable, 'enum'))[0];
    return typeof preset === 'string' || typeof preset === 'number' ? String(preset) : all;
  });
  // A part of the host that is not said, such as the customer's own, is taken from the origin.
  const address = filled.replace(HOST, (_all, scheme, host) => scheme + String(host).replace(VARIABLE, 'host'));
  const document = `${own?.origin ?? 'https://service.invalid'}${DOCUMENT_PATH}`;
  const isAddress = !/[{}]/.test(address) && URL.canParse(address, document);
  // An empty address means where the document is, not the document itself.
  return { url: isAddress ? new URL(address.trim() || '.', document) : null, hosts: hostsOf(text), text };
}

function hostsOf(text: string): RegExp {
  const host = HOST.exec(text)?.[2] ?? '';
  const parts = host.split(VARIABLE).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  // `{host}` alone would allow any host there is.
  return parts.length > 1 && /\.[^.]+\.[^.]+$/.test(host.replace(VARIABLE, ''))
    ? new RegExp(`^${parts.join('[^./]+')}$`, 'i')
    : /(?!)/;
}

function originOf(url: URL): string {
  return url.origin === 'null' ? url.href.slice(0, 100) : url.origin;
}

function pathOf({ pathname }: URL): string {
  return pathname
    .split('/')
    .filter((part) => part !== '')
    .map((part) => `/${part}`)
    .join('');
}

/**
 * What an operation wants to know its caller by besides the API key, which is sent as a bearer token (a key in another
 * header, a cookie, a password), as a clause; null where the key is enough.
 */
export function whyKeyIsNotEnough(document: OpenApiDocument, operation: unknown): string | null {
  const own = member(operation, 'security');
  const requirements = (Array.isArray(own) ? own : arrayIn(document.security)).filter(isJsonObject);
  // Nothing is asked for: then a key does no harm.
  if (requirements.length === 0) return null;
  const missing = requirements.map((requirement) => missingOf(document, requirement));
  if (missing.some((needs) => needs.length === 0)) return null;
  const [fewest = []] = missing.sort((a, b) => a.length - b.length);
  const all = fewest.length > 1 ? ', all at once' : '';
  return `it needs ${fewest.join(' and ')}${all}, and the bridge has an API key only, which it sends as a bearer token`;
}

/** What of one requirement, all of whose schemes are wanted at once, is no bearer token. */
function missingOf(document: OpenApiDocument, requirement: Record<string, unknown>): readonly string[] {
  const schemes = member(document.components, 'securitySchemes');
  return Object.keys(requirement).flatMap((name) => {
    const scheme = resolveReference(document, member(schemes, name));
    // The document may have forgotten to define the scheme.
    return isJsonObject(scheme) ? (missingFor(scheme) ?? []) : [];
  });
}

function missingFor(scheme: Record<string, unknown>): string | null {
  const { type, name, in: place } = scheme;
  if (type === 'oauth2' || type === 'openIdConnect') return null;
  if (type === 'http') return httpScheme(writtenText(scheme.scheme).toLowerCase());
  if (type === 'mutualTLS') return 'a client certificate';
  if (type !== 'apiKey') return `credentials of another kind (${writtenText(type).slice(0, 40)})`;
  const called = writtenText(name).slice(0, 60);
  if (place === 'cookie') return `the cookie ${called}`;
  if (place === 'query') return `a key in the address (${called})`;
  return called.toLowerCase() === 'authorization' ? null : `a key in the header ${called}`;
}

function httpScheme(scheme: string): string | null {
  if (scheme === 'bearer') return null;
  return scheme === 'basic' ? 'a user name and a password (HTTP Basic)' : `HTTP ${scheme.slice(0, 40)} authentication`;
}

const SIGN_IN =
  /(^|_)(sign_?in|sign_?up|sign_?out|log_?in|log_?out|passwords?|otp|mfa|passkeys?|sessions?|authorize|register|token)(_|$)/;
const SECRET = /(^|_)(password|passcode|secret|otp|grant_type)(_|$)/i;

/**
 * Whether an operation is for signing in: it says that it needs no key, which others do, and it asks for a password or is
 * called so. Words alone say nothing: sessions and tokens may be records like others.
 * @param words of the path, in snake_case @param fields of the body, as on the wire
 */
export function isForSigningIn(
  document: OpenApiDocument,
  operation: unknown,
  words: readonly string[],
  fields: () => readonly string[],
): boolean {
  const own = member(operation, 'security');
  const isOpen = Array.isArray(own) && own.every((one) => isJsonObject(one) && Object.keys(one).length === 0);
  if (!isOpen || arrayIn(document.security).length === 0) return false;
  return words.some((word) => SIGN_IN.test(word)) || fields().some((field) => SECRET.test(field));
}

/** Headers by which services know their callers, beside `Authorization`. */
const KEY_HEADER =
  /^(x-)?([a-z0-9]+-)*(api-?key|apikey|api-?token|api-?secret|auth-?token|auth-?key|access-?token|access-?key|app-?key|app-?secret|client-?secret|secret-?key|subscription-?key|private-?token|session-?token)$/i;

/** What the operation's parameters want that the bridge cannot send; null where it can send all. */
export function whyParametersCannotBeSent(parameters: readonly unknown[]): string | null {
  for (const parameter of parameters) {
    const name = writtenText(member(parameter, 'name')).slice(0, 60);
    const isHeader = member(parameter, 'in') === 'header';
    const isRequired = member(parameter, 'required') === true;
    // Without the header that names the workspace, the service would choose one.
    if (!isRequired && !(isHeader && mayNameWorkspace(name))) continue;
    if (isHeader && !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'it needs a header whose name no request can have';
    if (member(parameter, 'in') === 'cookie') return `it needs the cookie ${name}, and the bridge sends none`;
    if (isHeader && isRequired && KEY_HEADER.test(name))
      return `it needs a key in the header ${name}, and the bridge has an API key only, which it sends as a bearer token`;
  }
  return null;
}

const SCOPE = /^(read|write|manage):([a-z0-9_]+|\*)$/;

/** Scopes in Lucanto's notation that the document names for an operation; empty where it names none. */
export function declaredScopes(operation: unknown): readonly string[] {
  const extensions = ['x-required-scopes', 'x-scopes', 'x-scope'].flatMap((key) => words(member(operation, key)));
  // Scopes of the whole document say nothing about one operation.
  const requirements = arrayIn(member(operation, 'security'));
  const secured = requirements.flatMap((one) => (isJsonObject(one) ? Object.values(one).flatMap(words) : []));
  const own = extensions.some((scope) => SCOPE.test(scope)) ? extensions : secured;
  return [...new Set(own.filter((scope) => SCOPE.test(scope)))];
}

function words(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/);
  return arrayIn(value).flatMap((one) => (typeof one === 'string' ? one : []));
}
