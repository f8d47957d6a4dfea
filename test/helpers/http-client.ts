/** An HttpClient whose waits are recorded instead of waited for, and a context for one request. */

import type { Clock } from '../../src/core/deadline.ts';
import { createLog, type Log, Secrets } from '../../src/core/log.ts';
import { HttpClient, type HttpDeps } from '../../src/http/http-client.ts';
import type { SendContext } from '../../src/http/request.ts';
import { Transport } from '../../src/http/transport.ts';

export const TOKEN = 'lct_pat_testtoken1234567890';

export interface TestClient {
  readonly http: HttpClient;
  readonly waits: number[];
  readonly lines: string[];
}

/** @param env what the machine has set of proxies and certificates: nothing, unless a test says so. */
export function testClient(
  origin: string,
  over: Partial<HttpDeps> = {},
  env: Readonly<Record<string, string>> = {},
): TestClient {
  const waits: number[] = [];
  const lines: string[] = [];
  const clock: Clock = {
    now: () => Date.now(),
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  };
  const log: Log = createLog('debug', (line) => lines.push(line), new Secrets());
  const transport = new Transport({
    origin,
    env,
    embedded: false,
    publicOnly: false,
    nodeVersion: process.version,
    log,
  });
  const http = new HttpClient({
    origin,
    token: () => TOKEN,
    version: '1.2.3',
    clock,
    random: () => 0,
    log,
    transport,
    concurrency: 6,
    ...over,
  });
  return { http, waits, lines };
}

export function sendContext(retry: SendContext['retry'], over: Partial<SendContext> = {}): SendContext {
  return { signal: new AbortController().signal, deadline: Date.now() + 20_000, retry, ...over };
}
