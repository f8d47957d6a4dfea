import { InternalError, LucantoError } from '../core/errors.ts';
import { count } from '../core/text.ts';
import {
  type Check,
  type CheckResult,
  type DoctorContext,
  failedWith,
  type Report,
  type State,
  skipBecauseOf,
} from './check.ts';

/** Runs checks side by side, each as soon as those it needs are over, and none longer than it may. */
const DEFAULT_SECONDS = 8;

/** In the order of the table. @throws the reason that the signal was aborted with */
export async function runChecks(
  checks: readonly Check[],
  context: DoctorContext,
  {
    signal,
    limitMs,
    onProgress,
  }: {
    /** Ctrl-C: ends everything that has not ended. */
    readonly signal: AbortSignal;
    /** Milliseconds for everything. */
    readonly limitMs: number;
    /** Called with the titles of what is still running, whenever that changes. */
    readonly onProgress: (titles: readonly string[], over: number) => void;
  },
): Promise<readonly Report[]> {
  const byId = new Map(checks.map((check) => [check.id, check]));
  // `blockedBy` is the check that made this one pointless, or this one itself where it failed.
  const outcomes = new Map<string, Promise<{ readonly report: Report; readonly blockedBy: Check | null }>>();
  const states = new Map<string, State>();
  const running = new Set<string>();
  const end = context.clock() + limitMs;
  const interrupted = interruptionOf(signal);

  const outcomeOf = (id: string) => {
    const known = outcomes.get(id);
    if (known !== undefined) return known;
    const check = byId.get(id);
    if (check === undefined) throw new InternalError(new Error(`there is no check ${id}`));
    const outcome = settle(check);
    outcomes.set(id, outcome);
    return outcome;
  };
  const settle = async (check: Check): Promise<{ readonly report: Report; readonly blockedBy: Check | null }> => {
    const needed = await Promise.all((check.needs ?? []).map(outcomeOf));
    await Promise.all((check.after ?? []).map(outcomeOf));
    const blockedBy = needed.find((outcome) => outcome.blockedBy !== null)?.blockedBy ?? null;
    const finding = blockedBy === null ? await run(check) : skipBecauseOf(blockedBy);
    states.set(check.id, finding.state);
    onProgress([...running], states.size);
    const report = { id: check.id, title: check.title, ...finding };
    return { report, blockedBy: blockedBy ?? (finding.state === 'fail' ? check : null) };
  };
  const run = async (check: Check): Promise<CheckResult> => {
    running.add(check.title);
    onProgress([...running], states.size);
    const ms = Math.min(Math.max(0, end - context.clock()), (check.seconds ?? DEFAULT_SECONDS) * 1000);
    try {
      return await withinTime(check, context, ms, interrupted.happens, states);
    } finally {
      running.delete(check.title);
    }
  };

  try {
    return (await Promise.all(checks.map(({ id }) => outcomeOf(id)))).map(({ report }) => report);
  } finally {
    interrupted.forget();
  }
}

/** One listener for all checks: Node warns of a leak where a signal has more than ten. */
function interruptionOf(signal: AbortSignal) {
  let forget = () => {};
  const happens = new Promise<never>((_, reject) => {
    const interrupted = () => reject(signal.reason);
    if (signal.aborted) interrupted();
    signal.addEventListener('abort', interrupted, { once: true });
    forget = () => signal.removeEventListener('abort', interrupted);
  });
  // It may come before anything waits for it.
  happens.catch(() => undefined);
  return { happens, forget };
}

async function withinTime(
  check: Check,
  context: DoctorContext,
  ms: number,
  interrupted: Promise<never>,
  states: ReadonlyMap<string, State>,
): Promise<CheckResult> {
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => {
      resolve(check.late ?? tooLate(ms));
      own.abort();
    }, ms);
  });
  interrupted.catch(() => own.abort());
  try {
    const found = (async () => check.run(context, { signal: own.signal, stateOf: (id) => states.get(id) }))();
    return await Promise.race([found.catch(thrown), end, interrupted]);
  } finally {
    clearTimeout(timer);
  }
}

function thrown(error: unknown): CheckResult {
  return failedWith(error instanceof LucantoError ? error : new InternalError(error));
}

function tooLate(ms: number): CheckResult {
  return {
    state: 'fail',
    detail: `This check did not finish within ${count(Math.round(ms / 1000), 'second')}.`,
    fix: 'Run `lucanto-mcp doctor` again. If it happens again, send support the output of `lucanto-mcp doctor --json`.',
  };
}
