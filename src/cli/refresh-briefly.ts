import type { Bridge } from '../bridge.ts';
import { AuthError } from '../errors.ts';
import { shortContext } from './call-context.ts';
import type { CommandContext } from './command.ts';

const PATIENCE_MS = 5_000;

/**
 * Asks the service what it offers, where there is a token to ask with; what is known stays in force otherwise.
 * @returns why it could not be asked, one sentence each
 * @throws AuthError where the service refuses the token
 */
export async function refreshBriefly(bridge: Bridge, context: CommandContext): Promise<string[]> {
  if (bridge.problem !== null) return [`${bridge.problem.message} ${bridge.problem.hint}`];
  context.output.progress(`Asking ${bridge.origin} …`);
  const { errors } = await bridge.refresh(shortContext(PATIENCE_MS, context));
  const refused = errors.find((error) => error instanceof AuthError);
  if (refused !== undefined) throw refused;
  const messages = [...new Set(errors.map(({ message }) => message))];
  return messages.length === 0 ? [] : [`This is what was known before: ${messages.join(' ')}`];
}
