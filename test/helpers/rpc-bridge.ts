/** The built bridge as a busy host drives it: many requests at once, each answered, or lost with the process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Home, NODE, PROGRAM } from './run.ts';

export interface RpcAnswer {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface RpcBridge {
  readonly pid: number;
  /** @returns null where the process ended before it answered. */
  request(method: string, params: object): Promise<RpcAnswer | null>;
  /** `tools/call`. */
  call(name: string, args: object): Promise<RpcAnswer | null>;
  notify(method: string, params: object): void;
  /** The id that the last request was sent with. */
  lastId(): number;
  /** Lines on stdout that are no message or answer nothing that was asked: must stay empty. */
  readonly conflictingEntries: readonly string[];
  stderr(): string;
  /** Waits for the process. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends stdin and waits for the process. */
  end(): Promise<void>;
}

export interface RpcBridgeOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** Started, past the handshake and the first list; null where it was killed meanwhile. */
export async function readyBridge(options: RpcBridgeOptions): Promise<RpcBridge> {
  const bridge = startRpcBridge(options);
  await greet(bridge);
  return bridge;
}

/** Longer than a bridge waits, after its first call, before it keeps the code that was compiled for it. */
const CODE_KEPT_MS = 1_000;

/** Calls a tool once: later bridges in this home, or in a copy of it, know the service and load compiled code. */
export async function meetService(options: RpcBridgeOptions): Promise<void> {
  const bridge = await readyBridge(options);
  await bridge.call('lucanto_list_workspaces', {});
  await sleep(CODE_KEPT_MS);
  await bridge.end();
}

export async function greet(bridge: RpcBridge): Promise<void> {
  const clientInfo = { name: 'busy-host', version: '1.0.0' };
  await bridge.request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  bridge.notify('notifications/initialized', {});
  await bridge.request('tools/list', {});
}

export function startRpcBridge({ home, env, args = [] }: RpcBridgeOptions): RpcBridge {
  const child = spawn(NODE, [...PROGRAM, 'serve', ...args], {
    cwd: home.dir,
    env: { ...home.env, ...env },
    stdio: 'pipe',
  });
  const waiting = new Map<number, (answer: RpcAnswer | null) => void>();
  const conflictingEntries: string[] = [];
  let lastId = 0;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined);
  onLines(child, (line) => {
    const message = readMessage(line);
    if (message === null) conflictingEntries.push(line);
    if (message === null || message.id === null) return;
    const settle = waiting.get(message.id);
    waiting.delete(message.id);
    if (settle === undefined) conflictingEntries.push(line);
    else settle(message.answer);
  });
  const exited = new Promise<void>((resolve) => {
    // What was written before the end is still read: `close` comes after it.
    child.once('close', () => {
      for (const settle of waiting.values()) settle(null);
      waiting.clear();
      resolve();
    });
  });
  const send = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  const request = (method: string, params: object): Promise<RpcAnswer | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(null);
    lastId += 1;
    const id = lastId;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      send({ id, method, params });
    });
  };
  return {
    pid: child.pid ?? 0,
    request,
    call: (name, args) => request('tools/call', { name, arguments: args }),
    notify: (method, params) => send({ method, params }),
    lastId: () => lastId,
    conflictingEntries,
    stderr: () => stderr,
    kill: (signal) => {
      child.kill(signal);
      return exited;
    },
    end: () => {
      child.stdin.end();
      return exited;
    },
  };
}

function onLines(child: ChildProcess, take: (line: string) => void): void {
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) take(line);
  });
}

interface Message {
  /** Null for a notification. */
  readonly id: number | null;
  readonly answer: RpcAnswer;
}

/** @returns null for what is no JSON-RPC message of a server. */
function readMessage(line: string): Message | null {
  const message = parsed(line);
  if (message?.jsonrpc !== '2.0') return null;
  if (typeof message.method === 'string') return message.id === undefined ? { id: null, answer: {} } : null;
  if (typeof message.id !== 'number') return null;
  if (isObject(message.result)) return { id: message.id, answer: { result: message.result } };
  const { error } = message;
  if (!isObject(error) || typeof error.code !== 'number') return null;
  return { id: message.id, answer: { error: { code: error.code, message: String(error.message) } } };
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text of a tool's answer, and whether it is an error. */
export interface ToolAnswer {
  readonly isError: boolean;
  /** Of the first block. */
  readonly text: string;
  /** All blocks. */
  readonly allText: string;
  /** The first block as JSON; empty where it is none. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** @returns null where it was answered with a JSON-RPC error. */
export function toolAnswer(answer: RpcAnswer): ToolAnswer | null {
  if (answer.result === undefined) return null;
  const { content, isError } = answer.result;
  const texts = (Array.isArray(content) ? content : []).map((block: unknown) =>
    isObject(block) ? String(block.text) : '',
  );
  const text = texts[0] ?? '';
  return { isError: isError === true, text, allText: texts.join('\n'), json: parsed(text) ?? {} };
}
