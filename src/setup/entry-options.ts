import type { ResolvedSettings } from '../config/resolve.ts';
import { SETTINGS, type SettingKey } from '../config/settings.ts';
import type { Launch } from './computer.ts';

/** Options of this run that our entry repeats, so that the app starts what would start here. */
export interface PersistedOptions {
  /** Each a flag, and its value where it takes one. */
  readonly options: readonly (readonly string[])[];
  /** Flags that this run sets, also to off. */
  readonly decided: readonly string[];
}

/** In the order in which entries are written. */
const FLAGS: readonly string[] = Object.values(SETTINGS).map(({ flag }) => flag);

const KEYS = Object.keys(SETTINGS).filter(isSettingKey);

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

function isSettingKey(key: string): key is SettingKey {
  return key in SETTINGS;
}

export function withOptions(launch: Launch, options: PersistedOptions['options']): Launch {
  const ordered = FLAGS.flatMap((flag) => options.filter(([own]) => own === flag));
  return { ...launch, args: [...launch.args, ...ordered.flat()] };
}
