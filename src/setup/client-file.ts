import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, objectIn } from '../core/json.ts';
import type { Client } from './client.ts';
import { CLIENTS } from './client-table.ts';
import type { Computer } from './computer.ts';
import { backupsOf, bytesOf, type ConfigFile, readConfigFile } from './config-file.ts';
import { type OtherEntry, otherEntries, type Recognised, recognise } from './entry.ts';
import { openJson } from './json-text.ts';
import type { ConfigText, EntryPath, FileProblem } from './splice.ts';

/** What an app's file holds, and what is to become of it. Reads and decides; connect-file.ts writes. */
export interface ReadableFile {
  readonly state: 'readable';
  /** As the platform writes it, for showing. */
  readonly file: string;
  readonly config: ConfigFile;
  /** The file's text, parsed. */
  readonly text: ConfigText;
  readonly at: EntryPath;
  /** The entry of that name; may hold a secret. */
  readonly entry: JsonObject | null;
  readonly recognised: Recognised;
  /** Other servers in the file. */
  readonly others: readonly OtherEntry[];
}

export type InspectedFile = ReadableFile | ({ readonly state: 'broken'; readonly file: string } & FileProblem);

/** What is to become of a file. */
export type Change =
  | { readonly outcome: 'unchanged' }
  /** The bytes that the file is to have, null where there is to be no file, and backups that are put back by it. */
  | { readonly outcome: 'changed'; readonly bytes: Buffer | null; readonly restored: readonly string[] }
  | ({ readonly outcome: 'failed' } & FileProblem);

export async function inspectFile(client: Client, place: Computer, name: string, file: string): Promise<InspectedFile> {
  const config = readConfigFile(place.onDisk(file));
  if ('problem' in config) return { state: 'broken', file, problem: config.problem };
  const at = entryPath(client, name);
  const text = await openText(client.format, config.text, at);
  if ('problem' in text) return { state: 'broken', file, problem: text.problem };
  const entry = entryIn(text, at);
  return {
    state: 'readable',
    file,
    config,
    text,
    at,
    entry: isJsonObject(entry) ? entry : null,
    recognised: recognise(entry),
    others: otherEntries(client, text.value, name),
  };
}

export function entryPath({ container, isList }: Client, name: string): EntryPath {
  return { container, name, isList: isList === true };
}

/** Every file of a client, also those that are not there yet. @param name of the entry, such as `lucanto` */
export function inspectClient(client: Client, place: Computer, name: string): Promise<readonly InspectedFile[]> {
  return Promise.all(client.files(place).map((file) => inspectFile(client, place, name, file)));
}

/** Decides what is to become of a file; writes nothing. @param entry null takes ours out */
export async function planChange(client: Client, file: ReadableFile, entry: JsonObject | null): Promise<Change> {
  const isThere = file.recognised.kind !== 'none';
  const mustLoseBom = file.config.hasBom && !keepsBom(client) && (entry !== null || isThere);
  if (!mustLoseBom && (entry === null ? !isThere : isDeepStrictEqual(file.entry, entry))) {
    return { outcome: 'unchanged' };
  }
  if (entry === null && file.entry !== null) {
    const original = await originalOf(client, file, file.entry);
    if (original !== null) return { outcome: 'changed', ...original };
  }
  const edited = await edit(client.format, file.text, file.at, entry);
  if (typeof edited !== 'string') return { outcome: 'failed', problem: edited.problem };
  return { outcome: 'changed', bytes: bytesOf(file.config, edited, keepsBom(client)), restored: [] };
}

function keepsBom({ rejectsBom }: Client): boolean {
  return rejectsBom !== true;
}

/**
 * What the file was before our entry came, where adding the entry to it gives exactly what is there now:
 * so that nothing remains, not even an empty list of servers that was not there before.
 */
async function originalOf(
  client: Client,
  { config, at }: ReadableFile,
  entry: JsonObject,
): Promise<{ bytes: Buffer | null; restored: readonly string[] } | null> {
  const makesThis = async (text: string) => {
    const edited = await editText(client.format, text, at, entry);
    return typeof edited === 'string' && bytesOf(config, edited, true).equals(config.bytes ?? Buffer.alloc(0));
  };
  const backups = backupsOf(config);
  for (const { path, bytes } of backups) {
    const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
    // A backup that has an earlier entry of that name is not the original.
    const bare = await editText(client.format, text, at, null);
    if (bare === text && (await makesThis(text))) {
      return { bytes: bytesOf(config, text, keepsBom(client)), restored: [path] };
    }
  }
  const isOurFile = backups.length === 0 && config.path === config.target && (await makesThis(''));
  return isOurFile ? { bytes: null, restored: [] } : null;
}

