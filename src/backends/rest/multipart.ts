/** `multipart/form-data` whose files are read anew for each attempt, and whose bytes depend on nothing but what it holds. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { canonicalJson } from '../../core/json.ts';
import type { BodySource } from '../../http/request.ts';

export interface FilePart {
  readonly name: string;
  readonly fileName: string;
  readonly type: string;
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly handle: FileHandle;
}

export type Part = FilePart | { readonly name: string; readonly value: unknown };

type Piece = Uint8Array | FilePart;

const CHUNK_BYTES = 64 * 1024;

export function multipart(parts: readonly Part[]): { readonly body: BodySource; readonly contentType: string } {
  const boundary = boundaryOf(parts);
  const bytes = (text: string) => Buffer.from(text, 'utf8');
  const pieces = parts.flatMap((part): Piece[] => {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(part.name)}"`;
    if (isFile(part)) {
      const more = `; filename="${quoted(part.fileName)}"\r\nContent-Type: ${part.type}\r\n\r\n`;
      return [bytes(head + more), part, bytes('\r\n')];
    }
    const isText = typeof part.value !== 'object' || part.value === null;
    const type = isText ? '' : '\r\nContent-Type: application/json';
    return [bytes(`${head}${type}\r\n\r\n${textOf(part.value)}\r\n`)];
  });
  return {
    body: {
      ...bodySource([...pieces, bytes(`--${boundary}--\r\n`)]),
      fields: parts.flatMap((part) => (isFile(part) ? [] : [[part.name, part.value] as const])),
    },
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

export function fileBody(file: FilePart): BodySource {
  return bodySource([file]);
}

function isFile(part: Part | Piece): part is FilePart {
  return 'handle' in part;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : canonicalJson(value ?? null);
}

/** As browsers write it (RFC 7578 section 2). */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** The same parts give the same boundary: a repeated request has to be the same byte for byte. */
function boundaryOf(parts: readonly Part[]): string {
  const told = parts.map((part) =>
    isFile(part) ? [part.name, part.fileName, part.type, part.sha256] : [part.name, part.value],
  );
  return `lucanto-${createHash('sha256').update(canonicalJson(told)).digest('hex').slice(0, 40)}`;
}

function bodySource(pieces: readonly Piece[]): BodySource {
  return {
    size: pieces.reduce((sum, piece) => sum + (isFile(piece) ? piece.size : piece.byteLength), 0),
    open: () => streamOf(read(pieces)),
  };
}

/** `ReadableStream.from` came with Node 20.6. */
function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => {
      await chunks.return(undefined);
    },
  });
}

async function* read(pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (isFile(piece)) yield* readFile(piece);
    else yield piece;
  }
}

/** By position, since several attempts share the descriptor. */
async function* readFile({ handle, size }: FilePart): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(CHUNK_BYTES, size - at)), 0, null, at);
    // What was promised cannot be sent: the request fails instead of sending something else.
    if (bytesRead === 0) throw new Error('the file became shorter while it was sent');
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
