import { resolveCredential } from '../auth/credential.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { VERSION } from '../core/command-name.ts';
import { toLucantoError } from '../core/errors.ts';
import { count } from '../core/text.ts';
import { appFiles, installedApps } from '../doctor/apps/app-files.ts';
import { type DoctorContext, type DoctorService, type Report, STATES, type State } from '../doctor/check.ts';
import { type CheckGroup, secretsOf, withoutHome } from '../doctor/run-checks.ts';
import { thisComputer } from '../setup/computer.ts';
import { entryName, serviceOrigins } from '../setup/entry.ts';
import type { CommandContext } from './command.ts';
import type { Output } from './output.ts';
import { shortContext } from './short-calls.ts';

/** What doctor looks at and how its report is printed. The service is asked through the bridge, within the time that a person waits at a terminal. */
const REFRESH_MS = 9_000;
const WORKSPACES_MS = 5_000;

function servicePort(bridge: Bridge, context: CommandContext): DoctorService {
  let asked: ReturnType<DoctorService['ask']> | undefined;
  const { catalogue } = bridge;
  return {
    known: () => ({
      contract: catalogue.contractState(),
      catalogue: catalogue.remoteState(),
      scopes: catalogue.scopes(),
      tools: bridge.visible().length,
      notes: catalogue.notes(),
      changes: catalogue.changesNote(),
    }),
    ask: () => {
      asked ??= ask(bridge, context);
      return asked;
    },
  };
}

async function ask(bridge: Bridge, context: CommandContext): ReturnType<DoctorService['ask']> {
  const { failures } = await bridge.refresh(shortContext(REFRESH_MS, context));
  const workspaces = await bridge.listWorkspaces(shortContext(WORKSPACES_MS, context)).catch(toLucantoError);
  return { ...failures, workspaces };
}

/** What doctor looks at on this machine: the settings in force, the token, the apps, and a bridge that only reads. */
export async function gather(
  context: CommandContext,
  bridge: Bridge,
  runtime: DoctorContext['runtime'],
): Promise<DoctorContext> {
  const { settings, env, running, log, clock } = context;
  const computer = thisComputer(settings.machine, env, running);
  const apps = await appFiles(computer, entryName(settings), serviceOrigins(settings));
  for (const secret of secretsOf(apps)) log.secrets.conceal(secret);
  return {
    settings,
    origin: bridge.origin,
    computer,
    runtime,
    log,
    clock,
    credential: settings.demo
      ? { credential: bridge.credential, problem: bridge.problem, warnings: [] }
      : resolveCredential(settings, env),
    service: servicePort(bridge, context),
    apps,
    installed: installedApps(computer),
  };
}

/** A column of details that is narrower than this is hard to read. */
const NARROWEST = 48;

/** What doctor found, for people and for support. */
const MARKS: Readonly<Record<State, readonly [mark: string, style: 'green' | 'yellow' | 'red' | 'dim']>> = {
  ok: ['✔', 'green'],
  warn: ['!', 'yellow'],
  fail: ['✖', 'red'],
  skip: ['-', 'dim'],
};

/** In groups; what was not checked is one line for each reason. */
export function reportForPeople(
  output: Output,
  { settings, origin, computer, runtime }: DoctorContext,
  groups: readonly CheckGroup[],
  reports: readonly Report[],
): void {
  const { platform } = computer.machine;
  output.prose(
    output.style('dim', `lucanto-mcp ${VERSION}, ${platform} ${runtime.arch}, profile ${settings.profile}, ${origin}`),
  );
  const width = Math.max(...reports.map(({ title }) => title.length));
  // Below their mark and title where the rest of the line would be too narrow.
  const isNarrow = output.columns - width < NARROWEST;
  const indent = ' '.repeat(isNarrow ? 4 : width + 4);
  for (const { title: groupTitle, checks } of groups) {
    const ids = new Set(checks.map(({ id }) => id));
    const own = reports.filter(({ id }) => ids.has(id));
    output.line();
    output.line(output.style('bold', groupTitle));
    for (const { state, title, detail, fix } of own) {
      if (state === 'skip') continue;
      const [mark, style] = MARKS[state];
      const lead = `${output.style(style, mark)} ${isNarrow ? title : title.padEnd(width)}`;
      if (isNarrow) output.line(lead);
      output.prose(isNarrow ? indent + detail : `${lead}  ${detail}`, indent);
      if (fix !== undefined) output.prose(`${indent}${output.style('cyan', 'fix:')} ${fix}`, indent);
    }
    reportSkipped(output, own);
  }
  output.line();
  output.prose(output.style('bold', summary(reports)));
}

function reportSkipped(output: Output, reports: readonly Report[]): void {
  const byReason = new Map<string, string[]>();
  for (const { state, title, detail } of reports) {
    if (state === 'skip') byReason.set(detail, [...(byReason.get(detail) ?? []), title]);
  }
  const [mark] = MARKS.skip;
  for (const [reason, titles] of byReason)
    output.prose(output.style('dim', `${mark} ${titles.join(', ')}: ${reason}`), '  ');
}

/** Fit for a support ticket. */
export function reportForSupport(output: Output, context: DoctorContext, reports: readonly Report[]): void {
  const { settings, origin, computer, runtime, clock } = context;
  output.json({
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
  });
}

function counts(reports: readonly Report[]): Readonly<Record<string, number>> {
  return Object.fromEntries(STATES.map((state) => [state, reports.filter((report) => report.state === state).length]));
}

function summary(reports: readonly Report[]): string {
  const { ok = 0, warn = 0, fail = 0, skip = 0 } = counts(reports);
  const verdict = fail > 0 ? count(fail, 'problem') : 'No problem';
  const warnings = warn > 0 ? `, ${count(warn, 'warning')}` : '';
  const skipped = skip > 0 ? `, ${skip} not checked` : '';
  return `${verdict}${warnings}; ${ok} of ${reports.length} checks are fine${skipped}.`;
}
