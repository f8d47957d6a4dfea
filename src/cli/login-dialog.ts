import { type Credential, commandLine } from '../auth/credential.ts';
import { profilePath } from '../auth/profile.ts';
import { checkToken, KIND_WORDS } from '../auth/token.ts';
import { readTokenFile } from '../auth/token-file.ts';
import { tokensPage } from '../config/origin.ts';
import { setVariable } from '../config/setting.ts';
import { SETTINGS, TOKEN_VARIABLE } from '../config/settings.ts';
import { AuthError } from '../core/errors.ts';
import type { CommandContext } from './command.ts';
import { costInWords, narrowingAdvice } from './context-cost.ts';
import { askToken } from './prompt.ts';
import type { Verified } from './verify-login.ts';

/** A token that looks like one of Lucanto's, from --token-file, a terminal or a pipe. @throws AuthError saying what it is instead */
export async function takeToken(context: CommandContext): Promise<Credential> {
  const { settings, env, output, log } = context;
  const where = tokensPage(settings.url);
  if (setVariable(env, TOKEN_VARIABLE.variable) !== null) {
    output.warn(`${TOKEN_VARIABLE.variable} is set in this environment and wins over the token that you store now.`);
  } else if (settings.sources.tokenFile === 'environment') {
    output.warn(
      `${SETTINGS.tokenFile.variable} is set in this environment and wins over the token that you store now.`,
    );
  }
  const given = await read(context, where);
  const examined = checkToken(given);
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

/** What the token opens. */
export function reportLogin(context: CommandContext, credential: Credential, verified: Verified | null): void {
  const { settings, output } = context;
  const bold = (text: string) => output.style('bold', text);
  const done = verified === null ? 'Stored, not verified:' : output.style('green', 'Logged in:');
  output.line(`${done} a ${KIND_WORDS[credential.kind]} for ${credential.origin} (profile ${settings.profile}).`);
  if (verified !== null) {
    const { workspaces, scopes, listing } = verified;
    output.line(`${bold('Workspaces')}  ${workspaces.map(({ id, name }) => `${name} (${id})`).join(', ') || 'none'}`);
    output.line(
      `${bold('Scopes')}      ${scopes.join(', ') || 'not known: the service lists no tools for this token'}`,
    );
    output.line(`${bold('Tools')}       ${costInWords(listing)}`);
    const advice = narrowingAdvice(listing, verified.resources);
    if (advice !== null) output.line(`            ${advice}`);
  }
  output.line(`${bold('Stored in')}   ${credential.where}`);
  for (const note of verified?.notes ?? []) output.note(`note: ${note}`);
  output.line();
}

/** For who has not come from there. */
export function reportNextStep({ settings, output }: CommandContext): void {
  const setup = commandLine('setup', settings);
  output.line(`Next: \`${setup}\` connects Claude Desktop and other apps; \`lucanto-mcp tools\` shows what it may do.`);
}
