/** Tools as the user's options leave them: in which workspace they work, and whether a person has to agree first. */
import type { Backend } from './catalogue.ts';
import { withConfirmation } from './confirmation-argument.ts';
import { pinTool } from './pinned.ts';
import type { Tool } from './tool.ts';
import type { Toolsets } from './toolsets.ts';
import { fillWorkspace } from './workspace-argument.ts';
import type { Workspaces } from './workspaces.ts';

export interface CatalogueOptions {
  readonly backend: Backend;
  readonly readOnly: boolean;
  readonly pinned: string | null;
  readonly scopes: readonly string[];
  readonly toolsets: Toolsets | null;
  /** `always`: tools that a person must agree to take the code of a preview. */
  readonly confirm: 'auto' | 'always' | 'never';
}

export function offeredTools(
  tools: readonly Tool[],
  { pinned, confirm }: Pick<CatalogueOptions, 'pinned' | 'confirm'>,
  workspaces: Workspaces,
): readonly Tool[] {
  const placed = tools.map((tool) => (pinned === null ? fillWorkspace(tool, workspaces) : pinTool(tool, pinned)));
  return confirm === 'always' ? placed.map(withConfirmation) : placed;
}
