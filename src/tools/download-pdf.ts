import { singular } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import { AuthError, ProtocolError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { textResult } from '../core/results.ts';
import type { ToolResult } from '../core/tool.ts';
import { fileName, MAX_FILE_BYTES } from '../files/folder.ts';
import { HEAD_BYTES, isPdf } from '../files/media-type.ts';
import { IncomingFile } from '../files/save.ts';
import type { AnswerHead, ByteSink } from '../http/answer-body.ts';
import { apiError } from '../http/api-error.ts';
import { download, isPage, pageInstead } from '../http/download.ts';
import { isSuccess } from '../http/request.ts';
import { argumentsFor, type LocalCall, readRecord, sourceOfType } from './local-tool.ts';
import { addressIn, type PdfSource, parsedAddress } from './pdf-tool.ts';
import { fieldFor, isIdPath, textAt, textOfRole, valueAt, wordOfId } from './record-fields.ts';

/** The download of one PDF: what to call it, and whether it is one. */
const ACCEPT = 'application/pdf, */*;q=0.5';
const MAX_ADDRESS_BYTES = 1024 * 1024;

export async function savePdf(sources: readonly PdfSource[], call: LocalCall): Promise<ToolResult> {
  const source = sourceOfType(sources, call.args, 'has a PDF');
  const own = argumentsFor(call.args, { id: call.args.id });
  const what = `the PDF of ${source.type.replaceAll('_', ' ')} ${String(call.args.id)}`;
  const record = source.record === undefined ? null : await recordOf(source, source.record, { ...call, args: own });
  const incoming = new IncomingFile(await call.folder(), MAX_FILE_BYTES, HEAD_BYTES);
  try {
    const address =
      source.action === null
        ? addressIn(record, 'pdf', what)
        : await ask(source.action, incoming, { ...call, args: own }, what);
    if (address !== null) await fetchFrom(address, incoming, call, what);
    if (!isPdf(incoming.head)) throw notPdf(what);
    const names = record === null ? [] : await namesOf(record, call);
    const name = fileName(names.length > 0 ? names : [source.type.replaceAll('_', '-'), String(call.args.id)], '.pdf');
    const { path, size, sha256 } = await incoming.keep(name);
    return textResult({ path, size, sha256, type: source.type, id: call.args.id });
  } finally {
    await incoming.drop();
  }
}

/** Null where the record is only needed for the file's name and cannot be read. */
async function recordOf(source: PdfSource, get: Operation, call: LocalCall) {
  try {
    return await readRecord(call, get, call.args);
  } catch (error) {
    if (source.action === null || error instanceof AuthError || call.context.signal.aborted) throw error;
    return null;
  }
}

/** @returns the address of the PDF; null where the answer was the PDF itself, which is now in the file */
async function ask(
  operation: Operation,
  incoming: IncomingFile,
  call: LocalCall,
  what: string,
): Promise<string | null> {
  let text: Buffer = Buffer.alloc(0);
  const collected = (): ByteSink => {
    text = Buffer.alloc(0);
    return {
      limit: MAX_ADDRESS_BYTES,
      write: async (bytes) => {
        text = Buffer.concat([text, bytes]);
      },
    };
  };
  const isText = ({ headers }: AnswerHead) => !/pdf|octet-stream/i.test(headers.get('content-type') ?? '');
  const bytes = (head: AnswerHead) => (isText(head) ? collected() : incoming.sink());
  const answer = await call.service.readBytes(operation, call.args, call.context, {
    accept: `application/json, ${ACCEPT}`,
    bytes,
  });
  const location = answer.headers.get('location');
  if (answer.status >= 300) {
    if (location !== null) return location;
    throw notPdf(what);
  }
  if (isPage(answer)) throw pageInstead(answer, what);
  return isText(answer) ? addressIn(parsedAddress(text, what), 'address', what) : null;
}

async function fetchFrom(address: string, incoming: IncomingFile, call: LocalCall, what: string) {
  const wanted = { address, what, accept: ACCEPT, bytes: () => incoming.sink() };
  const { signal, deadline, client } = call.context;
  const sending = { signal, deadline, ...(client === undefined ? {} : { client }), retry: 'read' } as const;
  const answer = await download(wanted, call.download, sending);
  const isDone = isSuccess(answer.status);
  if (isDone && isPage(answer)) throw pageInstead(answer, what);
  if (isDone) return;
  throw apiError(answer, { what, retry: 'read', scopes: [], listTool: null });
}

/** Number and contact, as far as they are known. */
async function namesOf(record: JsonObject, call: LocalCall): Promise<string[]> {
  const field = fieldFor('contact', [record], []);
  const named = field === null || isIdPath(field) ? null : textAt(record, field);
  const contact = named ?? (await contactName(record, call));
  return [textOfRole('number', record), contact].filter((name) => name !== null);
}

async function contactName(record: JsonObject, call: LocalCall) {
  const field = fieldFor('contactId', [record], []);
  const id = field === null ? null : valueAt(record, field);
  if (field === null || id === null || id === undefined) return null;
  const own = singular(wordOfId(field));
  const get = call.operations.get(`lucanto_get_${own}`) ?? call.operations.get('lucanto_get_contact');
  if (get === undefined) return null;
  try {
    return textOfRole('name', await readRecord(call, get, { id }));
  } catch {
    // The file is saved all the same, under a shorter name.
    return null;
  }
}

function notPdf(what: string): ProtocolError {
  return new ProtocolError('not_a_pdf', `What the service sent for ${what} is not a PDF. Nothing was saved.`, {
    hint: 'Try again; if it happens again, open the document in the Lucanto app.',
  });
}
