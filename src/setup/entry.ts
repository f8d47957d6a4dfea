/** An entry in an app's file: what it is, whose it is, and what ours should be. */
import { parseOrigin } from '../config/origin.ts';
import type { Machine } from '../config/paths.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import { SETTINGS } from '../config/settings.ts';
import { shellWord } from '../core/command-name.ts';
import { isJsonObject, type JsonObject, objectIn } from '../core/json.ts';
import { type Client, optionsIn, type PersistedOptions, withOptions } from './client.ts';
import type { Launch } from './computer.ts';
import type { EntryPath } from './splice.ts';

/** What an entry in a client's file is. */
export type EntryKind =
  | 'none'
  /** Starts this program. */
  | 'ours'
  /** The service's remote endpoint, as its own page shows it (`url` and a bearer header), or a bridge to it. */
  | 'url'
  | 'foreign';

export interface Recognised {
  readonly kind: EntryKind;
  /** A token in plain text, without "Bearer"; null where there is none, or only a placeholder. Secret. */
  readonly token: string | null;
  /** The origin that the entry sends it to; null where the entry does not say, or says nothing usable. */
  readonly origin: string | null;
}

const OUR_WORD = /(^|[\\/])lucanto-mcp([.](js|cmd|ps1))?(@[^\\/]*)?$/;
const TOKEN = /\blct_[a-z]+_[A-Za-z0-9_-]+/;
const BEARER = /^(?:authorization\s*:\s*)?bearer\s+(\S+)\s*$/i;
/** `${env:TOKEN}`, `<token>`, `YOUR_TOKEN`: nothing that a service would take. */
const PLACEHOLDER = /^(\$|<|\{\{|%)|^your[_-]|[<>{}…]|xxx/i;

export function recognise(entry: unknown): Recognised {
  if (entry === undefined) return { kind: 'none', token: null, origin: null };
  if (!isJsonObject(entry)) return { kind: 'foreign', token: null, origin: null };
  const words = wordsOf(entry);
  const url = ['url', 'serverUrl', 'httpUrl'].map((key) => entry[key]).find((value) => typeof value === 'string');
  const token = tokenIn(entry);
  if (words.some((word) => OUR_WORD.test(word))) return { kind: 'ours', token, origin: originAfter(words) };
  if (typeof url === 'string') return { kind: 'url', token, origin: originOf(url) };
  const remote = words.find((word) => /^https?:\/\/.*\/mcp\b/.test(word));
  if (remote !== undefined && token !== null) return { kind: 'url', token, origin: originOf(remote) };
  return { kind: 'foreign', token: null, origin: null };
}

/** What an entry starts: its command and arguments, in any client's spelling. */
export function wordsOf(entry: Readonly<Record<string, unknown>>): readonly string[] {
  const { command, args } = entry;
  const list = Array.isArray(args) ? args : [];
  // Older files of Zed nest them, opencode has one list, and Goose another name.
  if (isJsonObject(command)) return wordsOf({ command: command.path, args: command.args });
  if (Array.isArray(command)) return command.filter((word) => typeof word === 'string');
  return [command ?? entry.cmd, ...list].filter((word) => typeof word === 'string');
}

function tokenIn(value: unknown): string | null {
  for (const text of textsIn(value)) {
    const token = BEARER.exec(text.trim())?.[1] ?? TOKEN.exec(text)?.[0];
    if (token !== undefined && !PLACEHOLDER.test(token)) return token;
  }
  return null;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

function originAfter(words: readonly string[]): string | null {
  const at = words.indexOf('--url');
  return at < 0 ? null : originOf(words[at + 1] ?? '');
}

/** @returns null also where the token would go there unencrypted */
function originOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const parsed = parseOrigin(new URL(url).origin);
  return 'value' in parsed ? parsed.value : null;
}

/** Entries beside the one that setup writes: under another name, or for one folder only. */
export interface OtherEntry {
  readonly name: string;
  /** Null where it holds everywhere. */
  readonly folder: string | null;
  /** May hold a secret. */
  readonly entry: JsonObject;
  readonly recognised: Recognised;
}

/** @param value the file's whole @param name of our own entry, which is not among them */
export function otherEntries({ container, byFolder }: Client, value: JsonObject, name: string): readonly OtherEntry[] {
  const own = isJsonObject(value[container]) ? value[container] : {};
  const { [name]: _, ...others } = own;
  return [
    ...entriesOf(others, null),
    ...Object.entries(byFolder?.(value) ?? {}).flatMap(([folder, servers]) => entriesOf(servers, folder)),
  ];
}

/** The service's own address, or a token of it. @param services origins of the service */
export function isServiceEntry({ kind, origin, token }: Recognised, services: readonly string[]): boolean {
  return kind === 'url' && ((origin !== null && services.includes(origin)) || token?.startsWith('lct_') === true);
}

/** The service of this run, and the one that the service's own page sends people to. */
export function serviceOrigins({ url, machine }: ResolvedSettings): readonly string[] {
  return [url, SETTINGS.url.fallback(machine, {})];
}

/** What such an entry is and how to remove it, now that ours is there: one sentence. */
export function conflictNote({ name, folder, recognised }: OtherEntry, machine: Machine): string {
  const what = `the service's address${recognised.token === null ? '' : ' and an API key in plain text'}`;
  return folder === null
    ? `The file also has an entry ${name} with ${what}: remove that one.`
    : `The folder ${folder} has its own entry ${name} with ${what}: run ${removalLine(name, machine)} there.`;
}

/** Only Claude Code has entries for one folder. */
export function removalLine(name: string, machine: Machine): string {
  return `\`claude mcp remove --scope local ${shellWord(name, machine)}\``;
}

function entriesOf(servers: unknown, folder: string | null): readonly OtherEntry[] {
  return Object.entries(objectIn(servers)).flatMap(([name, entry]) =>
    isJsonObject(entry) ? [{ name, folder, entry, recognised: recognise(entry) }] : [],
  );
}

// The log level of setup itself is not for the app.
// What the profile stored (its origin) is repeated too: it may be another one tomorrow.

/** The name of our entry. */
export function entryName({ profile }: Pick<ResolvedSettings, 'profile'>): string {
  return profile === 'default' ? 'lucanto' : `lucanto-${profile}`;
}

/**
 * What our entry should be, given the one that is there: it keeps what the user has added, that is members that are not
 * ours to write, and options that this run does not mention. A second run without --read-only must not open what the
 * first one closed.
 * @returns with `kept`, the options of the earlier entry that stay
 */
export function desiredEntry(
  client: Client,
  launch: Launch,
  persisted: PersistedOptions,
  {
    entry,
    recognised,
    at,
  }: { readonly entry: JsonObject | null; readonly recognised: Recognised; readonly at: EntryPath },
): { readonly entry: JsonObject; readonly kept: readonly string[] } {
  if (entry === null || recognised.kind !== 'ours') {
    return { entry: freshEntry(client, launch, persisted, at.name), kept: [] };
  }
  const kept = optionsIn(wordsOf(entry)).filter(([flag = '']) => !persisted.decided.includes(flag));
  const { variables = 'env' } = client;
  const written = client.entry(withOptions(launch, [...persisted.options, ...kept]), at.name);
  const { [variables]: freshEnv, ...fresh } = written;
  const env = { ...keptVariables(entry, variables), ...objectIn(freshEnv) };
  const { [variables]: earlier, ...others } = entry;
  const chosen = Object.entries(others).filter(([key]) => CHOSEN_BY_USERS.includes(key));
  const hasEnv = Object.keys(env).length > 0 || isJsonObject(earlier);
  return {
    entry: { ...others, ...fresh, ...Object.fromEntries(chosen), ...(hasEnv && { [variables]: env }) },
    kept: kept.flat(),
  };
}

/** Written once; afterwards they say what the user wants of the app. */
const CHOSEN_BY_USERS: readonly string[] = ['tools', 'enabled', 'timeout'];

/** Our entry where there was none. */
export function freshEntry(client: Client, launch: Launch, persisted: PersistedOptions, name: string): JsonObject {
  return client.entry(withOptions(launch, persisted.options), name);
}

/** A token belongs in the store, and a PATH that was written for npx goes with npx. */
function keptVariables(entry: JsonObject, variables: string): JsonObject {
  const { [variables]: env } = entry;
  if (!isJsonObject(env)) return {};
  const { LUCANTO_TOKEN: _, PATH, ...kept } = env;
  const forNpx = wordsOf(entry).some((word) => word.startsWith('lucanto-mcp@'));
  return { ...kept, ...(PATH !== undefined && !forNpx && { PATH }) };
}
