// How fast the bridge starts and answers, as ratios within one run: machines differ, ratios less so.
//   npm run bench            the built bridge beside a bare Node process
//   npm run bench -- --peers beside mcp-remote too, from the npm registry into .cache/ (it needs a service: the demo)
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bridge = join(root, 'bin/lucanto-mcp.js');
const rounds = 15;
const scratch = mkdtempSync(join(tmpdir(), 'lucanto-bench-'));
// Node 20 reads NODE_EXTRA_CA_CERTS at start, which costs more than all of ours.
const { NODE_EXTRA_CA_CERTS: _dropped, ...env } = process.env;

const INITIALIZE =
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}\n';
const LIST = '{"jsonrpc":"2.0","method":"notifications/initialized"}\n{"jsonrpc":"2.0","id":2,"method":"tools/list"}\n';

/** Milliseconds until initialize, then until tools/list was answered. */
function session(args) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
    let initialized;
    child.once('error', reject);
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"id":1')) {
        initialized = performance.now() - started;
        child.stdin.write(LIST);
      } else if (line.includes('"id":2')) {
        const listed = performance.now() - started;
        child.once('close', () => resolve({ initialized, listed, bytes: Buffer.byteLength(line) }));
        child.stdin.end();
        child.kill();
      }
    });
    child.stdin.write(INITIALIZE);
  });
}

function bareNode() {
  const started = performance.now();
  spawnSync(process.execPath, ['-e', '0'], { env });
  return performance.now() - started;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function peer() {
  const folder = join(root, '.cache', 'peers');
  const entry = join(folder, 'node_modules/mcp-remote/dist/proxy.js');
  if (!existsSync(entry)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
    const windows = process.platform === 'win32';
    spawnSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', 'mcp-remote'], {
      stdio: 'inherit',
      shell: windows,
    });
  }
  return entry;
}

async function demoService() {
  const child = spawn(process.execPath, [bridge, 'demo'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let url;
  for await (const line of createInterface({ input: child.stdout })) {
    url ??= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    const token = /^\s*manage\s+(\S+)/.exec(line)?.[1];
    if (token) return { url, token, stop: () => child.kill() };
  }
  throw new Error('the embedded Lucanto did not start');
}

const rows = [];
function row(what, ms, base) {
  rows.push({ what, 'median ms': ms.toFixed(0), 'times a bare node': (ms / base).toFixed(1) });
}

const peers = process.argv.includes('--peers');
const service = peers ? await demoService() : null;
try {
  const ours = [bridge, '--config-dir', join(scratch, 'config')];
  const theirs = service && [
    peer(),
    `${service.url}/api/mcp/v1`,
    '--header',
    `Authorization: Bearer ${service.token}`,
    '--allow-http',
  ];
  const bare = [];
  const own = [];
  const other = [];
  await session(ours);
  for (let round = 0; round < rounds; round++) {
    bare.push(bareNode());
    own.push(await session(ours));
    if (theirs) other.push(await session(theirs));
  }
  const base = median(bare);
  row('node -e 0', base, base);
  row('lucanto-mcp: initialize answered', median(own.map(({ initialized }) => initialized)), base);
  row('lucanto-mcp: tools/list answered', median(own.map(({ listed }) => listed)), base);
  if (theirs) {
    row('mcp-remote: initialize answered', median(other.map(({ initialized }) => initialized)), base);
    row('mcp-remote: tools/list answered', median(other.map(({ listed }) => listed)), base);
  }
  process.stdout.write(
    `${rows.map(({ what, ...figures }) => `${what.padEnd(36)}${figures['median ms'].padStart(6)} ms ${figures['times a bare node'].padStart(6)} ×`).join('\n')}\n`,
  );
  process.stdout.write(
    `tools/list of the offline default: ${own[0].bytes} bytes. Node ${process.version}, ${rounds} rounds in turn.\n`,
  );
} finally {
  service?.stop();
  rmSync(scratch, { recursive: true, force: true });
}
