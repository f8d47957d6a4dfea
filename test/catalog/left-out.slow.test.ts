/** A service with more tools than a list has room for: what is left out is said everywhere, and can be had. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { LIST_LIMIT } from '../../src/catalog/listing/list-size.ts';
import { instructions } from '../../src/server/instructions.ts';
import { type OtherLucanto, startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { callContext } from '../helpers/call-context.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';
import { useScenes } from '../tools/opened.ts';

const { scene } = useScenes();
const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const EXTRA = letters.slice(0, 25).flatMap((one) => [`${one}_gadgets`, `${one}_widgets`]);
const NOTE =
  /(\d+) tools are left out \(.* and \d+ more\): the list would be over 40 kB\. Start with --toolsets to name what is needed/;

let other: OtherLucanto;
let home: Home;

beforeAll(async () => {
  other = await startOtherLucanto({ openapi: { extraResources: EXTRA } });
  home = await temporaryHome();
});
afterAll(async () => {
  await other.close();
  await home.remove();
});

const opened = async (env: Readonly<Record<string, string>> = {}): Promise<Bridge> => {
  const { bridge } = await scene(other.url, other.tokens.manage, { LUCANTO_SCOPES: 'manage:*', ...env });
  return bridge;
};

describe('a service with some three hundred tools', () => {
  it('is listed within the limit; every other tool is hidden with the reason and is not to be called', async () => {
    const bridge = await opened();
    const { descriptors, bytes, leftOut } = bridge.catalogue.listing();
    expect(bytes).toBeLessThanOrEqual(LIST_LIMIT);
    expect(leftOut.length).toBeGreaterThan(100);
    expect(bridge.visible().map(({ descriptor }) => descriptor.name)).toEqual(descriptors.map(({ name }) => name));
    const reasons = new Map(bridge.catalogue.hidden().map(({ tool, reason }) => [tool.descriptor.name, reason]));
    for (const { descriptor, resource } of leftOut) {
      expect(reasons.get(descriptor.name)).toBe(`the list would be over 40 kB; name it with --toolsets ${resource}`);
    }
    const [first] = leftOut;
    const before = other.requests.length;
    const called = bridge.call(first?.descriptor.name ?? '', {}, callContext());
    await expect(called).rejects.toThrow(
      `Unknown tool: ${first?.descriptor.name} (hidden: the list would be over 40 kB; name it with --toolsets ${first?.resource})`,
    );
    expect(other.requests.length).toBe(before);
  });

  it('says in the instructions how many are left out and how to get them', async () => {
    const bridge = await opened();
    const text = instructions(bridge.facts());
    const count = String(bridge.catalogue.listing().leftOut.length);
    expect(NOTE.exec(text)?.[1]).toBe(count);
  });

  it('offers what is named, whole', async () => {
    const bridge = await opened({ LUCANTO_TOOLSETS: 'x_gadgets,x_widgets' });
    expect(bridge.catalogue.listing().leftOut).toEqual([]);
    expect(bridge.visible().filter(({ resource }) => resource === 'x_gadgets')).toHaveLength(6);
  });

  it('asks for fewer where too many are named', async () => {
    const bridge = await opened({ LUCANTO_TOOLSETS: EXTRA.join(',') });
    const reasons = bridge.catalogue.hidden().map(({ reason }) => reason);
    expect(reasons).toContain('the list would be over 40 kB; name fewer resources with --toolsets');
  });

  it('is told on the command line, by tools and by login', async () => {
    const env = { LUCANTO_URL: other.url, LUCANTO_SCOPES: 'manage:*' };
    const login = await run(['login'], { home, env, stdin: `${other.tokens.manage}\n` });
    expect(login.stderr).toMatch(NOTE);
    expect(login.stderr).not.toContain('Warning');
    const tools = await run(['tools', '--all', '--cost'], { home, env });
    expect(tools.stderr).toMatch(NOTE);
    expect(tools.stdout).toMatch(
      /^(\w) widgets: the list would be over 40 kB; name it with --toolsets \1_widgets\n.*\blucanto_create_\1_widget\b/m,
    );
    expect(tools.stdout).toMatch(/The list takes (3\d|40\.0)\S* kB as sent\./);
  });
});
