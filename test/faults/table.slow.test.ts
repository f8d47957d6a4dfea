/** Every fault × every kind of call: how often it was sent, under how many keys, what was answered, what stays open. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OtherLucanto, startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from '../helpers/fault-proxy.ts';
import { type Fault, REQUEST_FAULTS, reachesService } from '../helpers/faults.ts';
import { type RpcBridge, readyBridge, toolAnswer } from '../helpers/rpc-bridge.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';
import { EXPECTED, type FaultName, KINDS, type Kind, type Mode, writeTable } from './expected.ts';

const MODES: readonly Mode[] = ['always', 'once'];
const TIMEOUT_SECONDS = 10;
const SLOW_MS = 300;
/** Below `--concurrency`: a call that waits in the queue would lose the time that its fault needs. */
const LANES = 26;
const CONCURRENCY = 32;
/** Past the first attempt, before the second. */
const REFUSED_FOR_MS = 80;

/** One fault in one mode has a workspace of its own, so that everything it leaves behind can be told apart. */
interface Corner {
  readonly fault: FaultName;
  readonly mode: Mode;
  readonly workspace: string;
  readonly contacts: readonly string[];
  readonly invoice: string;
}

let service: OtherLucanto;
let proxy: FaultProxy;
let home: Home;
let bridge: RpcBridge;
let env: Record<string, string>;
let corners: readonly Corner[];

beforeAll(async () => {
  const faults: FaultName[] = ['refuse', ...REQUEST_FAULTS];
  const pairs = MODES.flatMap((mode) => faults.map((fault) => ({ fault, mode })));
  service = await startOtherLucanto({
    workspaces: pairs.length,
    shape: { ids: 'small' },
    remote: { catalogue: 'wide', pageSize: 100 },
  });
  corners = await Promise.all(
    pairs.map(async (pair, index): Promise<Corner> => {
      const workspace = service.workspaceIds[index] ?? '';
      const [contacts, [invoice = '']] = await Promise.all([ids(workspace, 'contacts'), ids(workspace, 'invoices')]);
      return { ...pair, workspace, contacts, invoice };
    }),
  );
  proxy = await startFaultProxy({ upstream: service.url, choose, slowMs: () => SLOW_MS });
  home = await temporaryHome();
  env = {
    LUCANTO_URL: proxy.origin,
    LUCANTO_TOKEN: service.tokens.manage,
    LUCANTO_TIMEOUT: String(TIMEOUT_SECONDS),
    LUCANTO_CONCURRENCY: String(CONCURRENCY),
  };
  bridge = await readyBridge({ home, env });
});
afterAll(async () => {
  await bridge.end();
  await proxy.close();
  await service.close();
  await home.remove();
});

async function ids(workspace: string, collection: string): Promise<string[]> {
  const response = await fetch(`${service.url}/api/v1/workspaces/${workspace}/${collection}?limit=3`, {
    headers: { Authorization: `Bearer ${service.tokens.manage}` },
  });
  const body: unknown = await response.json();
  if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data)) return [];
  return body.data.map(({ id }: { id: unknown }) => String(id));
}

function choose(request: ProxiedRequest): Fault | null {
  const corner = corners.find((candidate) => isAbout(request, candidate));
  // Whether digits are an id or a number is asked before the action, which is what is tried here.
  const isAskedBefore = request.method === 'GET' && request.path.includes('/invoices');
  if (corner === undefined || corner.fault === 'refuse' || isAskedBefore) return null;
  return corner.mode === 'always' || request.attempt === 1 ? corner.fault : null;
}

function isAbout(request: ProxiedRequest, { workspace, fault, mode }: Corner): boolean {
  if (request.rpcMethod === null) return request.path.startsWith(`/api/v1/workspaces/${workspace}/`);
  if (request.rpcMethod !== 'tools/call') return false;
  return request.body.includes(`"workspace_id":${workspace}`) || request.body.includes(`"${fault}/${mode}"`);
}

interface Call {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Which of the corner's requests are this call's. */
  readonly matches: (request: ProxiedRequest) => boolean;
}

