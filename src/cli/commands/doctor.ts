import process from 'node:process';
import { EXIT } from '../../core/errors.ts';
import type { Command, CommandContext } from '../command.ts';

/** Everything is over by then. */
const LIMIT_MS = 30_000;

export const doctorCommand: Command = {
  name: 'doctor',
  group: 'Get started',
  summary: 'Find out why something does not work',
  operand: null,
  options: [{ flags: '--json', help: 'Print JSON without secrets, fit for a support ticket' }],
  examples: [
    'lucanto-mcp doctor',
    'lucanto-mcp doctor --profile work',
    'lucanto-mcp doctor --json > doctor.json',
    'lucanto-mcp doctor --demo',
  ],
  async run(context, input) {
    const [
      { openBridge },
      { gather },
      { checkGroups },
      { runChecks },
      { withoutPasswords },
      { reportForPeople, reportForSupport },
    ] = await Promise.all([
      import('../../bridge/open-bridge.ts'),
      import('../doctor-report.ts'),
      import('../../doctor/run-checks.ts'),
      import('../../doctor/run-checks.ts'),
      import('../../doctor/run-checks.ts'),
      import('../doctor-report.ts'),
    ]);
    const { settings, env, clock, output, interrupt } = context;
    // What it would warn of stands in the report.
    const log = quiet(context);
    const bridge = await openBridge({ settings, env, log, clock, readOnlyInspection: true });
    try {
      const runtime = { nodeVersion: process.version, arch: process.arch, userId: process.getuid?.() ?? null };
      const doctor = await gather({ ...context, log }, bridge, runtime);
      const groups = checkGroups(doctor);
      const checks = groups.flatMap((group) => group.checks);
      const found = await runChecks(checks, doctor, {
        signal: interrupt,
        limitMs: LIMIT_MS,
        onProgress: (titles, over) => output.progress(`${over} of ${checks.length} … ${titles.slice(0, 4).join(', ')}`),
      });
      const reports = withoutPasswords(found);
      if (input.has('json')) reportForSupport(output, doctor, reports);
      else reportForPeople(output, doctor, groups, reports);
      return reports.some(({ state }) => state === 'fail') ? EXIT.failed : EXIT.done;
    } finally {
      await bridge.close();
    }
  },
};

function quiet({ log }: CommandContext): CommandContext['log'] {
  return log.level === 'debug' ? log : { ...log, warn: () => undefined, info: () => undefined };
}
