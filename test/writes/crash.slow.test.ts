/** "Nothing is written twice or lost", with the process killed before each single thing that it does to the ledger's files. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Home, run, temporaryHome } from '../helpers/run.ts';
import { json, type OddService, oddService, parameters } from '../tools/odd-service.ts';

const CRATE = { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' } } };
const BODY = {
  content: { 'application/json': { schema: { type: 'object', properties: { name: { type: 'string' } } } } },
};
const PATHS = {
  '/workspaces/{workspace_id}/crates': {
    parameters: parameters('workspace_id'),
    get: { operationId: 'list-crates', responses: { 200: json({ type: 'array', items: CRATE }) } },
    post: { operationId: 'create-crate', requestBody: BODY, responses: { 201: json(CRATE) } },
  },
};

/** Ends the process before the operation of that number: what came before is on the disk, and nothing after it. */
const KILLER = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const last = Number(process.env.KILL_AT);
let count = 0;
const step = (path) => {
  if (path !== null && !/[\\\\/]writes([\\\\/]|$)/.test(String(path))) return;
  count += 1;
  if (count === last) process.kill(process.pid, 'SIGKILL');
};
for (const name of ['mkdir', 'chmod', 'open', 'link', 'rename', 'rm', 'stat', 'readdir', 'readFile']) {
  const real = fs.promises[name];
  fs.promises[name] = async (path, ...rest) => {
    step(path);
    const result = await real(path, ...rest);
    if (name !== 'open' || !/[\\\\/]writes([\\\\/]|$)/.test(String(path))) return result;
    for (const own of ['writeFile', 'appendFile', 'sync', 'close', 'readFile']) {
      const call = result[own].bind(result);
      result[own] = async (...args) => {
        step(null);
        return call(...args);
      };
    }
    return result;
  };
}
syncBuiltinESMExports();
process.on('exit', () => process.stderr.write('steps ' + count + '\\n'));
`;

const made = new Map<string, string>();
let service: OddService;
let home: Home;
beforeAll(async () => {
  service = await oddService(PATHS, ({ method, path, headers }) => {
    if (!path.startsWith('/api/v1/')) return null;
    if (method === 'GET') return { json: [] };
    const key = String(headers['idempotency-key']);
    const known = made.get(key);
    if (known !== undefined) return { status: 201, json: { id: known }, headers: { 'idempotent-replayed': 'true' } };
    made.set(key, `c-${made.size + 1}`);
    return { status: 201, json: { id: `c-${made.size}` } };
  });
});
afterAll(() => service.close());
beforeEach(async () => {
  home = await temporaryHome();
  made.clear();
});
afterEach(() => home.remove());

async function create(killAt: number) {
  const killer = join(home.dir, 'killer.mjs');
  writeFileSync(killer, KILLER);
  const env = {
    ...{ LUCANTO_URL: service.url, LUCANTO_TOKEN: 'lct_pat_crashes123456', LUCANTO_SCOPES: 'manage:*,read:*' },
    ...{ NODE_OPTIONS: `--import ${pathToFileURL(killer)}`, KILL_AT: String(killAt) },
  };
  const args = ['call', 'lucanto_create_crate', '--arg', 'name=Apples'];
  const { stdout, stderr, exitCode } = await run(args, { home, env });
  return {
    exitCode,
    steps: Number(/steps (\d+)/.exec(stderr)?.[1] ?? 0),
    code: stdout === '' ? '' : JSON.parse(stdout).error,
  };
}

describe('A create whose process is killed', () => {
  it('before any one of its operations on the ledger is carried out once when it is called again', {
    timeout: 600_000,
  }, async () => {
    const { steps } = await create(0);
    expect(steps).toBeGreaterThan(30);
    for (let killAt = 1; killAt <= steps; killAt++) {
      await home.remove();
      home = await temporaryHome();
      made.clear();
      const first = await create(killAt);
      const second = await create(0);
      // Once its answer was given and noted, it is a duplicate.
      const isKnown = second.exitCode === 0 || second.code === 'duplicate';
      expect([killAt, first.exitCode === 0, isKnown, made.size]).toEqual([killAt, false, true, 1]);
      const history = JSON.parse((await run(['history', '--json'], { home })).stdout);
      expect([killAt, history.unresolved]).toEqual([killAt, 0]);
    }
  });
});
