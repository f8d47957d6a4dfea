import type { Operation } from '../../contract/operation.ts';
import { ProtocolError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { textBlock } from '../../core/results.ts';
import type { CallContext, ToolResult } from '../../core/tool.ts';
import { type FilesFolder, fileName, MAX_FILE_BYTES } from '../../files/folder.ts';
import { HEAD_BYTES, receivedType } from '../../files/media-type.ts';
import { IncomingFile } from '../../files/save.ts';
import { type AnswerHead, mediaTypeOf } from '../../http/answer-body.ts';
import { apiError } from '../../http/api-error.ts';
import { type DownloadDeps, download, isPage, pageInstead } from '../../http/download.ts';
import { type HttpAnswer, isSuccess } from '../../http/request.ts';
import { sendContext } from '../send-context.ts';
import { type ReadDeps, readOperation } from './rest-answer.ts';

/** A GET whose answer is a file: it is saved in the files folder, and the answer gives path, size and SHA-256. */

/** What an answer of which the document says nothing must be to be taken for a file. */
const BINARY = /^(application\/(pdf|zip|octet-stream|vnd\.[\w.+-]+)|image\/|audio\/|video\/|text\/csv)/;
const JSON_TYPE = /^application\/([\w.+-]+\+)?json$/;

/** @returns the service's answer where it is JSON and not a file. @throws LucantoError */
export async function saveAnswer(
  operation: Operation,
  args: JsonObject,
  context: CallContext,
  deps: ReadDeps & { readonly folder: () => Promise<FilesFolder>; readonly download: DownloadDeps },
): Promise<ToolResult | HttpAnswer> {
  const types = operation.fileTypes ?? [];
  const what = `the file of ${operation.tool}`;
  const incoming = new IncomingFile(await deps.folder(), MAX_FILE_BYTES, HEAD_BYTES);
  const isFile = (head: AnswerHead) => {
    const type = mediaTypeOf(head);
    return types.length === 0 ? BINARY.test(type) && !JSON_TYPE.test(type) : !JSON_TYPE.test(type);
  };
  const bytes = (head: AnswerHead) => (isFile(head) ? incoming.sink() : null);
  const accept = [...types, 'application/json;q=0.5', '*/*;q=0.1'].join(', ');
  try {
    let answer = await readOperation(operation, args, context, deps, {
      bytes,
      ...(types.length > 0 && { accept, redirects: 'returned' }),
    });
    if (!isSuccess(answer.status)) {
      const wanted = { address: answer.headers.get('location') ?? '', what, accept, bytes: () => incoming.sink() };
      answer = await download(wanted, deps.download, sendContext(context, 'read', null));
      if (!isSuccess(answer.status)) throw apiError(answer, { what, retry: 'read', scopes: [], listTool: null });
    } else if (answer.status === 204 || !isFile(answer)) return answer;
    if (isPage(answer) && !types.includes('text/html')) throw pageInstead(answer, what);
    if (incoming.head.length === 0) throw otherType('empty', types, what);
    const received = receivedType(mediaTypeOf(answer), incoming.head, types);
    if (received === null) {
      const stated = mediaTypeOf(answer);
      const is = types.includes(stated) ? 'something else than it says' : stated || 'of no stated type';
      throw otherType(is, types, what);
    }
    const saved = await incoming.keep(fileName(namesOf(operation, args), received.ending));
    return { content: [textBlock({ ...saved, media_type: received.type })] };
  } finally {
    await incoming.drop();
  }
}

/** `expense receipt 12`: what the tool is about, and which one. */
function namesOf({ tool, parameters, workspace }: Operation, args: JsonObject): readonly string[] {
  const [, , ...noun] = tool.split('_');
  const which = parameters
    .filter((one) => one.in === 'path' && one.name !== workspace && args[one.arg] !== undefined)
    .map(({ arg }) => String(args[arg]));
  return [...noun, ...which];
}

function otherType(is: string, promised: readonly string[], what: string): ProtocolError {
  return new ProtocolError(
    'wrong_media_type',
    `What the service gave for ${what} is ${is}, not the ${promised.join(' or ') || 'file'} that it should be; nothing was saved.`,
    { hint: 'Try again; if it stays so, open the file in the Lucanto app.' },
  );
}
