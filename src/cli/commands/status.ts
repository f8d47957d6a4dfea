/** `status`: what is known without a network request. */
import { EXIT } from '../../core/errors.ts';
import type { Command } from '../command.ts';

export const statusCommand: Command = {
  name: 'status',
  group: 'Look',
  summary: 'Show service, API key, companies and access',
  operand: null,
  options: [{ flags: '--json', help: 'Print JSON' }],
  examples: ['lucanto-mcp status', 'lucanto-mcp status --profile work --json'],
  async run(context, input) {
    const { settings, env, log, clock, output } = context;
    const [{ openBridge }, { gatherStatus, printStatus }] = await Promise.all([
      import('../../bridge/open-bridge.ts'),
      import('../status-report.ts'),
    ]);
    const bridge = await openBridge({ settings, env, log, clock });
    try {
      if (settings.demo) {
        // The demo keeps nothing between runs, and needs no network.
        const { callContext } = await import('../short-calls.ts');
        await bridge.refresh(callContext(bridge, context));
      }
      const status = await gatherStatus(context, bridge);
      if (input.has('json')) output.json(status);
      else printStatus(context, status);
      return EXIT.done;
    } finally {
      await bridge.close();
    }
  },
};
