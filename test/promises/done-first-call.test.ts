/** A call that comes before any list, with nothing cached, goes where the service's own document says, as any later one. */
import { describe, expect, it } from 'vitest';
import { HANDSHAKE, startRaw } from '../helpers/mcp.ts';
import { legacyLine, modernLine } from '../helpers/modern.ts';
import { useOneOther } from '../helpers/one-other.ts';
import { temporaryHome } from '../helpers/run.ts';

const at = useOneOther();

/** Each in a home of its own, where nothing is known yet. */
async function called(line: (id: string, method: string, params: object) => string, name: string, args: object) {
  const home = await temporaryHome();
  try {
    const call = line('first', 'tools/call', { name, arguments: args });
    const opening = line === legacyLine ? [...HANDSHAKE, call] : [call];
    const env = { LUCANTO_URL: at.other.url, LUCANTO_TOKEN: at.other.tokens.manage };
    const session = startRaw({ home, env });
    for (const one of opening) session.send(one);
    const answer = JSON.parse(await session.lineWith('"id":"first"'));
    await session.end();
    return answer;
  } finally {
    await home.remove();
  }
}

describe.each([
  ['with a handshake', legacyLine],
  ['without one', modernLine],
])('The first message %s may be a call', (_how, line) => {
  it.each([
    ['a create, whose path is not the bundled one', 'lucanto_create_contact', { name: 'Prvá' }],
    ['a tool that the bundled contract does not have', 'lucanto_create_project', { title: 'Prvý' }],
    ['a read', 'lucanto_list_projects', {}],
  ])('%s', async (_what, name, args) => {
    const { result, error } = await called(line, name, args);
    expect([error, result?.isError ?? false]).toEqual([undefined, false]);
    const asked = at.other.requests.filter(({ path }) => /contacts|projects/.test(path) && !path.includes('openapi'));
    expect(asked.length).toBeGreaterThan(0);
  });

  it('to a tool that does not exist is told so only once it is known what the service has', async () => {
    const { error } = await called(line, 'lucanto_fly_kite', {});
    expect(error.message).toContain('Unknown tool: lucanto_fly_kite');
    expect(at.other.requests.some(({ path }) => path.endsWith('openapi.json'))).toBe(true);
  });
});
