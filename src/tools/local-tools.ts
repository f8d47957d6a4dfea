import { singular } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import type { JsonSchema } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';
import { byNumber } from './by-number.ts';
import { listChangesTool } from './list-changes.ts';
import { anyId, type LocalDeps, localTool, missingTool, Operations, objectSchema, propertyOf } from './local-tool.ts';
import { type MoneyResource, moneyResources } from './money-resource.ts';
import { pdfTool } from './pdf-tool.ts';
import { RECEIVABLES, receivablesTool, STATEMENT, statementTool } from './receivables-tools.ts';
import { repeatTool } from './repeat/repeat-tool.ts';
import { SUMMARIZE, summarizeTool } from './summarize-tool.ts';

/**
 * Our own tools, for the contract in force. A tool about one resource is made for every resource, hidden or not. One
 * about several is about those that may be used; where none may, it is made for all, so that it is hidden with a reason.
 * @param isVisible whether the operation's own tool is shown
 */
export function localTools(
  operations: readonly Operation[],
  isVisible: (operation: Operation) => boolean,
  deps: Omit<LocalDeps, 'operations'>,
): readonly Tool[] {
  const all = { ...deps, operations: new Operations(operations) };
  const visible = { ...deps, operations: new Operations(operations.filter(isVisible)) };
  const known = moneyResources(all.operations);
  const shown = moneyResources(visible.operations);
  return [
    pdfTool(visible) ?? pdfTool(all) ?? missingTool(...NO_PDF),
    checkTool(shown, visible, all.operations) ?? checkTool(known, all, all.operations) ?? missingTool(...NO_CHECK),
    summarizeTool(shown, visible) ??
      summarizeTool(known, all) ??
      missingTool(SUMMARIZE, 'Summarize documents', NO_LIST),
    receivablesTool(shown, known, visible) ??
      receivablesTool(known, known, all) ??
      missingTool(RECEIVABLES, 'List receivables', NO_SALES),
    statementTool(shown, known, visible) ??
      statementTool(known, known, all) ??
      missingTool(STATEMENT, 'Get statement', NO_SALES),
    repeatTool(shown, visible) ?? repeatTool(known, all) ?? missingTool(...NO_REPEAT),
    listChangesTool(deps),
  ];
}

const NO_LIST = 'the contract has no list of documents with amounts and dates';
const NO_SALES = 'the contract has no list of documents that customers pay';
const NO_PDF = ['lucanto_download_pdf', 'Download PDF', 'the contract has no PDF of any document'] as const;
const NO_CHECK = ['lucanto_check_document', 'Check document', `${NO_LIST} that can be read or created`] as const;

const NO_REPEAT = ['lucanto_repeat_document', 'Repeat document', `${NO_LIST} that can be read and created`] as const;

/** The tool that does the work of one that is gone, and how to call it; null for any other name. */
export function replacementOf(name: string): string | null {
  const [, resource] = /^lucanto_summarize_([a-z_]+)$/.exec(name) ?? [];
  if (resource === undefined || name === SUMMARIZE) return null;
  return `${SUMMARIZE} with type "${singular(resource)}"`;
}

/** `lucanto_check_document`: a draft, or the arguments for a create tool. Null where there is nothing to check. */
function checkTool(resources: readonly MoneyResource[], deps: LocalDeps, all: Operations): Tool | null {
  const sources = resources.filter(({ get, create }) => get !== undefined || create !== undefined);
  const [first] = sources;
  if (first === undefined) return null;
  return localTool({
    name: 'lucanto_check_document',
    title: 'Check document',
    description: 'Find mistakes in a draft (id) or a create call (document).',
    resource: first.list.resource,
    scopes: [...new Set(sources.flatMap(({ list }) => list.scopes))],
    idempotent: true,
    schemas: () => checkSchemas(sources, first),
    identify: byNumber(deps, () => first.get?.validation ?? first.list.validation),
    call: async (args, context) => {
      const { checkDocument } = await import('./check/check-document.ts');
      return checkDocument(sources, ({ type }) => all.get(`lucanto_create_${type}`), deps, args, context);
    },
  });
}

function checkSchemas(sources: readonly MoneyResource[], { get, list }: MoneyResource) {
  const common = (schema: JsonSchema, workspace: JsonSchema) =>
    objectSchema(
      {
        ...propertyOf(workspace, 'workspace_id'),
        type: { type: 'string', enum: sources.map(({ type }) => type) },
        ...anyId(schema),
        document: { type: 'object', description: 'its arguments' },
      },
      ['type'],
    );
  return {
    input: common(get?.inputSchema ?? {}, list.inputSchema),
    validation: common(get?.validation ?? {}, list.validation),
  };
}
