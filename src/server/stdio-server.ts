import type { Readable, Writable } from 'node:stream';
import type { RequestId } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { within } from '../core/deadline.ts';
import type { McpServerDeps } from './call-context.ts';
import { createMcpServer } from './mcp-server.ts';
import { Deliveries, OutputBacklog, RunningCalls, type TimeBudget } from './running-calls.ts';
import { type Opening, StdioWire } from './wire.ts';

/** The life of one stdio connection: from the first byte to the last answer, whatever ends it. */

/** stdin ended, but answers can still be read: a piped request gets its answer, a hanging one ends soon. */
const AFTER_INPUT_END: TimeBudget = { readsMs: 1_000, writesMs: 5_000 };
/** The client is gone: only what has been sent to the service is followed to its end. */
const AFTER_OUTPUT_LOST: TimeBudget = { readsMs: 0, writesMs: 5_000 };
/** The refresh must not compete with the first answers: hosts measure those. It waits for calls too, but not for long ones. */
const REFRESH_AFTER_MS = 150;
const REFRESH_AT_LATEST_MS = 1_000;
/** A parent that is killed says nothing, and its pipes may be held open by others (npx, a shell). */
const PARENT_CHECK_MS = 2_000;

/** What ignores its abort is not waited for: a process without a client must end. */
const LAST_BOUND_MS = 1_000;

/** Resolves when the connection has ended and every write that was running is settled. */
export async function serve(
  options: Pick<McpServerDeps, 'bridge' | 'log' | 'clock'> & {
    readonly stdin: Readable;
    readonly stdout: Writable;
    /** What a ready answer was given to already; without it, nothing was. */
    readonly opening?: Opening | null;
    /** Called after each call of a tool. */
    readonly onCalled?: () => void;
    /** Aborts when the process gets SIGTERM, SIGINT or SIGHUP. */
    readonly stop: AbortSignal;
    /** The id of the process that started this one, or of the one that took its place. */
    readonly parentId: () => number;
  },
): Promise<void> {
  const { bridge, stdin, stdout, log, clock, stop, parentId, opening = null, onCalled = () => undefined } = options;
  const running = new RunningCalls();
  const deliveries = new Deliveries();
  const backlog = new OutputBacklog(stdout);
  const clientGone = new AbortController();
  let end: (budget: TimeBudget) => void = () => undefined;
  const ended = new Promise<TimeBudget>((resolve) => {
    end = resolve;
  });
  let refresh: NodeJS.Timeout | undefined;
  const events = {
    onInputEnd: () => end(AFTER_INPUT_END),
    onOutputLost: () => end(AFTER_OUTPUT_LOST),
    onDelivered: (id: RequestId) => deliveries.arrived(id),
    onFirstMessage: () => {
      refresh = setTimeout(async () => {
        await within(REFRESH_AT_LATEST_MS, [running.ended()]);
        bridge.refreshInBackground();
      }, REFRESH_AFTER_MS);
    },
  };
  const wire = new StdioWire(stdin, stdout, log, events, opening);
  stop.addEventListener('abort', () => end(AFTER_OUTPUT_LOST), { once: true });
  const parent = parentId();
  const watch = setInterval(() => {
    if (parentId() !== parent) end(AFTER_OUTPUT_LOST);
  }, PARENT_CHECK_MS);
  const connection = serveStdio(
    () =>
      createMcpServer({
        bridge,
        running,
        deliveries,
        backlog,
        clientGone: clientGone.signal,
        log,
        clock,
        onCalled,
        isAnswered: (id) => wire.isAnswered(id),
      }),
    {
      transport: wire,
      onerror: (error) => log.debug(`MCP: ${error.message}`),
    },
  );
  const budget = await ended;
  clientGone.abort();
  clearTimeout(refresh);
  clearInterval(watch);
  // Requests of the last line may still be on their way through the SDK's queue.
  await new Promise((resolve) => setImmediate(resolve));
  // At the same time, so that a write whose client cancelled it is followed no longer than any other.
  await within(budget.writesMs + LAST_BOUND_MS, [running.drain(budget), bridge.settleWrites(budget.writesMs)]);
  await new Promise((resolve) => setImmediate(resolve));
  await connection.close();
  await bridge.close();
}
