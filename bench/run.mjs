// How fast the bridge starts and answers, what memory and how many bytes it takes: each figure as a ratio to a peer in the same run.
//   npm run bench                     everything that needs no network; bench/README.md says how to read it
//   npm run bench -- --rounds 20      more rounds (20 is the default)
//   npm run bench -- --peers          beside mcp-remote too, from the npm registry into .cache/
//   npm run bench -- --idle           also memory after ten idle minutes
//   npm run bench -- --json           the same as JSON
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connect, env, median, pause, start } from './client.mjs';
import { embeddedLucanto, withManyRows } from './service.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    peers: { type: 'boolean', default: false },
    idle: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const root = fileURLToPath(new URL('..', import.meta.url));
const bridge = join(root, 'bin/lucanto-mcp.js');
const echo = [fileURLToPath(new URL('echo.cjs', import.meta.url))];
const scratch = mkdtempSync(join(tmpdir(), 'lucanto-bench-'));
const PEER = 'mcp-remote@0.1.29';
const IDLE_MINUTES = 10;
const rows = [];

/** @param figure of ours and of the peer. @param aim the most that the ratio (or the difference, or the figure alone) may be */
function row(what, unit, ours, against, aim) {
  rows.push({ what, unit, ours, against, ratio: against === null ? null : ours / against, aim });
}

/** Each of the starts in turn, so that what else the machine does meets all alike. */
async function starts(commands) {
  const seen = commands.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { args, extra }] of commands.entries()) seen[index].push(await start(args, extra?.()));
  }
  return seen.map((results) => ({
    initialized: median(results.map(({ initialized }) => initialized)),
    listed: median(results.map(({ listed }) => listed)),
    memory: median(results.map(({ memory }) => memory)),
  }));
}

function folder(name) {
  const path = join(scratch, name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

async function measureStarts(service) {
  const known = { LUCANTO_TOKEN: service.token, LUCANTO_URL: service.url };
  const config = folder('known');
  const warm = connect([bridge, '--config-dir', config], known);
  await warm.open();
  await warm.request('tools/list');
  await warm.call('lucanto_list_workspaces');
  await pause(2_000);
  await warm.end();
  let fresh = 0;
  const [base, cached, empty, demo, whole] = await starts([
    { args: echo },
    { args: [bridge, '--config-dir', config], extra: () => known },
    { args: [bridge], extra: () => ({ LUCANTO_CONFIG_DIR: folder(`empty-${fresh++}`) }) },
    { args: [bridge, '--demo', '--config-dir', folder('demo')] },
    { args: [bridge, '--config-dir', config], extra: () => ({ ...known, LUCANTO_NO_FRONT: '1' }) },
  ]);
  row('start to initialize, cached', 'ms', cached.initialized, base.initialized, '1.3 (Node 24: 1.45)');
  row('start to tools/list, cached', 'ms', cached.listed, base.listed, '1.35 (Node 24: 1.5)');
  row('the same, empty config directory', 'ms', empty.listed, base.listed, '1.45');
  row('--demo to tools/list', 'ms', demo.listed, base.listed, '4');
  row('without ready answers to tools/list', 'ms', whole.listed, base.listed, null);
  row('memory after tools/list', 'MB', cached.memory, base.memory, '1.2');
  if (options.idle) await measureIdle(config, known, base.memory);
  await measureFirstCalls(service, config, known);
}

async function measureIdle(config, known, base) {
  const client = connect([bridge, '--config-dir', config], known);
  await client.open();
  await client.request('tools/list');
  await pause(IDLE_MINUTES * 60_000);
  row(`memory after ${IDLE_MINUTES} idle minutes`, 'MB', client.memory()?.now ?? Number.NaN, base, '1.35');
  await client.end();
}

/** The first call: sent at once, with and without ready answers, and to a copy that has been idle. */
async function measureFirstCalls(service, config, known) {
  const atOnce = { front: [], whole: [], idle: [], fetch: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [kind, extra] of [
      ['front', known],
      ['whole', { ...known, LUCANTO_NO_FRONT: '1' }],
    ]) {
      const client = connect([bridge, '--config-dir', config], extra);
      void client.open();
      void client.request('tools/list');
      atOnce[kind].push((await client.call('lucanto_list_workspaces')).at);
      await client.end();
    }
    const client = connect([bridge, '--config-dir', config], known);
    await client.open();
    await client.request('tools/list');
    await pause(700);
    const sent = performance.now();
    await client.call('lucanto_list_workspaces');
    atOnce.idle.push(performance.now() - sent);
    await client.end();
    atOnce.fetch.push(Number(bareFetch(service)));
  }
  row('start to a first call sent at once', 'ms', median(atOnce.front), median(atOnce.whole), '0.7 of no front');
  row('first call of an idle copy', 'ms', median(atOnce.idle), median(atOnce.fetch), '+120 ms');
}

/** Milliseconds of the first fetch in a process that is up. */
function bareFetch({ url, token }) {
  const script = `const at = performance.now(); fetch('${url}/api/v1/user/workspaces', { headers: { authorization: 'Bearer ${token}' } })
    .then((answer) => answer.text()).then(() => { process.stdout.write(String(performance.now() - at)); process.exit(); });`;
  return spawnSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }).stdout;
}

