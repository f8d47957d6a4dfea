/** What setup and doctor know of an app, one record each in client-table.ts, and what its entry repeats of the options of a run. */
import { pathsOf } from '../config/paths.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import { SETTINGS, type SettingKey } from '../config/settings.ts';
import type { JsonObject } from '../core/json.ts';
import type { Computer, Launch } from './computer.ts';

export interface Client {
  /** As `setup` takes it. */
  readonly id: string;
  /** As users know it. */
  readonly title: string;
  /** `json` where the client itself reads no comments; they are kept all the same. */
  readonly format: 'json' | 'jsonc' | 'toml' | 'yaml';
  /** Whether a byte order mark makes the app ignore its file. */
  readonly rejectsBom?: true;
  /** The member that holds the entries. */
  readonly container: string;
  /** Whether that is a list of entries that hold their own names. */
  readonly isList?: true;
  /** The member of an entry that holds variables, where it is not `env`. */
  readonly variables?: string;
  /** Whether its files and entries here are likely rather than known: the user is asked to tell us. */
  readonly isLikely?: (place: Computer) => boolean;
  /** Lists of entries that apply in one folder only, by that folder, where the app's file has such. */
  readonly byFolder?: (value: JsonObject) => Readonly<Record<string, unknown>>;
  /** Every file that is to be written, in the platform's own paths. */
  files(place: Computer): readonly string[];
  /** Folders and files whose presence shows that the client is installed. */
  traces(place: Computer): readonly string[];
  /** Commands whose presence on PATH shows the same. */
  readonly commands: readonly string[];
  entry(launch: Launch, name: string): JsonObject;
  /** Whether it can use the service's remote endpoint itself. */
  readonly takesUrl: boolean;
  /** Seconds that it gives a server to answer `initialize`; null where that is unknown, or set by its users. */
  startSeconds(entry: JsonObject): number | null;
  /** Where its servers get their PATH from: a terminal's, or the short one of what a desktop starts. */
  readonly startedFrom: 'terminal' | 'desktop';
  /** What to do for the app to notice, one sentence. */
  next(place: Computer, name: string): string;
  /** A command of the app's own that writes its configuration. Each list is the arguments of one run. */
  readonly ownCommand: {
    readonly program: string;
    /** Null where the command cannot express all of the entry. @param present whether there is an entry of that name */
    add(name: string, entry: JsonObject, present: boolean): readonly (readonly string[])[] | null;
    remove(name: string): readonly string[] | null;
  } | null;
  /** A link that opens the client and has it ask whether to add the entry. */
  readonly deepLink: ((name: string, entry: JsonObject) => string) | null;
}

/** The usual entry. */
export function commandEntry({ command, args, env }: Launch): JsonObject {
  return { command, args: [...args], ...(Object.keys(env).length > 0 && { env: { ...env } }) };
}

/** What most apps have in common. */
export function usualClient(row: Pick<Client, 'id' | 'title' | 'files' | 'next'> & Partial<Client>): Client {
  return {
    format: 'jsonc',
    container: 'mcpServers',
    // The folder of its file.
    traces: (place) => row.files(place).map((file) => pathsOf(place.machine).dirname(file)),
    commands: [],
    entry: commandEntry,
    takesUrl: true,
    startSeconds: () => null,
    startedFrom: 'desktop',
    ownCommand: null,
    deepLink: null,
    ...row,
  };
}

/** Options of this run that our entry repeats, so that the app starts what would start here. */
export interface PersistedOptions {
  /** Each a flag, and its value where it takes one. */
  readonly options: readonly (readonly string[])[];
  /** Flags that this run sets, also to off. */
  readonly decided: readonly string[];
}

/** In the order in which entries are written. */
const FLAGS: readonly string[] = Object.values(SETTINGS).map(({ flag }) => flag);

const KEYS = Object.keys(SETTINGS).filter((key): key is SettingKey => key in SETTINGS);

// The log level of setup itself is not for the app.
const NOT_PERSISTED: readonly SettingKey[] = ['logLevel'];

// What the profile stored (its origin) is repeated too: it may be another one tomorrow.
export function persistedOptions(settings: ResolvedSettings): PersistedOptions {
  const keys = KEYS.filter((key) => !NOT_PERSISTED.includes(key) && settings.sources[key] !== 'default');
  return {
    decided: keys.map((key) => SETTINGS[key].flag),
    options: keys.flatMap((key): string[][] => {
      const value = settings[key];
      // The default service needs no option.
      if (value === null || (key === 'url' && value === SETTINGS.url.fallback(settings.machine, {}))) return [];
      if (typeof value === 'boolean') return value ? [[SETTINGS[key].flag]] : [];
      return [[SETTINGS[key].flag, Array.isArray(value) ? value.join(',') : String(value)]];
    }),
  };
}

/** Our own options among the words of an entry. */
export function optionsIn(words: readonly string[]): readonly string[][] {
  const options: string[][] = [];
  let open: string | null = null;
  for (const word of words) {
    if (open !== null) {
      options.push([open, word]);
      open = null;
      continue;
    }
    const flag = word.replace(/=.*$/s, '');
    const setting = Object.values(SETTINGS).find((one) => one.flag === flag);
    if (setting === undefined) continue;
    if (setting.argument === null) options.push([flag]);
    else if (word.includes('=')) options.push([flag, word.slice(flag.length + 1)]);
    else open = flag;
  }
  return options;
}

export function withOptions(launch: Launch, options: PersistedOptions['options']): Launch {
  const ordered = FLAGS.flatMap((flag) => options.filter(([own]) => own === flag));
  return { ...launch, args: [...launch.args, ...ordered.flat()] };
}
