import { singular } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import { AuthError, ProtocolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, parseJson, recordIn } from '../core/json.ts';
import type { CallContext, ToolResult } from '../core/tool.ts';
import { type FilesFolder, MAX_FILE_BYTES } from '../files/folder.ts';
import { HEAD_BYTES, isPdf } from '../files/media-type.ts';
import { fileName, IncomingFile } from '../files/save.ts';
import { type AnswerHead, type ByteSink, isPage, pageInstead } from '../http/answer-body.ts';
import { apiError } from '../http/api-error.ts';
import { type DownloadDeps, download } from '../http/download.ts';
import {
  answerWith,
  argumentsFor,
  missingArgument,
  type Operations,
  readRecord,
  type ServicePort,
} from './local-tool.ts';
import { fieldFor, isIdPath, plainText, valueAt, wordOfId } from './money-roles.ts';
import type { PdfSource } from './pdf-tool.ts';

/** The address of a PDF in an answer that calls it by no name that is known. */
interface Address {
  /** `links.document`. */
  readonly path: string;
  readonly url: string;
}

const DEPTH = 2;

/**
 * The only address that there is, or the only one that has to do with a PDF.
 * @param role `pdf` for a whole record, which may hold addresses of all kinds: there, its own name must say it
 */
function onlyAddress(answer: JsonObject, role: 'address' | 'pdf'): string | null {
  const all = addressesIn(answer, '', DEPTH);
  const named = all.filter(({ path, url }) => /pdf/i.test(path) || (role === 'address' && /\.pdf($|\?)/i.test(url)));
  const candidates = role === 'address' && all.length === 1 ? all : named;
  const [only, ...others] = new Set(candidates.map(({ url }) => url));
  return others.length === 0 ? (only ?? null) : null;
}

function addressesIn(value: JsonObject, prefix: string, depth: number): readonly Address[] {
  return Object.entries(value).flatMap(([name, member]): readonly Address[] => {
    const path = `${prefix}${name}`;
    if (typeof member === 'string') return /^https?:\/\/\S+$/.test(member) ? [{ path, url: member }] : [];
    return isJsonObject(member) && depth > 1 ? addressesIn(member, `${path}.`, depth - 1) : [];
  });
}

/** One download: where the PDF is, what to call it, and whether it is one. */
interface SavePdf {
  readonly sources: readonly PdfSource[];
  readonly operations: Operations;
  readonly service: ServicePort;
  readonly folder: () => Promise<FilesFolder>;
  readonly download: DownloadDeps;
}

const ACCEPT = 'application/pdf, */*;q=0.5';
const MAX_ADDRESS_BYTES = 1024 * 1024;

export async function savePdf(deps: SavePdf, args: JsonObject, context: CallContext): Promise<ToolResult> {
  const source = deps.sources.find(({ type }) => type === args.type);
  if (source === undefined)
    throw missingArgument(
      'type names no kind of document that has a PDF',
      'Give one of the types that the schema lists.',
    );
  const own = argumentsFor(args, { id: args.id });
  const what = `the PDF of ${source.type.replaceAll('_', ' ')} ${String(args.id)}`;
  const record = source.record === undefined ? null : await recordOf(source, source.record, deps, own, context);
  const incoming = new IncomingFile(await deps.folder(), MAX_FILE_BYTES, HEAD_BYTES);
  try {
    const address =
      source.action === null
        ? addressIn(record, 'pdf', what)
        : await ask(source.action, incoming, deps, own, context, what);
    if (address !== null) await fetchFrom(address, incoming, deps, context, what);
    if (!isPdf(incoming.head)) throw notPdf(what);
    const names = record === null ? [] : await namesOf(record, deps, args, context);
    const name = fileName(names.length > 0 ? names : [source.type.replaceAll('_', '-'), String(args.id)], '.pdf');
    const { path, size, sha256 } = await incoming.keep(name);
    return answerWith({ path, size, sha256, type: source.type, id: args.id });
  } finally {
    await incoming.drop();
  }
}

/** Null where only its name would have come from it: a PDF is worth having without. */
async function recordOf(source: PdfSource, get: Operation, deps: SavePdf, own: JsonObject, context: CallContext) {
  try {
    return await readRecord(deps.service, get, own, context);
  } catch (error) {
    if (source.action === null || error instanceof AuthError || context.signal.aborted) throw error;
    return null;
  }
}

