/** "Nothing leaves this computer for its own network": addresses of files lead to public servers only, and files stay private. */

import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHttp } from '../../src/bridge/open-service.ts';
import { createLog, Secrets } from '../../src/core/log.ts';
import { fileName } from '../../src/files/folder.ts';
import { isPrivate, publicLookup } from '../../src/http/private-address.ts';
import { sendContext } from '../helpers/http-client.ts';
import { useScenes } from '../tools/opened.ts';

const { demo, scene } = useScenes();

describe('An address of a file', () => {
  it.each([
    ...['127.0.0.1', '10.9.8.7', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.127.0.1', '0.0.0.0'],
    ...['198.18.0.1', '198.19.255.255', '192.0.0.9', '224.0.0.251', '239.255.255.250', '255.255.255.255', '240.0.0.1'],
    ...['[::1]', '[::]', '[fe80::1]', '[fec0::1]', '[fd00::1]', '[ff02::1]', '[64:ff9b::7f00:1]', '[64:ff9b::a00:1]'],
    ...['[2002:7f00:1::]', '[2002:c0a8:101::1]', '[::ffff:192.168.1.1]', '[::ffff:7f00:1]', '[::127.0.0.1]'],
    ...['[::ffff:0:7f00:1]', '[2001:10::1]', '[2001:20::1]', '[3fff::1]', '[5f00::1]', '[100:0:0:1::1]', '[4000::1]'],
    ...['nas.localdomain', 'db.svc', '1.0.0.127.in-addr.arpa', 'x.onion', 'x.test', 'intra.mail'],
    ...['localhost', 'localhost.', 'printer', 'NAS', 'nas.lan', 'router.local', 'db.internal', 'x.home.arpa', 'a.corp'],
  ])('is of this network: %s', (host) => {
    expect(isPrivate(host)).toBe(true);
  });

  it.each([
    '8.8.8.8',
    '198.20.0.1',
    '172.32.0.1',
    '[2a00:1450::1]',
    '[2001:4860:4860::8888]',
    '[::ffff:8.8.8.8]',
    'files.lucanto.eu',
    'lan.example.eu',
  ])('is public: %s', (host) => {
    expect(isPrivate(host)).toBe(false);
  });

  it('is looked up when it is connected to, and refused if its name leads to this network', async () => {
    const outcome = await new Promise((resolve) => {
      publicLookup('localhost', { all: true }, (error) => resolve(error?.name));
    });
    expect(outcome).toBe('PrivateAddressError');
  });
});

describe('A connection to another origin than the service', () => {
  let origin = '';
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end('{}');
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    origin = `http://localhost:${port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const send = (publicOnly: boolean) => {
    const log = createLog('error', () => undefined, new Secrets());
    const http = openHttp({ env: {}, log, origin, token: null, embedded: false, publicOnly, concurrency: 1 });
    const request = {
      method: 'GET',
      path: '/f',
      query: '',
      headers: {},
      body: null,
      accept: '*/*',
      tokenOptional: true,
    } as const;
    return http.send(request, sendContext('read'));
  };

  it('is refused without a byte sent where the name resolves to this computer', async () => {
    await expect(send(true)).rejects.toMatchObject({ code: 'address_refused' });
    expect(asked).toBe(0);
    expect((await send(false)).status).toBe(200);
    expect(asked).toBe(1);
  });
});

describe('A saved file', () => {
  it('can be read by its owner alone', async () => {
    if (process.platform === 'win32') return;
    const service = await demo();
    const { ask } = await scene(service.url, service.tokens.manage, { LUCANTO_WORKSPACE: '42' });
    const { json: rows } = await ask('lucanto_list_invoices', { limit: 1 });
    const { json } = await ask('lucanto_download_pdf', { type: 'invoice', id: rows.data[0].id });
    expect((await stat(json.path)).mode & 0o777).toBe(0o600);
  });

  it.each([
    '-rf',
    '--help',
    '.bashrc',
    '..',
    '- - x',
    ' .-.hidden',
    '-',
    '',
    '/7',
    '|id',
    '../../etc/passwd',
    '?',
    '<b>',
    ':-)',
  ])('never begins with a dash or a dot: %j', (name) => {
    expect(basename(fileName([name], '.pdf'))).toMatch(/^[^-.\s]/);
  });
});
