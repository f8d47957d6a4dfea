/** `login`: takes an API key, verifies it, stores it. */
import type { Credential } from '../../auth/credential.ts';
import { AuthError, EXIT, UsageError } from '../../core/errors.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Verified } from '../verify-login.ts';

export const loginCommand: Command = {
  name: 'login',
  group: 'Get started',
  summary: 'Store your API key',
  operand: null,
  options: [{ flags: '--no-verify', help: 'Store the key without checking it with the service' }],
  examples: [
    'lucanto-mcp login',
    'lucanto-mcp login --profile work < key.txt',
    'lucanto-mcp login --token-file key.txt',
  ],
  async run(context, input) {
    if (context.settings.demo) {
      throw new UsageError('--demo needs no login.', {
        hint: 'Leave out --demo to store an API key for the real service.',
      });
    }
    await logIn(context, input.has('verify'));
    const { reportNextStep } = await import('../login-dialog.ts');
    reportNextStep(context);
    return EXIT.done;
  },
};

/** Takes a token, stores it and says what it allows. @param verifies whether the service is asked about it first */
export async function logIn(context: CommandContext, verifies: boolean): Promise<void> {
  const { profile: earlier } = context;
  // Before anybody types a key that could then not be stored.
  if (earlier.state === 'broken') throw earlier.error;
  const { takeToken, reportLogin } = await import('../login-dialog.ts');
  const { verify } = await import('../verify-login.ts');
  const isSame = ({ token }: Credential) => earlier.state === 'stored' && earlier.profile.token === token;
  const { credential, verified } = await repeated(context, async () => {
    const taken = await takeToken(context);
    return { credential: taken, verified: verifies ? await verify(context, taken, isSame(taken)) : null };
  });
  await storeCredential(context, credential, verified);
  if (earlier.state === 'stored' && !isSame(credential)) {
    const { forgetCaches } = await import('../short-calls.ts');
    await forgetCaches(context, earlier.profile);
  }
  const { keepReadyAnswers } = await import('../../front/rehearsal.ts');
  await keepReadyAnswers(context);
  reportLogin(context, credential, verified);
}

const ATTEMPTS = 3;

/** At a terminal a wrong key is asked for again: pasted a second time after the end, it would be in the shell's history. */
async function repeated<T>(context: CommandContext, attempt: () => Promise<T>): Promise<T> {
  const isAsked = context.stdio.stdin.isTTY === true && context.settings.sources.tokenFile !== 'flag';
  for (let left = isAsked ? ATTEMPTS - 1 : 0; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AuthError) || left === 0 || context.interrupt.aborted) throw error;
      context.output.warn(`${error.message} Try again, or press Ctrl-C to cancel.`);
    }
  }
}

export async function storeCredential(
  context: CommandContext,
  { token, origin, kind }: Credential,
  verified: Verified | null,
): Promise<void> {
  const { writeProfile } = await import('../../auth/write-profile.ts');
  const changed = writeProfile(context.settings, {
    version: 1,
    origin,
    token,
    kind,
    savedAt: new Date(context.clock()).toISOString(),
    verified: verified !== null,
    workspaces: (verified?.workspaces ?? []).map(({ id, name }) => ({ id, name })),
  });
  for (const folder of changed) {
    context.output.note(`${folder} could be read by other users of this computer; now only you can read it.`);
  }
}
