/**
 * `lucanto_download_pdf`, which saves a document's PDF in the files folder, and which kinds of documents have one: those
 * with an operation for it, or with a field of the record that holds its address.
 */
import { singular } from '../contract/naming.ts';
import type { Operation, Operations } from '../contract/operation.ts';
import type { Tool } from '../core/tool.ts';
import { byNumber, documentArguments, type LocalDeps, localTool } from './local-tool.ts';
import { fieldFor } from './record-fields.ts';

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
