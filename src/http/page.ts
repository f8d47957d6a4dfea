/** A web page where a file was asked for: a sign-in page, or what a proxy has to say. */
import { ProtocolError } from '../errors.ts';
import type { AnswerHead } from './request.ts';

export function mediaTypeOf({ headers }: Pick<AnswerHead, 'headers'>): string {
  return (headers.get('content-type')?.split(';')[0] ?? '').trim().toLowerCase();
}

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
      hint: 'It may be a sign-in or error page: run `lucanto-mcp status` to check the token, then try again; if it stays so, open the document in the Lucanto app.',
      details: { status: head.status, ...(head.requestId === null ? {} : { requestId: head.requestId }) },
    },
  );
}
