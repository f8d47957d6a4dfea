/** Which token is used, and why: --token-file > LUCANTO_TOKEN > LUCANTO_TOKEN_FILE > the profile's own. */
import { tokensPage } from '../config/origin.ts';
import type { Environment } from '../config/paths.ts';
import { loginLine, type ResolvedSettings } from '../config/resolve.ts';
import { setVariable } from '../config/setting.ts';
import { TOKEN_VARIABLE } from '../config/settings.ts';
import { AuthError, type LucantoError, runHint } from '../core/errors.ts';
import { type ProfileReading, profilePath, readProfile, readTokenFile } from './profile.ts';
import { checkToken, type TokenKind } from './token.ts';

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
  readonly warnings: readonly string[];
}

/** Reads files but writes none, sends nothing, and throws for defects only. With --demo the demo's token is used instead. */
export function resolveCredential(
  settings: ResolvedSettings,
  env: Environment,
  profile?: ProfileReading,
): CredentialResolution {
  const fromVariable = setVariable(env, TOKEN_VARIABLE.variable);
  if (settings.tokenFile !== null && (settings.sources.tokenFile === 'flag' || fromVariable === null)) {
    return fromFile(settings, settings.tokenFile);
  }
  if (fromVariable !== null) {
    return use(settings, fromVariable, { source: 'environment', where: TOKEN_VARIABLE.variable }, []);
  }
  return fromProfile(settings, profile ?? readProfile(settings));
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
  const checked = checkToken(text);
  if ('refusal' in checked) {
    return without(
      new AuthError('token_malformed', `The API key from ${origin.where} cannot be used. ${checked.refusal}`, {
        hint: {
          person: `Put the key alone there, or remove it and run \`${loginLine(settings)}\`.`,
          model: `Ask the user to correct the API key in the settings of the app, or to run \`${loginLine(settings)}\`.`,
        },
      }),
    );
  }
  const notices = [...checked.notes, ...(checked.doubt === null ? [] : [checked.doubt])];
  return {
    credential: { token: checked.token, kind: checked.kind, origin: settings.url, ...origin },
    problem: null,
    warnings: [...warnings, ...notices.map((notice) => `The API key from ${origin.where}: ${notice}`)],
  };
}

function fromProfile(settings: ResolvedSettings, reading: ProfileReading): CredentialResolution {
  if (reading.state === 'broken') return without(reading.error);
  if (reading.state === 'none') return without(noToken(settings));
  const { profile } = reading;
  if (profile.origin !== settings.url) return without(otherOrigin(settings, profile.origin));
  const checked = checkToken(profile.token);
  if ('refusal' in checked) return without(noToken(settings));
  const { token, kind } = checked;
  return {
    credential: { token, kind, source: 'stored', origin: profile.origin, where: profilePath(settings) },
    problem: null,
    warnings: [],
  };
}

function without(problem: LucantoError): CredentialResolution {
  return { credential: null, problem, warnings: [] };
}

function noToken(settings: ResolvedSettings): AuthError {
  const profile = settings.sources.profile === 'default' ? '' : ` in the profile ${settings.profile}`;
  const line = loginLine(settings);
  const page = tokensPage(settings.url);
  return new AuthError('no_token', `There is no API key for ${settings.url}${profile}.`, {
    hint: {
      person: `Run \`${line}\` with a key from ${page}, or try it with sample data: add --demo.`,
      model: `Ask the user to run \`${line}\` with an API key from ${page}.`,
    },
  });
}

function otherOrigin(settings: ResolvedSettings, origin: string): AuthError {
  return new AuthError(
    'token_of_other_origin',
    `The stored API key of profile ${settings.profile} belongs to ${origin} and is not sent to ${settings.url}.`,
    { hint: runHint(loginLine(settings), ' (add --profile <name> to keep both)') },
  );
}

/**
 * The tokens that a command could come upon without asking for one, so that none of its output repeats them.
 * A token file is not read here: it may be a pipe, which gives its token once.
 */
export function secretsToMask(reading: ProfileReading, env: Environment): readonly string[] {
  const stored = reading.state === 'stored' ? [reading.profile.token] : [];
  const variable = setVariable(env, TOKEN_VARIABLE.variable);
  if (variable === null) return stored;
  // With what was pasted along, and without.
  const checked = checkToken(variable);
  return [...stored, variable.trim(), ...('token' in checked ? [checked.token] : [])];
}
