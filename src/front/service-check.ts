import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import type { Environment } from '../config/paths.ts';
import { VERSION } from '../core/command-name.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import { MODERN_VERSION } from './opening-message.ts';
import { CONFIRMED } from './ready-answers.ts';

/**
 * Whether the service still says what is cached of it: a conditional request for its contract and one for its tool
 * list, without the bridge. Whatever is not a plain yes is for the bridge to find out.
 */

const CONTRACT_PATH = '/api/v1/openapi.json';
const REMOTE_PATH = '/api/mcp/v1';
const LEGACY_VERSION = '2025-11-25';
const TIMEOUT_MS = 10_000;
const MAX_PAGES = 50;
const MAX_BYTES = 10 * 1024 * 1024;
const DAY_MS = 24 * 60 * 60_000;
const PROXY = /^(https?|all)_proxy$/i;

interface ServiceCheck {
  readonly origin: string;
  readonly token: string;
  /** Where what is known of the service is cached. */
  readonly folder: string;
  readonly env: Environment;
  readonly clock: () => number;
}

/** What is confirmed counts as fresh from then on. */
export async function isServiceUnchanged(check: ServiceCheck): Promise<boolean> {
  const { folder, env, clock } = check;
  // The ways through a proxy are the bridge's.
  if (Object.entries(env).some(([name, value]) => PROXY.test(name) && value)) return false;
  try {
    const same = await Promise.all([isContractSame(check), areToolsSame(check)]);
    if (!same.every(Boolean)) return false;
    for (const name of ['contract.json', 'catalogue.json']) confirm(join(folder, name), clock());
    return true;
  } catch {
    return false;
  }
}

async function isContractSame(check: ServiceCheck): Promise<boolean> {
  const { etag, text, fetchedAt } = objectIn(readFileSync(join(check.folder, 'contract.json'), 'utf8'));
  // Without an ETag the whole document would come each time.
  if (typeof etag !== 'string') return check.clock() - Date.parse(String(fetchedAt)) < DAY_MS;
  const answer = await send(check, 'GET', CONTRACT_PATH, { 'If-None-Match': etag, Accept: 'application/json' }, null);
  return answer.status === 304 || (answer.status === 200 && answer.text === text);
}

async function areToolsSame(check: ServiceCheck): Promise<boolean> {
  const { tools } = objectIn(readFileSync(join(check.folder, 'catalogue.json'), 'utf8'));
  const { version } = objectIn(readFileSync(join(check.folder, 'protocol.json'), 'utf8'));
  const listed = version === MODERN_VERSION ? await modernList(check) : await legacyList(check);
  return JSON.stringify(listed) === JSON.stringify(tools);
}

const CLIENT = { name: 'lucanto-mcp', version: VERSION };

function modernList(check: ServiceCheck): Promise<readonly unknown[]> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN_VERSION,
    'io.modelcontextprotocol/clientInfo': CLIENT,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const headers = { 'MCP-Protocol-Version': MODERN_VERSION, 'Mcp-Method': 'tools/list' };
  return allPages((cursor) => post(check, headers, { id: 1, method: 'tools/list', params: { ...cursor, _meta } }));
}

async function legacyList(check: ServiceCheck): Promise<readonly unknown[]> {
  const handshake = { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo: CLIENT };
  const opened = await post(check, {}, { id: 1, method: 'initialize', params: handshake });
  const version = isJsonObject(opened.result) ? opened.result.protocolVersion : undefined;
  if (typeof version !== 'string') return [];
  const session = opened.headers['mcp-session-id'];
  const headers = {
    'MCP-Protocol-Version': version,
    ...(typeof session === 'string' && { 'Mcp-Session-Id': session }),
  };
  await post(check, headers, { method: 'notifications/initialized', params: {} });
  return allPages((cursor) => post(check, headers, { id: 2, method: 'tools/list', params: cursor }));
}

async function allPages(
  page: (cursor: JsonObject) => Promise<{ readonly result: unknown }>,
): Promise<readonly unknown[]> {
  const tools: unknown[] = [];
  let cursor: JsonObject = {};
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const { result } = await page(cursor);
    if (!isJsonObject(result) || !Array.isArray(result.tools)) break;
    tools.push(...result.tools);
    if (typeof result.nextCursor !== 'string') return tools;
    cursor = { cursor: result.nextCursor };
  }
  throw new Error('the tool list is not whole');
}

/** One JSON-RPC message; its result, undefined where the answer has none. */
async function post(check: ServiceCheck, headers: Readonly<Record<string, string>>, message: JsonObject) {
  const accept = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream', ...headers };
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  const answer = await send(check, 'POST', REMOTE_PATH, accept, body);
  if (message.id === undefined) return { headers: answer.headers, result: undefined };
  if (answer.status !== 200) throw new Error(`answered with ${answer.status}`);
  // Of a stream of events, the one that answers.
  const events = /^text\/event-stream/.test(answer.headers['content-type'] ?? '')
    ? answer.text.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice('data:'.length)] : []))
    : [answer.text];
  const reply = events.map(objectIn).find(({ id }) => id === message.id);
  return { headers: answer.headers, result: reply?.result };
}

async function send(
  { origin, token }: ServiceCheck,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | null,
): Promise<{ readonly status: number | undefined; readonly headers: IncomingHttpHeaders; readonly text: string }> {
  // Imported as a module, it would load all that fetch needs.
  const { request } = process.getBuiltinModule(origin.startsWith('https:') ? 'node:https' : 'node:http');
  return new Promise((resolve, reject) => {
    const own = { Authorization: `Bearer ${token}`, 'User-Agent': `lucanto-mcp/${VERSION}`, ...headers };
    const sent = request(`${origin}${path}`, { method, headers: own, agent: false, timeout: TIMEOUT_MS }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > MAX_BYTES) sent.destroy(new Error('too large'));
      });
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    // A connection that ends meanwhile does not wait for it.
    sent.on('socket', (socket) => socket.unref());
    sent.on('timeout', () => sent.destroy(new Error('timed out')));
    sent.on('error', reject);
    // Without a listener, such an answer ends the request without an error.
    sent.on('upgrade', (_answer, socket) => {
      socket.destroy();
      reject(new Error('another protocol'));
    });
    sent.end(body ?? undefined);
  });
}

/** Written beside and renamed: a reader in another copy sees the old file or the new one. */
function confirm(path: string, now: number): void {
  const text = readFileSync(path, 'utf8');
  if (!CONFIRMED.test(text)) return;
  const draft = `${path}.${process.pid}.${now}.tmp`;
  try {
    writeFileSync(draft, text.replace(CONFIRMED, `{"fetchedAt":"${new Date(now).toISOString()}",`), { mode: 0o600 });
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

function objectIn(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  return isJsonObject(value) ? value : {};
}
