/** `lucanto_download_pdf`: a document's PDF, saved in the files folder. */
import type { Tool } from '../../catalog/tool.ts';
import type { FilesFolder } from '../../files/folder.ts';
import type { DownloadDeps } from '../../http/download.ts';
import { anyId, localTool, objectSchema, propertyOf } from '../descriptor.ts';
import type { Operations, ServicePort } from '../service.ts';
import { type PdfSource, pdfSources } from './sources.ts';

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
      const { savePdf } = await import('./run.ts');
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
