/**
 * `lucanto_download_pdf`, which saves a document's PDF in the files folder, and which kinds of documents have one: those
 * with an operation for it, or with a field of the record that holds its address; and that address in an answer.
 */
import { singular } from '../contract/naming.ts';
import type { Operation, Operations } from '../contract/operation.ts';
import { ProtocolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, recordIn, tryParseJson } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';
import { byNumber, documentArguments, type LocalDeps, localTool } from './local-tool.ts';
import { fieldFor, textOfRole } from './record-fields.ts';

export interface PdfSource {
  /** `credit_note`. */
  readonly type: string;
  readonly resource: string;
  /** Answers with an address, with a redirect, or with the PDF itself; null where the record holds the address. */
  readonly action: Operation | null;
  readonly record: Operation | undefined;
}

const GET = 'lucanto_get_';

function pdfSources(operations: Operations): readonly PdfSource[] {
  const found = new Map<string, PdfSource>();
  for (const operation of operations.values()) {
    const type = typeOfAction(operation);
    if (type === null) continue;
    const record = operations.get(`${GET}${type}`);
    found.set(type, { type, resource: operation.resource, action: operation, record });
  }
  for (const record of operations.values()) {
    const type = record.tool.startsWith(GET) ? record.tool.slice(GET.length) : '';
    const isRecord = record.action === 'get' && record.reads && takesId(record);
    if (!isRecord || found.has(type) || fieldFor('pdf', [], record.answerFields ?? []) === null) continue;
    found.set(type, { type, resource: record.resource, action: null, record });
  }
  return [...found.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** `invoice` of `lucanto_get_invoice_pdf_url`, whatever follows the document's name; null for other operations. */
function typeOfAction(operation: Operation): string | null {
  const { tool, action, reads, resource } = operation;
  if (!reads || !/(^|_)pdf(_|$)/.test(action) || !takesId(operation)) return null;
  const tail = action.replace(/^get_/, '');
  const ending = `_${tail}`;
  return tool.startsWith(GET) && tool.endsWith(ending) ? tool.slice(GET.length, -ending.length) : singular(resource);
}

/** Takes an id, and requires nothing else of a caller. */
function takesId({ parameters, workspace }: Operation): boolean {
  const needed = parameters.filter(({ required, name }) => required && name !== workspace);
  return needed.length === 1 && needed[0]?.arg === 'id';
}

/**
 * Read-only, since it changes nothing in Lucanto and nothing that was on the disk before; not idempotent, since each
 * call saves another file. Null where no document has a PDF.
 */
export function pdfTool(deps: LocalDeps): Tool | null {
  const sources = pdfSources(deps.operations);
  const [first] = sources;
  if (first === undefined) return null;
  return localTool({
    name: 'lucanto_download_pdf',
    title: 'Download PDF',
    description: "Save a document's PDF.",
    resource: first.resource,
    scopes: [...new Set(sources.flatMap(({ action, record }) => (action ?? record)?.scopes ?? []))],
    idempotent: false,
    properties: (side) => documentArguments((first.action ?? first.record)?.[side] ?? {}, sources),
    required: ['type', 'id'],
    identify: byNumber(deps, () => (first.action ?? first.record)?.validation ?? {}),
    call: async (args, context) => {
      const { savePdf } = await import('./download-pdf.ts');
      return savePdf(sources, { ...deps, args, context });
    },
  });
}

export function parsedAddress(bytes: Buffer, what: string): unknown {
  const text = bytes.toString('utf8');
  // An address alone is an answer too.
  if (/^https?:\/\/\S+$/.test(text.trim())) return { url: text.trim() };
  const value = tryParseJson(text);
  if (value === undefined) throw noAddress(what);
  return typeof value === 'string' ? { url: value } : value;
}

export function addressIn(value: unknown, role: 'address' | 'pdf', what: string): string {
  const inner = isJsonObject(value) ? recordIn(value) : {};
  const address = textOfRole(role, inner) ?? onlyAddress(inner, role);
  if (address === null) throw noAddress(what);
  return address;
}

const DEPTH = 2;

/**
 * The only address in an answer whose field has no known name, or the only one that speaks of a PDF.
 * @param role `pdf` for a whole record, which may hold addresses of all kinds: there the field's name must say so
 */
function onlyAddress(answer: JsonObject, role: 'address' | 'pdf'): string | null {
  const all = addressesIn(answer, '', DEPTH);
  const named = all.filter(({ path, url }) => /pdf/i.test(path) || (role === 'address' && /\.pdf($|\?)/i.test(url)));
  const candidates = role === 'address' && all.length === 1 ? all : named;
  const [only, ...others] = new Set(candidates.map(({ url }) => url));
  return others.length === 0 ? (only ?? null) : null;
}

/** With their paths: `links.document`. */
function addressesIn(
  value: JsonObject,
  prefix: string,
  depth: number,
): readonly { readonly path: string; readonly url: string }[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    if (typeof member === 'string') return /^https?:\/\/\S+$/.test(member) ? [{ path, url: member }] : [];
    return isJsonObject(member) && depth > 1 ? addressesIn(member, `${path}.`, depth - 1) : [];
  });
}

function noAddress(what: string): ProtocolError {
  return new ProtocolError('unexpected_answer', `The service sent no address for ${what}.`, {
    hint: 'A draft may have no PDF yet; otherwise open the document in the Lucanto app.',
  });
}
