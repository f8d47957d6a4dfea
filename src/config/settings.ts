import { LOG_LEVELS } from '../core/log.ts';
import { parseOrigin } from './origin.ts';
import { defaultConfigDir, defaultFilesDir } from './paths.ts';
import {
  oneOf,
  type Parsed,
  parseConcurrency,
  parseMinutes,
  parsePath,
  parseProfile,
  parseScopes,
  parseSeconds,
  parseSwitch,
  parseToolsets,
  parseWorkspace,
  type Setting,
} from './setting.ts';

/**
 * The one table of global options: flags, variables, defaults, parsing and help text all come from here.
 * A new option is a new row; everything else derives from it.
 */
const BACKENDS = ['auto', 'rest', 'remote'] as const;
type Backend = (typeof BACKENDS)[number];

const CONFIRM = ['auto', 'always', 'never'] as const;
type Confirm = (typeof CONFIRM)[number];

/** A token is never an argument (process lists show those), so its variable has no row in the table. */
export const TOKEN_VARIABLE = {
  variable: 'LUCANTO_TOKEN',
  help: 'The token itself (a token is never an argument)',
} as const;

const DEFAULT_ORIGIN = 'https://app.lucanto.eu';

function row<T>(setting: Setting<T>): Setting<T> {
  return setting;
}

/** For options that may be left out: null where nothing was given. */
function optional<T, A extends readonly unknown[]>(parse: (...args: A) => Parsed<T>): (...args: A) => Parsed<T | null> {
  return parse;
}

