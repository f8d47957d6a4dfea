import type { ResolvedSettings } from '../config/resolve.ts';
import { SETTINGS, type SettingKey } from '../config/settings.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Client } from './client.ts';
import type { Launch } from './computer.ts';
import type { ReadableFile } from './inspect-file.ts';
import { wordsOf } from './recognise.ts';

/** Options of this run that an app's entry repeats, so that the app starts what would start here. */
/** A flag, and its value where it takes one. */
type Option = readonly [flag: string] | readonly [flag: string, value: string];

export interface PersistedOptions {
  readonly options: readonly Option[];
  /** Flags that this run says something about, also where that is no. */
  readonly decided: readonly string[];
}

/** In the order in which entries are written. */
const FLAGS: readonly string[] = Object.values(SETTINGS).map(({ flag }) => flag);

const KEYS = Object.keys(SETTINGS).filter(isSettingKey);

// What setup itself is to say is no business of the app.
const NOT_CARRIED: readonly SettingKey[] = ['logLevel'];

export function persistedOptions(settings: ResolvedSettings): PersistedOptions {
  const keys = KEYS.filter((key) => !NOT_CARRIED.includes(key) && isDecided(settings, key));
  return {
    decided: keys.map((key) => SETTINGS[key].flag),
    options: keys.flatMap((key): Option[] => {
      const value = settings[key];
      // The usual service stays out of entries, since everybody has it.
      if (value === null || (key === 'url' && value === SETTINGS.url.fallback(settings.machine, {}))) return [];
      if (typeof value === 'boolean') return value ? [[SETTINGS[key].flag]] : [];
      return [[SETTINGS[key].flag, Array.isArray(value) ? value.join(',') : String(value)]];
    }),
  };
}

/** Our own options among the words of an entry. */
export function optionsIn(words: readonly string[]): readonly Option[] {
  const options: Option[] = [];
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

/** The name of our entry. */
export function entryName({ profile }: Pick<ResolvedSettings, 'profile'>): string {
  return profile === 'default' ? 'lucanto' : `lucanto-${profile}`;
}

// What the profile stored (its origin) is said as well: it may be another one tomorrow.
function isDecided(settings: ResolvedSettings, key: SettingKey): boolean {
  return settings.sources[key] !== 'default';
}

function isSettingKey(key: string): key is SettingKey {
  return key in SETTINGS;
}

/** The entry that setup wants to see, given the one that is there. */
interface Wanted {
  readonly entry: JsonObject;
  /** Options of the earlier entry that this run said nothing about. */
  readonly kept: readonly string[];
}

/**
 * An earlier entry of ours keeps what the user has put there: members that are not ours to write, and options that
 * this run does not mention. A second run without --read-only must not open what the first one closed.
 */
export function wantedEntry(client: Client, launch: Launch, carried: PersistedOptions, present: ReadableFile): Wanted {
  const { entry, recognised } = present;
  if (entry === null || recognised.kind !== 'ours') {
    return { entry: freshEntry(client, launch, carried), kept: [] };
  }
  const kept = optionsIn(wordsOf(entry)).filter(([flag]) => !carried.decided.includes(flag));
  const { env: freshEnv, ...fresh } = client.entry(withOptions(launch, [...carried.options, ...kept]));
  const env = { ...keptVariables(entry), ...(isJsonObject(freshEnv) ? freshEnv : {}) };
  const { env: _, ...others } = entry;
  return {
    entry: { ...others, ...fresh, ...((Object.keys(env).length > 0 || isJsonObject(entry.env)) && { env }) },
    kept: kept.flat(),
  };
}

/** Our entry where there was none. */
export function freshEntry(client: Client, launch: Launch, carried: PersistedOptions): JsonObject {
  return client.entry(withOptions(launch, carried.options));
}

function withOptions(launch: Launch, options: readonly Option[]): Launch {
  const ordered = FLAGS.flatMap((flag) => options.filter(([own]) => own === flag));
  return { ...launch, args: [...launch.args, ...ordered.flat()] };
}

/** A token belongs into the store, and a PATH that was written for npx goes with npx. */
function keptVariables({ env, ...entry }: JsonObject): JsonObject {
  if (!isJsonObject(env)) return {};
  const { LUCANTO_TOKEN: _, PATH, ...kept } = env;
  const forNpx = wordsOf(entry).some((word) => word.startsWith('lucanto-mcp@'));
  return { ...kept, ...(PATH !== undefined && !forNpx && { PATH }) };
}
