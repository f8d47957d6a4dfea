import type { Credential } from '../../auth/credential.ts';
import { profilePath } from '../../auth/profile-file.ts';
import { examineToken } from '../../auth/token.ts';
import { readTokenFile } from '../../auth/token-file.ts';
import { tokensPage } from '../../config/origin.ts';
import { SETTINGS, TOKEN_VARIABLE } from '../../config/settings.ts';
import { statedVariable } from '../../config/stated.ts';
import { AuthError } from '../../errors.ts';
import { askToken } from '../ask-token.ts';
import type { CommandContext } from '../command.ts';

/** A token that looks like one of Lucanto's, from --token-file, a terminal or a pipe. @throws AuthError saying what it is instead */
export async function takeToken(context: CommandContext): Promise<Credential> {
  const { settings, env, output, log } = context;
  const where = tokensPage(settings.url);
  if (statedVariable(env, TOKEN_VARIABLE.variable) !== null) {
    output.warn(`${TOKEN_VARIABLE.variable} is set in this environment and wins over the token that you store now.`);
  } else if (settings.sources.tokenFile === 'environment') {
    output.warn(
      `${SETTINGS.tokenFile.variable} is set in this environment and wins over the token that you store now.`,
    );
  }
  const given = await read(context, where);
  const examined = examineToken(given);
  for (const secret of [given.trim(), 'token' in examined ? examined.token : '']) log.secrets.conceal(secret);
  const refusal = 'refusal' in examined ? examined.refusal : examined.doubt;
  if ('refusal' in examined || refusal !== null) {
    throw new AuthError('token_malformed', `${refusal} Nothing was stored.`, {
      hint: `Make a token at ${where}, copy it whole and run the same again.`,
    });
  }
  for (const note of examined.notes) output.note(note);
  const { token, kind } = examined;
  return { token, kind, source: 'stored', origin: settings.url, where: profilePath(settings) };
}

async function read({ settings, stdio, interrupt, output }: CommandContext, where: string): Promise<string> {
  if (settings.tokenFile === null || settings.sources.tokenFile !== 'flag') {
    return askToken(`Token (from ${where})`, stdio, interrupt);
  }
  const { text, warnings } = readTokenFile(settings.tokenFile, settings.machine);
  for (const warning of warnings) output.warn(warning);
  return text;
}