export const SETTINGS = {
  tokenFile: row({
    flag: '--token-file',
    argument: '<path>',
    variable: 'LUCANTO_TOKEN_FILE',
    help: 'Read the token from the first line of a file',
    accepts: 'the path of a file whose first line is the token',
    fallbackText: null,
    parse: optional(parsePath),
    fallback: () => null,
  }),
  /** The service's origin, in normal form, without a trailing slash. */
  url: row({
    flag: '--url',
    argument: '<origin>',
    variable: 'LUCANTO_URL',
    help: 'Where the service is',
    accepts: `an origin such as ${DEFAULT_ORIGIN}, without a path; http only for this computer (http://127.0.0.1:4010)`,
    fallbackText: DEFAULT_ORIGIN,
    parse: parseOrigin,
    fallback: () => DEFAULT_ORIGIN,
  }),
  backend: row({
    flag: '--backend',
    argument: `<${BACKENDS.join('|')}>`,
    variable: 'LUCANTO_BACKEND',
    help: 'Where calls go: REST, the remote MCP endpoint, or whichever knows the tool',
    accepts: BACKENDS.join(', '),
    fallbackText: 'auto',
    parse: oneOf(BACKENDS),
    fallback: (): Backend => 'auto',
  }),
  /** Id as text, exactly as the service spells it. */
  workspace: row({
    flag: '--workspace',
    argument: '<id>',
    variable: 'LUCANTO_WORKSPACE',
    help: 'Pin a workspace: no other can be reached',
    accepts: 'the id of one workspace, as `lucanto-mcp status` shows it',
    fallbackText: null,
    parse: optional(parseWorkspace),
    fallback: () => null,
  }),
  readOnly: row({
    flag: '--read-only',
    argument: null,
    variable: 'LUCANTO_READ_ONLY',
    help: 'Only read tools exist, whatever else is set',
    accepts: '1, true, yes, on or 0, false, no, off',
    fallbackText: 'off',
    parse: parseSwitch,
    fallback: () => false,
    // Bundles have it switched on unless the user says otherwise.
    unfilled: true,
  }),
  /** In Lucanto's notation, lower case: `manage:invoices`, `read:*`. Null where nothing was said. */
  scopes: row({
    flag: '--scopes',
    argument: '<a,b>',
    variable: 'LUCANTO_SCOPES',
    help: "What the token was given, for when the service's own catalogue cannot tell",
    accepts: 'scopes as Lucanto writes them, with commas: manage:invoices,read:*',
    fallbackText: null,
    parse: optional(parseScopes),
    fallback: () => null,
  }),
  toolsets: row({
    flag: '--toolsets',
    argument: '<a,b>',
    variable: 'LUCANTO_TOOLSETS',
    help: 'Only tools about these resources (invoices,contacts); -quotes takes one away',
    accepts: 'names of resources such as invoices,credit_notes or -quotes',
    fallbackText: 'all',
    parse: optional(parseToolsets),
    fallback: () => null,
  }),
  /** Asking a person before what cannot be undone. */
  confirm: row({
    flag: '--confirm',
    argument: `<${CONFIRM.join('|')}>`,
    variable: 'LUCANTO_CONFIRM',
    help: 'Ask a person before deleting, issuing and sending: where the app can ask, or always (with a preview elsewhere)',
    accepts: CONFIRM.join(', '),
    fallbackText: 'auto',
    parse: oneOf(CONFIRM),
    fallback: (): Confirm => 'auto',
  }),
  /** Seconds, fractions allowed. */
  timeout: row({
    flag: '--timeout',
    argument: '<seconds>',
    variable: 'LUCANTO_TIMEOUT',
    help: 'A tool call is answered by then, whatever happens',
    accepts: 'a number of seconds from 1 to 3600',
    fallbackText: '50',
    parse: parseSeconds,
    fallback: () => 50,
  }),
  /** HTTP requests of this process that may be under way at once. */
  concurrency: row({
    flag: '--concurrency',
    argument: '<n>',
    variable: 'LUCANTO_CONCURRENCY',
    help: 'Requests to the service at once; further ones wait in order',
    accepts: 'a whole number from 1 to 32',
    fallbackText: '6',
    parse: parseConcurrency,
    fallback: () => 6,
  }),
  /** Minutes, fractions allowed; 0 switches it off. */
  duplicateWindow: row({
    flag: '--duplicate-window',
    argument: '<minutes>',
    variable: 'LUCANTO_DUPLICATE_WINDOW',
    help: 'Refuse a create that succeeded with the same arguments this recently; 0 never does',
    accepts: 'a number of minutes from 0 to 1440',
    fallbackText: '10',
    parse: parseMinutes,
    fallback: () => 10,
  }),
  /** Absolute path. */
  files: row({
    flag: '--files',
    argument: '<dir>',
    variable: 'LUCANTO_FILES',
    help: 'The one folder that files are saved to and uploaded from',
    accepts: 'the path of a folder',
    fallbackText: 'Lucanto in Downloads',
    parse: parsePath,
    fallback: defaultFilesDir,
  }),
  profile: row({
    flag: '--profile',
    argument: '<name>',
    variable: 'LUCANTO_PROFILE',
    help: 'Several accounts side by side',
    accepts: 'up to 32 letters, digits, - and _',
    fallbackText: 'default',
    parse: parseProfile,
    fallback: () => 'default',
  }),
  configDir: row({
    flag: '--config-dir',
    argument: '<dir>',
    variable: 'LUCANTO_CONFIG_DIR',
    help: 'Where token and caches are kept',
    accepts: 'the path of a folder',
    fallbackText: "the platform's",
    parse: parsePath,
    fallback: defaultConfigDir,
  }),
  demo: row({
    flag: '--demo',
    argument: null,
    variable: 'LUCANTO_DEMO',
    help: 'Work on an embedded Lucanto with sample data: no token, no network',
    accepts: '1, true, yes, on or 0, false, no, off',
    fallbackText: 'off',
    parse: parseSwitch,
    fallback: () => false,
  }),
  logLevel: row({
    flag: '--log-level',
    argument: `<${LOG_LEVELS.join('|')}>`,
    variable: 'LUCANTO_LOG_LEVEL',
    help: 'What is said on stderr',
    accepts: LOG_LEVELS.join(', '),
    fallbackText: 'warn',
    parse: oneOf(LOG_LEVELS),
    fallback: (): (typeof LOG_LEVELS)[number] => 'warn',
  }),
} as const;

type Table = typeof SETTINGS;
export type SettingKey = keyof Table;
export type SettingValues = { readonly [K in SettingKey]: Table[K] extends Setting<infer T> ? T : never };