async function openText(format: Client['format'], text: string, path: EntryPath): Promise<ConfigText | FileProblem> {
  const open = await opener(format);
  const opened = await open(text, path).catch(tooDeep);
  if ('problem' in opened) return opened;
  const container = opened.value[path.container];
  if (container === undefined || isJsonObject(container)) return opened;
  return { problem: `has something other than a list of servers under ${path.container}` };
}

async function opener(format: Client['format']): Promise<typeof openJson> {
  if (format === 'toml') return (await import('./toml-text.ts')).openToml;
  return format === 'yaml' ? (await import('./yaml-text.ts')).openYaml : openJson;
}

// The parsers are recursive; one such file must not end what is reported of all others.
function tooDeep(error: unknown): FileProblem {
  if (error instanceof RangeError) return { problem: 'is nested too deeply' };
  throw error;
}

/** The entry in a parsed text; undefined where the text has none. */
function entryIn({ value }: ConfigText, { container, name }: EntryPath): unknown {
  const servers = value[container];
  return isJsonObject(servers) ? servers[name] : undefined;
}

/** The text with another entry, or (null) with none. @returns a problem where the text cannot be edited */
export async function editText(
  format: Client['format'],
  text: string,
  path: EntryPath,
  entry: JsonObject | null,
): Promise<string | FileProblem> {
  const opened = await openText(format, text, path);
  return 'problem' in opened ? opened : edit(format, opened, path, entry);
}

/** The result is parsed too: everything but the entry must mean the same as before. */
async function edit(
  format: Client['format'],
  before: ConfigText,
  path: EntryPath,
  entry: JsonObject | null,
): Promise<string | FileProblem> {
  const edited = entry === null ? before.without() : before.with(entry);
  const after = await openText(format, edited, path);
  const isSame =
    'value' in after &&
    isDeepStrictEqual(entryIn(after, path), entry ?? undefined) &&
    isDeepStrictEqual(others(after, path), others(before, path));
  return isSame ? edited : { problem: 'is written in a way that cannot be edited without a risk to the rest' };
}

function others({ value }: ConfigText, { container, name }: EntryPath): JsonObject {
  const { [container]: servers, ...rest } = value;
  const { [name]: _, ...kept } = objectIn(servers);
  return { ...rest, [container]: kept };
}

/** Rows with a kind of file of their own, the usual one of each ending first. */
const KINDS = ['cursor', 'vscode', 'zed', 'amp', 'opencode', 'codex', 'vibe', 'continue', 'goose'].flatMap((id) =>
  CLIENTS.filter((client) => client.id === id),
);

const ENDINGS: Readonly<Record<Client['format'], RegExp>> = {
  json: /[.]jsonc?$/i,
  jsonc: /[.]jsonc?$/i,
  toml: /[.]toml$/i,
  yaml: /[.]ya?ml$/i,
};

// `.vscode/mcp.json`, `.config/zed/settings.json`, `opencode.json`.
const OF_AN_APP = /[/\\](?:[.](?:config[/\\])?([\w-]+)[/\\][^/\\]+|(opencode)[.]jsonc?)$/;

/**
 * Of a file that no row of the table names (`setup --file`): an app whose files have this form, by what the file holds,
 * else by its name or folder (`.vscode/mcp.json`), else the most common form, which its next step then says.
 * @returns null where that is a guess between equals
 */
export async function kindOfFile(path: string, name: string, place: Computer): Promise<Client | null> {
  const candidates = KINDS.filter(({ format }) => ENDINGS[format].test(path));
  const [usual] = candidates;
  for (const client of candidates) {
    const file = await inspectFile(client, place, name, path);
    if (file.state !== 'readable') continue;
    const entries = file.text.value[client.container];
    const hasIt = isJsonObject(entries) && (Object.keys(entries).length > 0 || client.isList !== true);
    // The settings of VS Code have `mcp` too, with the servers one level below.
    if (hasIt && !(client.id === 'opencode' && isJsonObject(entries.servers))) return clientOfFile(client, path);
  }
  const names = OF_AN_APP.exec(path.toLowerCase())?.slice(1) ?? [];
  const named = CLIENTS.find(({ id, format }) => names.includes(id) && ENDINGS[format].test(path));
  if (named !== undefined) return clientOfFile(named, path);
  return usual !== undefined && usual.format !== 'yaml' ? clientOfFile(usual, path, USUAL_FORM) : null;
}

const RESTART = 'Restart the app that reads this file.';
const USUAL_FORM = `${RESTART} The file did not show which form its entries have, so this one has the most common form. If the app does not list it, name an app whose files have the same form: \`lucanto-mcp setup vscode --file <path>\`.`;

/** A client with this file in place of its own. */
export function clientOfFile(client: Client, path: string, next = RESTART): Client {
  return {
    ...client,
    files: () => [path],
    // Whatever reads the file, it is taken to be here.
    traces: ({ machine }) => [machine.home],
    ownCommand: null,
    deepLink: null,
    isLikely: () => false,
    next: () => next,
  };
}
