import { type ChildProcess, spawn } from 'node:child_process';
import { shellWord, VERSION } from '../core/command-name.ts';
import { within } from '../core/deadline.ts';
import { isJsonObject, tryParseJson } from '../core/json.ts';
import type { HostStart } from './host-start.ts';

/** Starts an entry as its app would, and exchanges the first messages of MCP with it. */
export interface Started {
  /** Why there was no process at all (ENOENT); null where there was one. */
  readonly spawnError: string | null;
  /** Milliseconds until `initialize` was answered; null where it never was. */
  readonly initializeMs: number | null;
  /** Of `tools/list`; null where it was not answered. */
  readonly tools: number | null;
  /** The error that it answered instead. */
  readonly refusal: string | null;
  /** Lines on stdout that are not messages; perhaps secret. */
  readonly noise: readonly string[];
  /** The error on stderr, else the last line there; perhaps secret. */
  readonly stderr: string;
  /** Null while it ran on, or where a signal ended it. */
  readonly exitCode: number | null;
}

/** Older than most, so that every version of the program understands it. */
const PROTOCOL = '2025-06-18';
/** Our own program ends within one second; one that does not is ended. */
const END_MS = 2_000;
const MOST_NOISE = 3;
const LONGEST_LINE = 4 * 1024 * 1024;

/** Never throws; the process has ended when this resolves. @param initializeLimit in milliseconds, as is `toolsLimit` */
export async function start(
  host: HostStart,
  initializeLimit: number,
  toolsLimit: number,
  signal: AbortSignal,
): Promise<Started> {
  const session = new Session(host, signal);
  try {
    const begun = performance.now();
    const answer = await session.ask('initialize', INITIALIZE, initializeLimit);
    const initializeMs = answer === null ? null : Math.round(performance.now() - begun);
    const refused = refusalIn(answer);
    if (answer === null || refused !== null)
      return session.finish({ initializeMs: null, tools: null, refusal: refused });
    session.notify('notifications/initialized');
    const listed = await session.ask('tools/list', {}, toolsLimit);
    return session.finish({ initializeMs, tools: toolsIn(listed), refusal: refusalIn(listed) });
  } finally {
    await session.end();
  }
}

const INITIALIZE = {
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
  #stderr = '';
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
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2000);
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

  notify(method: string): void {
    this.#send({ method });
  }

  async finish(found: Pick<Started, 'initializeMs' | 'tools' | 'refusal'>): Promise<Started> {
    // Only an end of its own means something.
    const { exitCode } = this.#child;
    await this.end();
    return {
      ...found,
      spawnError: this.#spawnError,
      noise: this.#noise.slice(0, MOST_NOISE),
      stderr: errorIn(this.#stderr),
      exitCode,
    };
  }

  /** As apps do it: stdin is closed, and a process that still runs after a moment is ended. */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    await within(END_MS, [this.#closed]);
    this.#kill();
  }

  #send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #read(text: string): void {
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
  return `"${words.map((word) => shellWord(word, { platform: 'win32' })).join(' ')}"`;
}

const GROUPS = process.platform !== 'win32';

function messageIn(line: string): Record<string, unknown> | null {
  const value = tryParseJson(line);
  return isJsonObject(value) && value.jsonrpc === '2.0' ? value : null;
}

function toolsIn(answer: Record<string, unknown> | null): number | null {
  const result = answer?.result;
  return isJsonObject(result) && Array.isArray(result.tools) ? result.tools.length : null;
}

function refusalIn(answer: Record<string, unknown> | null): string | null {
  const error = answer?.error;
  return isJsonObject(error) ? String(error.message ?? 'an error without a message') : null;
}

/** Node ends its stderr with its version, npm with the path of a log. */
function errorIn(text: string): string {
  const lines = text.trim().split(/\r?\n/);
  return lines.find((line) => ERROR_LINE.test(line)) ?? lines.at(-1) ?? '';
}

const ERROR_LINE = /^(?:[A-Za-z]*Error\b|error:|npm (?:ERR!|error) (?!A complete log))/;
