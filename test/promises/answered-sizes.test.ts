/** "Every call is answered": also one whose answer would not fit into memory, in any of its shapes. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readText } from '../../src/http/answer-body.ts';

const KEYS = `{${Array.from({ length: 600_000 }, (_, at) => `"k${at}":${at}`).join(',')}}`;
const ROWS = `[${'{"id":1},'.repeat(499_999)}{"id":1}]`;
const NESTED = `${'[0,'.repeat(300_000)}0${']'.repeat(300_000)}`;
const WHOLE = `[${Array.from({ length: 9_000 }, (_, at) => `{"id":${at},"note":"a, b [c] {d} \\\\", x, y"}`).join(',')}]`;

let origin = '';
const bodies: Record<string, string> = { keys: KEYS, rows: ROWS, nested: NESTED, whole: WHOLE };
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(bodies[request.url?.slice(1) ?? ''] ?? '{}');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe('An answer of too many values', () => {
  it.each(['keys', 'rows', 'nested'])('is refused while it arrives, before it is parsed: %s', async (name) => {
    const response = await fetch(`${origin}/${name}`);
    await expect(readText(response, null, origin)).rejects.toMatchObject({ code: 'answer_too_large' });
  });

  it('is not one of nine thousand rows with commas and brackets in their texts', async () => {
    const text = await readText(await fetch(`${origin}/whole`), null, origin);
    expect(text).toBe(WHOLE);
  });
});
