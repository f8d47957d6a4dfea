/** The gate that a person must open before what cannot be undone: loaded with the first call that it stands before. */
import type { Credential } from './auth/credential.ts';
import type { ArgumentChecker } from './catalog/arguments.ts';
import type { ConfirmGate } from './catalog/dispatch.ts';
import type { LiveCatalogue } from './catalog/live-catalogue.ts';
import type { Workspaces } from './catalog/workspaces.ts';
import type { ResolvedSettings } from './config/resolve.ts';

export interface GateParts {
  readonly settings: ResolvedSettings;
  readonly origin: string;
  readonly credential: Credential | null;
  /** The write ledger's folder. */
  readonly writesDir: string;
  readonly clock: () => number;
  readonly catalogue: LiveCatalogue;
  readonly checker: ArgumentChecker;
  readonly workspaces: Workspaces;
}

export function lazyGate(parts: GateParts): ConfirmGate {
  const { settings, origin, credential, writesDir, clock, catalogue, checker, workspaces } = parts;
  let gate: Promise<ConfirmGate> | undefined;
  const load = async (): Promise<ConfirmGate> => {
    const [{ Gate }, { Seals }] = await Promise.all([import('./confirm/gate.ts'), import('./confirm/seals.ts')]);
    return new Gate({
      mode: settings.confirm,
      seals: new Seals({ folder: writesDir, origin, token: credential?.token ?? '', clock }),
      pinned: settings.workspace,
      clock,
      resolveWorkspace: workspaces.resolve,
      workspaces: (context) => workspaces.list(context),
      visible: () => catalogue.visible(),
      read: async (tool, args, context) => tool.call(await checker.check(tool, args), context),
    });
  };
  return {
    pass: async (...call) => {
      gate ??= load();
      return (await gate).pass(...call);
    },
  };
}
