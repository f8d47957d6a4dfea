import { ProtocolError } from '../core/errors.ts';

/** Reading an answer's body: as text, bounded, and piece by piece where somebody listens. */
const MAX_ANSWER_BYTES = 20 * 1024 * 1024;

/** Takes the text of an answer as it arrives; says `enough` when the rest is of no interest. */
export type TextSink = (text: string) => 'more' | 'enough';

/** Takes the bytes of an answer as they arrive. */
export interface ByteSink {
  /** More than this many are refused. */
  readonly limit: number;
  /** @throws LucantoError to have no more of them */
  write(bytes: Uint8Array): Promise<void>;
}

/** @throws ProtocolError beyond the sink's limit, and whatever the sink or the connection throws. */
export async function readBytes(response: Response, sink: ByteSink, origin: string): Promise<void> {
  const { body } = response;
  if (body === null) return;
  const announced = Number(response.headers.get('content-length') ?? 0);
  let bytes = 0;
  try {
    if (announced > sink.limit) throw tooLarge(origin, sink.limit);
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > sink.limit) throw tooLarge(origin, sink.limit);
      await sink.write(chunk);
    }
  } finally {
    if (!body.locked) await body.cancel().catch(() => undefined);
  }
}

const DRAIN_MS = 100;

/**
 * @param sink gets the text instead of the result, which is then empty.
 * @throws ProtocolError beyond MAX_ANSWER_BYTES (of decompressed text), and whatever the connection throws.
 */
export async function readText(response: Response, sink: TextSink | null, origin: string): Promise<string> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  const body = response.body;
  if (body === null) return '';
  if (announced > MAX_ANSWER_BYTES) {
    await body.cancel();
    throw tooLarge(origin, MAX_ANSWER_BYTES);
  }
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    const text = done ? decoder.decode() : decoder.decode(value, { stream: true });
    bytes += value?.byteLength ?? 0;
    if (bytes > MAX_ANSWER_BYTES) {
      await reader.cancel();
      throw tooLarge(origin, MAX_ANSWER_BYTES);
    }
    if (sink === null) parts.push(text);
    else if (sink(text) === 'enough') {
      void drain(reader);
      return '';
    }
    if (done) return parts.join('');
  }
}

/** A stream that is about to end leaves a connection that can be used again; one that stays open is closed. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), DRAIN_MS);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The answer has been read; how the rest ends is nobody's concern.
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge(origin: string, limit: number): ProtocolError {
  return new ProtocolError('answer_too_large', `${origin} answered with more than ${limit / 1024 / 1024} MB.`, {
    hint: 'Ask for less at once, for example with a smaller limit or more filters.',
  });
}

/** A web page where a file was asked for: a sign-in page, or what a proxy has to say. */
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

export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
  /** `X-Request-Id`. */
  readonly requestId: string | null;
  /** Without query. */
  readonly url: string;
}
