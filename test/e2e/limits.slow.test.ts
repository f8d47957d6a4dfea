/** The limit on sends of the built bridge: two copies at once, a restart, a kill, and what `status` says. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from '../helpers/fault-proxy.ts';
import type { Fault } from '../helpers/faults.ts';
import { type RpcAnswer, type RpcBridge, readyBridge } from '../helpers/rpc-bridge.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';

let demo: DemoService;
let proxy: FaultProxy;
let home: Home;
let env: Record<string, string>;
let fault: (request: ProxiedRequest) => Fault | null;
let ids: number[];
const bridges: RpcBridge[] = [];

async function inApp(path: string, body?: object): Promise<{ id: number }> {
  const response = await fetch(`${demo.url}/api/v1/workspaces/42${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${demo.tokens.manage}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return JSON.parse(await response.text());
}

beforeEach(async () => {
  demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  const contact = { name: 'Nováková', legal_identity: { email: 'eva@novakova.sk' } };
  const { id: purchaser_id } = await inApp('/contacts', { contact });
  ids = [];
  for (let count = 0; count < 8; count += 1) {
    const items = [{ name: 'Work', quantity: '1', unit_price: '10', vat_rate: '23' }];
    const { id } = await inApp('/invoices', { invoice: { currency: 'EUR', purchaser_id, items } });
    await inApp(`/invoices/${id}/issue`);
    ids.push(id);
  }
  fault = () => null;
  proxy = await startFaultProxy({ upstream: demo.url, choose: (request) => fault(request), slowMs: () => 300 });
  home = await temporaryHome();
  env = {
    ...{ LUCANTO_URL: proxy.origin, LUCANTO_TOKEN: demo.tokens.manage, LUCANTO_WORKSPACE: '42' },
    ...{ LUCANTO_LIMIT: 'sends=3/day' },
  };
});
afterEach(async () => {
  for (const bridge of bridges.splice(0)) await bridge.kill('SIGKILL');
  await proxy.close();
  await demo.close();
  await home.remove();
});

async function open(over: Record<string, string> = {}): Promise<RpcBridge> {
  const bridge = await readyBridge({ home, env: { ...env, ...over } });
  bridges.push(bridge);
  return bridge;
}

/** Over REST or the remote endpoint. */
const isSend = ({ method, path, tool }: Pick<ProxiedRequest, 'method' | 'path' | 'tool'>) =>
  (method === 'POST' && path.endsWith('/send')) || tool === 'lucanto_send_invoice';
const sends = () => proxy.seen.filter(isSend);
const textOf = (answer: RpcAnswer | null) => JSON.stringify(answer?.result ?? null);
const send = async (bridge: RpcBridge, id: number | undefined) =>
  textOf(await bridge.call('lucanto_send_invoice', { id }));

describe('A limit of three sends a day', () => {
  it('holds for two copies that send at once, for one that starts later, and over both protocols', async () => {
    const [one, two] = [await open(), await open()];
    const answers = await Promise.all(ids.map((id, at) => send(at % 2 === 0 ? one : two, id)));
    expect(sends()).toHaveLength(3);
    expect(answers.filter((text) => text.includes('limit_reached'))).toHaveLength(5);
    for (const copy of [one, two]) await copy.end();
    expect(await send(await open(), ids.at(-1))).toContain('limit_reached');
    expect(await send(await open({ LUCANTO_BACKEND: 'remote' }), ids.at(-1))).toContain('limit_reached');
    expect(sends()).toHaveLength(3);
  });

  it('counts a send whose process was killed before the answer came', async () => {
    fault = (request) => (isSend(request) && request.attempt === 1 ? 'hang_after' : null);
    const first = await open();
    void first.call('lucanto_send_invoice', { id: ids[0] });
    await expect.poll(() => sends().length).toBe(1);
    await first.kill('SIGKILL');
    fault = () => null;
    const second = await open();
    for (const id of ids.slice(1, 3)) expect(await send(second, id)).not.toContain('limit_reached');
    expect(await send(second, ids[3])).toContain('limit_reached');
    // The same call again is the same send.
    expect(await send(second, ids[0])).not.toContain('limit_reached');
  });

  it('begins anew on the next day of this computer, and is shown by status', async () => {
    const status = async (over: Record<string, string> = {}) => {
      const { stdout } = await run(['status', '--json'], { home, env: { ...env, ...over } });
      return JSON.parse(stdout).limits;
    };
    expect(await status()).toEqual([{ limit: 'sends=3/day', used: 0, left: 3 }]);
    await send(await open(), ids[0]);
    expect(await status()).toEqual([{ limit: 'sends=3/day', used: 1, left: 2 }]);
    const others = { LUCANTO_LIMIT: 'amount=50EUR,sends=1/day,recipients=stored' };
    const { stdout } = await run(['status'], { home, env: { ...env, ...others } });
    expect(stdout).toContain('at most 1 send a day: 1 used today, 0 left');
    expect(stdout).toContain('at most 50 EUR for each document');
    expect(stdout).toContain("only to addresses of the customer's record");
  });
});

describe('--limit', () => {
  it.each([
    [['status', '--limit', 'sends=ten/day'], 'sends=10/day, amount=5000EUR or recipients=stored'],
    [['status', '--limit', 'amount=5000EURO'], 'holds "amount=5000EURO"'],
    [['status', '--limit', 'sends=1/day', '--limit', 'sends=2/day'], 'holds both sends=1/day and sends=2/day'],
    [['history', '--limit', 'amount=1'], 'holds "amount=1"'],
    [['history', '--limit', 'abc'], 'not a number of writes'],
  ])('%j is wrong usage, and names what is accepted', async (args, expected) => {
    const { exitCode, stderr } = await run(args, { home });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(expected);
  });

  it('stands beside the one of history, and is repeated by setup', async () => {
    const history = await run(['history', '--limit', '5', '--limit', 'sends=1/day'], { home });
    expect(history.exitCode).toBe(0);
    const setup = ['setup', 'cursor', '--print', '--limit', 'sends=1/day', '--limit', 'amount=5EUR'];
    const { stdout } = await run(setup, { home, env });
    expect(stdout).toContain('sends=1/day,amount=5EUR');
  });
});
