/** Which token is used, and why: --token-file > LUCANTO_TOKEN > LUCANTO_TOKEN_FILE > the profile's own. */
import { tokensPage } from '../config/origin.ts';
import { type Environment, shellWord } from '../config/paths.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import { setVariable } from '../config/setting.ts';
import { SETTINGS, type SettingKey, TOKEN_VARIABLE } from '../config/settings.ts';
import { COMMAND } from '../core/command-name.ts';
import { AuthError, type LucantoError, runHint } from '../core/errors.ts';
import { TIERS, type Tier } from '../core/tool.ts';
import { type ProfileReading, profilePath, readProfile } from './profile.ts';
import { checkToken, readTokenFile, type TokenKind } from './token.ts';

// Where the token goes and where it is stored; nothing else matters to a login.
const LOGIN_OPTIONS: readonly SettingKey[] = ['url', 'profile', 'configDir'];

export function loginLine(settings: ResolvedSettings): string {
  return commandLine('login', settings);
}

/** A line with one of our commands, for the same service and the same store. */
export function commandLine(command: string, settings: ResolvedSettings): string {
  return ['lucanto-mcp', command, ...givenOptions(settings, LOGIN_OPTIONS)].join(' ');
}

/** How users run this program for the account in use, as `asTyped` takes it. */
export function typedCommand(settings: ResolvedSettings): string {
  return [settings.machine.command ?? COMMAND, ...givenOptions(settings, LOGIN_OPTIONS)].join(' ');
}

function givenOptions(settings: ResolvedSettings, keys: readonly SettingKey[]): readonly string[] {
  return keys
    .filter((key) => settings.sources[key] === 'flag' || settings.sources[key] === 'environment')
    .flatMap((key) => [SETTINGS[key].flag, shellWord(String(settings[key]), settings.machine)]);
}

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
  return {
    credential: {
      token: checked.token,
      source: 'stored',
      origin: profile.origin,
      kind: checked.kind,
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

const TIER_WORDS: Readonly<Record<Tier, string>> = {
  read: 'read only',
  write: 'read, create and change',
  manage: 'read, create, change, issue, send and delete',
};

/** What scopes allow, in words: `read, create and change: invoices; read only: contacts`, from `write:invoices`, `read:contacts`; empty where nothing is known. */
export function accessInWords(scopes: readonly string[]): string {
  const highest = new Map<string, number>();
  for (const scope of scopes) {
    const [word = '', resource = ''] = scope.split(':');
    const tier = TIERS.map(String).indexOf(word);
    highest.set(resource, Math.max(tier, highest.get(resource) ?? 0));
  }
  return TIERS.toReversed()
    .flatMap((tier) => {
      const names = [...highest].filter(([, own]) => TIERS[own] === tier).map(([name]) => name.replaceAll('_', ' '));
      return names.length === 0
        ? []
        : [`${TIER_WORDS[tier]}: ${names.includes('*') ? 'everything' : names.join(', ')}`];
    })
    .join('; ');
}
