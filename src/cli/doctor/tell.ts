/** What doctor found, for people and for support. */
import { type Report, STATES, type State } from '../../doctor/check.ts';
import type { DoctorContext } from '../../doctor/context.ts';
import { withoutHome } from '../../doctor/redaction.ts';
import { VERSION } from '../../version.ts';
import { count } from '../../words.ts';
import type { Output } from '../output.ts';

const MARKS: Readonly<Record<State, readonly [mark: string, style: 'green' | 'yellow' | 'red' | 'dim']>> = {
  ok: ['✔', 'green'],
  warn: ['!', 'yellow'],
  fail: ['✖', 'red'],
  skip: ['-', 'dim'],
};

export function tellPeople(
  output: Output,
  { settings, origin, place, runtime }: DoctorContext,
  reports: readonly Report[],
): void {
  const { platform } = place.machine;
  output.line(
    output.style('dim', `lucanto-mcp ${VERSION}, ${platform} ${runtime.arch}, profile ${settings.profile}, ${origin}`),
  );
  output.line();
  const width = Math.max(...reports.map(({ title }) => title.length));
  for (const { state, title, detail, fix } of reports) {
    const [mark, style] = MARKS[state];
    const text = state === 'skip' ? output.style('dim', detail) : detail;
    output.line(`${output.style(style, mark)} ${title.padEnd(width)}  ${text}`);
    if (fix !== undefined) output.line(`  ${' '.repeat(width)}  ${output.style('cyan', 'fix:')} ${fix}`);
  }
  output.line();
  output.line(output.style('bold', summary(reports)));
}

/** Fit for a support ticket. */
export function tellSupport(output: Output, context: DoctorContext, reports: readonly Report[]): void {
  const { settings, origin, place, runtime, clock } = context;
  output.json({
    version: VERSION,
    node: runtime.nodeVersion,
    platform: place.machine.platform,
    arch: runtime.arch,
    time: new Date(clock()).toISOString(),
    origin,
    profile: settings.profile,
    demo: settings.demo,
    ok: reports.every(({ state }) => state !== 'fail'),
    summary: counts(reports),
    checks: withoutHome(place.machine, reports).map(({ id, title, state, detail, fix }) => ({
      id,
      title,
      state,
      detail,
      fix: fix ?? null,
    })),
  });
}

function counts(reports: readonly Report[]): Readonly<Record<string, number>> {
  return Object.fromEntries(STATES.map((state) => [state, reports.filter((report) => report.state === state).length]));
}

function summary(reports: readonly Report[]): string {
  const { ok = 0, warn = 0, fail = 0, skip = 0 } = counts(reports);
  const verdict = fail > 0 ? count(fail, 'problem') : 'No problem';
  const warnings = warn > 0 ? `, ${count(warn, 'warning')}` : '';
  const skipped = skip > 0 ? `, ${skip} not looked at` : '';
  return `${verdict}${warnings}; ${ok} of ${reports.length} checks are fine${skipped}.`;
}
