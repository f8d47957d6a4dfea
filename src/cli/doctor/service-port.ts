/** The service as doctor asks it: through the bridge, with the patience of somebody who waits at a terminal. */
import type { Bridge } from '../../bridge.ts';
import type { Asked, ServicePort } from '../../doctor/context.ts';
import { toLucantoError } from '../../errors.ts';
import { shortContext } from '../call-context.ts';
import type { CommandContext } from '../command.ts';

const REFRESH_MS = 9_000;
const WORKSPACES_MS = 5_000;

export function servicePort(bridge: Bridge, context: CommandContext): ServicePort {
  let asked: Promise<Asked> | undefined;
  const { catalogue } = bridge;
  return {
    known: () => ({
      contract: catalogue.contractState(),
      catalogue: catalogue.remoteState(),
      scopes: catalogue.scopes(),
      tools: bridge.visible().length,
      notes: catalogue.notes(),
    }),
    ask: () => {
      asked ??= ask(bridge, context);
      return asked;
    },
  };
}

async function ask(bridge: Bridge, context: CommandContext): Promise<Asked> {
  const { failures } = await bridge.refresh(shortContext(REFRESH_MS, context));
  const workspaces = await bridge.listWorkspaces(shortContext(WORKSPACES_MS, context)).catch(toLucantoError);
  return { ...failures, workspaces };
}
