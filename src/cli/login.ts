import type { Credential } from '../auth/credential.ts';
import { profilePath, readTokenFile } from '../auth/profile.ts';
import { checkToken, KIND_WORDS } from '../auth/token.ts';
import { removeProfile } from '../auth/write-profile.ts';
import { tokensPage } from '../config/origin.ts';
import { commandLine, typedCommand } from '../config/resolve.ts';
import { setVariable } from '../config/setting.ts';
import { SETTINGS, TOKEN_VARIABLE } from '../config/settings.ts';
import { shellWord } from '../core/command-name.ts';
import { AuthError, EXIT, type ExitCode, UsageError } from '../core/errors.ts';
import { persistedOptions } from '../setup/client.ts';
import type { CommandContext, CommandInput } from './command.ts';
import { askToken } from './prompt.ts';
import { forgetCaches, storeCredential } from './short-calls.ts';
import { reportVerified, type Verified, verify } from './verify-login.ts';

/** `login` takes an API key, verifies it, stores it and says what it allows; `logout` removes it. */
export async function runLogin(context: CommandContext, input: CommandInput): Promise<ExitCode> {
  const { settings, output } = context;
  if (settings.demo) {
    throw new UsageError('--demo needs no login.', {
      hint: 'Leave out --demo to store an API key for the real service.',
    });
  }
  await logIn(context, input.has('verify'));
  // The profile names the service now, and nothing else of what was given.
  const sources = { ...settings.sources, url: 'default', tokenFile: 'default' } as const;
  const { options } = persistedOptions({ ...settings, sources });
  output.typedAs(typedCommand({ ...settings, sources }));
  const unstored = options.flatMap(([flag = '']) => (/^--(profile|config-dir)$/.test(flag) ? [] : flag));
  if (unstored.length > 0) output.prose(`Not stored with the key: ${unstored.join(', ')}. Apps get it from setup.`);
  // One next step, for somebody who has not come from there.
  const setup = ['lucanto-mcp setup', ...options.flat().map((word) => shellWord(word, settings.machine))].join(' ');
  output.prose(`Next: \`${setup}\` connects Claude Desktop and other apps.`);
  return EXIT.done;
}

/** Takes a token, stores it and says what it allows. @param verifies whether the service is asked about it first */
export async function logIn(context: CommandContext, verifies: boolean): Promise<void> {
  const { profile: earlier } = context;
  // Before anybody types a key that could then not be stored.
  if (earlier.state === 'broken') throw earlier.error;
  const { credential, verified, isStored } = await takeCredential(context, verifies);
  await storeCredential(context, credential, verified?.workspaces ?? null);
  if (earlier.state === 'stored' && !isStored) await forgetCaches(context, earlier.profile);
  const { keepReadyAnswers } = await import('../front/rehearsal.ts');
  await keepReadyAnswers(context);
  reportLogin(context, credential, verified);
}

const ATTEMPTS = 3;

/** At a terminal a wrong key is asked for again: pasted a second time after the end, it would be in the shell's history. */
async function takeCredential(context: CommandContext, verifies: boolean) {
  const { profile: earlier } = context;
  const isAsked = context.stdio.stdin.isTTY === true && context.settings.sources.tokenFile !== 'flag';
  for (let left = isAsked ? ATTEMPTS - 1 : 0; ; left -= 1) {
    try {
      const credential = await takeToken(context);
      const isStored = earlier.state === 'stored' && earlier.profile.token === credential.token;
      return { credential, isStored, verified: verifies ? await verify(context, credential, isStored) : null };
    } catch (error) {
      if (!(error instanceof AuthError) || left === 0 || context.interrupt.aborted) throw error;
      context.output.warn(`${error.message} Try again, or press Ctrl-C to cancel.`);
    }
  }
}

/** A token that looks like one of Lucanto's, from --token-file, a terminal or a pipe. @throws AuthError that says what it is instead */
async function takeToken(context: CommandContext): Promise<Credential> {
  const { settings, env, output, log } = context;
  const where = tokensPage(settings.url);
  const fromFile = settings.sources.tokenFile === 'environment' ? SETTINGS.tokenFile : null;
  const stronger = setVariable(env, TOKEN_VARIABLE.variable) === null ? fromFile : TOKEN_VARIABLE;
  const set = stronger && `${stronger.variable} is set in this environment`;
  if (set !== null) output.warn(`${set} and takes precedence over the key that you store now.`);
  const { text: given, warnings } =
    settings.tokenFile !== null && settings.sources.tokenFile === 'flag'
      ? readTokenFile(settings.tokenFile, settings.machine)
      : { text: await askToken(`API key (from ${where})`, context), warnings: [] };
  for (const warning of warnings) output.warn(warning);
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

/** Signed in as whom, with which companies and which access. */
function reportLogin(context: CommandContext, credential: Credential, verified: Verified | null): void {
  const { settings, output } = context;
  const where = `${credential.origin} (profile ${settings.profile})`;
  if (verified === null) output.prose(`Stored a ${KIND_WORDS[credential.kind]} for ${where}, without checking it.`);
  else {
    output.prose(`${output.style('green', 'Signed in')} to ${where} with a ${KIND_WORDS[credential.kind]}.`);
    reportVerified(context, verified);
  }
  if (settings.sources.url === 'stored') {
    output.prose(
      `This profile belongs to ${credential.origin}, from an earlier --url. \`lucanto-mcp login --url ${SETTINGS.url.fallback(settings.machine, {})}\` goes back to Lucanto itself.`,
    );
  }
  output.line();
}

export async function runLogout(context: CommandContext): Promise<ExitCode> {
  const { settings, env, output, profile: reading } = context;
  if (reading.state === 'broken') throw reading.error;
  if (reading.state === 'none') {
    output.prose(`No API key was stored in profile ${settings.profile}.`);
  } else {
    await forgetCaches(context, reading.profile);
    removeProfile(settings);
    output.prose(`The API key for ${reading.profile.origin} was removed (profile ${settings.profile}).`);
    output.prose(`It is still valid: delete it at ${tokensPage(reading.profile.origin)} if it is not used elsewhere.`);
  }
  const file = settings.tokenFile && `The token file ${settings.tokenFile} is set (${settings.sources.tokenFile})`;
  const isInVariable = setVariable(env, TOKEN_VARIABLE.variable) !== null;
  const left = isInVariable ? `${TOKEN_VARIABLE.variable} is set in this environment` : file;
  if (left !== null) output.warn(`${left} and still gives an API key.`);
  return EXIT.done;
}
