/** The embedded Lucanto as a process of its own, so that it lives on whatever happens to others. */
import { spawn } from 'node:child_process';
import { parseJson } from '../../src/core/json.ts';
import { type Home, NODE, PROGRAM } from './run.ts';

export interface DemoProcess {
  readonly url: string;
  /** Manages everything. */
  readonly token: string;
  /** The body of a GET under the API's root, read as JSON. */
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startDemoProcess(home: Home): Promise<DemoProcess> {
  const child = spawn(NODE, [...PROGRAM, 'demo'], {
    cwd: home.dir,
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const { url, token } = await new Promise<{ url: string; token: string }>((resolve, reject) => {
    let text = '';
    child.once('close', () => reject(new Error(`The demo ended before it said where it is: ${text}`)));
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      const manage = /\bmanage\s+(lct_\w+)\s/.exec(text)?.[1];
      if (found !== undefined && manage !== undefined) resolve({ url: found, token: manage });
    });
  });
  return {
    url,
    token,
    get: async (path) => {
      const response = await fetch(`${url}/api/v1${path}`, { headers: { Authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
      return parseJson(await response.text());
    },
    stop: () => {
      child.kill();
      return exited;
    },
  };
}
