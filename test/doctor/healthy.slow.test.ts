import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/main.ts';
import { VERSION } from '../../src/core/command-name.ts';
import { programAndService } from '../cli/program-and-service.ts';
import { AUTHORITY_FILE } from '../fixtures/tls.ts';
import { connectProxy, tlsFront } from '../helpers/connect-proxy.ts';
import { front } from './services.ts';
import { DESKTOP, type TestComputer, testComputer } from './test-computer.ts';

const bench = programAndService('accounts');
let computer: TestComputer;
beforeEach(() => {
  computer = testComputer(bench.program, bench.service);
});
afterEach(() => computer.leave());

describe('The doctor on a healthy computer', () => {
  it('reports no problem, starts what each app would start, and exits with 0', async () => {
    await computer.loggedIn();
    await computer.run('setup', 'claude-desktop', 'codex', '--yes');
    const { code, stderr, findings, checks, of } = await computer.runDoctor();
    expect([code, stderr, findings]).toEqual([0, '', []]);
    expect(checks.filter(({ state }) => state === 'skip').map(({ id }) => id)).toEqual(['tls']);
    expect(of('contract').detail).toMatch(/^read just now, \d+ operations$/);
    expect(of('mcp').detail).toMatch(/^answers, \d+ tools$/);
    expect(of('scopes').detail).toMatch(/^read, create, change, issue, send and delete: .*invoices.* \(\d+ tools\)$/);
    expect(of('workspaces').detail).toContain('(42)');
    expect(of('apps').detail).toBe('connected: Claude Desktop, Codex');
    expect(of('claude-desktop-start').detail).toMatch(/^started in \d+[.]\d s; Claude Desktop waits 60 s$/);
    expect(of('codex-start').detail).toMatch(/Codex waits 10 s$/);
    expect(of('codex-tools').detail).toMatch(/^[1-9]\d* tools listed$/);
  });

  it('begins its JSON with what support asks first, and names neither the token nor the home folder', async () => {
    await computer.loggedIn();
    await computer.run('setup', 'claude-desktop');
    const { stdout } = await computer.runDoctor();
    expect(JSON.parse(stdout)).toMatchObject({
      version: VERSION,
      node: process.version,
      platform: process.platform,
      arch: process.arch,
      origin: bench.service.url,
      profile: 'default',
      ok: true,
      summary: { fail: 0, warn: 0 },
    });
    for (const secret of Object.values(bench.service.tokens)) expect(stdout).not.toContain(secret);
    expect(stdout).not.toContain(bench.program.home);
    expect(stdout).toContain('~/.config/Claude');
  });

  it('changes nothing on disk: it makes no folder, writes no cache and touches no file', async () => {
    const { findings } = await computer.runDoctor(['--url', bench.service.url], {
      LUCANTO_TOKEN: bench.service.tokens.read,
    });
    expect(findings).toEqual([]);
    expect(bench.program.files()).toEqual({});
    await computer.loggedIn();
    const before = bench.program.files();
    await computer.runDoctor();
    expect(bench.program.files()).toEqual(before);
  });

  it('sends only requests that read', async () => {
    const asked: string[] = [];
    const isSeen = ({ method, url }: IncomingMessage) => {
      asked.push(`${method} ${new URL(url ?? '/', bench.service.url).pathname.split('/').slice(0, 3).join('/')}`);
      return false;
    };
    const { origin } = computer.keep(await front(bench.service, {}, isSeen));
    await computer.runDoctor(['--url', origin], { LUCANTO_TOKEN: bench.service.tokens.manage });
    expect(asked.length).toBeGreaterThan(4);
    const methods = new Set(asked);
    expect([...methods].sort()).toEqual(['GET /api/v1', 'HEAD /api/v1', 'POST /api/mcp']);
  });

  it('works with --demo before anything is set up', async () => {
    const { code, findings, of } = await computer.runDoctor(['--demo']);
    expect([code, findings]).toEqual([0, []]);
    expect(of('contract').detail).toMatch(/^read just now/);
    expect(of('apps')).toMatchObject({ state: 'skip' });
  });

  it('checks the given profile, and its entry next to the other one', async () => {
    await computer.login(bench.service.tokens.manage, '--profile', 'work');
    await computer.run('setup', 'cursor', '--profile', 'work');
    const { findings, of } = await computer.runDoctor(['--profile', 'work']);
    expect(findings).toEqual([]);
    expect(of('profile').detail).toBe('profile work');
    expect(of('cursor-entry').detail).toContain('--profile work');
  });

  it('reads the certificate through a proxy, and names the variable that sets the proxy', async () => {
    const { port } = computer.keep(await tlsFront(Number(new URL(bench.service.url).port), 'server'));
    const proxy = computer.keep(await connectProxy({ target: port }));
    const env = {
      LUCANTO_TOKEN: bench.service.tokens.manage,
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      NODE_EXTRA_CA_CERTS: AUTHORITY_FILE,
    };
    const { findings, of } = await computer.runDoctor(['--url', 'https://lucanto.test'], env);
    expect(findings).toEqual([]);
    expect(of('proxy').detail).toBe(`127.0.0.1:${proxy.port}, from HTTPS_PROXY`);
    expect(of('tls').detail).toBe('issued by lucanto-mcp test authority, valid until 2126-01-01');
    expect(of('clock').state).toBe('ok');
    expect(new Set(proxy.asked)).toEqual(new Set(['lucanto.test:443']));
  });
});

