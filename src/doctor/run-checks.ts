import type { Machine } from '../config/paths.ts';
import { VERSION } from '../core/command-name.ts';
import { InternalError, LucantoError } from '../core/errors.ts';
import { count } from '../core/text.ts';
import { appChecks } from './app-checks.ts';
import { appsCheck } from './app-files.ts';
import {
  type Check,
  type CheckResult,
  type DoctorContext,
  failedWith,
  type Report,
  STATES,
  type State,
  skip,
  skipBecauseOf,
} from './check.ts';
import { FOLDER_CHECKS } from './folders.ts';
import { INSTALLATION_CHECKS } from './installation.ts';
import { NETWORK_CHECKS } from './network.ts';
import { ACCESS_CHECKS, API_KEY_CHECKS, SERVICE_CHECKS } from './service-access.ts';
import { STORED_FILE_CHECKS } from './stored-files.ts';
import { TLS_CHECKS } from './tls.ts';

/** Runs checks side by side, each as soon as those it needs are over, and none longer than it may; and what is reported of them. */
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

/** Every check below the title that people see it under, in the order in which they are reported; some for every entry of ours in a file of an app. */
export function checkGroups({ apps, credential }: DoctorContext) {
  const isUntrusted = credential.problem?.code === 'profile_untrusted';
  const network = [...NETWORK_CHECKS, ...TLS_CHECKS].map((check) => (isUntrusted ? unknownService(check) : check));
  return [
    { title: 'This computer', checks: [...INSTALLATION_CHECKS, ...FOLDER_CHECKS, ...STORED_FILE_CHECKS] },
    { title: 'Your key', checks: [...API_KEY_CHECKS, ...ACCESS_CHECKS] },
    { title: 'Lucanto', checks: [...network, ...SERVICE_CHECKS] },
    { title: 'Your apps', checks: [appsCheck, ...appChecks(apps)] },
  ];
}

/** A profile that is not used does not say which service to reach, and its own finding has the fix. */
function unknownService(check: Check): Check {
  return { ...check, run: () => skip('the stored profile, which names the service, is not used') };
}

/** What a report must not carry away from this computer: tokens, passwords of proxies, the name of the user's home. */
// `/root` is not a part of `/rootfs`.
const WHOLE_NAME = '(?![\\w.-])';
const PASSWORD = /([a-z]+:[/]{2})[^\s/@"'<]+@/gi;

/** Tokens are masked where output is written. */
export function withoutPasswords(reports: readonly Report[]): readonly Report[] {
  return changed(reports, (text) => text.replace(PASSWORD, '$1[user]@'));
}

/** With `~` in place of the user's home. */
export function withoutHome({ home, platform }: Machine, reports: readonly Report[]): readonly Report[] {
  // A root user's home may be `/`, and a test's anything.
  if (home.length < 3) return reports;
  const escaped = home.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const pattern = new RegExp(escaped + WHOLE_NAME, platform === 'win32' ? 'gi' : 'g');
  // A shell expands no `~` within quotes.
  return changed(reports, (text) => text.replaceAll(`'${home}/`, "~/'").replace(pattern, '~'));
}

function changed(reports: readonly Report[], change: (text: string) => string): readonly Report[] {
  return reports.map((report) => ({
    ...report,
    detail: change(report.detail),
    ...(report.fix !== undefined && { fix: change(report.fix) }),
  }));
}

/** What doctor found, without secrets, for a support ticket. */
export function supportReport(context: DoctorContext, reports: readonly Report[]) {
  const { settings, origin, computer, runtime, clock } = context;
  return {
    version: VERSION,
    node: runtime.nodeVersion,
    platform: computer.machine.platform,
    arch: runtime.arch,
    time: new Date(clock()).toISOString(),
    origin,
    profile: settings.profile,
    demo: settings.demo,
    ok: reports.every(({ state }) => state !== 'fail'),
    summary: counts(reports),
    checks: withoutHome(computer.machine, reports).map(({ id, title, state, detail, fix }) => ({
      id,
      title,
      state,
      detail,
      fix: fix ?? null,
    })),
  };
}

function counts(reports: readonly Report[]): Readonly<Record<string, number>> {
  return Object.fromEntries(STATES.map((state) => [state, reports.filter((report) => report.state === state).length]));
}

export function summary(reports: readonly Report[]): string {
  const { ok = 0, warn = 0, fail = 0, skip = 0 } = counts(reports);
  const verdict = fail > 0 ? count(fail, 'problem') : 'No problem';
  const warnings = warn > 0 ? `, ${count(warn, 'warning')}` : '';
  const skipped = skip > 0 ? `, ${skip} not checked` : '';
  return `${verdict}${warnings}; ${ok} of ${reports.length} checks are fine${skipped}.`;
}
