import { singular } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import type { Tool } from '../core/tool.ts';
import type { FilesFolder } from '../files/folder.ts';
import type { DownloadDeps } from '../http/download.ts';
import { anyId, localTool, type Operations, objectSchema, propertyOf, type ServicePort } from './local-tool.ts';
import { fieldFor } from './money-roles.ts';

/** Which documents have a PDF, by rule: an operation of their own for it, else a field of the record. */
/** One kind of document. */
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
  for (const operation of operations.all()) {
    const type = typeOfAction(operation);
    if (type === null) continue;
    const record = operations.get(`${GET}${type}`);
    found.set(type, { type, resource: operation.resource, action: operation, record });
  }
  for (const record of operations.all()) {
    const type = record.tool.startsWith(GET) ? record.tool.slice(GET.length) : '';
    const isRecord = record.action === 'get' && record.method === 'GET' && takesId(record);
    if (!isRecord || found.has(type) || fieldFor('pdf', [], record.answerFields ?? []) === null) continue;
    found.set(type, { type, resource: record.resource, action: null, record });
  }
  return [...found.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** `invoice` of `lucanto_get_invoice_pdf_url`, whatever follows the document's word; null for other operations. */
function typeOfAction(operation: Operation): string | null {
  const { tool, action, method, resource } = operation;
  if (method !== 'GET' || !/(^|_)pdf(_|$)/.test(action) || !takesId(operation)) return null;
  const tail = action.replace(/^get_/, '');
  const ending = `_${tail}`;
  return tool.startsWith(GET) && tool.endsWith(ending) ? tool.slice(GET.length, -ending.length) : singular(resource);
}

/** And nothing else that a caller would have to give. */
function takesId({ parameters, workspace }: Operation): boolean {
  const needed = parameters.filter(({ required, name }) => required && name !== workspace);
  return needed.length === 1 && needed[0]?.arg === 'id';
}

/** `lucanto_download_pdf`: a document's PDF, saved in the files folder. */
export interface PdfDeps {
  readonly service: ServicePort;
  readonly folder: () => Promise<FilesFolder>;
  readonly download: DownloadDeps;
}

/**
 * Read-only, since it changes nothing in Lucanto and nothing that was on the disk before; not idempotent, since each
 * call saves another file. Null where no document has a PDF.
 */
export function pdfTool(operations: Operations, deps: PdfDeps): Tool | null {
  const sources = pdfSources(operations);
  const [first] = sources;
  if (first === undefined) return null;
  return localTool({
    name: 'lucanto_download_pdf',
    title: 'Download PDF',
    description: "Save a document's PDF; answers with its path.",
    resource: first.resource,
    scopes: [...new Set(sources.flatMap(({ action, record }) => (action ?? record)?.scopes ?? []))],
    idempotent: false,
    schemas: () => schemasOf(sources, first),
    call: async (args, context) => {
      const { savePdf } = await import('./download-pdf.ts');
      return savePdf({ sources, operations, ...deps }, args, context);
    },
  });
}

function schemasOf(sources: readonly PdfSource[], first: PdfSource) {
  const type = { type: 'string', enum: sources.map((source) => source.type), description: 'what it is' };
  const operation = first.action ?? first.record;
  const required = ['type', 'id'];
  const common = (schema: object) =>
    objectSchema({ ...propertyOf({ ...schema }, 'workspace_id'), type, ...anyId(schema) }, required);
  return { input: common(operation?.inputSchema ?? {}), validation: common(operation?.validation ?? {}) };
}
