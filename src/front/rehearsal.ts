import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { openBridge } from '../bridge/open-bridge.ts';
import type { BridgeOptions } from '../bridge/open-service.ts';
import { cacheFolder } from '../config/paths.ts';
import { isJsonObject, objectIn, parseJson } from '../core/json.ts';
import { createLog, type Log, Secrets } from '../core/log.ts';
import type { ServedBridge } from '../server/call-context.ts';
import { MAX_LENGTH } from '../server/instructions.ts';
import { serve } from '../server/stdio-server.ts';
import { LEGACY_VERSIONS, LIST_CHANGES, LIST_METHODS, MODERN_VERSION, SUBSCRIBE } from './opening-message.ts';
import {
  type CachedFiles,
  filledIn,
  ID_MARK,
  NOTE_MARK,
  type ReadyAnswers,
  readCachedFiles,
  readPrivate,
  readyAnswersIn,
  readyKey,
  readyPath,
} from './ready-answers.ts';

/** Makes ready answers: the real server answers every opening message of every protocol version, in memory. */

/** Answers of earlier settings and contracts, and code of earlier Nodes, that are kept: other starts need their own. */
const MAX_FILES = 6;
const DEMO_WAIT_MS = 60_000;
const NOTE = 'note-of-the-rehearsal';
const CLIENT = { name: 'rehearsal', version: '1' };

/** @param seen whether the token's tools are known, without which a list has to wait */
export async function rehearse(bridge: ServedBridge, seen: boolean, log: Log): Promise<ReadyAnswers> {
  const methods = seen ? LIST_METHODS : [];
  const answers = new Map<string, Buffer>();
  for (const version of LEGACY_VERSIONS) {
    const handshake = { protocolVersion: version, capabilities: {}, clientInfo: CLIENT };
    const requests = [
      { method: 'initialize', params: handshake },
      ...['ping', ...methods].map((method) => ({ method })),
    ];
    await record(bridge, log, version, requests, answers);
  }
  const envelope = {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': MODERN_VERSION,
      'io.modelcontextprotocol/clientInfo': CLIENT,
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  };
  const requests = [
    ...['server/discover', ...methods].map((method) => ({ method, params: envelope })),
    ...subsetsOf(LIST_CHANGES).map((kinds) => ({
      method: SUBSCRIBE,
      kinds: kinds.join(),
      params: { ...envelope, notifications: Object.fromEntries(kinds.map((kind) => [kind, true])) },
    })),
  ];
  await record(bridge, log, MODERN_VERSION, requests, answers);
  return { answers, noteChars: MAX_LENGTH - 1 - longestInstructions(answers) + NOTE.length };
}

/** One connection: its requests in their order, and the answers with marks in place of ids and note. */
async function record(
  bridge: ServedBridge,
  log: Log,
  version: string,
  requests: readonly { readonly method: string; readonly kinds?: string; readonly params?: object }[],
  answers: Map<string, Buffer>,
): Promise<void> {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  let text = '';
  stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const named = requests.map(({ method, kinds, params }) => ({
    name: [version, method, ...(kinds === undefined ? [] : [kinds])].join(' '),
    request: { method, ...(params !== undefined && { params }) },
  }));
  const lines = named.map(({ name, request }) => JSON.stringify({ jsonrpc: '2.0', id: idOf(name), ...request }));
  stdin.end(`${lines.join('\n')}\n`);
  await serve({
    bridge: silent(bridge),
    ...{ stdin, stdout, log, clock: Date.now, parentId: () => 0 },
    stop: new AbortController().signal,
  });
  for (const { name } of named) {
    const id = JSON.stringify(idOf(name));
    const line = text.split('\n').find((one) => one.includes(id));
    // A method that the server does not have is left to it.
    if (line === undefined || line.includes('"error":')) continue;
    answers.set(name, Buffer.from(line.replace(id, ID_MARK).replace(NOTE, NOTE_MARK)));
  }
}

/** All but the empty one. */
function subsetsOf<T>(items: readonly T[]): T[][] {
  const count = 2 ** items.length - 1;
  return Array.from({ length: count }, (_, bits) => items.filter((_item, index) => ((bits + 1) & (1 << index)) !== 0));
}

function idOf(name: string): string {
  return `rehearsal of ${name}`;
}

