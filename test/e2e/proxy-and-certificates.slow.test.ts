/** Proxies and certificates, as the environment of the built program names them. */

import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { AUTHORITY_FILE, type CertificateName } from '../fixtures/tls.ts';
import { type ConnectProxy, connectProxy, type ProxyOptions, tlsFront } from '../helpers/connect-proxy.ts';
import { type Finished, type Home, NODE, run, temporaryHome } from '../helpers/run.ts';

/** Known to no DNS: only a proxy leads there. */
const SERVICE = 'https://lucanto.test';
const CALL = ['call', 'lucanto_list_invoices', '--arg', 'workspace_id=42', '--arg', 'limit=1'];
const SECRET = 'hunter2%25';

const readsSystemCertificates =
  execFileSync(NODE, ['-p', 'typeof require("tls").getCACertificates'], { encoding: 'utf8' }).trim() === 'function';

let demo: DemoService;
let fronts: Record<CertificateName, { port: number; close(): Promise<void> }>;
/** One for all: what is known of the demo is kept by address, and only what passes through the proxy counts here. */
let home: Home;
const proxies: ConnectProxy[] = [];

beforeAll(async () => {
  demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  home = await temporaryHome();
  const port = Number(new URL(demo.url).port);
  fronts = {
    server: await tlsFront(port, 'server'),
    expired: await tlsFront(port, 'expired'),
    'wrong-host': await tlsFront(port, 'wrong-host'),
  };
});
afterAll(async () => {
  await Promise.all(Object.values(fronts).map((front) => front.close()));
  await demo.close();
  await home.remove();
});

afterEach(() => Promise.all(proxies.splice(0).map((proxy) => proxy.close())));

async function proxyTo(front: CertificateName | 'demo', options: Partial<ProxyOptions> = {}): Promise<ConnectProxy> {
  const target = front === 'demo' ? Number(new URL(demo.url).port) : fronts[front].port;
  const proxy = await connectProxy({ target, ...options });
  proxies.push(proxy);
  return proxy;
}

function call(url: string, env: Record<string, string>, args: readonly string[] = CALL): Promise<Finished> {
  return run([...args, '--log-level', 'debug', '--timeout', '20'], {
    home,
    env: { LUCANTO_URL: url, LUCANTO_TOKEN: demo.tokens.manage, NODE_EXTRA_CA_CERTS: AUTHORITY_FILE, ...env },
  });
}

