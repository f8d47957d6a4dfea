import { once } from 'node:events';
import { EXIT, type ExitCode, UsageError } from '../core/errors.ts';
import type { CommandContext, CommandInput } from './command.ts';

/** `serve`: the MCP server on stdin and stdout; and `demo`, the embedded Lucanto as a server of its own. */
const DEMO_WAIT_MS = 3_000;

export async function runServe(context: CommandContext): Promise<ExitCode> {
  const { settings, env, log, output, stdio, clock, interrupt, parentId, opening, onCalled } = context;
  if (stdio.stdin.isTTY === true) {
    output.note('This command is for apps such as Claude Desktop, which start it. Ctrl-C ends it.');
  }
  const [{ openBridge }, { serve }] = await Promise.all([
    import('../bridge/open-bridge.ts'),
    import('../server/stdio-server.ts'),
  ]);
  const options = { settings, env, log, clock };
  const bridge = await openBridge(options);
  bridge.onRefreshed(async () => {
    const { keepReadyAnswers } = await import('../front/rehearsal.ts');
    await keepReadyAnswers(options);
  });
  // The embedded service is in this process: what it offers can be known before the first message.
  if (settings.demo) await bridge.firstCatalogue(DEMO_WAIT_MS);
  const { stdin, stdout } = stdio;
  await serve({ bridge, stdin, stdout, log, clock, stop: interrupt, parentId, opening, onCalled });
  return EXIT.done;
}

const GENERATIONS = ['workspaces', 'accounts'] as const;

export async function runDemo(
  { output, interrupt, clock, log }: CommandContext,
  input: CommandInput,
): Promise<ExitCode> {
  const port = portOf(input);
  const generation = generationOf(input);
  const { startDemo } = await import('../demo/demo-server.ts');
  const demo = await startDemo({ port, generation, clock, log });
  const tokens = Object.entries(demo.tokens);
  const width = Math.max(...tokens.map(([name]) => name.length));
  output.line(`An embedded Lucanto with sample data runs at ${demo.url} (${generation} generation).`);
  output.line();
  output.line('API keys:');
  for (const [name, token] of tokens) output.lineWithDemoTokens(`  ${name.padEnd(width)}  ${token}`);
  output.line();
  output.line('Log in to it:');
  output.lineWithDemoTokens(`  echo ${demo.tokens.manage} | lucanto-mcp login --url ${demo.url}`);
  output.line();
  output.line('Nothing is kept when it ends. Ctrl-C ends it.');
  if (!interrupt.aborted) await once(interrupt, 'abort');
  await demo.close();
  return EXIT.done;
}

function portOf(input: CommandInput): number {
  const text = input.text('port') ?? '0';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new UsageError(`--port is ${JSON.stringify(text.slice(0, 20))}, which is not a port number from 0 to 65535.`, {
    hint: '--port takes a number from 0 to 65535; 0 is any free port.',
  });
}

function generationOf(input: CommandInput): (typeof GENERATIONS)[number] {
  const text = input.text('generation') ?? 'workspaces';
  const generation = GENERATIONS.find((name) => name === text);
  if (generation !== undefined) return generation;
  throw new UsageError(`--generation does not know ${JSON.stringify(text.slice(0, 20))}.`, {
    hint: `--generation takes ${GENERATIONS.join(' or ')}.`,
  });
}
