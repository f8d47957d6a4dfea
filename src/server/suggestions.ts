/** Values for completions. Whatever asks the service is bounded in time and fails to nothing. */

import { LIST_WORKSPACES } from '../catalog/list-workspaces.ts';
import type { CallContext, JsonObject, Tool } from '../catalog/tool.ts';
import type { Workspace } from '../catalog/workspaces.ts';
import { isJsonObject, parseJson } from '../json.ts';
import type { RecordKind } from './records.ts';
import type { ServedBridge } from './served-bridge.ts';
import { pageSize, searchArgument } from './tool-properties.ts';
import { folded } from './workspace-named.ts';

export interface Suggestions {
  readonly values: readonly string[];
  /** There are more than these, and nobody knows how many. */
  readonly more: boolean;
}

export const NONE: Suggestions = { values: [], more: false };

/** Those that contain what was typed, those that begin with it first. */
export function matching(values: readonly string[], typed: string): readonly string[] {
  const wanted = folded(typed);
  const found = [...new Set(values)].filter((value) => folded(value).includes(wanted));
  const begins = (value: string) => folded(value).startsWith(wanted);
  return [...found.filter(begins), ...found.filter((value) => !begins(value))];
}

export function beginning(values: readonly string[], typed: string): readonly string[] {
  return [...new Set(values)].filter((value) => value.startsWith(typed));
}

/** Those known without asking, else the service's. */
export async function knownWorkspaces(bridge: ServedBridge, context: CallContext): Promise<readonly Workspace[]> {
  const { workspaces } = bridge.facts();
  if (workspaces.length > 0) return workspaces;
  const mayList = bridge.visible().some(({ descriptor }) => descriptor.name === LIST_WORKSPACES);
  return mayList ? bridge.listWorkspaces(context) : [];
}

/** Ids of the newest records of a kind that begin as typed. */
export async function recordIds(
  bridge: ServedBridge,
  kind: RecordKind,
  typed: string,
  workspace: JsonObject,
  context: CallContext,
): Promise<Suggestions> {
  if (kind.list === undefined) return NONE;
  const { rows, more } = await firstRows(bridge, kind.list, workspace, context);
  const ids = rows.flatMap(({ id }) => (id === undefined || id === null ? [] : [String(id)]));
  return { values: beginning(ids, typed), more };
}

/** Names of records that match what was typed, found by the service where its list can search. */
export async function recordNames(
  bridge: ServedBridge,
  list: Tool,
  typed: string,
  workspace: JsonObject,
  context: CallContext,
): Promise<Suggestions> {
  const search = searchArgument(list);
  const asked = search !== null && typed.trim() !== '';
  const query = asked ? { [search]: typed } : {};
  const { rows, more } = await firstRows(bridge, list, { ...workspace, ...query }, context);
  const names = rows.flatMap(({ name }) => (typeof name === 'string' && name !== '' ? [name] : []));
  return { values: asked ? [...new Set(names)] : matching(names, typed), more };
}

async function firstRows(
  bridge: ServedBridge,
  list: Tool,
  args: JsonObject,
  context: CallContext,
): Promise<{ readonly rows: readonly JsonObject[]; readonly more: boolean }> {
  const { result } = await bridge.call(list.descriptor.name, { ...pageSize(list), ...args }, context);
  const [first] = result.content;
  const text = typeof first?.text === 'string' ? first.text : 'null';
  const answer = result.isError === true ? null : (result.structuredContent ?? parseJson(text));
  const rows = Array.isArray(answer) ? answer : isJsonObject(answer) ? Object.values(answer).find(Array.isArray) : [];
  const more = isJsonObject(answer) && (answer.has_more === true || typeof answer.next_cursor === 'string');
  return { rows: Array.isArray(rows) ? rows.filter(isJsonObject) : [], more };
}
