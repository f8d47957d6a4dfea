/** Reading an answer's body: as text, bounded, and piece by piece where somebody listens. */
import { ProtocolError } from '../errors.ts';

export const MAX_ANSWER_BYTES = 20 * 1024 * 1024;

/** Takes the text of an answer as it arrives; says `enough` when the rest is of no interest. */
export type TextSink = (text: string) => 'more' | 'enough';

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
    throw tooLarge(origin);
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
      throw tooLarge(origin);
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

function tooLarge(origin: string): ProtocolError {
  return new ProtocolError(
    'answer_too_large',
    `${origin} answered with more than ${MAX_ANSWER_BYTES / 1024 / 1024} MB.`,
    {
      hint: 'Ask for less at once, for example with a smaller limit or more filters.',
    },
  );
}
