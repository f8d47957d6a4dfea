import { parseOrigin } from '../config/origin.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Client } from './client.ts';

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
  // Older files of Zed nest them.
  if (isJsonObject(command)) return wordsOf({ command: command.path, args: command.args });
  return [command, ...list].filter((word) => typeof word === 'string');
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

/** Where the service's own page sends people. */
export type IsService = (origin: string) => boolean;

/** @param value the file's whole @param name of our own entry, which is not among them */
export function otherEntries({ container, byFolder }: Client, value: JsonObject, name: string): readonly OtherEntry[] {
  const own = isJsonObject(value[container]) ? value[container] : {};
  const { [name]: _, ...others } = own;
  return [
    ...entriesOf(others, null),
    ...Object.entries(byFolder?.(value) ?? {}).flatMap(([folder, servers]) => entriesOf(servers, folder)),
  ];
}

/** The service's own address, or a token of it: entries of other services are none of our business. */
export function isServiceEntry({ kind, origin, token }: Recognised, isService: IsService): boolean {
  return kind === 'url' && ((origin !== null && isService(origin)) || token?.startsWith('lct_') === true);
}

/** What such an entry is and how to get rid of it, after ours is there: one clause. */
export function conflictNote({ name, folder, recognised }: OtherEntry): string {
  const what = `the service's address${recognised.token === null ? '' : ' and a token in plain text'}`;
  return folder === null
    ? `the file also has an entry ${name} with ${what}: take that one out`
    : `the folder ${folder} has an entry ${name} of its own with ${what}: run ${removalLine(name)} there`;
}

/** Only Claude Code has entries for one folder. */
export function removalLine(name: string): string {
  return `\`claude mcp remove --scope local ${name}\``;
}

function entriesOf(servers: unknown, folder: string | null): readonly OtherEntry[] {
  return Object.entries(isJsonObject(servers) ? servers : {}).flatMap(([name, entry]) =>
    isJsonObject(entry) ? [{ name, folder, entry, recognised: recognise(entry) }] : [],
  );
}
