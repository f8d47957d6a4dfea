/**
 * Creates by several clients over several copies of the bridge that share one configuration folder, through random
 * faults, while the copies are killed: in the end the service must hold exactly what was asked for.
 */
import { type DemoProcess, startDemoProcess } from './demo-process.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type Fault, REQUEST_FAULTS } from './faults.ts';
import { Random } from './random.ts';
import { type RpcBridge, readyBridge } from './rpc-bridge.ts';
import { type Home, temporaryHome } from './run.ts';
import { slept } from './slept.ts';
import { SoakClient, type Told } from './soak-client.ts';
import { MortalCopy } from './soak-copy.ts';

export interface SoakOptions {
  readonly seed: number;
  readonly creates: number;
  readonly clients: number;
  readonly copies: number;
  /** Told now and then how many creates are done. */
  readonly onProgress?: (done: number) => void;
}

export interface SoakReport {
  readonly creates: number;
  /** Invoices beyond the one that was asked for. */
  readonly duplicates: number;
  /** Asked for, answered as done, and not there. */
  readonly lost: number;
  /** Creates that never got a definite answer, and calls that a living bridge left without any. */
  readonly unanswered: number;
  /** Creates that were answered with another record's id, or refused. */
  readonly wrong: readonly string[];
  readonly kills: number;
  readonly faults: Readonly<Record<string, number>>;
  /** How often each kind of answer was given. */
  readonly answers: Readonly<Record<string, number>>;
  /** Lines on stdout that were no answers. */
  readonly conflictingEntries: readonly string[];
  readonly seed: number;
}

const TIMEOUT_SECONDS = 4;
const WORKSPACE = 42;
const FAULTY = 0.4;
/** What is not a create fails less often: lists are refreshed with every start. */
const FAULTY_ELSEWHERE = 0.1;
/** Each costs the whole time limit. */
const SLOWEST: readonly Fault[] = ['hang_before', 'hang_after'];

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const home = await temporaryHome();
  const service = await startDemoProcess(home);
  const random = new Random(options.seed);
  const proxy = await startFaultProxy({
    upstream: service.url,
    choose: ({ method, rpcMethod }) => {
      const isCreate = method === 'POST' && rpcMethod === null;
      if (!warm || !random.chance(isCreate ? FAULTY : FAULTY_ELSEWHERE)) return null;
      const fault = random.pick(REQUEST_FAULTS);
      return SLOWEST.includes(fault) && random.chance(0.8) ? null : fault;
    },
    slowMs: () => random.between(50, 1500),
  });
  let warm = false;
  try {
    const env = { LUCANTO_URL: proxy.origin, LUCANTO_TOKEN: service.token, LUCANTO_TIMEOUT: String(TIMEOUT_SECONDS) };
    await learnTools(home, env);
    warm = true;
    return await run(options, { home, env, service, proxy, random });
  } finally {
    await proxy.close();
    await service.stop();
    await home.remove();
  }
}

/** Writes are unknown until the tool list was seen: once, before anything goes wrong. */
async function learnTools(home: Home, env: Readonly<Record<string, string>>): Promise<void> {
  const bridge: RpcBridge = await readyBridge({ home, env });
  await bridge.call('lucanto_list_invoices', { workspace_id: WORKSPACE, limit: 1 });
  await bridge.end();
}

interface Scene {
  readonly home: Home;
  readonly env: Readonly<Record<string, string>>;
  readonly service: DemoProcess;
  readonly proxy: FaultProxy;
  readonly random: Random;
}

