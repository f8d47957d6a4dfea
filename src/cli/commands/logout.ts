import { tokensPage } from '../../config/origin.ts';
import { setVariable } from '../../config/setting.ts';
import { TOKEN_VARIABLE } from '../../config/settings.ts';
import { EXIT } from '../../core/errors.ts';
import type { Command, CommandContext } from '../command.ts';

export const logoutCommand: Command = {
  name: 'logout',
  summary: 'Forget the stored token and what was cached with it',
  operand: null,
  options: [],
  examples: ['lucanto-mcp logout', 'lucanto-mcp logout --profile work'],
  async run(context) {
    const { settings, output } = context;
    const { readProfile } = await import('../../auth/profile.ts');
    const reading = readProfile(settings);
    if (reading.state === 'broken') throw reading.error;
    if (reading.state === 'none') {
      output.line(`There was no stored token in profile ${settings.profile}.`);
    } else {
      const [{ forgetCaches }, { removeProfile }] = await Promise.all([
        import('../short-calls.ts'),
        import('../../auth/write-profile.ts'),
      ]);
      await forgetCaches(context, reading.profile);
      removeProfile(settings);
      output.line(`The token for ${reading.profile.origin} was forgotten (profile ${settings.profile}).`);
      output.line(`It still works elsewhere: delete it at ${tokensPage(reading.profile.origin)} if nobody needs it.`);
    }
    warnOfOtherTokens(context);
    return EXIT.done;
  },
};

function warnOfOtherTokens({ settings, env, output }: CommandContext): void {
  if (setVariable(env, TOKEN_VARIABLE.variable) !== null) {
    output.warn(`${TOKEN_VARIABLE.variable} is set in this environment and still gives a token.`);
  } else if (settings.tokenFile !== null) {
    output.warn(`The token file ${settings.tokenFile} is set (${settings.sources.tokenFile}) and still gives a token.`);
  }
}
