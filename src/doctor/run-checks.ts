import { InternalError, LucantoError } from '../core/errors.ts';
import { type Check, type DoctorContext, type Finding, failedWith, type Report, type State } from './check.ts';

/** Runs checks side by side, each as soon as those it needs are over, and none longer than it may. */
interface RunOptions {
  /** Ctrl-C: what has not ended then never will. */
  readonly signal: AbortSignal;
  /** Milliseconds for everything. */
  readonly limitMs: number;
  /** Told what is still running, whenever that changes. */
  readonly onProgress: (titles: readonly string[], over: number) => void;
}

const USUAL_SECONDS = 8;

interface Outcome {
  readonly report: Report;
  /** The check that made this one pointless, or this one itself where it failed. */
  readonly blockedBy: Check | null;
}

/** In the order of the table. @throws whatever the signal was aborted with */
export async function runChecks(
  checks: readonly Check[],
  context: DoctorContext,
  { signal, limitMs, onProgress }: RunOptions,
): Promise<readonly Report[]> {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const outcomes = new Map<string, Promise<Outcome>>();
  const states = new Map<string, State>();
  const running = new Set<string>();
  const end = context.clock() + limitMs;
  const interruption = interruptionOf(signal);

  const outcomeOf = (id: string): Promise<Outcome> => {
    const found = outcomes.get(id);
    if (found !== undefined) return found;
    const check = byId.get(id);
    if (check === undefined) throw new InternalError(new Error(`there is no check ${id}`));
    const outcome = settle(check);
    outcomes.set(id, outcome);
    return outcome;
  };
  const settle = async (check: Check): Promise<Outcome> => {
    const needed = await Promise.all((check.needs ?? []).map(outcomeOf));
    await Promise.all((check.after ?? []).map(outcomeOf));
    const blockedBy = needed.find((outcome) => outcome.blockedBy !== null)?.blockedBy ?? null;
    const finding = blockedBy === null ? await run(check) : pointless(blockedBy);
    states.set(check.id, finding.state);
    onProgress([...running], states.size);
    const report = { id: check.id, title: check.title, ...finding };
    return { report, blockedBy: blockedBy ?? (finding.state === 'fail' ? check : null) };
  };
  const run = async (check: Check): Promise<Finding> => {
    running.add(check.title);
    onProgress([...running], states.size);
    const left = Math.max(0, end - context.clock());
    try {
      return await limited(
        check,
        context,
        { interruption, ms: Math.min(left, (check.seconds ?? USUAL_SECONDS) * 1000) },
        states,
      );
    } finally {
      running.delete(check.title);
    }
  };

  try {
    return (await Promise.all(checks.map(({ id }) => outcomeOf(id)))).map(({ report }) => report);
  } finally {
    interruption.forget();
  }
}

function pointless({ title, id }: Check): Finding {
  return { state: 'skip', detail: `not looked at because of "${title}" (${id})` };
}

interface Interruption {
  /** Rejects with whatever the signal was aborted with. */
  readonly happens: Promise<never>;
  forget(): void;
}

/** One listener for all checks: Node warns of a leak where a signal has more than ten. */
function interruptionOf(signal: AbortSignal): Interruption {
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

async function limited(
  check: Check,
  context: DoctorContext,
  { interruption, ms }: { readonly interruption: Interruption; readonly ms: number },
  states: ReadonlyMap<string, State>,
): Promise<Finding> {
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve(check.late ?? tooLate(ms));
      own.abort();
    }, ms);
  });
  interruption.happens.catch(() => own.abort());
  try {
    const found = (async () => check.run(context, { signal: own.signal, stateOf: (id) => states.get(id) }))();
    return await Promise.race([found.catch(thrown), end, interruption.happens]);
  } finally {
    clearTimeout(timer);
  }
}

function thrown(error: unknown): Finding {
  return failedWith(error instanceof LucantoError ? error : new InternalError(error));
}

function tooLate(ms: number): Finding {
  return {
    state: 'fail',
    detail: `came to no end within ${Math.round(ms / 1000)} seconds`,
    fix: 'Run `lucanto-mcp doctor` again; if it stays so, give support what `lucanto-mcp doctor --json` prints.',
  };
}