/** The bridge as the server sees it, without a network and without an end. */
function silent(bridge: ServedBridge): ServedBridge {
  const refuse = () => Promise.reject(new Error('A rehearsal calls nothing'));
  return {
    visible: () => bridge.visible(),
    listed: () => bridge.listed(),
    find: (name) => bridge.find(name),
    run: refuse,
    facts: () => bridge.facts(),
    listWorkspaces: refuse,
    timeLimit: (now) => bridge.timeLimit(now),
    firstCatalogue: async () => undefined,
    onToolsChanged: () => () => undefined,
    refreshInBackground: () => undefined,
    settleWrites: async () => undefined,
    close: async () => undefined,
  };
}

function longestInstructions(answers: ReadonlyMap<string, Buffer>): number {
  const lengths = [...answers.values()].map((answer) => {
    const { result } = objectIn(parseJson(filledIn(answer, '0', NOTE)));
    return isJsonObject(result) && typeof result.instructions === 'string' ? result.instructions.length : 0;
  });
  return Math.max(...lengths);
}

/** Keeps what a start with the same options would answer, for the next one. Fails silently: it is only a cache. */
export async function keepReadyAnswers(options: BridgeOptions): Promise<void> {
  const { settings, log } = options;
  if (settings.demo) return;
  try {
    const quiet = createLog('error', () => undefined, log.secrets);
    const bridge = await openBridge({ ...options, log: quiet, readOnlyInspection: true });
    const { credential } = bridge;
    if (credential === null) return;
    const folder = cacheFolder(settings.configDir, settings.url, credential.token);
    const before = readCachedFiles(folder);
    if (before === null) return;
    const key = readyKey(settings, true);
    const path = readyPath(folder, key);
    const kept = readPrivate(path);
    if (kept !== null && readyAnswersIn(kept, key, before) !== null) return;
    const answers = await rehearse(bridge, bridge.catalogue.remoteState().source !== 'never', quiet);
    // Another copy may have learned something new meanwhile, and will keep its own answers.
    const file = readyFile(new Map([[key, answers]]), before);
    if (readyAnswersIn(file, key, readCachedFiles(folder)) === null) return;
    await replace(path, file);
    await prune(folder);
  } catch (error) {
    log.debug(`ready answers were not kept: ${String(error)}`);
  }
}

/** @param sets answers by key @param cached what they were made from; null where nothing was cached */
export function readyFile(sets: ReadonlyMap<string, ReadyAnswers>, cached: CachedFiles | null): Buffer {
  const body: Buffer[] = [];
  let length = 0;
  const put = (part: Buffer): readonly [number, number] => {
    body.push(part);
    length += part.length;
    return [length - part.length, part.length];
  };
  const lines = new Map<string, readonly [number, number]>();
  const index = [...sets].map(([key, { answers, noteChars }]) => {
    const places = [...answers].map(([name, answer]) => {
      const line = answer.toString('latin1');
      const place = lines.get(line) ?? put(answer);
      if (!lines.has(line)) put(Buffer.from('\n'));
      lines.set(line, place);
      return [name, place];
    });
    return [key, { noteChars, answers: Object.fromEntries(places) }];
  });
  const copies = [...(cached?.contents ?? [])].map(([name, content]) => [name, put(content)]);
  const header = { sets: Object.fromEntries(index), cached: Object.fromEntries(copies), length };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...body]);
}

async function replace(path: string, file: Buffer): Promise<void> {
  const draft = `${path}.${process.pid}.${Date.now()}.tmp`;
  try {
    await writeFile(draft, file, { mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^(ready|code)-.*\.(txt|bin)$/.test(name));
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), time: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = files.sort((a, b) => b.time - a.time).slice(MAX_FILES);
  await Promise.all(old.map(({ path }) => rm(path, { force: true })));
}

/**
 * What a first start answers, before anything is cached: made at build time, for the usual options.
 * @param options without a token, with one that was never seen, and for the demo
 */
export async function bundledReadyFile(options: readonly BridgeOptions[]): Promise<Buffer> {
  const sets = new Map<string, ReadyAnswers>();
  const log = createLog('error', () => undefined, new Secrets());
  for (const one of options) {
    const bridge = await openBridge({ ...one, log });
    const hasToken = bridge.credential !== null;
    if (one.settings.demo) await bridge.firstCatalogue(DEMO_WAIT_MS);
    if (one.settings.demo && bridge.catalogue.remoteState().source === 'never') throw new Error('The demo is silent');
    const served = hasToken ? bridge : { ...silent(bridge), facts: () => ({ ...bridge.facts(), notes: [NOTE] }) };
    const answers = await rehearse(served, one.settings.demo || !hasToken, log);
    sets.set(readyKey(one.settings, hasToken), answers);
    await bridge.close();
  }
  return readyFile(sets, null);
}