function callOf(kind: Kind, { workspace, contacts, invoice, fault, mode }: Corner): Call {
  const [first = '', second = '', third = ''] = contacts;
  const own = { workspace_id: workspace };
  const rest = (method: string) => (request: ProxiedRequest) => request.rpcMethod === null && request.method === method;
  const remote = (tool: string) => (request: ProxiedRequest) => request.tool === tool;
  const posts = rest('POST');
  const isRead = (request: ProxiedRequest) => rest('GET')(request) && request.path.includes('/contacts');
  switch (kind) {
    case 'read':
      return { tool: 'lucanto_get_contact', args: { ...own, id: first }, matches: isRead };
    case 'create':
      return {
        tool: 'lucanto_create_contact',
        args: { ...own, name: 'Created here' },
        matches: (request) => posts(request) && request.path.endsWith('/contacts'),
      };
    case 'action':
      return {
        tool: 'lucanto_issue_invoice',
        args: { ...own, id: invoice },
        matches: (request) => posts(request) && request.path.endsWith('/issue'),
      };
    case 'PATCH':
      return {
        tool: 'lucanto_update_contact',
        args: { ...own, id: second, name: 'Changed here' },
        matches: rest('PATCH'),
      };
    case 'DELETE':
      return { tool: 'lucanto_delete_contact', args: { ...own, id: third }, matches: rest('DELETE') };
    case 'remote read':
      return {
        tool: 'lucanto_explain_vat',
        args: { country: `${fault}/${mode}` },
        matches: remote('lucanto_explain_vat'),
      };
    case 'remote write':
      return { tool: 'lucanto_reconcile_payments', args: own, matches: remote('lucanto_reconcile_payments') };
  }
}

/** Attempts and answer; what the ledger says is added when everything is over. */
interface Observed {
  readonly corner: Corner;
  readonly kind: Kind;
  readonly tool: string;
  readonly answer: string;
  readonly text: string;
}

async function observe(corner: Corner, kind: Kind): Promise<Observed> {
  const { tool, args } = callOf(kind, corner);
  const given = await bridge.call(tool, args);
  const answer = given === null ? null : toolAnswer(given);
  if (answer === null) return { corner, kind, tool, answer: 'NO ANSWER', text: JSON.stringify(given) };
  const word = !answer.isError ? 'ok' : answer.json.outcome === 'unknown' ? 'unknown' : 'failed';
  return { corner, kind, tool, answer: word, text: answer.allText };
}

function requestsOf(corner: Corner, kind: Kind) {
  const { matches } = callOf(kind, corner);
  return proxy.seen.filter((request) => isAbout(request, corner) && matches(request));
}

function cellOf({ corner, kind, tool, answer }: Observed, open: ReadonlySet<string>): string {
  const requests = requestsOf(corner, kind);
  const ledger =
    kind === 'read' || kind === 'remote read' ? [] : [open.has(`${corner.workspace} ${tool}`) ? 'open' : 'closed'];
  return [requests.length, answer, ...ledger].join(' ');
}

/** `workspace tool` of each write that `history --open` shows. */
async function openWrites(): Promise<ReadonlySet<string>> {
  const { stdout, stderr, exitCode } = await run(['history', '--open', '--json', '--limit', '1000'], { home, env });
  if (exitCode !== 0) throw new Error(stderr);
  const found: unknown = JSON.parse(stdout);
  if (typeof found !== 'object' || found === null || !('writes' in found) || !Array.isArray(found.writes)) {
    throw new Error(`history printed ${stdout}`);
  }
  return new Set(
    found.writes.map(({ workspace, tool }: { workspace: unknown; tool: unknown }) => `${workspace} ${tool}`),
  );
}

