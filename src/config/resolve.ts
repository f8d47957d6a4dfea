/** Settings from flags, variables and defaults: each value with the place that it came from, and the commands that repeat them. */
import { COMMAND, shellWord } from '../core/command-name.ts';
import { InternalError, UsageError } from '../core/errors.ts';
import type { Environment, Machine } from './paths.ts';
import { isUnfilled, type Setting, setVariable } from './setting.ts';
import { SETTINGS, type SettingKey } from './settings.ts';

type Source = 'flag' | 'environment' | 'stored' | 'default';

/** What the command line gave, by setting key: the option's text, all of them where it is repeatable, or true for a switch. */
export type Flags = Readonly<Record<string, unknown>>;

export type ResolvedSettings = {
  readonly [K in SettingKey]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never;
} & {
  readonly sources: Readonly<Record<SettingKey, Source>>;
  readonly machine: Machine;
};

const ROWS: readonly (readonly [string, Setting<unknown>])[] = Object.entries(SETTINGS);

/**
 * Flag beats variable beats default. Empty variables count as unset, and so do a bundle's placeholders.
 * @throws UsageError naming the flag or variable that cannot be used, and what is accepted.
 */
export function resolveSettings(flags: Flags, env: Environment, machine: Machine): ResolvedSettings {
  const values: Record<string, unknown> = {};
  const sources: Record<string, Source> = {};
  for (const [key, setting] of ROWS) {
    // A variable that a flag overrides is not parsed: otherwise a bad one could not be worked around.
    const [value, source] = fromFlag(setting, flags[key], machine) ??
      fromVariable(setting, env, machine) ?? [setting.fallback(machine, env), 'default' as const];
    values[key] = value;
    sources[key] = source;
  }
  const settings = { ...values, sources, machine };
  if (!isComplete(settings)) throw new InternalError(new Error('a setting has no value'));
  return settings;
}

function fromFlag(setting: Setting<unknown>, given: unknown, machine: Machine): readonly [unknown, Source] | null {
  if (given === true) return [true, 'flag'];
  if (Array.isArray(given)) return [parse(setting, setting.flag, given.join(','), machine), 'flag'];
  return typeof given === 'string' ? [parse(setting, setting.flag, given, machine), 'flag'] : null;
}

function fromVariable(
  setting: Setting<unknown>,
  env: Environment,
  machine: Machine,
): readonly [unknown, Source] | null {
  const { variable, unfilled } = setting;
  const given = setVariable(env, variable);
  if (given !== null) return [parse(setting, variable, given, machine), 'environment'];
  return unfilled !== undefined && isUnfilled(env[variable] ?? '') ? [unfilled, 'environment'] : null;
}

function parse(setting: Setting<unknown>, name: string, text: string, machine: Machine): unknown {
  const parsed = setting.parse(text, machine);
  if ('value' in parsed) return parsed.value;
  throw new UsageError(`${name} ${parsed.problem}.`, { hint: `${name} takes ${setting.accepts}.` });
}

function isComplete(settings: object): settings is ResolvedSettings {
  return ROWS.every(([key]) => key in settings);
}

/** The flags of a plain start of the server; null for every other command line, mistakes included. */
export function serveFlags(args: readonly string[]): Flags | null {
  const flags: Record<string, string | true> = {};
  const words = [...args];
  let isNamed = false;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === 'serve' && !isNamed) {
      isNamed = true;
      continue;
    }
    const [, name, inline] = /^(--[a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    const [key, setting] = Object.entries(SETTINGS).find(([, { flag }]) => flag === name) ?? [];
    if (key === undefined || setting === undefined) return null;
    const before = flags[key];
    if (before !== undefined && !('repeatable' in setting)) return null;
    const value = setting.argument === null ? (inline === undefined ? true : undefined) : (inline ?? words.shift());
    if (value === undefined) return null;
    flags[key] = before === undefined ? value : `${before},${value}`;
  }
  return flags;
}

// Where the token goes and where it is stored; nothing else matters to a login.
const LOGIN_OPTIONS: readonly SettingKey[] = ['url', 'profile', 'configDir'];

export function loginLine(settings: ResolvedSettings): string {
  return commandLine('login', settings);
}

/** A line with one of our commands, for the same service and the same store. */
export function commandLine(command: string, settings: ResolvedSettings): string {
  return ['lucanto-mcp', command, ...givenOptions(settings, LOGIN_OPTIONS)].join(' ');
}

/** How users run this program for the account in use, as `asTyped` takes it. */
export function typedCommand(settings: ResolvedSettings): string {
  return [settings.machine.command ?? COMMAND, ...givenOptions(settings, LOGIN_OPTIONS)].join(' ');
}

function givenOptions(settings: ResolvedSettings, keys: readonly SettingKey[]): readonly string[] {
  return keys
    .filter((key) => settings.sources[key] === 'flag' || settings.sources[key] === 'environment')
    .flatMap((key) => [SETTINGS[key].flag, shellWord(String(settings[key]), settings.machine)]);
}
