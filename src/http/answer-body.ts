import { ProtocolError } from '../core/errors.ts';

/** The body of an answer: read as text or as bytes, never beyond a limit, piece by piece where a reader asks for it. */
const MAX_ANSWER_BYTES = 20 * 1024 * 1024;
/** Each value of a JSON text costs up to 2 kB once it is parsed, however short it is. */
const MAX_VALUES = 250_000;
const DRAIN_MS = 100;

export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
  /** `X-Request-Id`. */
  readonly requestId: string | null;
  /** Without query. */
  readonly url: string;
}

/** Takes the text of an answer as it arrives; returns `enough` when it needs no more. */
export type TextSink = (text: string) => 'more' | 'enough';

/** Takes the bytes of an answer as they arrive. */
export interface ByteSink {
  /** Larger answers are refused. */
  readonly limit: number;
  /** @throws LucantoError to stop the transfer */
  write(bytes: Uint8Array): Promise<void>;
}

/** @throws ProtocolError beyond the sink's limit, and whatever the sink or the connection throws. */
export async function readBytes(response: Response, sink: ByteSink, origin: string): Promise<void> {
  const { body } = response;
  if (body === null) return;
  let bytes = 0;
  try {
    if (announcedBytes(response) > sink.limit) throw tooLarge(origin, sink.limit);
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > sink.limit) throw tooLarge(origin, sink.limit);
      await sink.write(chunk);
    }
  } finally {
    if (!body.locked) await body.cancel().catch(() => undefined);
  }
}

/**
 * @param sink gets the text instead of the result, which is then empty.
 * @throws ProtocolError beyond MAX_ANSWER_BYTES (of decompressed text), and whatever the connection throws.
 */
export async function readText(response: Response, sink: TextSink | null, origin: string): Promise<string> {
  const { body } = response;
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const chunks: Uint8Array[] = [];
  const uncounted: Uint8Array[] = [];
  const counted = valueCounter();
  let bytes = 0;
  const refuse = async (error: ProtocolError) => {
    await reader.cancel();
    return error;
  };
  if (announcedBytes(response) > MAX_ANSWER_BYTES) throw await refuse(tooLarge(origin, MAX_ANSWER_BYTES));
  for (;;) {
    const { done, value: chunk } = await reader.read();
    if (done) break;
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw await refuse(tooLarge(origin, MAX_ANSWER_BYTES));
    uncounted.push(chunk);
    // Each value takes a byte at least.
    if (bytes > MAX_VALUES && uncounted.splice(0).some((one) => counted(one) > MAX_VALUES))
      throw await refuse(refused(`${origin} answered with more than ${MAX_VALUES} values at once.`));
    if (sink === null) chunks.push(chunk);
    else if (sink(decoder.decode(chunk, { stream: true })) === 'enough') {
      void drain(reader);
      return '';
    }
  }
  if (sink === null) return decoder.decode(Buffer.concat(chunks));
  sink(decoder.decode());
  return '';
}

/** @returns a count of what separates values in JSON, outside texts, over all the pieces of UTF-8 that it was given */
function valueCounter(): (piece: Uint8Array) => number {
  let count = 0;
  let isText = false;
  let isEscaped = false;
  return (piece) => {
    for (const code of piece) {
      if (isEscaped) isEscaped = false;
      else if (code === 0x5c) isEscaped = isText;
      else if (code === 0x22) isText = !isText;
      else if (!isText && (code === 0x2c || code === 0x5b || code === 0x7b)) count += 1;
    }
    return count;
  };
}

/** A stream that is about to end leaves a reusable connection; one that stays open is closed. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), DRAIN_MS);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The answer has been read already, so an error in what follows it does not matter.
  } finally {
    clearTimeout(timer);
  }
}

function announcedBytes({ headers }: Response): number {
  return Number(headers.get('content-length') ?? 0);
}

function tooLarge(origin: string, limit: number): ProtocolError {
  return refused(`${origin} answered with more than ${limit / 1024 / 1024} MB.`);
}

function refused(message: string): ProtocolError {
  return new ProtocolError('answer_too_large', message, {
    hint: 'Ask for less at once, for example with a smaller limit or more filters.',
  });
}

/** Lower case, without parameters; empty where the answer names none. */
export function mediaTypeOf({ headers }: Pick<AnswerHead, 'headers'>): string {
  return (headers.get('content-type')?.split(';')[0] ?? '').trim().toLowerCase();
}
