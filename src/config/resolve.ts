import { InternalError, UsageError } from '../core/errors.ts';
import type { Environment, Machine } from './paths.ts';
import { isUnfilled, type Setting, setVariable } from './setting.ts';
import { SETTINGS, type SettingKey, type SettingValues } from './settings.ts';

/** Settings in three pure steps: parse each layer, merge the layers, resolve the values with the source of each. */
type Source = 'flag' | 'environment' | 'stored' | 'default';

/** What the command line gave, by setting key: the option's text, or true for a switch. */
export type Flags = Readonly<Record<string, unknown>>;
/** What the profile's file says, such as the origin that its token is bound to. */
type StoredSettings = Partial<SettingValues>;

export type ResolvedSettings = SettingValues & {
  readonly sources: Readonly<Record<SettingKey, Source>>;
  readonly machine: Machine;
};

interface Found {
  readonly value: unknown;
  readonly source: Source;
}
type Layer = ReadonlyMap<string, Found>;

const ROWS: readonly (readonly [string, Setting<unknown>])[] = Object.entries(SETTINGS);

/**
 * Flag beats variable beats stored beats default. Empty variables count as unset, and so do a bundle's placeholders.
 * @throws UsageError naming the flag or variable that cannot be used, and what is accepted.
 */
export function resolveSettings(
  flags: Flags,
  env: Environment,
  stored: StoredSettings,
  machine: Machine,
): ResolvedSettings {
  const given = parseFlags(flags, machine);
  return resolve(merge([given, parseEnvironment(env, given, machine), readStored(stored)]), env, machine);
}

function parseFlags(flags: Flags, machine: Machine): Layer {
  const layer = new Map<string, Found>();
  for (const [key, setting] of ROWS) {
    const given = flags[key];
    if (given === true) layer.set(key, { value: true, source: 'flag' });
    if (typeof given === 'string')
      layer.set(key, { value: parse(setting, setting.flag, given, machine), source: 'flag' });
  }
  return layer;
}

/** A variable that a flag overrides is not looked at: a bad one could not be worked around otherwise. */
function parseEnvironment(env: Environment, overriding: Layer, machine: Machine): Layer {
  const layer = new Map<string, Found>();
  for (const [key, setting] of ROWS) {
    if (overriding.has(key)) continue;
    const given = setVariable(env, setting.variable);
    if (given !== null) {
      layer.set(key, { value: parse(setting, setting.variable, given, machine), source: 'environment' });
    } else if (setting.unfilled !== undefined && isUnfilled(env[setting.variable] ?? '')) {
      layer.set(key, { value: setting.unfilled, source: 'environment' });
    }
  }
  return layer;
}

function parse(setting: Setting<unknown>, name: string, text: string, machine: Machine): unknown {
  const parsed = setting.parse(text, machine);
  if ('value' in parsed) return parsed.value;
  throw new UsageError(`${name} ${parsed.problem}.`, { hint: `${name} takes ${setting.accepts}.` });
}

function readStored(stored: StoredSettings): Layer {
  return new Map(
    Object.entries(stored)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, { value, source: 'stored' }]),
  );
}

/** Earlier layers win. */
function merge(layers: readonly Layer[]): Layer {
  return new Map(layers.toReversed().flatMap((layer) => [...layer]));
}

function resolve(found: Layer, env: Environment, machine: Machine): ResolvedSettings {
  const values: Record<string, unknown> = {};
  const sources: Record<string, Source> = {};
  for (const [key, setting] of ROWS) {
    const hit = found.get(key) ?? { value: setting.fallback(machine, env), source: 'default' };
    values[key] = hit.value;
    sources[key] = hit.source;
  }
  const settings = { ...values, sources, machine };
  if (!isComplete(settings)) throw new InternalError(new Error('a setting has no value'));
  return settings;
}

function isComplete(settings: object): settings is ResolvedSettings {
  return ROWS.every(([key]) => key in settings);
}
