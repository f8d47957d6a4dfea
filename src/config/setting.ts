import { absolutePath, type Environment, type Machine, pathsOf } from './paths.ts';

/** One row of the settings table: its shape, and how the text of a flag or variable becomes a value. */

/** A value, or a clause that completes "`--flag` …": "is not an origin". It never repeats a secret. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

export interface Setting<T> {
  /** Long option; its camelCase is the setting's key in the table. */
  readonly flag: `--${string}`;
  /** Placeholder of the option's value (`<origin>`), or null for a switch. */
  readonly argument: string | null;
  /** It may be given several times; the values are joined by commas. */
  readonly repeatable?: true;
  readonly variable: `LUCANTO_${string}`;
  readonly help: string;
  /** What is accepted, for error messages: "a number of seconds from 1 to 3600". */
  readonly accepts: string;
  /** The default as users read it, or null where nothing is the default. */
  readonly fallbackText: string | null;
  /** A switch that was given as a flag is parsed from `true`. */
  readonly parse: (text: string, machine: Machine) => Parsed<T>;
  readonly fallback: (machine: Machine, env: Environment) => T;
  /** What a bundle's option means that the app left unfilled, where the fallback would allow more than was agreed to. */
  readonly unfilled?: T;
}

/** `${user_config.workspace}`: apps may leave the placeholder of a bundle's option in place when it is empty. */
export function isUnfilled(text: string): boolean {
  return /^\$\{user_config\.[^{}]*\}$/.test(text.trim());
}

/** Trimmed; null where the variable is unset, empty, or a bundle's placeholder. */
export function setVariable(env: Environment, variable: string): string | null {
  const text = env[variable]?.trim() ?? '';
  return text === '' || isUnfilled(text) ? null : text;
}

const YES = ['1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off'];

function shown(text: string): string {
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
}

export function parseSwitch(text: string): Parsed<boolean> {
  const word = text.trim().toLowerCase();
  if (YES.includes(word)) return { value: true };
  if (NO.includes(word)) return { value: false };
  return { problem: `is ${shown(text)}, which is neither yes nor no` };
}

export function oneOf<const T extends string>(words: readonly T[]): (text: string) => Parsed<T> {
  return (text) => {
    const found = words.find((word) => word === text.trim().toLowerCase());
    return found === undefined ? { problem: `cannot be ${shown(text)}` } : { value: found };
  };
}

