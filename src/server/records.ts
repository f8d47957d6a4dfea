/** The records that can be read one by one: found among the visible tools by rule, not from a list. */
import type { Tool } from '../catalog/tool.ts';
import { workspaceArgument } from '../catalog/workspace-argument.ts';
import { plural, singular, toolName } from '../contract/naming.ts';
import { isJsonObject } from '../json.ts';

export interface RecordKind {
  /** The word in the address (`invoices`). */
  readonly resource: string;
  /** `credit note`, for people. */
  readonly word: string;
  readonly get: Tool;
  /** What the get tool calls the workspace, and the record. */
  readonly workspaceArgument: string;
  readonly idArgument: string;
  readonly list: Tool | undefined;
}

/** The tool that answers with one record of its resource; judged by name only, since schemas are built when first read. */
export function isGetTool({ descriptor, resource, tier }: Tool): boolean {
  return tier === 'read' && resource !== 'workspaces' && descriptor.name === toolName(`get_${singular(resource)}`);
}

export function recordKinds(visible: readonly Tool[], pinned: string | null): readonly RecordKind[] {
  return visible.filter(isGetTool).flatMap((get) => {
    const workspace = workspaceArgument(get);
    const idArgument = recordArgument(get);
    if (idArgument === null || (workspace === null && pinned === null)) return [];
    return [
      {
        resource: get.resource,
        word: singular(get.resource).replaceAll('_', ' '),
        get,
        workspaceArgument: workspace ?? 'workspace_id',
        idArgument,
        list: visible.find(({ descriptor }) => descriptor.name === toolName(`list_${plural(get.resource)}`)),
      },
    ];
  });
}

/** Null where one id does not name a record (of a sub-collection, say). */
function recordArgument(tool: Tool): string | null {
  const { properties, required } = tool.descriptor.inputSchema;
  const workspace = workspaceArgument(tool);
  const needed = (Array.isArray(required) ? required : []).filter((name) => name !== workspace);
  const [only = 'id'] = needed;
  const isThere = isJsonObject(properties) && Object.hasOwn(properties, String(only));
  return needed.length <= 1 && typeof only === 'string' && isThere ? only : null;
}
