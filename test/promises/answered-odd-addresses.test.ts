/** Odd addresses of files and proxies get a refusal or a warning by name, and never an internal error. */
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createLog, Secrets } from '../../src/core/log.ts';
import { download } from '../../src/http/download.ts';
import { ignoredProxy, proxyFor } from '../../src/http/proxy.ts';
import type { HttpPort, HttpRequest } from '../../src/http/request.ts';
import { Transport } from '../../src/http/transport.ts';
import { type ConnectProxy, connectProxy } from '../helpers/connect-proxy.ts';
import { sendContext, testClient } from '../helpers/http-client.ts';
import { run, temporaryHome } from '../helpers/run.ts';
import { portOf } from '../helpers/scripted-server.ts';
import { json, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();
const SERVICE = 'https://app.lucanto.eu';

const ODD = (origin: string) => [
  `blob:${origin}/7d3f`,
  `blob:https://files.example/7d3f`,
  `filesystem:${origin}/temporary/a.pdf`,
  `${origin}//files.example/a.pdf`,
  '//',
  'https://',
  'https:///',
  'data:application/pdf;base64,JVBERi0=',
  'javascript:void(0)',
  'file:///etc/passwd',
  'about:blank',
  'ftp://files.example/a.pdf',
  'wss://files.example/a.pdf',
  'mailto:eva@example.eu',
  'https://eva:secret@files.example/a.pdf',
  'https://files.example:99999/a.pdf',
  'https://[::1/a.pdf',
];

describe('An odd address of a file', () => {
  const asked = async (address: string, redirected: boolean) => {
    const requests: HttpRequest[] = [];
    const port = (origin: string): HttpPort => ({
      origin,
      send: async (request) => {
        requests.push(request);
        const headers = new Headers({ location: address });
        const head = { headers, requestId: null, url: `${origin}${request.path}` };
        return { ...head, status: 302, text: '', attempts: 1, earlierOpen: false, retryAfterSeconds: null };
      },
    });
    const bytes = () => ({ limit: 1, write: async () => undefined });
    const file = { address: redirected ? '/a.pdf' : address, what: 'the PDF of invoice 12', accept: '*/*', bytes };
    const error = await download(file, { http: port(SERVICE), elsewhere: port }, sendContext('read')).catch(
      (one: unknown) => one,
    );
    return { error, requests: requests.length };
  };

  it.each(ODD(SERVICE))('is refused before anything is sent, given at once or by a redirect: %s', async (address) => {
    expect(await asked(address, false)).toMatchObject({ error: { code: 'address_refused' }, requests: 0 });
    expect(await asked(address, true)).toMatchObject({ error: { code: 'address_refused' }, requests: 1 });
  });

  it.each(['blob', '//', 'data'])('is refused by the tool that saves a PDF: %s', async (kind) => {
    const paths = {
      '/workspaces/{workspace_id}/bills/{id}/pdf': {
        parameters: parameters('workspace_id', 'id'),
        get: {
          operationId: 'get-bill-pdf-url',
          responses: { 200: json({ type: 'object', properties: { url: { type: 'string' } } }) },
        },
      },
    };
    const addresses: Record<string, (url: string) => string> = {
      blob: (url) => `blob:${url}/7d3f`,
      '//': (url) => `${url}//files.example/a.pdf`,
      data: () => 'data:application/pdf;base64,JVBERi0=',
    };
    const odd = later(
      await oddService(paths, ({ path }, url) =>
        path.endsWith('/pdf') ? { json: { url: addresses[kind]?.(url) } } : null,
      ),
    );
    const { ask } = await scene(odd.url, 'lct_pat_odd0123456789', { LUCANTO_SCOPES: 'read:*' });
    const { json: error } = await ask('lucanto_download_pdf', { type: 'bill', id: 5 });
    expect(error).toMatchObject({ error: 'address_refused' });
  });
});

describe('ALL_PROXY', () => {
  const proxies: ConnectProxy[] = [];
  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.close();
  });

  it.each(['ALL_PROXY', 'all_proxy'])('is used where it names an http proxy: %s', async (variable) => {
    const server = createServer((_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = await connectProxy({ target: portOf(server.address()) });
    proxies.push(proxy);
    const origin = `http://127.0.0.1:${portOf(server.address())}`;
    const { http } = testClient(origin, {}, { [variable]: `http://127.0.0.1:${proxy.port}` });
    const request: HttpRequest = { method: 'GET', path: '/', query: '', headers: {}, body: null, accept: '*/*' };
    expect((await http.send(request, sendContext('read'))).status).toBe(200);
    expect(proxy.asked).toEqual([new URL(origin).host]);
    server.closeAllConnections();
    server.close();
  });

  it('comes after the variables of the protocol, and before nothing of NO_PROXY', () => {
    const env = { ALL_PROXY: 'http://any.example:1', HTTPS_PROXY: 'http://own.example:2' };
    expect(proxyFor(SERVICE, env)?.host).toBe('own.example:2');
    expect(proxyFor(SERVICE, { ...env, HTTPS_PROXY: '' })?.host).toBe('any.example:1');
    expect(proxyFor(SERVICE, { ...env, HTTPS_PROXY: '', NO_PROXY: 'lucanto.eu' })).toBeNull();
  });

  it.each(['socks5://eva:secret@proxy.example:1080', 'socks5h://127.0.0.1:9050', 'socks4://x', 'http://'])(
    'is named as ignored, without what it holds, where it cannot be used: %s',
    (address) => {
      const lines: string[] = [];
      const log = createLog('warn', (line) => lines.push(line), new Secrets());
      const options = { origin: SERVICE, embedded: false, publicOnly: false, nodeVersion: process.version, log };
      expect(new Transport({ ...options, env: { ALL_PROXY: address } }).proxy).toBeNull();
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain('ALL_PROXY');
      expect(lines[0]).toContain('ignored');
      expect(lines[0]).not.toContain('secret');
      const own = { ALL_PROXY: address, HTTPS_PROXY: 'http://own.example:2' };
      expect([ignoredProxy(SERVICE, own), ignoredProxy(SERVICE, { ALL_PROXY: address, NO_PROXY: '*' })]).toEqual([
        null,
        null,
      ]);
    },
  );

  it('is named as ignored by the built program', async () => {
    const server = createServer((_request, response) => response.writeHead(401).end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const home = await temporaryHome();
    const env = {
      LUCANTO_URL: `http://127.0.0.1:${portOf(server.address())}`,
      LUCANTO_TOKEN: 'lct_pat_proxy0123456789',
      ALL_PROXY: 'socks5://127.0.0.1:1',
    };
    const { stderr } = await run(['tools'], { home, env });
    const { stdout } = await run(['doctor'], { home, env });
    expect(stderr).toContain('ALL_PROXY names a socks5 proxy and is ignored');
    expect(stdout).toContain('ALL_PROXY names a socks5 proxy and is ignored');
    server.close();
    await home.remove();
  });
});