/** @returns the address of the PDF, or null where the answer was the PDF, which the file then has */
async function ask(
  operation: Operation,
  incoming: IncomingFile,
  { service }: SavePdf,
  own: JsonObject,
  context: CallContext,
  what: string,
): Promise<string | null> {
  let told: Buffer = Buffer.alloc(0);
  const collected = (): ByteSink => {
    told = Buffer.alloc(0);
    return {
      limit: MAX_ADDRESS_BYTES,
      write: async (bytes) => {
        told = Buffer.concat([told, bytes]);
      },
    };
  };
  const isTold = ({ headers }: AnswerHead) => !/pdf|octet-stream/i.test(headers.get('content-type') ?? '');
  const bytes = (head: AnswerHead) => (isTold(head) ? collected() : incoming.sink());
  const answer = await service.readBytes(operation, own, context, { accept: `application/json, ${ACCEPT}`, bytes });
  const location = answer.headers.get('location');
  if (answer.status >= 300) {
    if (location !== null) return location;
    throw notPdf(what);
  }
  if (isPage(answer)) throw pageInstead(answer, what);
  return isTold(answer) ? addressIn(parsed(told, what), 'address', what) : null;
}

function parsed(bytes: Buffer, what: string): unknown {
  const text = bytes.toString('utf8');
  // An address alone is an answer too.
  if (/^https?:\/\/\S+$/.test(text.trim())) return { url: text.trim() };
  try {
    const value = parseJson(text);
    return typeof value === 'string' ? { url: value } : value;
  } catch {
    throw noAddress(what);
  }
}

/** @throws ProtocolError where there is none */
function addressIn(value: unknown, role: 'address' | 'pdf', what: string): string {
  const inner = isJsonObject(value) ? recordIn(value) : {};
  const field = fieldFor(role, [inner], []);
  const address = (field === null ? null : plainText(valueAt(inner, field))) ?? onlyAddress(inner, role);
  if (address === null) throw noAddress(what);
  return address;
}

async function fetchFrom(address: string, incoming: IncomingFile, deps: SavePdf, context: CallContext, what: string) {
  const wanted = { address, what, accept: ACCEPT, bytes: () => incoming.sink() };
  const { signal, deadline, client } = context;
  const sending = { signal, deadline, ...(client === undefined ? {} : { client }), retry: 'read' } as const;
  const answer = await download(wanted, deps.download, sending);
  const isDone = answer.status >= 200 && answer.status < 300;
  if (isDone && isPage(answer)) throw pageInstead(answer, what);
  if (isDone) return;
  throw apiError(answer, { what, retry: 'read', scopes: [], listTool: null });
}

/** Number and contact, as far as they are known. */
async function namesOf(record: JsonObject, deps: SavePdf, args: JsonObject, context: CallContext): Promise<string[]> {
  const at = (role: 'number' | 'contact' | 'contactId') => {
    const field = fieldFor(role, [record], []);
    return field === null || (role === 'contact' && isIdPath(field)) ? null : plainText(valueAt(record, field));
  };
  const contact = at('contact') ?? (await contactName(record, deps, args, context));
  return [at('number'), contact].filter((name) => name !== null);
}

async function contactName(record: JsonObject, deps: SavePdf, args: JsonObject, context: CallContext) {
  const field = fieldFor('contactId', [record], []);
  const id = field === null ? null : valueAt(record, field);
  if (field === null || id === null || id === undefined) return null;
  const own = singular(wordOfId(field));
  const get = deps.operations.get(`lucanto_get_${own}`) ?? deps.operations.get('lucanto_get_contact');
  if (get === undefined) return null;
  try {
    const contact = await readRecord(deps.service, get, argumentsFor(args, { id }), context);
    const name = fieldFor('name', [contact], []);
    return name === null ? null : plainText(valueAt(contact, name));
  } catch {
    // A shorter name is no reason to be without the file.
    return null;
  }
}

function noAddress(what: string): ProtocolError {
  return new ProtocolError('unexpected_answer', `The service gave no address for ${what}.`, {
    hint: 'A draft may have no PDF yet; otherwise open the document in the Lucanto app.',
  });
}

function notPdf(what: string): ProtocolError {
  return new ProtocolError('not_a_pdf', `What the service gave for ${what} is no PDF, and was not saved.`, {
    hint: 'Try again; if it stays so, open the document in the Lucanto app.',
  });
}