async function run(options: SoakOptions, { home, env, service, proxy, random }: Scene): Promise<SoakReport> {
  const { seed, creates } = options;
  const markers = Array.from({ length: creates }, (_, index) => `soak-${seed}-${index}`);
  const purchaser = await firstContact(service);
  const copies = Array.from({ length: options.copies }, () => new MortalCopy({ home, env }, random));
  const over = new AbortController();
  const dying = copies.map((copy) => copy.dieAgainAndAgain(over.signal));
  const refusing = refuseNowAndThen(proxy, random, over.signal);
  const todo = [...markers];
  const clients = Array.from(
    { length: options.clients },
    () => new SoakClient({ copies, random, workspace: WORKSPACE, purchaser, timeoutSeconds: TIMEOUT_SECONDS }),
  );
  const told = new Map<string, Told>();
  await Promise.all(
    clients.map(async (client) => {
      for (let marker = todo.shift(); marker !== undefined; marker = todo.shift()) {
        told.set(marker, await client.create(marker));
        options.onProgress?.(told.size);
      }
    }),
  );
  over.abort();
  await Promise.all([...dying, refusing]);
  await Promise.all(copies.map((copy) => copy.end()));

  const held = await invoicesByMarker(service);
  const counts = markers.map((marker) => held.get(marker)?.length ?? 0);
  return {
    creates,
    duplicates: counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
    lost: counts.filter((count) => count === 0).length,
    unanswered:
      [...told.values()].filter(({ kind }) => kind === 'never').length +
      clients.reduce((sum, client) => sum + client.ignoredCalls, 0),
    wrong: [...told].flatMap(([marker, answer]) => wrongly(marker, answer, held)),
    kills: copies.reduce((sum, { kills }) => sum + kills, 0),
    faults: counted(proxy.seen.flatMap(({ fault }) => (fault === null ? [] : [fault]))),
    answers: counted(clients.flatMap(({ answers }) => answers)),
    conflictingEntries: copies.flatMap(({ conflictingEntries }) => conflictingEntries),
    seed,
  };
}

function wrongly(marker: string, answer: Told, held: ReadonlyMap<string, readonly string[]>): string[] {
  if (answer.kind === 'refused') return [`${marker} was refused: ${answer.text}`];
  if (answer.kind !== 'done' || answer.id === null || held.get(marker)?.includes(answer.id)) return [];
  return [`${marker} was told ${answer.id}, not ${held.get(marker)?.join(', ') ?? 'nothing'}`];
}

async function refuseNowAndThen(proxy: FaultProxy, random: Random, over: AbortSignal): Promise<void> {
  while (await slept(random.between(1000, 5000), over)) {
    await proxy.refuse();
    await slept(random.between(50, 500), over);
    await proxy.accept();
  }
}

interface Page {
  readonly data: readonly { readonly id: unknown; readonly internal_note?: unknown }[];
  readonly next_cursor: string | null;
}

function isPage(value: unknown): value is Page {
  return typeof value === 'object' && value !== null && 'data' in value && Array.isArray(value.data);
}

async function firstContact(service: DemoProcess): Promise<unknown> {
  const page = await service.get(`/workspaces/${WORKSPACE}/contacts?limit=1`);
  const [contact] = isPage(page) ? page.data : [];
  return contact?.id;
}

/** Ids of the invoices that the service holds for each marker, asked past the bridge and the proxy. */
async function invoicesByMarker(service: DemoProcess): Promise<ReadonlyMap<string, readonly string[]>> {
  const held = new Map<string, string[]>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: unknown = await service.get(`/workspaces/${WORKSPACE}/invoices?limit=100${from}`);
    if (!isPage(page)) throw new Error('the service did not list its invoices');
    for (const { id, internal_note: note } of page.data) {
      if (typeof note !== 'string') continue;
      held.set(note, [...(held.get(note) ?? []), String(id)]);
    }
    cursor = page.next_cursor;
  }
  return held;
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** The line that the soak is about. */
export function summary(report: SoakReport): string {
  const { creates, duplicates, lost, unanswered, kills, faults, seed } = report;
  const faultList = Object.entries(faults)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
  return `creates ${creates}, duplicates ${duplicates}, lost ${lost}, unanswered ${unanswered}, kills ${kills}, faults {${faultList}}, seed ${seed}`;
}

/** Whether everything was as it must be. */
export function passed({ duplicates, lost, unanswered, wrong, conflictingEntries }: SoakReport): boolean {
  return duplicates + lost + unanswered + wrong.length + conflictingEntries.length === 0;
}
