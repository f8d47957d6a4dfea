/** The shape of one row of the settings table (settings.ts), and what rows are parsed on. */

/** Facts about this machine. Passed in from the entry point, so that every platform can be tested on any. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Absolute path of the user's home. */
  readonly home: string;
  /** Absolute path that relative paths are resolved against. */
  readonly cwd: string;
  /** An IANA name; without it, the one that this process runs in. */
  readonly timeZone?: string;
  /** What users type to run this program (invocation.ts); without it, its name. */
  readonly command?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value, or a clause that completes "`--flag` …": "is not an origin". It never repeats a secret. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

export interface Setting<T> {
  /** Long option; its camelCase is the setting's key in the table. */
  readonly flag: `--${string}`;
  /** Placeholder of the option's value (`<origin>`), or null for a switch. */
  readonly argument: string | null;
  readonly variable: `LUCANTO_${string}`;
  /** What it means, for `--help` and README. */
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
