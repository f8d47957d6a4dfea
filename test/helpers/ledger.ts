/** A ledger on a folder of its own, and a service in memory that knows keys as Lucanto does. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError } from '../../src/core/errors.ts';
import { createLog, Secrets } from '../../src/core/log.ts';
import type { CallContext } from '../../src/core/tool.ts';
import { Ledger, type LedgerDeps } from '../../src/writes/ledger.ts';
import type { WriteCall, WriteResult, WriteSendContext } from '../../src/writes/write-record.ts';
import { callContext } from './call-context.ts';

export const TOKEN = 'lct_pat_secretsecret';
export const ARGUMENT = 'Zuzana-of-the-arguments';

export interface Bench {
  readonly folder: string;
  readonly lines: string[];
  /** Another copy of the bridge on the same folder. */
  open(over?: Partial<LedgerDeps>): Ledger;
  /** The same, never waited for: its process is gone. */
  abandoned(over?: Partial<LedgerDeps>): Ledger;
  /** Names of the records. */
  records(): string[];
  keys(): string[];
  journal(): Record<string, unknown>[];
  /** Everything under the folder, as one text. */
  everything(): string;
  /** Once what goes on behind the answers has ended. */
  settled(): Promise<void>;
  remove(): Promise<void>;
}

export function bench(): Bench {
  const root = mkdtempSync(join(tmpdir(), 'lucanto-writes-'));
  const folder = join(root, 'config', 'writes');
  const lines: string[] = [];
  const ledgers: Ledger[] = [];
  const settled = async () => {
    await Promise.all(ledgers.map((ledger) => ledger.settle(5_000)));
  };
  const records = () => list(join(folder, 'open')).filter((name) => name.endsWith('.json'));
  const make = (over: Partial<LedgerDeps> = {}) =>
    new Ledger({
      folder,
      profile: 'default',
      origin: 'https://lucanto.test',
      token: TOKEN,
      duplicateWindowMs: 600_000,
      sendLimit: { most: null, day: () => '2026-11-28' },
      clock: Date.now,
      log: createLog('warn', (line) => lines.push(line), new Secrets()),
      ...over,
    });
  return {
    folder,
    lines,
    settled,
    abandoned: make,
    open: (over = {}) => {
      const ledger = make(over);
      ledgers.push(ledger);
      return ledger;
    },
    records,
    keys: () => records().map((name) => name.split('.')[1] ?? ''),
    journal: () => {
      const text = list(folder).includes('journal.jsonl') ? readFileSync(join(folder, 'journal.jsonl'), 'utf8') : '';
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
    everything: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .map((entry) => {
          const path = join(entry.parentPath, entry.name);
          return `${path}\n${entry.isFile() ? readFileSync(path, 'utf8') : ''}`;
        })
        .join('\n'),
    remove: async () => {
      await settled();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function create(over: Partial<WriteCall> = {}): WriteCall {
  return {
    tool: 'lucanto_create_widget',
    route: 'rest',
    kind: 'keyed',
    create: true,
    workspace: '42',
    args: { name: ARGUMENT, nested: { b: 1, a: 2 } },
    listTool: 'lucanto_list_widgets',
    ...over,
  };
}

/** A context whose answer is delivered by hand. */
export function undelivered(over: Partial<CallContext> = {}): { context: CallContext; deliver: () => void } {
  const callbacks: (() => void)[] = [];
  const context = callContext({ onDelivered: (callback) => callbacks.push(callback), ...over });
  return {
    context,
    deliver: () => {
      for (const callback of callbacks) callback();
    },
  };
}

export interface Widgets {
  /** Keys of all requests, in order. */
  readonly keys: (string | null)[];
  readonly made: number;
  send(sending: WriteSendContext): Promise<WriteResult>;
  /** Carries it out, and loses the answer. */
  sendAndLose(sending: WriteSendContext): Promise<WriteResult>;
  refuse(status: number, code: string): (sending: WriteSendContext) => Promise<WriteResult>;
}

export function widgets(): Widgets {
  const keys: (string | null)[] = [];
  const byKey = new Map<string, number>();
  let made = 0;
  const make = ({ key, context }: WriteSendContext): WriteResult => {
    context.write?.onSending();
    keys.push(key);
    const known = key === null ? undefined : byKey.get(key);
    const id = known ?? ++made;
    if (key !== null) byKey.set(key, id);
    return {
      result: { content: [{ type: 'text', text: JSON.stringify({ id, number: `W-${id}` }) }] },
      replayed: known !== undefined,
      refused: false,
      status: 201,
      id: String(id),
      number: `W-${id}`,
      requestId: `req-${keys.length}`,
    };
  };
  return {
    keys,
    get made() {
      return made;
    },
    send: async (sending) => make(sending),
    sendAndLose: async (sending) => {
      make(sending);
      throw new ApiError('http_502', 'Lost.', { hint: 'Check.', details: { status: 502, outcome: 'unknown' } });
    },
    refuse: (status, code) => async (sending) => {
      sending.context.write?.onSending();
      keys.push(sending.key);
      throw new ApiError(code, 'Refused.', { hint: 'Mend it.', details: { status, requestId: 'req-r' } });
    },
  };
}

/** A promise that somebody else resolves. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}