export function parseSeconds(text: string): Parsed<number> {
  const seconds = /^\d+([.]\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (seconds >= 1 && seconds <= 3600) return { value: seconds };
  return { problem: `is ${shown(text)}, which is not a number of seconds from 1 to 3600` };
}

export function parseConcurrency(text: string): Parsed<number> {
  const requests = /^\d{1,2}$/.test(text.trim()) ? Number(text) : 0;
  if (requests >= 1 && requests <= 32) return { value: requests };
  return { problem: `is ${shown(text)}, which is not a whole number from 1 to 32` };
}

/** Up to a day: the service forgets a key then. */
export function parseMinutes(text: string): Parsed<number> {
  const minutes = /^\d+([.]\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (minutes <= 1440) return { value: minutes };
  return { problem: `is ${shown(text)}, which is not a number of minutes from 0 to 1440` };
}

export function parsePath(text: string, machine: Machine): Parsed<string> {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'is empty' };
  if (trimmed.includes('\0')) return { problem: 'contains a character that a path cannot contain' };
  return { value: absolutePath(trimmed, machine) };
}

export function parseProfileName(text: string): Parsed<string> {
  const name = text.trim().toLowerCase();
  if (/^[a-z0-9_-]{1,32}$/.test(name)) return { value: name };
  return { problem: `is ${shown(text)}, which cannot be a profile's name` };
}

/** An id or a part of a name, kept as text: ids are opaque, and names are resolved once the companies are known. */
export function parseWorkspace(text: string): Parsed<string> {
  const given = text.trim();
  if (/^-?\d+([.]\d+)?$/.test(given) && !/^[1-9]\d*$/.test(given)) {
    return { problem: `is ${shown(text)}, and company ids are positive whole numbers` };
  }
  if (isUnfilled(given) || !/[\p{L}\p{N}]/u.test(given) || !/^[^\p{C}]{1,128}$/u.test(given)) {
    return { problem: `is ${shown(text)}, which cannot be the id or name of a company` };
  }
  return { value: given };
}

/** Names of resources, each perhaps with a minus before it; `credit-notes` is `credit_notes`. */
export function parseToolsets(text: string): Parsed<readonly string[]> {
  const names = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((name) => name !== '')
    .map((name) => `${name.slice(0, 1)}${name.slice(1).replaceAll('-', '_')}`);
  const wrong = names.find((name) => !/^-?[a-z][a-z0-9_]*$/.test(name));
  if (wrong !== undefined) return { problem: `holds ${shown(wrong)}, which is not the name of a resource` };
  return names.length === 0 ? { problem: 'names no resource' } : { value: [...new Set(names)] };
}

const SCOPE = /^(read|write|manage):([a-z][a-z0-9_]*|[*])$/;

/** Lucanto's notation, comma-separated; normalised to lower case, without repetitions. */
export function parseScopes(text: string): Parsed<readonly string[]> {
  const scopes = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((scope) => scope !== '');
  const wrong = scopes.find((scope) => !SCOPE.test(scope));
  if (wrong !== undefined) return { problem: `holds ${shown(wrong)}, which is not a scope` };
  return scopes.length === 0 ? { problem: 'names no scope' } : { value: [...new Set(scopes)] };
}

/** Where token, caches and ledger live unless told otherwise. */
export function defaultConfigDir(machine: Machine, env: Environment): string {
  const paths = pathsOf(machine);
  const { home, platform } = machine;
  if (platform === 'win32') {
    return paths.join(env.APPDATA || paths.join(home, 'AppData', 'Roaming'), 'lucanto-mcp');
  }
  if (platform === 'darwin') return paths.join(home, 'Library', 'Application Support', 'lucanto-mcp');
  const xdg = env.XDG_CONFIG_HOME;
  // The XDG specification: a relative path in it is invalid and to be ignored.
  return paths.join(xdg && paths.isAbsolute(xdg) ? xdg : paths.join(home, '.config'), 'lucanto-mcp');
}

/** The folder `Lucanto` in the user's downloads: where PDFs are saved and receipts are taken from. */
export function defaultFilesDir(machine: Machine, env: Environment): string {
  const paths = pathsOf(machine);
  const named = machine.platform === 'win32' || machine.platform === 'darwin' ? undefined : env.XDG_DOWNLOAD_DIR;
  // Desktops name it in the user's language; the same rule as for XDG_CONFIG_HOME holds for relative paths.
  const downloads = named && paths.isAbsolute(named) ? named : paths.join(machine.home, 'Downloads');
  return paths.join(downloads, 'Lucanto');
}

export interface WriteLimits {
  /** On one calendar day of this computer; null for any number. */
  readonly sends: number | null;
  /** The most that one document may come to, by currency; empty where amounts have no limit. */
  readonly amounts: ReadonlyMap<string, string>;
  /** Only to addresses that the customer's own record has. */
  readonly storedRecipients: boolean;
}

const SENDS = /^sends\s*=\s*(\d{1,6})\s*\/\s*day$/i;
const AMOUNT = /^amount\s*=\s*(\d{1,15}(?:\.\d{1,4})?)\s*([A-Za-z]{3})$/i;
const RECIPIENTS = /^recipients\s*=\s*stored$/i;

/** Comma-separated; each in its normal form, without repetitions. */
export function parseLimits(text: string): Parsed<readonly string[]> {
  const given = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (given.length === 0) return { problem: 'names no limit' };
  const limits = new Map<string, string>();
  for (const one of given) {
    const limit = normalLimit(one);
    if (limit === null) return { problem: `holds "${one.slice(0, 40)}", which is not a limit` };
    const [what, known] = [subjectOfLimit(limit), limits.get(subjectOfLimit(limit))];
    if (known !== undefined && known !== limit) return { problem: `holds both ${known} and ${limit}` };
    limits.set(what, limit);
  }
  return { value: [...limits.values()] };
}

function normalLimit(text: string): string | null {
  const [, sends] = SENDS.exec(text) ?? [];
  if (sends !== undefined) return `sends=${Number(sends)}/day`;
  const [, amount, currency = ''] = AMOUNT.exec(text) ?? [];
  const code = currency.toUpperCase();
  if (amount !== undefined) return isCurrency(code) ? `amount=${amount.replace(/^0+(?=\d)/, '')}${code}` : null;
  return RECIPIENTS.test(text) ? 'recipients=stored' : null;
}

function subjectOfLimit(limit: string): string {
  return limit.startsWith('amount=') ? `amount ${limit.slice(-3)}` : limit.replace(/=.*$/, '');
}

/** A wrong one would refuse every document. */
function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code);
}

/** @param texts as `parseLimits` gives them; null where nothing is limited */
export function writeLimits(texts: readonly string[] | null): WriteLimits {
  const all = texts ?? [];
  const sends = all.flatMap((one) => SENDS.exec(one)?.[1] ?? [])[0];
  const amounts = all.flatMap((one): [string, string][] => {
    const [, amount, currency] = AMOUNT.exec(one) ?? [];
    return amount === undefined || currency === undefined ? [] : [[currency, amount]];
  });
  return {
    sends: sends === undefined ? null : Number(sends),
    amounts: new Map(amounts),
    storedRecipients: all.some((one) => RECIPIENTS.test(one)),
  };
}
