/** `prompts/list` and `prompts/get`. Neither asks the service for anything but, once, what the token may see. */
import type { Server } from '@modelcontextprotocol/server';
import type { McpServerDeps } from './mcp-server.ts';
import type { Turns } from './turns.ts';

/** @param lists the turns of all lists @param firstWaitMs how long the list may wait for a token whose tools were never seen */
export function servePrompts(server: Server, deps: McpServerDeps, lists: Turns, firstWaitMs: number): void {
  const { bridge, running, clock } = deps;
  server.setRequestHandler('prompts/list', () =>
    running.run('read', async (ended) => {
      const turn = lists.next(ended);
      const [{ listedPrompts, promptKit }] = await Promise.all([
        import('./prompts/prompts.ts'),
        bridge.firstCatalogue(firstWaitMs),
      ]);
      await turn;
      return { prompts: listedPrompts(promptKit(bridge.facts(), clock())) };
    }),
  );

  server.setRequestHandler('prompts/get', async ({ params }) => {
    const { promptKit, promptResult } = await import('./prompts/prompts.ts');
    return promptResult(params.name, params.arguments ?? {}, promptKit(bridge.facts(), clock()));
  });
}
