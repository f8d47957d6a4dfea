import process from 'node:process';
import { resolveCredential } from '../auth/credential.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { VERSION } from '../core/command-name.ts';
import { EXIT, type ExitCode, toLucantoError } from '../core/errors.ts';
import { groupedBy } from '../core/text.ts';
import { appFiles, installedApps, secretsOf } from '../doctor/app-files.ts';
import type { DoctorContext, DoctorService, Report, State } from '../doctor/check.ts';
import { checkGroups, runChecks, summary, supportReport, withoutPasswords } from '../doctor/run-checks.ts';
import { thisComputer } from '../setup/computer.ts';
import { entryName, serviceOrigins } from '../setup/entry.ts';
import type { CommandContext, CommandInput } from './command.ts';
import type { Output } from './output.ts';
import { shortContext, withBridge } from './short-calls.ts';

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
async function gather(context: CommandContext, bridge: Bridge): Promise<DoctorContext> {
  const { settings, env, running, log, clock } = context;
  const computer = thisComputer(settings.machine, env, running);
  const apps = await appFiles(computer, entryName(settings), serviceOrigins(settings));
  for (const secret of secretsOf(apps)) log.secrets.conceal(secret);
  return {
    settings,
    origin: bridge.origin,
    computer,
    runtime: { nodeVersion: process.version, arch: process.arch, userId: process.getuid?.() ?? null },
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

const MARKS: Readonly<Record<State, readonly [mark: string, style: 'green' | 'yellow' | 'red' | 'dim']>> = {
  ok: ['✔', 'green'],
  warn: ['!', 'yellow'],
  fail: ['✖', 'red'],
  skip: ['-', 'dim'],
};

/** In groups; what was not checked is one line for each reason. */
function reportForPeople(
  output: Output,
  { settings, origin, computer, runtime }: DoctorContext,
  groups: ReturnType<typeof checkGroups>,
  reports: readonly Report[],
): void {
  const { platform } = computer.machine;
  output.prose(
    output.style('dim', `lucanto-mcp ${VERSION}, ${platform} ${runtime.arch}, profile ${settings.profile}, ${origin}`),
  );
  const width = 2 + Math.max(...reports.map(({ title }) => title.length));
  for (const { title: groupTitle, checks } of groups) {
    const ids = new Set(checks.map(({ id }) => id));
    const own = reports.filter(({ id }) => ids.has(id));
    output.line();
    output.line(output.style('bold', groupTitle));
    for (const { state, title, detail, fix } of own) {
      if (state === 'skip') continue;
      const [mark, style] = MARKS[state];
      const fixes = fix === undefined ? [] : [`${output.style('cyan', 'fix:')} ${fix}`];
      output.described(`${output.style(style, mark)} ${title}`, width, detail, ...fixes);
    }
    const skipped = own.filter(({ state }) => state === 'skip');
    for (const [reason, group] of groupedBy(skipped, ({ detail }) => detail)) {
      const titles = group.map(({ title }) => title);
      output.prose(output.style('dim', `${MARKS.skip[0]} ${titles.join(', ')}: ${reason}`), '  ');
    }
  }
  output.line();
  output.prose(output.style('bold', summary(reports)));
}

/** Everything is over by then. */
const LIMIT_MS = 30_000;

export function runDoctor(context: CommandContext, input: CommandInput): Promise<ExitCode> {
  const { output, interrupt, log } = context;
  // What it would warn of stands in the report.
  const quiet = log.level === 'debug' ? log : { ...log, warn: () => undefined, info: () => undefined };
  const quietly = { ...context, log: quiet };
  const inspect = async (bridge: Bridge) => {
    const doctor = await gather(quietly, bridge);
    const groups = checkGroups(doctor);
    const checks = groups.flatMap((group) => group.checks);
    const found = await runChecks(checks, doctor, {
      signal: interrupt,
      limitMs: LIMIT_MS,
      onProgress: (titles, over) => output.progress(`${over} of ${checks.length} … ${titles.slice(0, 4).join(', ')}`),
    });
    const reports = withoutPasswords(found);
    if (input.has('json')) output.json(supportReport(doctor, reports));
    else reportForPeople(output, doctor, groups, reports);
    return reports.some(({ state }) => state === 'fail') ? EXIT.failed : EXIT.done;
  };
  return withBridge(quietly, inspect, { readOnlyInspection: true });
}
