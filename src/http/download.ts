import { isLoopback, parseOrigin } from '../config/origin.ts';
import { ProtocolError } from '../core/errors.ts';
import { type AnswerHead, type ByteSink, mediaTypeOf } from './answer-body.ts';
import { isPrivate } from './private-address.ts';
import { type HttpAnswer, type HttpPort, isRedirect, MAX_REDIRECTS, type SendContext } from './request.ts';

/**
 * Downloads from addresses that the service hands out. They may be on another origin (a file store), which never gets the
 * token, and they may redirect there.
 */
export interface DownloadDeps {
  /** The service, with the token. */
  readonly http: HttpPort;
  /** Another origin, without it. */
  readonly elsewhere: (origin: string) => HttpPort;
}

/**
 * @param file `address`: absolute, or from the service's root. `what`: for errors, `the PDF of invoice 12`. `bytes`:
 * called once per attempt.
 * @returns the last answer, whatever its status. @throws LucantoError for an address that is refused
 */
export async function download(
  file: { readonly address: string; readonly what: string; readonly accept: string; readonly bytes: () => ByteSink },
  deps: DownloadDeps,
  context: SendContext,
): Promise<HttpAnswer> {
  const service = deps.http.origin;
  let at = allowed(file.address, service, service, file.what);
  let isOwn = true;
  for (let followed = 0; ; followed++) {
    // Another server must not choose what is requested here with the token.
    isOwn &&= at.origin === service;
    const port = isOwn ? deps.http : deps.elsewhere(at.origin);
    const answer = await port.send(
      {
        method: 'GET',
        path: at.pathname,
        query: at.search.slice(1),
        headers: {},
        body: null,
        accept: file.accept,
        tokenOptional: true,
        redirects: 'returned',
        secretPath: true,
        bytes: file.bytes,
      },
      context,
    );
    const location = answer.headers.get('location');
    if (!isRedirect(answer.status) || location === null) return answer;
    if (followed >= MAX_REDIRECTS) {
      throw refused(`${file.what} is behind more than ${MAX_REDIRECTS} redirects in a row`);
    }
    at = allowed(location, at.href, service, file.what);
  }
}

function allowed(address: string, base: string, service: string, what: string): URL {
  const url = URL.canParse(address, base) ? new URL(address, base) : null;
  // The origin of `blob:https://…` is that of the address in it; a path that begins with `//` leads to another host.
  const isUsable = url !== null && /^https?:$/.test(url.protocol) && !url.pathname.startsWith('//');
  if (!isUsable || url.username !== '' || url.password !== '') {
    throw refused(`The service gave an address for ${what} that cannot be used`);
  }
  if (url.origin === service) return url;
  const here = new URL(service).hostname;
  const isNearer = [isLoopback, isPrivate].some((near) => near(url.hostname) && !near(here));
  // Otherwise the service could make this computer send requests to its router, or to a cloud's metadata address.
  if ('problem' in parseOrigin(url.origin) || isNearer) {
    throw refused(`The service gave an address for ${what} at ${url.origin}, which is refused`);
  }
  return url;
}

function refused(message: string): ProtocolError {
  return new ProtocolError('address_refused', `${message}.`, {
    hint: {
      person: 'Open the document in the Lucanto app; if it happens again, report it to Lucanto.',
      model: 'Ask the user to open the document in the Lucanto app.',
    },
  });
}

/** A web page in place of a file: a sign-in page, or an error page of a proxy. */
export function isPage(head: Pick<AnswerHead, 'headers'>): boolean {
  return ['text/html', 'application/xhtml+xml'].includes(mediaTypeOf(head));
}

/** @param what `the PDF of invoice 12` */
export function pageInstead(head: AnswerHead, what: string): ProtocolError {
  const { origin } = new URL(head.url);
  return new ProtocolError(
    'page_instead_of_file',
    `${origin} answered with a web page instead of ${what}; nothing was saved.`,
    {
      hint: {
        person:
          'It may be a sign-in or error page: run `lucanto-mcp status` to check the API key, then try again; if it happens again, open the document in the Lucanto app.',
        model:
          'It may be a sign-in or error page: ask the user to run `lucanto-mcp status` to check the API key, then try again; if it happens again, ask the user to open the document in the Lucanto app.',
      },
      details: { status: head.status, ...(head.requestId === null ? {} : { requestId: head.requestId }) },
    },
  );
}
