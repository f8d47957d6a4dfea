/** `serve`: the MCP server on stdin and stdout. */
import { EXIT } from '../../core/errors.ts';
import type { Command } from '../command.ts';

const DEMO_WAIT_MS = 3_000;

export const serveCommand: Command = {
  name: 'serve',
  group: 'More',
  summary: 'Speak MCP on stdin and stdout (the default)',
  operand: null,
  options: [],
  examples: ['lucanto-mcp', 'lucanto-mcp serve --read-only --workspace 42'],
  async run({ settings, env, log, output, stdio, clock, interrupt, parentId, opening }) {
    if (stdio.stdin.isTTY === true) {
      output.note('This command is for apps such as Claude Desktop, which start it. Ctrl-C ends it.');
    }
    const [{ openBridge }, { serve }] = await Promise.all([
      import('../../bridge/open-bridge.ts'),
      import('../../server/stdio-server.ts'),
    ]);
    const options = { settings, env, log, clock };
    const bridge = await openBridge(options);
    bridge.onRefreshed(async () => {
      const { keepReadyAnswers } = await import('../../front/rehearsal.ts');
      await keepReadyAnswers(options);
    });
    // The embedded service is in this process: what it offers can be known before the first message.
    if (settings.demo) await bridge.firstCatalogue(DEMO_WAIT_MS);
    await serve({ bridge, stdin: stdio.stdin, stdout: stdio.stdout, log, clock, stop: interrupt, parentId, opening });
    return EXIT.done;
  },
};
