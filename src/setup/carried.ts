/** Options of this run that an app's entry repeats, so that the app starts what would start here. */
import type { ResolvedSettings } from '../config/resolve.ts';
import { SETTINGS, type SettingKey } from '../config/settings.ts';

/** A flag, and its value where it takes one. */
export type Option = readonly [flag: string] | readonly [flag: string, value: string];

export interface Carried {
  readonly options: readonly Option[];
  /** Flags that this run says something about, also where that is no. */
  readonly decided: readonly string[];
}

/** In the order in which entries are written. */
export const FLAGS: readonly string[] = Object.values(SETTINGS).map(({ flag }) => flag);

const KEYS = Object.keys(SETTINGS).filter(isSettingKey);

// What setup itself is to say is no business of the app.
const NOT_CARRIED: readonly SettingKey[] = ['logLevel'];

export function carriedOptions(settings: ResolvedSettings): Carried {
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
