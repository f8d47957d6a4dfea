import type { StoredProfile } from '../auth/profile-file.ts';
import type { CommandContext } from './command.ts';

/** Drops what was remembered of a stored token's origin. Asks nobody. */
export async function forgetCaches(context: CommandContext, { token, origin, kind }: StoredProfile): Promise<void> {
  const { env, log, clock } = context;
  const { openBridge } = await import('../open-bridge.ts');
  const settings = { ...context.settings, url: origin, demo: false };
  const credential = { token, origin, kind, source: 'stored', where: 'the profile' } as const;
  const bridge = await openBridge({ settings, env, log, clock, credential });
  await bridge.forget();
  await bridge.close();
}
