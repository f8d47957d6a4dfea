/** The services that are called: the embedded Lucanto in a process of its own, and before it one with as many rows as wanted. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { env } from './client.mjs';

export async function embeddedLucanto(bridge) {
  const child = spawn(process.execPath, [bridge, 'demo'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let url;
  for await (const line of createInterface({ input: child.stdout })) {
    url ??= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    const token = /^\s*manage\s+(\S+)/.exec(line)?.[1];
    if (token) {
      child.stdout.resume();
      return { url, token, stop: () => child.kill() };
    }
  }
  throw new Error('the embedded Lucanto did not start');
}

/** Answers lists with pages out of `rows` copies of the first record that the service has; everything else is the service's own. */
export async function withManyRows(service, rows) {
  const seen = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url, service.url);
    const { host: _host, ...headers } = request.headers;
    // The service has not given out these cursors, and refuses them.
    const asked = new URL(url);
    asked.searchParams.delete('cursor');
    const answer = await fetch(asked, {
      method: request.method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      body: chunks.length === 0 ? undefined : Buffer.concat(chunks),
    });
    let text = await answer.text();
    const isList = request.method === 'GET' && /\/invoices$/.test(url.pathname);
    if (isList && answer.ok) text = page(JSON.parse(text), url, rows);
    if (isList) seen.push(url.search);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(text);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, token: service.token, requests: seen, stop: () => server.close() };
}

function page(body, url, rows) {
  const [key, list] = Object.entries(body).find(([, value]) => Array.isArray(value));
  const size = Number(url.searchParams.get('limit') ?? 25);
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const count = Math.min(size, rows - from);
  const records = Array.from({ length: count }, (_, at) => ({ ...list[0], id: 1_000_000 + from + at }));
  const next = from + count < rows ? String(from + count) : null;
  return JSON.stringify({ ...body, [key]: records, next_cursor: next, has_more: next !== null });
}
