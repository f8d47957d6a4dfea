/** One connection in memory, with the front before the server or without it. */
import { PassThrough } from 'node:stream';
import { createLog, Secrets } from '../../src/core/log.ts';
import { Front } from '../../src/front/front.ts';
import type { ReadyAnswers } from '../../src/front/ready-answers.ts';
import type { ServedBridge } from '../../src/server/call-context.ts';
import { serve } from '../../src/server/stdio-server.ts';
import type { Opening } from '../../src/server/wire.ts';

export interface Transcript {
  /** Lines on stdout, as they came. */
  readonly lines: readonly string[];
  /** How many bytes had come when the server took over; null where it never did. */
  readonly handedOverAt: number | null;
}

/** @param ready null for the server alone @param pieces what arrives, one after the other @param pause between them */
export async function converse(
  bridge: ServedBridge,
  ready: ReadyAnswers | null,
  pieces: readonly (string | Buffer)[],
  pause: (piece: string | Buffer, output: () => string) => Promise<void>,
): Promise<Transcript> {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const chunks: Buffer[] = [];
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  let arrived = 0;
  let handedOverAt: number | null = null;
  const server = (opening: Opening | null) =>
    serve({
      bridge: lasting(bridge),
      ...{ stdin, stdout, opening, clock: Date.now, parentId: () => 1 },
      log: createLog('error', () => undefined, new Secrets()),
      stop: new AbortController().signal,
    });
  const ended = new Promise<void>((resolve) => {
    if (ready === null) return void server(null).then(resolve);
    const front = new Front({
      ...{ ready, stdin, stdout, note: '', secret: '' },
      onFirstAnswer: () => undefined,
      onHandOver: (opening) => {
        handedOverAt = arrived;
        // The program takes a while to load.
        setTimeout(() => void server(opening).then(resolve), 5);
      },
      onEnd: () => resolve(),
    });
    front.start();
  });
  for (const piece of pieces) {
    arrived += piece.length;
    const before = chunks.length;
    stdin.write(piece);
    await pause(piece, () => Buffer.concat(chunks.slice(before)).toString('utf8'));
  }
  stdin.end();
  await ended;
  return { lines: Buffer.concat(chunks).toString('utf8').split('\n').filter(Boolean), handedOverAt };
}

/** The bridge for many connections, none of which ends or refreshes it. */
function lasting(bridge: ServedBridge): ServedBridge {
  return {
    visible: () => bridge.visible(),
    listed: () => bridge.listed(),
    find: (name) => bridge.find(name),
    run: (...call) => bridge.run(...call),
    facts: () => bridge.facts(),
    listWorkspaces: (context) => bridge.listWorkspaces(context),
    timeLimit: (now) => bridge.timeLimit(now),
    firstCatalogue: async () => undefined,
    onToolsChanged: () => () => undefined,
    refreshInBackground: () => undefined,
    settleWrites: async () => undefined,
    close: async () => undefined,
  };
}
