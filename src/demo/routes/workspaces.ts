import { visibleWorkspaces } from '../http/access.ts';
import type { Fields } from '../store/fields.ts';
import type { Workspace } from '../store/store.ts';
import type { Call, Handlers, UserHandler } from './call.ts';

function show(call: Pick<Call, 'contract' | 'store' | 'grant'>, workspace: Workspace): Fields {
  const isDefault = call.store.defaults.get(call.grant.user) === workspace.id;
  return call.contract.present('Workspace', { ...workspace.fields, id: workspace.id, default: isDefault });
}

export const userHandlers: Readonly<Record<string, UserHandler>> = {
  'list-accounts': (call) => visibleWorkspaces(call.store, call.grant).map((workspace) => show(call, workspace)),
};

export const workspaceHandlers: Handlers = {
  'get-workspace': (call) => show(call, call.workspace),
  'set-default-workspace': (call) => {
    call.store.defaults.set(call.grant.user, call.workspace.id);
    return show(call, call.workspace);
  },
};
