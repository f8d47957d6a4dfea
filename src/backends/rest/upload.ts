import { extname } from 'node:path';
import type { BodyBinding, FileKind } from '../../contract/operation.ts';
import type { JsonObject } from '../../core/json.ts';
import type { FilesFolder, OpenFile } from '../../files/folder.ts';
import { acceptedType } from '../../files/media-type.ts';
import { contentOf, type PastUpload, type UploadIndex, uploadedBefore } from '../../files/upload-index.ts';
import type { BodySource } from '../../http/request.ts';
import type { WriteResult, WriteSendContext } from '../../writes/write-record.ts';
import { type FilePart, fileBody, multipart, type Part } from './multipart.ts';

/**
 * Files on their way to the service: from paths in the files folder to the body of a request.
 * @throws LucantoError for a path, a type or a size that is refused; then nothing stays open.
 */
export async function openUpload(
  binding: BodyBinding,
  args: JsonObject,
  deps: { readonly folder: FilesFolder; readonly index: UploadIndex; readonly origin: string },
): Promise<Upload> {
  const files: FilePart[] = [];
  const told: Record<string, unknown> = { ...args };
  const parts: Part[] = [];
  try {
    for (const { arg, name, file } of partsOf(binding)) {
      const value = args[arg];
      if (value === undefined || value === null) continue;
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      if (file === null) {
        parts.push(...values.map((one) => ({ name, value: one })));
        continue;
      }
      const before = files.length;
      for (const path of values) files.push(await filePart(name, await deps.folder.open(String(path)), file));
      const opened = files.slice(before);
      parts.push(...opened);
      // What the ledger compares is the content: the same path may hold another file tomorrow.
      told[arg] = opened.map(({ fileName, sha256 }) => `${fileName} ${sha256}`);
    }
    const past = await Promise.all(files.map(({ sha256 }) => deps.index.find({ origin: deps.origin, sha256 })));
    return new Upload({ ...sent(binding, parts, files), args: told, files, past, deps });
  } catch (error) {
    await Promise.all(files.map(({ handle }) => handle.close()));
    throw error;
  }
}

function partsOf(binding: BodyBinding) {
  const { whole, wholeFile, wrapper } = binding;
  if (whole !== null) return [{ arg: whole, name: whole, file: wholeFile ?? null }];
  return binding.fields.map(({ arg, property, place, file }) => ({
    arg,
    name: place === 'wrapper' && wrapper !== null ? `${wrapper}[${property}]` : property,
    file: file ?? null,
  }));
}

function sent(binding: BodyBinding, parts: readonly Part[], files: readonly FilePart[]) {
  const [only] = files;
  if (binding.wholeFile === undefined || only === undefined) return multipart(parts);
  const isOwn = binding.contentType.includes('*') || binding.wholeFile.types.length > 0;
  const contentType = isOwn ? only.type : binding.contentType;
  return { body: fileBody(only), contentType };
}

async function filePart(name: string, { handle, name: fileName, size }: OpenFile, kind: FileKind): Promise<FilePart> {
  try {
    const { head, sha256 } = await contentOf(handle, size);
    const type = acceptedType({ name: fileName, ending: extname(fileName), head }, kind.types);
    return { name, fileName, type, size, sha256, handle };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export class Upload {
  readonly body: BodySource;
  readonly contentType: string;
  /** The arguments with what the files hold in place of their paths, for the ledger. */
  readonly args: JsonObject;
  readonly #state;
  #busy = false;
  #released = false;

  constructor(state: {
    readonly body: BodySource;
    readonly contentType: string;
    readonly args: JsonObject;
    readonly files: readonly FilePart[];
    readonly past: readonly (PastUpload | null)[];
    readonly deps: Parameters<typeof openUpload>[2];
  }) {
    this.#state = state;
    ({ body: this.body, contentType: this.contentType, args: this.args } = state);
  }

  /** Keeps the files open while they are sent, which may go on after the caller gave up. */
  during(send: (ticket: WriteSendContext) => Promise<WriteResult>): (ticket: WriteSendContext) => Promise<WriteResult> {
    return async (ticket) => {
      this.#busy = true;
      try {
        return await send(ticket);
      } finally {
        this.#busy = false;
        if (this.#released) await this.#close();
      }
    };
  }

  async release(): Promise<void> {
    this.#released = true;
    if (!this.#busy) await this.#close();
  }

  /** Remembers what was sent, and adds to the answer what was sent before. */
  async sent(done: WriteResult, tool: string, workspace: string | null): Promise<WriteResult> {
    const { files, past, deps } = this.#state;
    if (done.replayed) return done;
    const notes = past.flatMap((row, at) => (row === null ? [] : uploadedBefore(row, files[at]?.fileName ?? '')));
    for (const { sha256 } of files) {
      await deps.index.add({ origin: deps.origin, workspace, sha256, tool, id: done.id });
    }
    const content = [...done.result.content, ...notes.map((text) => ({ type: 'text', text }))];
    return { ...done, result: { ...done.result, content } };
  }

  async #close(): Promise<void> {
    await Promise.all(this.#state.files.map(({ handle }) => handle.close().catch(() => undefined)));
  }
}
