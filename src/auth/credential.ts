import { tokensPage } from '../config/origin.ts';
import type { Environment } from '../config/paths.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import { setVariable } from '../config/setting.ts';
import { SETTINGS, type SettingKey, TOKEN_VARIABLE } from '../config/settings.ts';
import { AuthError, type LucantoError } from '../core/errors.ts';
import { profilePath, readProfile } from './profile.ts';
import { checkToken, type TokenKind } from './token.ts';
import { readTokenFile } from './token-file.ts';

/** The exact line that logs in under the settings in force. */
// Where the token goes and where it is kept; nothing else matters to a login.
const CARRIED: readonly SettingKey[] = ['url', 'profile', 'configDir'];

export function loginLine(settings: ResolvedSettings): string {
  return commandLine('login', settings);
}

/** A line with one of our commands, for the same service and the same store. */
export function commandLine(command: string, settings: ResolvedSettings): string {
  const options = CARRIED.filter(
    (key) => settings.sources[key] === 'flag' || settings.sources[key] === 'environment',
  ).flatMap((key) => [SETTINGS[key].flag, quoted(String(settings[key]))]);
  return ['lucanto-mcp', command, ...options].join(' ');
}

// Double quotes work in every shell that people paste into, cmd.exe included.
function quoted(word: string): string {
  return /^[\w./:@%+=,~\\-]+$/.test(word) ? word : `"${word}"`;
}

/** Which token is used, and why: --token-file > LUCANTO_TOKEN > LUCANTO_TOKEN_FILE > the profile's own. */
export interface Credential {
  readonly token: string;
  readonly source: 'environment' | 'file' | 'stored' | 'demo';
  /** The only origin that the token may be sent to. */
  readonly origin: string;
  readonly kind: TokenKind;
  /** The variable or the file that it came from, fit for showing. */
  readonly where: string;
}

export interface CredentialResolution {
  readonly credential: Credential | null;
  /** Where there is no credential: why, with the exact line that helps. Every call answers with it. */
  readonly problem: LucantoError | null;
  /** Sentences for the log. */
  readonly warnings: readonly string[];
}

/** Reads files but writes none, asks nobody, and never throws but for defects. With --demo the demo's token is used instead. */
export function resolveCredential(settings: ResolvedSettings, env: Environment): CredentialResolution {
  const fromVariable = setVariable(env, TOKEN_VARIABLE.variable);
  if (settings.tokenFile !== null && (settings.sources.tokenFile === 'flag' || fromVariable === null)) {
    return fromFile(settings, settings.tokenFile);
  }
  if (fromVariable !== null) {
    return use(settings, fromVariable, { source: 'environment', where: TOKEN_VARIABLE.variable }, []);
  }
  return fromProfile(settings);
}

function fromFile(settings: ResolvedSettings, path: string): CredentialResolution {
  try {
    const { text, warnings } = readTokenFile(path, settings.machine);
    return use(settings, text, { source: 'file', where: path }, warnings);
  } catch (error) {
    if (error instanceof AuthError) return without(error);
    throw error;
  }
}

function use(
  settings: ResolvedSettings,
  text: string,
  origin: Pick<Credential, 'source' | 'where'>,
  warnings: readonly string[],
): CredentialResolution {
  const examined = checkToken(text);
  if ('refusal' in examined) {
    return without(
      new AuthError('token_malformed', `The token from ${origin.where} cannot be used. ${examined.refusal}`, {
        hint: `Put the token alone there (in the settings of the app, if that gave it), or remove it and run \`${loginLine(settings)}\`.`,
      }),
    );
  }
  const notices = [...examined.notes, ...(examined.doubt === null ? [] : [examined.doubt])];
  return {
    credential: { token: examined.token, kind: examined.kind, origin: settings.url, ...origin },
    problem: null,
    warnings: [...warnings, ...notices.map((remark) => `The token from ${origin.where}: ${remark}`)],
  };
}

function fromProfile(settings: ResolvedSettings): CredentialResolution {
  const reading = readProfile(settings);
  if (reading.state === 'broken') return without(reading.error);
  if (reading.state === 'none') return without(noToken(settings));
  const { profile } = reading;
  if (profile.origin !== settings.url) return without(otherOrigin(settings, profile.origin));
  const examined = checkToken(profile.token);
  if ('refusal' in examined) return without(noToken(settings));
  return {
    credential: {
      token: examined.token,
      source: 'stored',
      origin: profile.origin,
      kind: examined.kind,
      where: profilePath(settings),
    },
    problem: null,
    warnings: [],
  };
}

function without(problem: LucantoError): CredentialResolution {
  return { credential: null, problem, warnings: [] };
}

function noToken(settings: ResolvedSettings): AuthError {
  const profile = settings.sources.profile === 'default' ? '' : ` in the profile ${settings.profile}`;
  return new AuthError('no_token', `There is no token for ${settings.url}${profile}.`, {
    hint: `Run \`${loginLine(settings)}\` with a token from ${tokensPage(settings.url)}, or try everything with --demo.`,
  });
}

function otherOrigin(settings: ResolvedSettings, origin: string): AuthError {
  return new AuthError(
    'token_of_other_origin',
    `The stored token of profile ${settings.profile} belongs to ${origin} and is not sent to ${settings.url}.`,
    { hint: `Run \`${loginLine(settings)}\`; add --profile <name> to keep both.` },
  );
}
