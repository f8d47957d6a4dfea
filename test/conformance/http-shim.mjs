// Streamable HTTP in front of the built bridge's stdio, so that the official conformance suite, which speaks HTTP only,
// can test it. Started by scripts/test-conformance.mjs; prints its URL. The HTTP rules kept here are the shim's own.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CURRENT_VERSION = '2026-07-28';
const BRIDGE = fileURLToPath(new URL('../../bin/lucanto-mcp.js', import.meta.url));
/** JSON-RPC errors that the current revision answers with a status of their own. */
const STATUS_OF = {
  '-32601': 404,
  '-32020': 400,
  '-32021': 400,
  '-32022': 400,
  '-32602': 400,
  '-32600': 400,
  '-32700': 400,
};

/** One bridge on stdio. Ids are replaced on the way: several requests of a session may run at once with equal ones. */
class Bridge {
  #child = spawn(process.execPath, [BRIDGE, '--demo'], { stdio: ['pipe', 'pipe', 'inherit'] });
  #waiting = new Map();
  #lastId = 0;
  /** The GET stream of the session, if one is open. */
  stream = null;

  constructor() {
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#read(JSON.parse(line)));
  }

  send(message) {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** @param onMessage gets what belongs to the request before its answer, then the answer with `isLast` */
  request(message, onMessage) {
    const id = ++this.#lastId;
    const progressToken = message.params?._meta?.progressToken;
    this.#waiting.set(id, { onMessage, originalId: message.id, progressToken });
    this.send({ ...message, id });
    return id;
  }

  cancel(id) {
    if (!this.#waiting.delete(id) || this.#child.stdin.writableEnded) return;
    this.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
  }

  end() {
    this.#child.stdin.end();
  }

  #read(message) {
    const waiting = 'method' in message ? undefined : this.#waiting.get(message.id);
    if (waiting !== undefined) {
      this.#waiting.delete(message.id);
      waiting.onMessage({ ...message, id: waiting.originalId }, true);
      return;
    }
    const own = [...this.#waiting.entries()].find(([id, { progressToken }]) => belongsTo(message, id, progressToken));
    if (own !== undefined) own[1].onMessage(withSubscription(message, own[1].originalId), false);
    else if ('id' in message) [...this.#waiting.values()].at(-1)?.onMessage(message, false);
    else this.stream?.(message);
  }
}

/** A notification of a request's own: its progress, or what it subscribed to. */
function belongsTo({ params }, id, progressToken) {
  const subscription = params?._meta?.['io.modelcontextprotocol/subscriptionId'];
  if (subscription !== undefined) return String(subscription) === String(id);
  return progressToken !== undefined && params?.progressToken === progressToken;
}

function withSubscription(message, id) {
  const key = 'io.modelcontextprotocol/subscriptionId';
  if (message.params?._meta?.[key] === undefined) return message;
  return { ...message, params: { ...message.params, _meta: { ...message.params._meta, [key]: id } } };
}

const sessions = new Map();
/** For all requests without a session. A stdio connection speaks one revision, that of its first message but discovery. */
const current = new Bridge();
const META = {
  'io.modelcontextprotocol/protocolVersion': CURRENT_VERSION,
  'io.modelcontextprotocol/clientInfo': { name: 'http-shim', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const opened = new Promise((resolve) => {
  current.request({ jsonrpc: '2.0', method: 'tools/list', params: { _meta: META } }, resolve);
});

async function answer(request, response) {
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.host ?? '')) return end(response, 403);
  const { origin } = request.headers;
  if (origin !== undefined && !/^https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/.test(origin)) return end(response, 403);
  const session = request.headers['mcp-session-id'];
  const bridge = session === undefined ? null : sessions.get(session);
  if (session !== undefined && bridge === undefined) return end(response, 404);
  if (request.method === 'GET') return bridge === null ? end(response, 405) : listen(bridge, response);
  if (request.method === 'DELETE') {
    bridge?.end();
    sessions.delete(session);
    return end(response, bridge === null ? 405 : 200);
  }
  if (request.method !== 'POST') return end(response, 405);
  const message = await messageOf(request);
  if (message === null) return error(response, 400, null, -32700, 'Parse error');
  if (bridge !== null) return forward(bridge, message, response, false);
  const version = message.params?._meta?.['io.modelcontextprotocol/protocolVersion'];
  const isStateless = version !== undefined || request.headers['mcp-protocol-version'] === CURRENT_VERSION;
  if (message.method === 'initialize' && !isStateless) {
    const id = randomUUID();
    sessions.set(id, new Bridge());
    response.setHeader('Mcp-Session-Id', id);
    return forward(sessions.get(id), message, response, false);
  }
  const problem = version === undefined ? null : headerProblem(request.headers, message, version);
  if (problem !== null) return error(response, 400, message.id ?? null, -32020, problem);
  if (version === undefined || version === CURRENT_VERSION) return forward(current, message, response, true);
  const other = new Bridge();
  response.once('close', () => other.end());
  return forward(other, message, response, true);
}

/** The headers that repeat what the body says. */
function headerProblem(headers, { method, params }, version) {
  const name = params?.name ?? params?.uri;
  const takesName = method === 'tools/call' || method === 'prompts/get' || method === 'resources/read';
  if (headers['mcp-protocol-version'] !== version) return 'MCP-Protocol-Version does not match the body';
  if (headers['mcp-method'] !== method) return 'Mcp-Method does not match the body';
  return takesName && headers['mcp-name'] !== name ? 'Mcp-Name does not match the body' : null;
}

function forward(bridge, message, response, isStateless) {
  if (!('id' in message) || !('method' in message)) {
    bridge.send(message);
    return end(response, 202);
  }
  const id = bridge.request(message, (sent, isLast) => {
    if (!response.headersSent && isLast) {
      const status = isStateless && sent.error !== undefined ? (STATUS_OF[sent.error.code] ?? 200) : 200;
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(sent));
      return;
    }
    if (!response.headersSent) response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(`event: message\ndata: ${JSON.stringify(sent)}\n\n`);
    if (isLast) response.end();
  });
  response.once('close', () => bridge.cancel(id));
}

function listen(bridge, response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
  bridge.stream = (message) => response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  response.once('close', () => {
    bridge.stream = null;
  });
}

async function messageOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    const message = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return typeof message === 'object' && !Array.isArray(message) ? message : null;
  } catch {
    return null;
  }
}

function end(response, status) {
  response.writeHead(status).end();
}

function error(response, status, id, code, message) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }));
}

const server = createServer((request, response) => {
  answer(request, response).catch((cause) => {
    process.stderr.write(`${cause.stack}\n`);
    response.destroy();
  });
});
await opened;
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}/mcp\n`));
process.stdin.resume().once('end', () => {
  for (const bridge of [...sessions.values(), current]) bridge.end();
  server.close();
  server.closeAllConnections();
});
