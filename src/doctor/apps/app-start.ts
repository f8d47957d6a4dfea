import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject } from '../../core/json.ts';
import { VERSION } from '../../core/version.ts';
import type { HostStart } from './host-start.ts';

/** Starts an entry as its app would, and speaks the first words of MCP with it. */
export interface Started {
  /** Why there was no process at all (ENOENT); null where there was one. */
  readonly spawnError: string | null;
  /** Milliseconds until `initialize` was answered; null where it never was. */
  readonly initializeMs: number | null;
  /** Of `tools/list`; null where it was not answered. */
  readonly tools: number | null;
  /** What it answered instead, in its own words. */
  readonly refusal: string | null;
  /** Lines on stdout that are no messages; perhaps secret. */
  readonly noise: readonly string[];
  /** The error that it told of on stderr, else the last line there; perhaps secret. */
  readonly said: string;
  /** Null while it ran on, or where a signal ended it. */
  readonly exitCode: number | null;
}

export interface StartTimeBudget {
  readonly initializeMs: number;
  readonly toolsMs: number;
  readonly signal: AbortSignal;
}

/** Older than most, so that every app's words are understood. */
const PROTOCOL = '2025-06-18';
/** Our own ends within one; what does not is ended. */
const END_MS = 2_000;
const MOST_NOISE = 3;
const LONGEST_LINE = 4 * 1024 * 1024;

/** Never throws; the process is gone when this resolves. */
async function start(host: HostStart, patience: StartTimeBudget): Promise<Started> {
  const session = new Session(host, patience.signal);
  try {
    const begun = performance.now();
    const hello = await session.ask('initialize', HELLO, patience.initializeMs);
    const initializeMs = hello === null ? null : Math.round(performance.now() - begun);
    const refused = refusalIn(hello);
    if (hello === null || refused !== null) return session.facts({ initializeMs: null, tools: null, refusal: refused });
    session.tell('notifications/initialized');
    const listed = await session.ask('tools/list', {}, patience.toolsMs);
    return session.facts({ initializeMs, tools: toolsIn(listed), refusal: refusalIn(listed) });
  } finally {
    await session.end();
  }
}

const HELLO = {
  protocolVersion: PROTOCOL,
  capabilities: {},
  clientInfo: { name: 'lucanto-mcp doctor', version: VERSION },
};

class Session {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (message: Record<string, unknown> | null) => void>();
  readonly #noise: string[] = [];
  readonly #closed: Promise<void>;
  #rest = '';
  #said = '';
  #spawnError: string | null = null;
  #nextId = 1;
  #isOver = false;

  constructor({ command, args, env, cwd }: HostStart, signal: AbortSignal) {
    // A group of its own: what npx starts in turn is ended with it.
    const options = { cwd, env, windowsHide: true, detached: GROUPS };
    // Only cmd.exe starts what is no .exe on Windows, such as npx.
    const isScript = !GROUPS && !/[.](exe|com)$/i.test(command);
    const child = isScript
      ? spawn(env.COMSPEC ?? 'cmd.exe', ['/d', '/s', '/c', cmdLine([command, ...args])], {
          ...options,
          windowsVerbatimArguments: true,
        })
      : spawn(command, [...args], options);
    this.#child = child;
    child.stdin?.on('error', () => undefined);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-2000);
    });
    this.#closed = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#spawnError = 'code' in error ? String(error.code) : error.message;
        this.#giveUp();
        resolve();
      });
      child.once('close', () => {
        if (this.#rest.trim() !== '') this.#takeLine(this.#rest);
        this.#giveUp();
        resolve();
      });
    });
    signal.addEventListener(
      'abort',
      () => {
        this.#giveUp();
        this.#kill();
      },
      { once: true },
    );
  }

  /** @returns the answer, or null where none came in time */
  ask(method: string, params: object, ms: number): Promise<Record<string, unknown> | null> {
    if (this.#isOver) return Promise.resolve(null);
    const id = this.#nextId++;
    this.#send({ id, method, params });
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(null), ms);
      const settle = (message: Record<string, unknown> | null) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(message);
      };
      this.#waiting.set(id, settle);
    });
  }

  tell(method: string): void {
    this.#send({ method });
  }

  async facts(found: Pick<Started, 'initializeMs' | 'tools' | 'refusal'>): Promise<Started> {
    // Only an end of its own tells something.
    const { exitCode } = this.#child;
    await this.end();
    return {
      ...found,
      spawnError: this.#spawnError,
      noise: this.#noise.slice(0, MOST_NOISE),
      said: telling(this.#said),
      exitCode,
    };
  }

  /** As apps do it: stdin ends, and what is still there after a moment is ended. */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, END_MS);
    });
    await Promise.race([this.#closed, patience]);
    clearTimeout(timer);
    this.#kill();
  }

  #send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #hear(text: string): void {
    this.#rest = (this.#rest + text).slice(-LONGEST_LINE);
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#takeLine(line);
  }

  #takeLine(line: string): void {
    const message = messageIn(line);
    if (message === null) {
      this.#noise.push(line.trimEnd());
      return;
    }
    if (typeof message.id === 'number' && !('method' in message)) this.#waiting.get(message.id)?.(message);
  }

  #giveUp(): void {
    this.#isOver = true;
    for (const settle of [...this.#waiting.values()]) settle(null);
  }

  #kill(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      if (GROUPS) process.kill(-pid, 'SIGKILL');
      else this.#child.kill();
    } catch {
      // It ended in this moment.
    }
  }
}

/** As `cmd /s /c` takes it: the outer quotes are its own. */
function cmdLine(words: readonly string[]): string {
  return `"${words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ')}"`;
}

const GROUPS = process.platform !== 'win32';

function messageIn(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) && value.jsonrpc === '2.0' ? value : null;
  } catch {
    return null;
  }
}

function toolsIn(answer: Record<string, unknown> | null): number | null {
  const result = answer?.result;
  return isJsonObject(result) && Array.isArray(result.tools) ? result.tools.length : null;
}

function refusalIn(answer: Record<string, unknown> | null): string | null {
  const error = answer?.error;
  return isJsonObject(error) ? String(error.message ?? 'an error without a message') : null;
}

/** Node ends what it says with its version, npm with the address of a log. */
function telling(text: string): string {
  const lines = text.trim().split(/\r?\n/);
  return lines.find((line) => ERROR_LINE.test(line)) ?? lines.at(-1) ?? '';
}

const ERROR_LINE = /^(?:[A-Za-z]*Error\b|error:|npm (?:ERR!|error) (?!A complete log))/;

/** Starts entries in turn, so that one does not slow the other down, and what several apps start alike only once. */
/** Nobody's turn is kept from them for longer by one that hangs. */
const TURN_MS = 2_000;

export class Starter {
  readonly #starts = new Map<string, Promise<Started>>();
  #last: Promise<unknown> = Promise.resolve();

  start(host: HostStart, patience: StartTimeBudget): Promise<Started> {
    const key = JSON.stringify([host, patience.initializeMs]);
    const known = this.#starts.get(key);
    if (known !== undefined) return known;
    const turn = Promise.race([this.#last, sleep(TURN_MS, undefined, { ref: false })]);
    const started = turn.then(() => start(host, patience));
    this.#starts.set(key, started);
    this.#last = started.catch(() => undefined);
    return started;
  }
}