async function measureWarmCalls(service) {
  const client = connect([bridge, '--config-dir', folder('warm')], {
    LUCANTO_TOKEN: service.token,
    LUCANTO_URL: service.url,
  });
  await client.open();
  await client.request('tools/list');
  const listed = await client.call('lucanto_list_workspaces');
  const id = firstId(listed);
  const headers = { authorization: `Bearer ${service.token}` };
  for (const [what, name, args, path, aim] of [
    ['list_workspaces, warm', 'lucanto_list_workspaces', {}, '/user/workspaces', '+0.7 ms'],
    [
      'list_invoices of 50, warm',
      'lucanto_list_invoices',
      { workspace_id: id, limit: 50 },
      `/workspaces/${id}/invoices?limit=50`,
      '+2.0 ms',
    ],
  ]) {
    const ours = [];
    const bare = [];
    for (let round = 0; round < 100 + rounds * 5; round++) {
      let sent = performance.now();
      await client.call(name, args);
      ours.push(performance.now() - sent);
      sent = performance.now();
      await (await fetch(`${service.url}/api/v1${path}`, { headers })).text();
      bare.push(performance.now() - sent);
    }
    // The first hundred are for the compiler to warm up.
    row(what, 'ms', median(ours.slice(100)), median(bare.slice(100)), aim);
  }
  await client.end();
}

function firstId({ result }) {
  return /"id":"?(\d+)/.exec(result.content[0].text)[1];
}

/** @param name of the tool that is called, or of one that ends like it */
async function throughput(command, extra, name) {
  const client = connect(command, extra);
  await client.open();
  const { result } = await client.request('tools/list');
  const tool = result.tools.find((one) => one.name === name || one.name.endsWith('list_workspaces')).name;
  await client.call(tool);
  const started = performance.now();
  let left = 1000;
  const worker = async () => {
    while (left-- > 0) await client.call(tool);
  };
  await Promise.all(Array.from({ length: 50 }, worker));
  const perSecond = 1_000_000 / (performance.now() - started);
  const peak = client.memory()?.peak ?? Number.NaN;
  await client.end();
  return { perSecond, peak };
}

async function measureThroughput(service) {
  const extra = { LUCANTO_TOKEN: service.token, LUCANTO_URL: service.url };
  const ours = [];
  const theirs = [];
  const peer = options.peers ? peerCommand(service) : null;
  for (let round = 0; round < 3; round++) {
    ours.push(await throughput([bridge, '--config-dir', folder('many'), '--backend', 'rest'], extra));
    if (peer !== null) theirs.push(await throughput(peer, {}));
  }
  const of = (results, key) => (results.length === 0 ? null : median(results.map((result) => result[key])));
  row('1,000 calls, 50 at once: calls a second', '/s', of(ours, 'perSecond'), of(theirs, 'perSecond'), 'at least 2');
  row('1,000 calls, 50 at once: peak memory', 'MB', of(ours, 'peak'), of(theirs, 'peak'), '0.6');
}

