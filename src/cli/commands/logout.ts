/** `logout`: removes the stored API key. */
import { tokensPage } from '../../config/origin.ts';
import { setVariable } from '../../config/setting.ts';
import { TOKEN_VARIABLE } from '../../config/settings.ts';
import { EXIT } from '../../core/errors.ts';
import type { Command, CommandContext } from '../command.ts';

export const logoutCommand: Command = {
  name: 'logout',
  group: 'More',
  summary: 'Remove the stored API key',
  operand: null,
  options: [],
  examples: ['lucanto-mcp logout', 'lucanto-mcp logout --profile work'],
  async run(context) {
    const { settings, output } = context;
    const { profile: reading } = context;
    if (reading.state === 'broken') throw reading.error;
    if (reading.state === 'none') {
      output.prose(`No API key was stored in profile ${settings.profile}.`);
    } else {
      const [{ forgetCaches }, { removeProfile }] = await Promise.all([
        import('../short-calls.ts'),
        import('../../auth/write-profile.ts'),
      ]);
      await forgetCaches(context, reading.profile);
      removeProfile(settings);
      output.prose(`The API key for ${reading.profile.origin} was removed (profile ${settings.profile}).`);
      output.prose(
        `It is still valid: delete it at ${tokensPage(reading.profile.origin)} if it is not used elsewhere.`,
      );
    }
    warnOfOtherTokens(context);
    return EXIT.done;
  },
};

function warnOfOtherTokens({ settings, env, output }: CommandContext): void {
  if (setVariable(env, TOKEN_VARIABLE.variable) !== null) {
    output.warn(`${TOKEN_VARIABLE.variable} is set in this environment and still gives an API key.`);
  } else if (settings.tokenFile !== null) {
    output.warn(
      `The token file ${settings.tokenFile} is set (${settings.sources.tokenFile}) and still gives an API key.`,
    );
  }
}
