/** `prompts/list` and `prompts/get`. Neither asks the service for anything but, once, what the token may see. */
import type { Server } from '@modelcontextprotocol/server';
import type { McpServerDeps } from './mcp-server.ts';

/** @param firstWaitMs how long the list may wait for a token whose tools were never seen */
export function servePrompts(server: Server, { bridge, running, clock }: McpServerDeps, firstWaitMs: number): void {
  server.setRequestHandler('prompts/list', () =>
    running.run('read', async () => {
      const [{ listedPrompts, promptKit }] = await Promise.all([
        import('./prompts/prompts.ts'),
        bridge.firstCatalogue(firstWaitMs),
      ]);
      return { prompts: listedPrompts(promptKit(bridge.facts(), clock())) };
    }),
  );

  server.setRequestHandler('prompts/get', async ({ params }) => {
    const { promptKit, promptResult } = await import('./prompts/prompts.ts');
    return promptResult(params.name, params.arguments ?? {}, promptKit(bridge.facts(), clock()));
  });
}
