import { once } from 'node:events';
import { EXIT, UsageError } from '../../core/errors.ts';
import type { Command, CommandInput } from '../command.ts';

const GENERATIONS = ['workspaces', 'accounts'] as const;

export const demoCommand: Command = {
  name: 'demo',
  group: 'More',
  summary: 'Run a Lucanto with sample data',
  operand: null,
  options: [
    { flags: '--port <n>', help: 'Listen on this port (default: any free one)' },
    { flags: '--generation <name>', help: 'Path generation of its API: workspaces or accounts (default workspaces)' },
  ],
  examples: ['lucanto-mcp demo --port 4010'],
  async run({ output, interrupt, clock, log }, input) {
    const port = portOf(input);
    const generation = generationOf(input);
    const { startDemo } = await import('../../demo/demo-server.ts');
    const demo = await startDemo({ port, generation, clock, log });
    const tokens = Object.entries(demo.tokens);
    const width = Math.max(...tokens.map(([name]) => name.length));
    output.line(`An embedded Lucanto with sample data runs at ${demo.url} (${generation} generation).`);
    output.line();
    output.line('Tokens:');
    for (const [name, token] of tokens) output.lineWithDemoTokens(`  ${name.padEnd(width)}  ${token}`);
    output.line();
    output.line('Log in to it:');
    output.lineWithDemoTokens(`  echo ${demo.tokens.manage} | lucanto-mcp login --url ${demo.url}`);
    output.line();
    output.line('Nothing is kept when it ends. Ctrl-C ends it.');
    if (!interrupt.aborted) await once(interrupt, 'abort');
    await demo.close();
    return EXIT.done;
  },
};

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
