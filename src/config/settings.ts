/** The one table of global options: a row gives the flag, the variable, the default, the parser and the help text. */
import { LOG_LEVELS } from '../core/log.ts';
import { parseOrigin } from './origin.ts';
import {
  defaultConfigDir,
  defaultFilesDir,
  oneOf,
  type Parsed,
  parseConcurrency,
  parseLimits,
  parseMinutes,
  parsePath,
  parseProfileName,
  parseScopes,
  parseSeconds,
  parseSwitch,
  parseToolsets,
  parseWorkspace,
  type Setting,
} from './setting.ts';

const BACKENDS = ['auto', 'rest', 'remote'] as const;

const CONFIRM = ['auto', 'always', 'never'] as const;

/** A token is never an argument (process lists show those), so its variable has no row in the table. */
export const TOKEN_VARIABLE = {
  variable: 'LUCANTO_TOKEN',
  help: 'The API key itself (a key is never an argument)',
} as const;

const DEFAULT_ORIGIN = 'https://app.lucanto.eu';

function row<T>(setting: Setting<T>): Setting<T> {
  return setting;
}

/** For options that may be left out: null when not given. */
function optional<T, A extends readonly unknown[]>(parse: (...args: A) => Parsed<T>): (...args: A) => Parsed<T | null> {
  return parse;
}

export const SETTINGS = {
  tokenFile: row({
    flag: '--token-file',
    argument: '<path>',
    variable: 'LUCANTO_TOKEN_FILE',
    help: 'Read the API key from the first line of a file',
    accepts: 'the path of a file whose first line is the API key',
    fallbackText: null,
    parse: optional(parsePath),
    fallback: () => null,
  }),
  /** The service's origin, in normal form, without a trailing slash. */
  url: row({
    flag: '--url',
    argument: '<origin>',
    variable: 'LUCANTO_URL',
    help: 'Service URL',
    accepts: `an origin such as ${DEFAULT_ORIGIN}, without a path; http only for this computer (http://127.0.0.1:4010)`,
    fallbackText: DEFAULT_ORIGIN,
    parse: parseOrigin,
    fallback: () => DEFAULT_ORIGIN,
  }),
  backend: row<(typeof BACKENDS)[number]>({
    flag: '--backend',
    argument: `<${BACKENDS.join('|')}>`,
    variable: 'LUCANTO_BACKEND',
    help: 'Where calls go: REST, the remote MCP endpoint, or the one that has the tool',
    accepts: BACKENDS.join(', '),
    fallbackText: 'auto',
    parse: oneOf(BACKENDS),
    fallback: () => 'auto',
  }),
  /** Id as text, exactly as the service spells it, or a part of the name. */
  workspace: row({
    flag: '--workspace',
    argument: '<id or name>',
    variable: 'LUCANTO_WORKSPACE',
    help: 'Work with one company only, by its id or a part of its name',
    accepts: 'the id or a part of the name of one company, as `lucanto-mcp status` shows it',
    fallbackText: null,
    parse: optional(parseWorkspace),
    fallback: () => null,
  }),
  readOnly: row({
    flag: '--read-only',
    argument: null,
    variable: 'LUCANTO_READ_ONLY',
    help: 'Show only tools that read, whatever else is set',
    accepts: '1, true, yes, on or 0, false, no, off',
    fallbackText: 'off',
    parse: parseSwitch,
    fallback: () => false,
    // Bundles have it switched on unless the user says otherwise.
    unfilled: true,
  }),
  /** In Lucanto's notation, lower case: `manage:invoices`, `read:*`. Null when not given. */
  scopes: row({
    flag: '--scopes',
    argument: '<a,b>',
    variable: 'LUCANTO_SCOPES',
    help: 'Access that the API key was given, when the service cannot tell',
    accepts: 'scopes as Lucanto writes them, with commas: manage:invoices,read:*',
    fallbackText: null,
    parse: optional(parseScopes),
    fallback: () => null,
  }),
  toolsets: row({
    flag: '--toolsets',
    argument: '<a,b>',
    variable: 'LUCANTO_TOOLSETS',
    help: 'Only tools for these resources (invoices,contacts); -quotes leaves one out',
    accepts: 'names of resources such as invoices,credit_notes or -quotes',
    fallbackText: 'all',
    parse: optional(parseToolsets),
    fallback: () => null,
  }),
  /** Asking a person before what cannot be undone. */
  confirm: row<(typeof CONFIRM)[number]>({
    flag: '--confirm',
    argument: `<${CONFIRM.join('|')}>`,
    variable: 'LUCANTO_CONFIRM',
    help: 'Ask a person before deleting, issuing and sending: where the app can ask, always, or never',
    accepts: CONFIRM.join(', '),
    fallbackText: 'auto',
    parse: oneOf(CONFIRM),
    fallback: () => 'auto',
  }),
  /** Each in its normal form, see `writeLimits`. Null where nothing is limited. */
  limit: row({
    flag: '--limit',
    argument: '<what=how much>',
    repeatable: true,
    variable: 'LUCANTO_LIMIT',
    help: 'Limit what is written: sends=10/day, amount=5000EUR, recipients=stored (repeatable)',
    accepts: 'sends=10/day, amount=5000EUR or recipients=stored, several of them with commas',
    fallbackText: null,
    parse: optional(parseLimits),
    fallback: () => null,
  }),
  /** Seconds, fractions allowed. */
  timeout: row({
    flag: '--timeout',
    argument: '<seconds>',
    variable: 'LUCANTO_TIMEOUT',
    help: 'Answer every tool call within this time',
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
    help: 'Requests to the service at the same time',
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
    help: 'Refuse to create the same record again within this time; 0 never refuses',
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
    help: 'Keep several accounts side by side',
    accepts: 'up to 32 letters, digits, - and _',
    fallbackText: 'default',
    parse: parseProfileName,
    fallback: () => 'default',
  }),
  configDir: row({
    flag: '--config-dir',
    argument: '<dir>',
    variable: 'LUCANTO_CONFIG_DIR',
    help: 'Folder for the API key, caches and the history',
    accepts: 'the path of a folder',
    fallbackText: "the system's",
    parse: parsePath,
    fallback: defaultConfigDir,
  }),
  demo: row({
    flag: '--demo',
    argument: null,
    variable: 'LUCANTO_DEMO',
    help: 'Use sample data: no API key, no network',
    accepts: '1, true, yes, on or 0, false, no, off',
    fallbackText: 'off',
    parse: parseSwitch,
    fallback: () => false,
  }),
  logLevel: row<(typeof LOG_LEVELS)[number]>({
    flag: '--log-level',
    argument: `<${LOG_LEVELS.join('|')}>`,
    variable: 'LUCANTO_LOG_LEVEL',
    help: 'Log level on stderr',
    accepts: LOG_LEVELS.join(', '),
    fallbackText: 'warn',
    parse: oneOf(LOG_LEVELS),
    fallback: () => 'warn',
  }),
} as const;

export type SettingKey = keyof typeof SETTINGS;
