/** Reads the workspaces out of the answer of whichever tool lists them, over REST or remote. */
import { ProtocolError } from '../errors.ts';
import { isJsonObject, parseJson } from '../json.ts';
import type { CallContext, Tool, ToolResult } from './tool.ts';
import type { Workspace } from './workspaces.ts';

/** A name of the interface, not of any one contract: it exists in either generation and on the remote endpoint. */
export const LIST_WORKSPACES = 'lucanto_list_workspaces';

/** @throws LucantoError where the service does not list workspaces in any known way */
export async function listWorkspaces(tools: readonly Tool[], context: CallContext): Promise<readonly Workspace[]> {
  const tool = tools.find(({ descriptor }) => descriptor.name === LIST_WORKSPACES);
  // What the call wants of its own answer (some fields, a page) is not to leave workspaces out of this one.
  const { answer: _own, ...whole } = context;
  const rows = tool && rowsOf(await tool.call({}, whole));
  if (rows === undefined || rows === null) {
    throw new ProtocolError('unexpected_answer', 'The service does not say which workspaces the token reaches', {
      hint: 'Pass workspace_id with the call, or pin a workspace with --workspace <id>.',
    });
  }
  return rows.flatMap((row) => {
    const id = row.id ?? row.workspace_id;
    if (id === undefined || id === null) return [];
    return [{ id: String(id), name: typeof row.name === 'string' ? row.name : '' }];
  });
}

/** The list of a bare array, or of the one array in an object (`data`, or whatever the service calls it). */
function rowsOf(result: ToolResult): Record<string, unknown>[] | null {
  const value = result.structuredContent ?? parsedText(result);
  const list = Array.isArray(value)
    ? value
    : isJsonObject(value)
      ? Object.values(value).find(Array.isArray)
      : undefined;
  return Array.isArray(list) ? list.filter(isJsonObject) : null;
}

function parsedText({ content }: ToolResult): unknown {
  const [first] = content;
  if (first === undefined || typeof first.text !== 'string') return undefined;
  try {
    return parseJson(first.text);
  } catch {
    return undefined;
  }
}