describe('A proxy', () => {
  it.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY'])('named by %s leads to the service', async (variable) => {
    const proxy = await proxyTo('server');
    const { exitCode, stdout, stderr } = await call(SERVICE, { [variable]: `http://127.0.0.1:${proxy.port}` });
    expect(stderr).not.toContain('error:');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty('data');
    expect(new Set(proxy.asked)).toEqual(new Set(['lucanto.test:443']));
    expect(proxy.plain).toEqual([]);
  });

  it('carries writes, each kind of them', async () => {
    const proxy = await proxyTo('server');
    const env = { HTTPS_PROXY: `127.0.0.1:${proxy.port}` };
    const write = (...args: string[]) => call(SERVICE, env, ['call', ...args, '--arg', 'workspace_id=42']);
    const created = await write('lucanto_create_contact', '--arg', 'name=Eva');
    expect(created.exitCode).toBe(0);
    const id = String(JSON.parse(created.stdout).id);
    expect((await write('lucanto_update_contact', '--arg', `id=${id}`, '--arg', 'name=Ida')).exitCode).toBe(0);
    expect((await write('lucanto_delete_contact', '--arg', `id=${id}`)).exitCode).toBe(0);
    const remote = await write(
      'lucanto_create_contact',
      '--arg',
      'name=Uma',
      '--backend',
      'remote',
      '--scopes',
      'manage:*',
    );
    expect(remote.stderr).not.toContain('error:');
    expect(remote.exitCode).toBe(0);
  });

  it('can itself be reached over TLS', async () => {
    const proxy = await proxyTo('server', { certificate: 'server' });
    expect((await call(SERVICE, { HTTPS_PROXY: `https://localhost:${proxy.port}` })).exitCode).toBe(0);
    expect(proxy.asked).not.toEqual([]);
  });

  it('gets the user name and password of its address, which appear nowhere else', async () => {
    const proxy = await proxyTo('server', { credentials: 'eva:hunter2%' });
    const right = await call(SERVICE, { HTTPS_PROXY: `http://eva:${SECRET}@127.0.0.1:${proxy.port}` });
    expect(right.exitCode).toBe(0);
    const wrong = await call(SERVICE, { HTTPS_PROXY: `http://eva:${SECRET}x@127.0.0.1:${proxy.port}` });
    expect(wrong.exitCode).toBe(4);
    expect(wrong.stderr).toContain(`the proxy 127.0.0.1:${proxy.port} of HTTPS_PROXY: it did not accept`);
    for (const { stdout, stderr } of [right, wrong]) expect(stdout + stderr).not.toContain('hunter2');
  });

  it.each<[string, Partial<ProxyOptions>, string]>([
    ['requires a password', { credentials: 'a:b' }, 'it requires a user name and password (407)'],
    ['does not allow it', { refusesWith: 403 }, 'it refused the connection (403)'],
    ['does not reach it', { refusesWith: 502 }, 'it could not make the connection (502)'],
  ])('that %s is named with its variable', async (_what, options, why) => {
    const proxy = await proxyTo('server', options);
    const { exitCode, stderr } = await call(SERVICE, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`through the proxy 127.0.0.1:${proxy.port} of HTTPS_PROXY: ${why}`);
  });

  it('that hangs up leaves a write certainly unsent', async () => {
    const proxy = await proxyTo('server', { hangsUp: true });
    const { exitCode, stderr } = await call(SERVICE, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }, [
      'call',
      'lucanto_create_contact',
      '--arg',
      'workspace_id=42',
      '--arg',
      'name=Ema',
      '--scopes',
      'manage:*',
    ]);
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`because the proxy 127.0.0.1:${proxy.port} of HTTPS_PROXY could not be reached`);
    expect(stderr).not.toContain('not known whether');
  });

  it.each([
    ['http://127.0.0.1:9', 'the proxy 127.0.0.1:9 of HTTPS_PROXY could not be reached', 4],
    ['http://proxy.invalid:3128', 'the proxy proxy.invalid:3128 of HTTPS_PROXY could not be reached', 4],
    [`socks5://eva:${SECRET}@127.0.0.1:1080`, 'HTTPS_PROXY does not name a proxy that can be used', 2],
  ])('that cannot be used is named: %s', async (proxy, why, code) => {
    const { exitCode, stderr } = await call(SERVICE, { HTTPS_PROXY: proxy });
    expect(stderr).toContain(why);
    expect(stderr).not.toContain('hunter2');
    expect(exitCode).toBe(code);
  });

  it('is bypassed for the hosts in NO_PROXY', async () => {
    const proxy = await proxyTo('server');
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: 'example.com, localhost' };
    expect((await call(`https://localhost:${fronts.server.port}`, env)).exitCode).toBe(0);
    expect(proxy.asked).toEqual([]);
  });

  it('on this computer is used for a service on this computer, and one elsewhere is not', async () => {
    const proxy = await proxyTo('demo');
    expect((await call(demo.url, { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` })).exitCode).toBe(0);
    expect(new Set(proxy.asked)).toEqual(new Set([new URL(demo.url).host]));
    expect((await call(demo.url, { HTTP_PROXY: 'http://proxy.invalid:3128' })).exitCode).toBe(0);
  });

  it('is never used for the demo', async () => {
    const proxy = await proxyTo('demo');
    const url = `http://127.0.0.1:${proxy.port}`;
    const { exitCode } = await run(['--demo', ...CALL], {
      home,
      env: { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, NODE_USE_ENV_PROXY: '1' },
    });
    expect(exitCode).toBe(0);
    expect([...proxy.asked, ...proxy.plain]).toEqual([]);
  });
});

describe('A certificate', () => {
  const direct = (front: CertificateName, env: Record<string, string> = {}) =>
    call(`https://localhost:${fronts[front].port}`, env);

  it('of an authority in NODE_EXTRA_CA_CERTS is trusted', async () => {
    expect((await direct('server')).exitCode).toBe(0);
  });

  it.each<[string, CertificateName, Record<string, string>, string, string]>([
    ['has expired', 'expired', {}, 'its certificate has expired (CERT_HAS_EXPIRED)', 'clock'],
    ['is for another name', 'wrong-host', {}, 'its certificate is for another name, other.example', '--url'],
    ['has an unknown issuer', 'server', { NODE_EXTRA_CA_CERTS: '' }, 'that is not trusted here', 'NODE_EXTRA_CA_CERTS'],
    [
      'has an unknown issuer because the file is missing',
      'server',
      { NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' },
      'that is not trusted here',
      'NODE_EXTRA_CA_CERTS names /nowhere/ca.pem, which cannot be read (ENOENT)',
    ],
  ])('that %s is named with what helps, directly and through a proxy', async (_what, front, env, why, hint) => {
    const proxy = await proxyTo(front);
    const proxied = await call(SERVICE, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, ...env });
    for (const { exitCode, stderr } of [await direct(front, env), proxied]) {
      expect(exitCode).toBe(4);
      expect(stderr).toContain(why);
      expect(stderr.slice(stderr.indexOf('hint:'))).toContain(hint);
    }
  });

  it('of a proxy is verified in the same way', async () => {
    const proxy = await proxyTo('server', { certificate: 'expired' });
    const { exitCode, stderr } = await call(SERVICE, { HTTPS_PROXY: `https://localhost:${proxy.port}` });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('of HTTPS_PROXY could not be reached: its certificate has expired');
  });

  it.runIf(process.platform === 'linux')(
    'that this computer trusts is trusted if Node can read its certificates',
    async () => {
      // On Linux, OpenSSL's own variable says where the computer keeps its certificates.
      const env = { NODE_EXTRA_CA_CERTS: '', SSL_CERT_FILE: AUTHORITY_FILE };
      const proxy = await proxyTo('server');
      const ways = [
        await direct('server', env),
        await direct('server', { ...env, NODE_USE_SYSTEM_CA: '1' }),
        await call(SERVICE, { ...env, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }),
      ];
      for (const { exitCode, stderr } of ways) {
        expect(exitCode).toBe(readsSystemCertificates ? 0 : 4);
        if (!readsSystemCertificates) expect(stderr).toContain('with Node 22.15 or later');
      }
    },
  );

  it('is left unverified for this computer only', async () => {
    const off = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_EXTRA_CA_CERTS: '' };
    const refused = await call(SERVICE, off);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the verification');
    const accepted = await direct('server', off);
    expect(accepted.exitCode).toBe(0);
    expect(accepted.stderr).toContain('certificates are not verified');
  });

  it('file that cannot be read does no harm when no certificate is needed', async () => {
    const file = join(home.dir, 'empty.pem');
    await writeFile(file, 'nothing');
    expect((await call(demo.url, { NODE_EXTRA_CA_CERTS: file })).exitCode).toBe(0);
  });
});