async function measureManyRows(service) {
  const memory = {};
  for (const count of [100, 10_000]) {
    const many = await withManyRows(service, count);
    const client = connect([bridge, '--config-dir', folder(`rows-${count}`)], {
      LUCANTO_TOKEN: many.token,
      LUCANTO_URL: many.url,
    });
    await client.open();
    const { result } = await client.request('tools/list');
    const tool = result.tools.find(({ name }) => name.startsWith('lucanto_summarize_'));
    const listed = await client.call('lucanto_list_workspaces');
    const workspace = firstId(listed);
    const type = 'type' in tool.inputSchema.properties ? { type: 'invoice' } : {};
    await client.call(tool.name, { workspace_id: workspace, ...type });
    memory[count] = client.memory()?.peak ?? Number.NaN;
    await client.end();
    many.stop();
  }
  row('10,000 rows summarised: peak memory', 'MB', memory[10_000], memory[100], '+20 MB');
}

function peerCommand(service) {
  const cache = join(root, '.cache', 'peers');
  const entry = join(cache, 'node_modules/mcp-remote/dist/proxy.js');
  if (!existsSync(entry)) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, 'package.json'), '{"private":true}\n');
    const shell = process.platform === 'win32';
    spawnSync('npm', ['install', '--prefix', cache, '--no-audit', '--no-fund', '--ignore-scripts', PEER], {
      stdio: 'inherit',
      shell,
    });
  }
  return [entry, ...peerArguments(service)];
}

function peerArguments({ url, token }) {
  return [`${url}/api/mcp/v1`, '--header', `Authorization: Bearer ${token}`, '--allow-http'];
}

const NPX_ROUNDS = 3;

/** From an empty npm cache to the first answer: ours from its packed file, the peer from the registry. */
async function measureNpx(service) {
  const shell = process.platform === 'win32';
  const modules = spawnSync('npm', ['root', '--global'], { env, encoding: 'utf8', shell }).stdout.trim();
  const npx = join(modules, 'npm/bin/npx-cli.js');
  const packed = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], {
    cwd: packageCopy(),
    env,
    encoding: 'utf8',
    shell,
  });
  const [{ filename }] = Object.values(JSON.parse(packed.stdout));
  const seen = { ours: [], theirs: [] };
  for (let round = 0; round < NPX_ROUNDS; round++) {
    for (const [who, args, extra] of [
      [
        'ours',
        ['--package', `file:${join(scratch, filename)}`, 'lucanto-mcp'],
        { LUCANTO_TOKEN: service.token, LUCANTO_URL: service.url },
      ],
      ['theirs', [PEER, ...peerArguments(service)], {}],
    ]) {
      const home = folder(`npx-${who}-${round}`);
      const client = connect([npx, '--yes', ...args], {
        ...{
          npm_config_cache: join(home, 'cache'),
          npm_config_prefer_online: 'true',
          LUCANTO_CONFIG_DIR: join(home, 'config'),
        },
        ...extra,
      });
      seen[who].push((await client.open()).at);
      await client.end();
    }
  }
  row('npx from an empty cache to initialize', 'ms', median(seen.ours), median(seen.theirs), '0.25');
}

/** What is published, without the rest of the working folder. */
function packageCopy() {
  const copy = folder('package');
  for (const name of [
    'package.json',
    'bin',
    'dist',
    'docs',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  return copy;
}

function measureSize() {
  const { stdout } = spawnSync('npm', ['pack', '--json', '--dry-run', '--ignore-scripts'], {
    cwd: packageCopy(),
    env,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const [pack] = Object.values(JSON.parse(stdout));
  row('packed', 'kB', pack.size / 1000, null, '350');
  row('files', '', pack.entryCount, null, '60');
}

function table() {
  const text = ({ unit, ours, against, ratio, aim, what }) => {
    const one = (value) => (value === null ? '' : `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`);
    return [what, one(ours), one(against), ratio === null ? '' : `${ratio.toFixed(2)} ×`, aim ?? ''];
  };
  const lines = [['what', 'ours', 'against', 'ratio', 'aim'], ...rows.map(text)];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const service = await embeddedLucanto(bridge);
try {
  await measureStarts(service);
  await measureWarmCalls(service);
  await measureThroughput(service);
  await measureManyRows(service);
  if (options.peers) await measureNpx(service);
  measureSize();
  const about = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    rounds,
  };
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...about, rows }, null, 2)}\n`
      : `${table()}\nNode ${about.node}, ${about.platform}, ${rounds} rounds in turn, medians.\n`,
  );
} finally {
  service.stop();
  rmSync(scratch, { recursive: true, force: true });
}
