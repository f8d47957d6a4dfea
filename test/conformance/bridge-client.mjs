// The bridge as the client that the official conformance suite tests: its scenario's server stands behind the path of
// the remote endpoint, and every tool that the bridge lists is called once. Started by the suite, with the server's URL.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BRIDGE = fileURLToPath(new URL('../../bin/lucanto-mcp.js', import.meta.url));
const target = new URL(process.argv.at(-1));
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
const home = mkdtempSync(join(tmpdir(), 'lucanto-conformance-'));

/** The scenario's server knows neither the path of the remote endpoint nor REST. */
const front = createServer((incoming, outgoing) => {
  if (incoming.url !== '/api/mcp/v1') return void outgoing.writeHead(404).end();
  // Connection is between two neighbours: passed on, it would end a connection that is then used again.
  const { connection: _ofTheBridge, ...end } = incoming.headers;
  const headers = { ...end, host: target.host };
  const sent = forward(target, { method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers).flushHeaders();
    answer.pipe(outgoing);
    answer.once('error', () => outgoing.destroy());
  });
  sent.once('error', () => outgoing.destroy());
  outgoing.once('close', () => sent.destroy());
  incoming.pipe(sent);
});
await new Promise((resolve) => front.listen(0, '127.0.0.1', resolve));

const bridge = spawn(
  process.execPath,
  [BRIDGE, '--url', `http://127.0.0.1:${front.address().port}`, '--backend', 'remote', '--confirm', 'never'],
  {
    env: {
      PATH: process.env.PATH,
      HOME: home,
      LUCANTO_CONFIG_DIR: home,
      LUCANTO_TOKEN: 'lct_pat_conformance0123456789',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  },
);
const waiting = new Map();
createInterface({ input: bridge.stdout }).on('line', (line) => {
  const message = JSON.parse(line);
  waiting.get(message.id)?.(message);
});

let lastId = 0;
function send(method, params = {}) {
  const id = ++lastId;
  bridge.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
  return new Promise((resolve) => waiting.set(id, resolve));
}

/** @param listed every tool: one scenario wants to see the schema of another tool as the bridge lists it */
function argumentFor(name, { type, enum: values, default: given }, listed) {
  if (name === 'schema') return listed[0].inputSchema;
  if (given !== undefined) return given;
  if (values !== undefined) return values[0];
  return { string: 'text', number: 5, integer: 5, boolean: true, array: [], object: {} }[type];
}

function argumentsFor({ properties = {} }, listed) {
  const entries = Object.entries(properties).map(([name, schema]) => [name, argumentFor(name, schema, listed)]);
  return Object.fromEntries(entries);
}

const clientInfo = { name: 'conformance', version: '1' };
await send('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
bridge.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
const { result } = await send('tools/list');
const calls =
  context.toolCalls ??
  result.tools.map((tool) => ({ name: tool.name, arguments: argumentsFor(tool.inputSchema, result.tools) }));
for (const call of calls) {
  const answer = await send('tools/call', call);
  process.stdout.write(`${JSON.stringify({ call, answer })}\n`);
}
bridge.stdin.end();
await new Promise((resolve) => bridge.once('close', resolve));
front.close();
front.closeAllConnections();
rmSync(home, { recursive: true, force: true });
