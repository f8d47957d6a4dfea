/** Between this computer and the service, and in what the service answers. */
import type { IncomingMessage } from 'node:http';
import { AUTHORITY_FILE } from '../../fixtures/tls.ts';
import { connectProxy, tlsFront } from '../../helpers/connect-proxy.ts';
import { scriptedServer } from '../../helpers/scripted-server.ts';
import { closedPort, front, selfSigned, silent } from '../services.ts';
import { DEAD, type Fault } from './fault.ts';

export const NETWORK_FAULTS: readonly Fault[] = [
  {
    fault: 'host name that does not exist',
    arrange: () => ({ args: ['--url', 'https://lucanto.invalid'], env: { LUCANTO_TOKEN: DEAD } }),
    finds: ['dns: fail', 'contract: warn'],
    detail: /DNS/,
    fix: /^Check the network and --url/,
  },
  {
    fault: 'closed port',
    arrange: async () => ({
      args: ['--url', `http://127.0.0.1:${await closedPort()}`],
      env: { LUCANTO_TOKEN: DEAD },
    }),
    finds: ['tcp: fail', 'contract: warn'],
    detail: /the connection was refused \(ECONNREFUSED\)/,
    fix: /^Check the network and --url/,
  },
  {
    fault: 'self-signed certificate',
    arrange: async ({ keep }) => ({
      args: ['--url', keep(await selfSigned()).origin],
      env: { LUCANTO_TOKEN: DEAD },
    }),
    finds: ['tls: fail', 'contract: warn'],
    detail: /is self-signed.*It was issued by localhost, valid until 2126-/,
    fix: /NODE_EXTRA_CA_CERTS/,
  },
  {
    fault: 'expired certificate',
    arrange: async ({ keep, service }) => {
      const { port } = keep(await tlsFront(Number(new URL(service.url).port), 'expired'));
      const env = { LUCANTO_TOKEN: DEAD, NODE_EXTRA_CA_CERTS: AUTHORITY_FILE };
      return { args: ['--url', `https://127.0.0.1:${port}`], env };
    },
    finds: ['tls: fail', 'contract: warn'],
    detail: /has expired.*issued by lucanto-mcp test authority, valid until 2025-/,
    fix: /^Check the clock of this computer/,
  },
  {
    fault: 'certificate for another name',
    arrange: async ({ keep, service }) => {
      const { port } = keep(await tlsFront(Number(new URL(service.url).port), 'wrong-host'));
      const env = { LUCANTO_TOKEN: DEAD, NODE_EXTRA_CA_CERTS: AUTHORITY_FILE };
      return { args: ['--url', `https://127.0.0.1:${port}`], env };
    },
    finds: ['tls: fail', 'contract: warn'],
    detail: /is for another name/,
    fix: /^Check --url/,
  },
  {
    fault: 'verification of certificates is off',
    arrange: async ({ keep, service }) => {
      const { port } = keep(await tlsFront(Number(new URL(service.url).port), 'server'));
      const proxy = keep(await connectProxy({ target: port }));
      const env = {
        LUCANTO_TOKEN: DEAD,
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
      };
      return { args: ['--url', 'https://lucanto.test'], env };
    },
    finds: ['tls: fail', 'contract: warn'],
    detail: /NODE_TLS_REJECT_UNAUTHORIZED=0/,
    fix: /^Unset NODE_TLS_REJECT_UNAUTHORIZED/,
  },
  {
    fault: 'proxy that refuses (407)',
    arrange: async ({ keep }) => {
      const proxy = keep(await connectProxy({ target: 9, credentials: 'anna:right' }));
      const env = { LUCANTO_TOKEN: DEAD, HTTPS_PROXY: `http://anna:hunter2@127.0.0.1:${proxy.port}` };
      return { args: ['--url', 'https://lucanto.test'], env };
    },
    finds: ['tcp: fail', 'contract: warn'],
    detail: /through the proxy 127[.]0[.]0[.]1:\d+ of HTTPS_PROXY.*407/,
    fix: /^Set HTTPS_PROXY to http:/,
  },
  {
    fault: 'proxy variable that is not a proxy',
    arrange: () => ({
      args: ['--url', 'https://lucanto.test'],
      env: { LUCANTO_TOKEN: DEAD, HTTPS_PROXY: 'socks5://127.0.0.1:1' },
    }),
    finds: ['proxy: fail', 'contract: warn'],
    detail: /HTTPS_PROXY/,
    fix: /^Set HTTPS_PROXY to an address/,
  },
  {
    fault: 'service that never answers',
    arrange: async ({ keep, service }) => {
      const { origin } = keep(await silent());
      return { args: ['--url', origin], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['rest: fail', 'mcp: fail', 'contract: warn'],
    detail: /did not answer/,
    fix: /timeout|again/,
  },
  {
    fault: 'something else at that address (404)',
    arrange: async ({ keep }) => {
      const { origin } = keep(await scriptedServer((response) => response.writeHead(404).end()));
      return { args: ['--url', origin], env: { LUCANTO_TOKEN: DEAD } };
    },
    finds: ['rest: fail', 'mcp: fail', 'contract: warn'],
    detail: /404/,
    fix: /^Check --url: it must be the address of Lucanto itself[.]$/,
  },
  {
    fault: 'web page at that address',
    arrange: async ({ keep }) => {
      const page = await scriptedServer((response) =>
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html></html>'),
      );
      return { args: ['--url', keep(page).origin], env: { LUCANTO_TOKEN: DEAD } };
    },
    finds: ['rest: fail', 'mcp: fail', 'contract: warn'],
    detail: /text\/html/,
    fix: /check --url/,
  },
  {
    fault: 'MCP endpoint down, its list known from before',
    arrange: async ({ login, keep, service }) => {
      const isDown = { now: false };
      const cuts = ({ url }: IncomingMessage) => isDown.now && url?.startsWith('/api/mcp') === true;
      const { origin } = keep(await front(service, {}, cuts));
      await login(service.tokens.manage, '--url', origin);
      isDown.now = true;
      return undefined;
    },
    finds: ['mcp: warn'],
    detail: /The list of tools last seen is used[.]$/,
    fix: /^Try again/,
  },
  {
    fault: 'REST API down',
    arrange: async ({ keep, service }) => {
      const cuts = ({ url }: IncomingMessage) => url?.startsWith('/api/v1/') === true && !url.endsWith('openapi.json');
      const { origin } = keep(await front(service, {}, cuts));
      return { args: ['--url', origin], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['rest: fail'],
    detail: /connection/,
    fix: /^Try again/,
  },
  {
    fault: 'clock an hour off',
    arrange: async ({ keep, service }) => {
      const date = new Date(Date.now() - 60 * 60_000).toUTCString();
      const { origin } = keep(await front(service, { date }));
      return { args: ['--url', origin], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['clock: warn'],
    detail: /clock is 60 minutes ahead of the service's[.]$/,
    fix: /^Set the clock of this computer/,
  },
  {
    fault: 'clock two days off',
    arrange: async ({ keep, service }) => {
      const date = new Date(Date.now() + 48 * 60 * 60_000).toUTCString();
      const { origin } = keep(await front(service, { date }));
      return { args: ['--url', origin], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['clock: fail'],
    detail: /clock is 48 hours behind the service's[.]$/,
    fix: /^Set the clock of this computer/,
  },
];
