/** People say a workspace's name where tools want its id. */
import type { Workspace } from '../catalog/workspaces.ts';

/** By id, or by a name that no other has; case and diacritics do not count in names. */
export function workspaceNamed(workspaces: readonly Workspace[], given: string): Workspace | null {
  const wanted = given.trim();
  const byId = workspaces.find(({ id }) => id === wanted);
  const [only, ...others] = workspaces.filter(({ name }) => folded(name.trim()) === folded(wanted));
  return byId ?? (others.length === 0 ? (only ?? null) : null);
}

/** `Žilina` as `zilina`, for comparing. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}
