import type { Operation } from '../contract/operation.ts';
import type { Tool } from '../core/tool.ts';
import { checkTool } from './check-tool.ts';
import { Operations } from './local-tool.ts';
import { moneyResources } from './money-roles.ts';
import { type PdfDeps, pdfTool } from './pdf-tool.ts';
import { type SummarizeDeps, summarizeTool } from './summarize-tool.ts';

/** Our own tools, for the contract in force. */
export type LocalDeps = SummarizeDeps & PdfDeps;

/**
 * A tool about one resource is made for every resource, hidden or not. One about several is about those that may be
 * used; where none may, it is made for all, so that it is hidden with a reason.
 * @param isOffered whether the operation's own tool is shown
 */
export function localTools(
  operations: readonly Operation[],
  isOffered: (operation: Operation) => boolean,
  deps: LocalDeps,
): readonly Tool[] {
  const all = new Operations(operations);
  const offered = new Operations(operations.filter(isOffered));
  const usable = moneyResources(offered);
  const known = moneyResources(all);
  const several = [
    pdfTool(offered, deps) ?? pdfTool(all, deps),
    checkTool(usable, offered, deps) ?? checkTool(known, all, deps),
  ];
  const summaries = known.map((source) => summarizeTool(source, offered, deps));
  return [...summaries, ...several.filter((tool) => tool !== null)];
}
