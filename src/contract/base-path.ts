import { list, member, type OpenApiDocument } from './document.ts';

/**
 * Where the operations of a document are on the service's own origin: `servers` of the operation, of its path or of the
 * whole document. The API key is for that origin alone, so what is anywhere else cannot be called.
 */
export interface OwnAddress {
  readonly origin: string;
  /** On this computer: a copy or a proxy of a service, which its document names by its public address. */
  readonly isLoopback: boolean;
}

/** Where the service publishes its document: relative addresses start from there. */
export const DOCUMENT_PATH = '/api/v1/openapi.json';

/** Of one operation; `base` is null where the document says nothing. */
type BasePath = { readonly base: string | null } | { readonly problem: string };

interface Server {
  /** With variables at their defaults; null for what is not an address. */
  readonly url: URL | null;
  /** Hosts that its variables allow. */
  readonly hosts: RegExp;
  readonly text: string;
}

export class Servers {
  readonly #document: OpenApiDocument;
  readonly #own: OwnAddress | null;
  readonly #hosts: ReadonlySet<string>;

  /** @param own null where any host is taken for the service's own */
  constructor(document: OpenApiDocument, own: OwnAddress | null) {
    this.#document = document;
    this.#own = own;
    this.#hosts = own === null ? new Set() : ownHosts(document, own);
  }

  basePath(item: unknown, operation: unknown): BasePath {
    const levels = [member(operation, 'servers'), member(item, 'servers'), this.#document.servers];
    const servers = serversOf(
      levels.find((level) => list(level).length > 0),
      this.#own,
    );
    const [first] = servers;
    if (first === undefined) return { base: null };
    const own = servers.find((server) => this.#isOwn(server));
    if (own?.url != null) return { base: pathOf(own.url) };
    const named = servers.find(({ url }) => url !== null)?.url ?? null;
    if (named === null) return { problem: `its server ${first.text.slice(0, 100)} is not an address` };
    return { problem: `it is at ${originOf(named)}, and the API key is for ${this.#own?.origin} only` };
  }

  #isOwn({ url, hosts }: Server): boolean {
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

function serversOf(servers: unknown, own: OwnAddress | null): readonly Server[] {
  return list(servers).flatMap((server) => {
    const url = member(server, 'url');
    return typeof url === 'string' ? serverOf(server, url, own) : [];
  });
}

const HOST = /^((?:[a-z][a-z0-9+.-]*:)?\/\/)([^/?#]*)/i;
const VARIABLE = /\{[^{}]+\}/g;

function serverOf(server: unknown, text: string, own: OwnAddress | null): Server {
  const filled = text.replace(VARIABLE, (all) => {
    const variable = member(member(server, 'variables'), all.slice(1, -1));
    const preset = member(variable, 'default') ?? list(member(variable, 'enum'))[0];
    return typeof preset === 'string' || typeof preset === 'number' ? String(preset) : all;
  });
  // A part of the host that is not said, such as the customer's own, is taken from the origin.
  const address = filled.replace(HOST, (_all, scheme, host) => scheme + String(host).replace(VARIABLE, 'host'));
  const document = `${own?.origin ?? 'https://service.invalid'}${DOCUMENT_PATH}`;
  const isAddress = !/[{}]/.test(address) && URL.canParse(address, document);
  return { url: isAddress ? new URL(address, document) : null, hosts: hostsOf(text), text };
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
