/** Lists of every kind take turns: whoever asks for many at once gets them one after the other, in that order. */
import { expect, it } from 'vitest';
import { HANDSHAKE, startRaw } from '../helpers/mcp.ts';
import { useOtherHome } from '../helpers/other-home.ts';

const at = useOtherHome();
const METHODS = ['tools/list', 'resources/list', 'prompts/list', 'resources/templates/list'];

it('The bridge answers lists of every kind in the order of the requests', async () => {
  await at.login(at.other.tokens.manage);
  const session = startRaw(at.bridge());
  for (const line of HANDSHAKE) session.send(line);
  // What each kind needs is loaded when it is first asked for.
  for (const method of METHODS) session.send(JSON.stringify({ jsonrpc: '2.0', id: method, method }));
  await Promise.all(METHODS.map((method) => session.lineWith(`"id":"${method}"`)));
  const asked = Array.from({ length: 40 }, (_, index) => `list-${index}`);
  session.send(
    asked.map((id, index) => JSON.stringify({ jsonrpc: '2.0', id, method: METHODS[(index * 7) % 4] })).join('\n'),
  );
  await session.lineWith('"id":"list-39"');
  await expect.poll(() => session.lines.filter((line) => line.includes('"id":"list-')).length).toBe(40);
  const answered = session.lines.flatMap((line) => /"id":"(list-\d+)"/.exec(line)?.[1] ?? []);
  expect(answered).toEqual(asked);
  session.kill();
});