async function inLanes<T>(work: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const todo = [...work];
  const lane = async (): Promise<void> => {
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) results.push(await next());
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

describe('every fault and every kind of call', () => {
  const cells: Record<Mode, Map<string, string>> = { always: new Map(), once: new Map() };
  const all: Observed[] = [];

  beforeAll(async () => {
    const jobs = corners
      .filter(({ fault }) => fault !== 'refuse')
      .flatMap((corner) => KINDS.map((kind) => () => observe(corner, kind)));
    all.push(...(await inLanes(jobs)));
    for (const corner of corners.filter(({ fault }) => fault === 'refuse')) {
      await proxy.refuse();
      const answers = KINDS.map((kind) => observe(corner, kind));
      if (corner.mode === 'once') setTimeout(() => void proxy.accept(), REFUSED_FOR_MS);
      all.push(...(await Promise.all(answers)));
      await proxy.accept();
    }
    // What was cut off is followed for seconds; once its process has ended, it is open.
    await bridge.end();
    const open = await openWrites();
    for (const observed of all) {
      const { fault, mode } = observed.corner;
      cells[mode].set(`${fault} ${observed.kind}`, cellOf(observed, open));
    }
    const faults = ['refuse', ...REQUEST_FAULTS];
    process.stdout.write(`${MODES.map((mode) => writeTable(mode, faults, cells[mode])).join('\n\n')}\n`);
  }, 90_000);

  it.each(MODES)('end as the policy says where the fault comes %s', (mode) => {
    expect(Object.fromEntries(cells[mode])).toEqual(Object.fromEntries(EXPECTED[mode]));
  });

  it('sends one key with every attempt of a POST, and none with anything else', () => {
    const wrong = all.flatMap(({ corner, kind }) => {
      const requests = requestsOf(corner, kind);
      const keys = new Set(requests.map(({ idempotencyKey }) => idempotencyKey));
      const isPost = kind === 'create' || kind === 'action';
      const isRight = requests.length === 0 || (keys.size === 1 && keys.has(null) !== isPost);
      return isRight ? [] : [`${corner.fault} ${corner.mode} ${kind}: ${[...keys].join(', ')}`];
    });
    expect(wrong).toEqual([]);
  });

  it('shares no key between two calls', () => {
    const keys = all.flatMap(({ corner, kind }) => {
      const [first] = requestsOf(corner, kind);
      return first?.idempotencyKey ?? [];
    });
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('creates nothing twice, and nothing that was not sent', async () => {
    const wrong = await Promise.all(
      corners.map(async ({ workspace, fault, mode }) => {
        const names = await contactsNamed(workspace, 'Created here');
        const answeredOk = EXPECTED[mode].get(`${fault} create`)?.includes(' ok ');
        const expected = answeredOk || (fault !== 'refuse' && reachesService(fault)) ? 1 : 0;
        return names === expected ? [] : [`${fault} ${mode}: ${names} instead of ${expected}`];
      }),
    );
    expect(wrong.flat()).toEqual([]);
  });

  it('says what to do next in every error, and what to check where the outcome is unknown', () => {
    const errors = all.filter(({ answer }) => answer !== 'ok');
    expect(errors.filter(({ text }) => !text.includes('"hint":"')).map(({ text }) => text)).toEqual([]);
    const unknown = errors.filter(({ answer }) => answer === 'unknown');
    // No tool lists what lucanto_reconcile_payments makes: then it is looked for in the app.
    const where = /lucanto_list_(?!payments)\w+|in the Lucanto app/;
    expect(unknown.filter(({ text }) => !where.test(text)).map(({ text }) => text)).toEqual([]);
    expect(unknown.some(({ text }) => text.includes('lucanto_list_contacts'))).toBe(true);
  });

  it('says that a DELETE was done where its first attempt had done it', () => {
    const repeated = all.filter(({ corner, kind }) => kind === 'DELETE' && corner.mode === 'once');
    const done = repeated.filter(({ corner }) => corner.fault === 'reset_after' || corner.fault === '502_html_after');
    expect(done.map(({ answer }) => answer)).toEqual(['ok', 'ok']);
    for (const { text } of done) expect(text).toMatch(/already|earlier/);
  });
});

async function contactsNamed(workspace: string, name: string): Promise<number> {
  const query = `q=${encodeURIComponent(name)}`;
  const response = await fetch(`${service.url}/api/v1/workspaces/${workspace}/contacts?${query}`, {
    headers: { Authorization: `Bearer ${service.tokens.manage}` },
  });
  const body: unknown = await response.json();
  return typeof body === 'object' && body !== null && 'data' in body && Array.isArray(body.data)
    ? body.data.length
    : -1;
}
