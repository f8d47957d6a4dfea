/** Copies of the bridge that write through one ledger and crash, before a service that knows keys as Lucanto does. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError, ProtocolError, UnreachableError } from '../../src/core/errors.ts';
import type { Ledger } from '../../src/writes/ledger.ts';
import type { WriteResult, WriteSendContext } from '../../src/writes/write-record.ts';
import { callContext } from './call-context.ts';
import { bench, create } from './ledger.ts';

/** What becomes of one request. `never`: no connection. `hidden`: refused before the service looks at the key. */
export const FATES = [
  ...['ok', 'lost_before', 'lost_after', 'no_record', 'throttled', 'refused', 'forbidden', 'hidden', 'never'],
  ...['crash_before', 'crash_after'],
] as const;
export type Fate = (typeof FATES)[number];

export interface ChaosCall {
  readonly copy: number;
  readonly tool: number;
  readonly fate: Fate;
  readonly isDelivered: boolean;
  readonly allowDuplicate: boolean;
}

const COPIES = 3;
const never = new Promise<never>(() => undefined);

export function ledgerChaos(kind: 'keyed' | 'once') {
  const place = bench();
  const deadPid = spawnSync(process.execPath, ['-e', '']).pid;
  const byKey = new Map<string, number>();
  const made = new Map<string, number>();
  const dead = new Set<Ledger>();
  // The files' own times are real: two hours from now, the bridge would take them for left behind.
  let now = Date.now();
  const open = () => place.open({ clock: () => now, duplicateWindowMs: 24 * 3_600_000 });
  const copies = Array.from({ length: COPIES }, open);

  /** A process that is gone leaves its lock behind. */
  function abandonLock(tool: string): void {
    const folder = join(place.folder, 'open');
    const names = readdirSync(folder);
    const record = names.find(
      (name) => name.endsWith('.json') && readFileSync(join(folder, name), 'utf8').includes(tool),
    );
    const lock = join(folder, `${record?.split('.')[0]}.lock`);
    writeFileSync(lock, JSON.stringify({ ...JSON.parse(readFileSync(lock, 'utf8')), pid: deadPid }));
  }

  function carryOut(tool: string, key: string | null): { readonly id: number; readonly replayed: boolean } {
    const known = key === null ? undefined : byKey.get(`${tool} ${key}`);
    if (known !== undefined) return { id: known, replayed: true };
    const id = (made.get(tool) ?? 0) + 1;
    made.set(tool, id);
    if (key !== null) byKey.set(`${tool} ${key}`, id);
    return { id, replayed: false };
  }

  async function send(ledger: Ledger, tool: string, fate: Fate, { key, context, earlier }: WriteSendContext) {
    const crash = async () => {
      dead.add(ledger);
      abandonLock(tool);
      return never;
    };
    if (dead.has(ledger)) return crash();
    context.write?.onSending();
    // Lets the others come in between.
    await new Promise((resolve) => setTimeout(resolve, 1));
    const isKnown = key !== null && byKey.has(`${tool} ${key}`);
    const answerOf = (id: number, over: Partial<WriteResult> = {}): WriteResult => ({
      result: { content: [{ type: 'text', text: JSON.stringify({ id }) }] },
      ...{ replayed: isKnown, refused: false, status: 201, id: String(id), number: null, requestId: 'req' },
      ...over,
    });
    const refusal = (status: number, code: string, isOpen: boolean) =>
      new ApiError(code, 'Refused.', { hint: '', details: { status, ...(isOpen && { outcome: 'unknown' as const }) } });
    switch (fate) {
      case 'crash_before':
        return crash();
      case 'crash_after':
        carryOut(tool, key);
        return crash();
      case 'never':
        throw new UnreachableError('econnrefused', 'Down.', { hint: '' });
      case 'throttled':
        throw refusal(429, 'rate_limited', earlier !== null);
      case 'forbidden':
        throw refusal(403, 'forbidden', earlier !== null);
      case 'hidden':
        throw refusal(404, 'not_found', false);
      case 'lost_before':
        throw refusal(502, 'http_502', true);
      case 'lost_after':
        carryOut(tool, key);
        throw refusal(502, 'http_502', true);
      case 'no_record':
        carryOut(tool, key);
        throw new ProtocolError('no_record', 'Not a record.', {
          hint: '',
          details: { status: 201, outcome: 'unknown' },
        });
      case 'refused':
        if (isKnown) return answerOf(carryOut(tool, key).id);
        if (key === null) return answerOf(0, { refused: true });
        throw refusal(422, 'unprocessable_entity', false);
      case 'ok':
        return answerOf(carryOut(tool, key).id);
    }
  }

  async function call({ copy, tool, fate, isDelivered, allowDuplicate }: ChaosCall): Promise<string> {
    const at = copy % COPIES;
    const ledger = copies[at] ?? open();
    const name = `lucanto_create_thing${tool}`;
    const delivered: (() => void)[] = [];
    const context = callContext({
      ...(allowDuplicate && { allowDuplicate }),
      deadline: now + 20_000,
      onDelivered: (callback) => delivered.push(callback),
    });
    const written = ledger.run(
      create({ tool: name, kind, route: kind === 'once' ? 'remote' : 'rest' }),
      context,
      (own) => send(ledger, name, fate, own),
    );
    const crashed = new Promise<string>((resolve) => {
      const timer = setInterval(() => {
        if (dead.has(ledger)) resolve('crashed');
        if (dead.has(ledger)) clearInterval(timer);
      }, 2);
      written.then(
        () => clearInterval(timer),
        () => clearInterval(timer),
      );
    });
    const outcome = await Promise.race([
      crashed,
      written.then(
        () => 'done',
        (error) => String(error.code),
      ),
    ]);
    if (outcome === 'crashed' && copies[at] === ledger) copies[at] = open();
    if (outcome === 'done' && isDelivered) for (const callback of delivered) callback();
    return outcome;
  }

  return {
    call,
    /** Lets time pass. */
    wait: (ms: number) => {
      now += ms;
    },
    /** How often each was carried out. */
    made: () => [...made.values()],
    remove: async () => {
      await Promise.all(copies.filter((ledger) => !dead.has(ledger)).map((ledger) => ledger.settle(100)));
      rmSync(place.folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
