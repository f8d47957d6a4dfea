import type { Credential } from '../../auth/credential.ts';
import { EXIT, UsageError } from '../../core/errors.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Verified } from '../verify-login.ts';

export const loginCommand: Command = {
  name: 'login',
  summary: 'Store a token: asked for in a terminal, else the first line of stdin',
  operand: null,
  options: [{ flags: '--no-verify', help: 'Store the token without asking the service about it' }],
  examples: [
    'lucanto-mcp login',
    'lucanto-mcp login --profile work < token.txt',
    'lucanto-mcp login --token-file token.txt',
  ],
  async run(context, input) {
    if (context.settings.demo) {
      throw new UsageError('There is nothing to log in to with --demo.', {
        hint: 'Leave out --demo, or leave out login: the demo needs no token.',
      });
    }
    await logIn(context, input.options.verify !== false);
    const { reportNextStep } = await import('../login-dialog.ts');
    reportNextStep(context);
    return EXIT.done;
  },
};

/** Takes a token, stores it and says what it opens. */
export async function logIn(context: CommandContext, verifies: boolean): Promise<void> {
  const { readProfile } = await import('../../auth/profile.ts');
  const earlier = readProfile(context.settings);
  // Before anybody types a token that could then not be stored.
  if (earlier.state === 'broken') throw earlier.error;
  const { takeToken } = await import('../login-dialog.ts');
  const credential = await takeToken(context);
  const { verify } = await import('../verify-login.ts');
  const isStored = earlier.state === 'stored' && earlier.profile.token === credential.token;
  const verified = verifies ? await verify(context, credential, isStored) : null;
  await store(context, credential, verified);
  if (earlier.state === 'stored' && !isStored) {
    const { forgetCaches } = await import('../short-calls.ts');
    await forgetCaches(context, earlier.profile);
  }
  const { keepReadyAnswers } = await import('../../front/rehearsal.ts');
  await keepReadyAnswers(context);
  const { reportLogin } = await import('../login-dialog.ts');
  reportLogin(context, credential, verified);
}

async function store(context: CommandContext, credential: Credential, verified: Verified | null): Promise<void> {
  const { writeProfile } = await import('../../auth/write-profile.ts');
  const { token, origin, kind } = credential;
  writeProfile(context.settings, {
    version: 1,
    origin,
    token,
    kind,
    savedAt: new Date(context.clock()).toISOString(),
    verified: verified !== null,
    workspaces: (verified?.workspaces ?? []).map(({ id, name }) => ({ id, name })),
  });
}
