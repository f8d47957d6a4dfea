/** With ready answers before it, a connection reads as with the server alone: byte by byte, in every way it may arrive. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { createLog, Secrets } from '../../src/core/log.ts';
import type { ReadyAnswers } from '../../src/front/ready-answers.ts';
import { rehearse } from '../../src/front/rehearsal.ts';
import { converse } from './connection.ts';
import { openedDemo } from './opened-demo.ts';
import { initialize, modern, request, SCRIPTS } from './scripts.ts';

let bridge: Bridge;
let ready: ReadyAnswers;

beforeAll(async () => {
  bridge = await openedDemo();
  ready = await rehearse(
    bridge,
    true,
    createLog('error', () => undefined, new Secrets()),
  );
});
afterAll(() => bridge.close());

const atOnce = () => Promise.resolve();
/** What has an id is waited for, though not for ever: some of it is never answered, such as what was cancelled. */
async function afterAnswer(line: string | Buffer, output: () => string): Promise<void> {
  const ids = [...String(line).matchAll(/"id"\s*:\s*("[^"]*"|[\d.]+)/g)].map(([, id]) => id);
  const isAnswered = () => ids.every((id) => output().includes(`"id":${id}`));
  for (let turn = 0; turn === 0 || (turn < 20 && !isAnswered()); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
const inTurns = () => new Promise<void>((resolve) => setImmediate(resolve));

function piecesOf(text: string, size: number): Buffer[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** Answers may overtake each other where their requests came together. */
function sorted(lines: readonly string[]): string[] {
  return lines.map((line) => line.replaceAll(/"request_id\\?":\\?"[^"]*"/g, '')).toSorted();
}

async function same(pieces: readonly (string | Buffer)[], pause: Parameters<typeof converse>[3], inOrder: boolean) {
  const alone = await converse(bridge, null, pieces, pause);
  const fronted = await converse(bridge, ready, pieces, pause);
  if (inOrder) expect(fronted.lines).toEqual(alone.lines);
  else expect(sorted(fronted.lines)).toEqual(sorted(alone.lines));
  return fronted;
}

// Most of it is pauses, in connections that share nothing but the bridge.
describe.concurrent.each(Object.entries(SCRIPTS))('%s', (name, lines) => {
  const text = `${lines.join('\n')}\n`;

  // A cancellation that comes along with its request may find it answered or not: MCP allows both.
  it.skipIf(name === 'a cancellation after each answer')('reads the same when it comes all at once', async () => {
    await same([text], atOnce, false);
  });

  it('reads the same when it comes line by line, each after the answer before it', async () => {
    await same(
      lines.map((line) => `${line}\n`),
      afterAnswer,
      // The answer to a call comes when the service gave it.
      !text.includes('tools/call'),
    );
  });

  it.each([97, 7])(
    'reads the same when it comes in pieces of %d bytes, the last line without its end',
    async (size) => {
      await same(piecesOf(text.trimEnd(), size), inTurns, false);
    },
  );
});

describe('what is ordinary is answered without the server', () => {
  it.each([
    '2024-10-07',
    '2024-11-05',
    '2025-03-26',
    '2025-06-18',
    '2025-11-25',
    'discover, then lists',
    'a modern list first',
  ])('%s', async (name) => {
    const { handedOverAt, lines } = await same([`${SCRIPTS[name]?.join('\n')}\n`], atOnce, false);
    expect(handedOverAt).toBeNull();
    expect(lines.length).toBeGreaterThan(3);
  });
});

it('a subscription is acknowledged without the server, which has the last word for it', async () => {
  const text = `${SCRIPTS['a subscription first']?.join('\n')}\n`;
  const { handedOverAt, lines } = await same([text], atOnce, false);
  expect(handedOverAt).toBe(text.length);
  expect(lines).toHaveLength(3);
});

describe('whatever else comes', () => {
  const line = fc.oneof(
    fc.constantFrom(
      ...Object.values(SCRIPTS)
        .flat()
        .filter((one) => one.length < 1000 && !one.includes('notifications/cancelled')),
    ),
    fc.json(),
    fc.string(),
    fc.constantFrom(initialize(), modern('tools/list'), request('tools/list'), request('ping')),
  );

  it('reads the same, for lines in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
        await same([`${lines.join('\n')}\n`], atOnce, false);
      }),
      { numRuns: 150 },
    );
  });

  it('reads the same, for random bytes in and between the lines', async () => {
    const bytes = fc.tuple(fc.array(line, { maxLength: 4 }), fc.uint8Array({ maxLength: 60 }), fc.nat());
    await fc.assert(
      fc.asyncProperty(bytes, async ([lines, noise, at]) => {
        const text = Buffer.from(`${lines.join('\n')}\n`);
        const cut = at % (text.length + 1);
        await same([text.subarray(0, cut), Buffer.from(noise), text.subarray(cut)], inTurns, false);
      }),
      { numRuns: 100 },
    );
  });
});
