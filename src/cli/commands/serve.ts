import { EXIT } from '../../core/errors.ts';
import type { Command } from '../command.ts';

const DEMO_WAIT_MS = 3_000;

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Speak MCP on stdin and stdout',
  operand: null,
  options: [],
  examples: ['lucanto-mcp', 'lucanto-mcp serve --read-only --workspace 42'],
  async run({ settings, env, log, output, stdio, clock, interrupt, parentId, opening }) {
    if (stdio.stdin.isTTY === true) {
      output.note(
        'lucanto-mcp speaks MCP on stdin and stdout: it is meant to be started by an app such as Claude Desktop.',
      );
      output.note('For people there is `lucanto-mcp --help`. Ctrl-C ends this.');
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
