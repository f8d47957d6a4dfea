/** The words of `login`: the prompt for the API key, and what the key allows. */
import { type Credential, commandLine } from '../auth/credential.ts';
import { profilePath } from '../auth/profile.ts';
import { checkToken, KIND_WORDS } from '../auth/token.ts';
import { readTokenFile } from '../auth/token-file.ts';
import { tokensPage } from '../config/origin.ts';
import { setVariable } from '../config/setting.ts';
import { SETTINGS, TOKEN_VARIABLE } from '../config/settings.ts';
import { accessInWords } from '../core/access-words.ts';
import { AuthError } from '../core/errors.ts';
import type { CommandContext } from './command.ts';
import { askToken } from './prompt.ts';
import type { Verified } from './verify-login.ts';

/** A token that looks like one of Lucanto's, from --token-file, a terminal or a pipe. @throws AuthError that says what it is instead */
export async function takeToken(context: CommandContext): Promise<Credential> {
  const { settings, env, output, log } = context;
  const where = tokensPage(settings.url);
  if (setVariable(env, TOKEN_VARIABLE.variable) !== null) {
    output.warn(
      `${TOKEN_VARIABLE.variable} is set in this environment and takes precedence over the key that you store now.`,
    );
  } else if (settings.sources.tokenFile === 'environment') {
    output.warn(
      `${SETTINGS.tokenFile.variable} is set in this environment and takes precedence over the key that you store now.`,
    );
  }
  const given = await read(context, where);
  const checked = checkToken(given);
  for (const secret of [given.trim(), 'token' in checked ? checked.token : '']) log.secrets.conceal(secret);
  const refusal = 'refusal' in checked ? checked.refusal : checked.doubt;
  if ('refusal' in checked || refusal !== null) {
    throw new AuthError('token_malformed', `${refusal} Nothing was stored.`, {
      hint: `Create an API key at ${where}, copy all of it and run \`${commandLine('login', settings)}\` again.`,
    });
  }
  for (const note of checked.notes) output.note(note);
  const { token, kind } = checked;
  return { token, kind, source: 'stored', origin: settings.url, where: profilePath(settings) };
}

async function read(context: CommandContext, where: string): Promise<string> {
  const { settings, output } = context;
  if (settings.tokenFile === null || settings.sources.tokenFile !== 'flag') {
    return askToken(`API key (from ${where})`, context);
  }
  const { text, warnings } = readTokenFile(settings.tokenFile, settings.machine);
  for (const warning of warnings) output.warn(warning);
  return text;
}

/** Signed in as whom, with which companies and which access. */
export function reportLogin(context: CommandContext, credential: Credential, verified: Verified | null): void {
  const { settings, output } = context;
  const where = `${credential.origin} (profile ${settings.profile})`;
  if (verified === null) {
    output.prose(`Stored a ${KIND_WORDS[credential.kind]} for ${where}, without checking it.`);
  } else {
    const { workspaces, scopes, notes } = verified;
    output.prose(`${output.style('green', 'Signed in')} to ${where} with a ${KIND_WORDS[credential.kind]}.`);
    const names = workspaces.map(({ id, name }) => `${name} (${id})`).join(', ');
    output.prose(`${workspaces.length === 1 ? 'Company:  ' : 'Companies:'} ${names || 'none'}`, '           ');
    output.prose(
      `Access:    ${accessInWords(scopes) || 'unknown: the service lists no tools for this key'}`,
      '           ',
    );
    for (const note of notes) output.note(`Note: ${note}`);
  }
  if (settings.sources.url === 'stored') {
    output.prose(
      `This profile belongs to ${credential.origin}, from an earlier --url. \`lucanto-mcp login --url ${SETTINGS.url.fallback(settings.machine, {})}\` goes back to Lucanto itself.`,
    );
  }
  output.line();
}

/** One next step, for somebody who has not come from there; the profile names the service now. */
export function reportNextStep({ settings, output }: CommandContext): void {
  output.prose(
    `Next: \`${commandLine('setup', { ...settings, sources: { ...settings.sources, url: 'stored' } })}\` connects Claude Desktop and other apps.`,
  );
}