describe('The doctor for people', () => {
  it('prints groups of aligned lines with each fix below, what was not checked once per reason, and no colours to a pipe', async () => {
    const { code, stdout } = await computer.run('doctor', '--url', bench.service.url);
    expect(code).toBe(1);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(
      `lucanto-mcp ${VERSION}, ${process.platform} ${process.arch}, profile default, ${bench.service.url}`,
    );
    const at = lines.findIndex((line) => line.startsWith('✖ API key'));
    expect(lines[at + 1]).toMatch(/^ +fix: Run `lucanto-mcp login --url /);
    const columns = lines
      .filter((line) => /^[✔!✖] /.test(line))
      .map((line) => /^. .*?(?= {2,}\S)\s+/.exec(line)?.[0].length);
    expect(new Set(columns).size).toBe(1);
    expect(lines.filter((line) => /^(This|Your|Lucanto$)/.test(line))).toEqual([
      'This computer',
      'Your key',
      'Lucanto',
      'Your apps',
    ]);
    const reasons = lines.filter((line) => line.startsWith('- ')).map((line) => line.replace(/^.*?: /, ''));
    expect(reasons).toContain('not checked because of "API key"');
    expect(stdout).toMatch(/^! Apps +No app is connected, .*\n +fix: .*`lucanto-mcp setup/m);
    expect(lines.at(-2)).toMatch(/^1 problem, 1 warning; \d+ of \d+ checks are fine, \d+ not checked[.]$/);
    expect(stdout).not.toContain('\u001b[');
  });

  it('colours its marks and shows its progress on a terminal', async () => {
    const stdout = terminal();
    const stderr = terminal();
    const code = await runProgram({
      args: ['doctor', '--demo'],
      env: { HOME: bench.program.home, PATH: '/usr/bin:/bin' },
      machine: { platform: process.platform, home: bench.program.home, cwd: bench.program.home },
      stdio: { stdin: new PassThrough(), stdout: stdout.stream, stderr: stderr.stream },
      running: { node: process.execPath, script: '/opt/lucanto-mcp/bin/lucanto-mcp.js' },
      clock: Date.now,
      interrupt: new AbortController().signal,
      parentId: () => 1,
    });
    expect(code).toBe(0);
    expect(stdout.text()).toContain('\u001b[32m✔\u001b[39m Node');
    expect(stdout.text()).toContain('No problem');
    expect(stderr.text()).toMatch(/\d+ of \d+ … /);
    expect(stderr.text().endsWith('\r\u001b[2K')).toBe(true);
  });
});

function terminal() {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { stream, text: () => text };
}

describe('The doctor, when it is interrupted,', () => {
  it('stops the programs that it started', async () => {
    await computer.loggedIn();
    const script = 'node_modules/lucanto-mcp/bin/lucanto-mcp.js';
    const pidFile = computer.path('pid');
    const source = `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => undefined, 1000); process.on('SIGTERM', () => undefined);`;
    computer.put(script, source);
    const entry = { command: process.execPath, args: [computer.path(script)] };
    computer.put(DESKTOP, JSON.stringify({ mcpServers: { lucanto: entry } }));
    const begun = waitFor(() => 'pid' in bench.program.files());
    const run = await bench.program.run(['doctor'], { interruptWhen: begun });
    expect(run.code).toBe(130);
    expect(isRunning(Number(bench.program.files().pid))).toBe(false);
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
