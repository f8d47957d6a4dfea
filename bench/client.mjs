/** A client that measures: starts a server on stdio, sends it requests, and says when each was answered and what memory it took. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

// Node 20 reads NODE_EXTRA_CA_CERTS at start, which costs more than a start of ours.
const { NODE_EXTRA_CA_CERTS: _dropped, ...environment } = process.env;
export const env = environment;

const HANDSHAKE = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'bench', version: '1' },
};

/** @param command arguments for this Node. @param extra environment variables */
export function connect(command, extra = {}) {
  const started = performance.now();
  const child = spawn(process.execPath, command, { env: { ...env, ...extra }, stdio: ['pipe', 'pipe', 'ignore'] });
  const waiting = new Map();
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.once('close', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${command.join(' ')} ended`));
  });
  let nextId = 1;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line);
    const request = waiting.get(message.id);
    if (message.method !== undefined || request === undefined) return;
    waiting.delete(message.id);
    request.resolve({ ...message, at: performance.now() - started, bytes: Buffer.byteLength(line) });
  });
  const send = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const client = {
    /** The answer, with `at`: milliseconds since the start. */
    request(method, params) {
      const id = nextId++;
      const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
      send({ id, method, params });
      return answer;
    },
    async call(name, args = {}) {
      const answer = await client.request('tools/call', { name, arguments: args });
      if (answer.error !== undefined || answer.result.isError) {
        throw new Error(`${name} failed: ${JSON.stringify(answer.error ?? answer.result).slice(0, 400)}`);
      }
      return answer;
    },
    async open() {
      const answer = await client.request('initialize', HANDSHAKE);
      send({ method: 'notifications/initialized' });
      return answer;
    },
    memory: () => memoryOf(child.pid),
    async end() {
      child.stdin.end();
      child.kill();
      await closed;
    },
  };
  return client;
}

/** Megabytes, `now` and at the `peak`; null where the system does not tell. */
function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const of = (name) => Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status)?.[1]) / 1024;
    return { now: of('VmRSS'), peak: of('VmHWM') };
  } catch {
    return null;
  }
}

/** Milliseconds to each answer of a start, and the memory after the list. */
export async function start(command, extra) {
  const client = connect(command, extra);
  const { at: initialized } = await client.open();
  const { at: listed } = await client.request('tools/list');
  const memory = client.memory()?.now ?? Number.NaN;
  await client.end();
  return { initialized, listed, memory };
}

export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
