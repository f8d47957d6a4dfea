/** One thing that is broken, and what doctor is to say of it. */
import type { TestComputer } from '../test-computer.ts';

interface Given {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Fault {
  readonly fault: string;
  /** Breaks something, and says how doctor is to be started. */
  readonly arrange: (computer: TestComputer) => Given | undefined | Promise<Given | undefined>;
  /** Everything that doctor finds wrong then, as `id: state`; the first is the fault itself. */
  readonly finds: readonly [string, ...string[]];
  readonly detail: RegExp;
  readonly fix: RegExp;
}

/** A token that no service accepts. */
export const DEAD = 'lct_pat_ffffffffffffffffffffffffffffffff';
