/** "Nothing leaves this computer" and nothing stays where it should not: tokens in the files of the ledger. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Home, run, temporaryHome } from '../helpers/run.ts';
import { json, type OddAnswer, type OddService, oddService, parameters } from '../tools/odd-service.ts';

const TOKEN = 'lct_pat_promisesOfTheLedger99';
const OTHER_TOKEN = 'lct_live_typedByMistake1234';
const BOOKING = { type: 'object', properties: { id: { type: 'string' }, number: { type: 'string' } } };
const BODY = {
  content: { 'application/json': { schema: { type: 'object', properties: { title: { type: 'string' } } } } },
};
const at = (...names: string[]) => ({ parameters: parameters('workspace_id', ...names) });
const PATHS = {
  '/workspaces/{workspace_id}/bookings': {
    ...at(),
    get: {
      operationId: 'list-bookings',
      summary: `Bookings ${TOKEN}`,
      responses: { 200: json({ type: 'array', items: BOOKING }) },
    },
    post: { operationId: 'create-booking', requestBody: BODY, responses: { 201: json(BOOKING) } },
  },
  '/workspaces/{workspace_id}/bookings/{id}': {
    ...at('id'),
    get: { operationId: 'get-booking', responses: { 200: json(BOOKING) } },
  },
  '/workspaces/{workspace_id}/bookings/{id}/archive': {
    ...at('id'),
    post: { operationId: 'archive-booking', requestBody: BODY, responses: { 200: json(BOOKING) } },
  },
};

let answer: OddAnswer;
let rows: readonly object[] = [];
let workspaces: readonly object[] = [{ id: 1, name: 'One' }];
let service: OddService;
let home: Home;
beforeAll(async () => {
  service = await oddService(
    PATHS,
    ({ method, path }) => {
      if (!path.startsWith('/api/v1/')) return null;
      return method === 'GET' ? { json: rows } : answer;
    },
    () => workspaces,
  );
});
afterAll(() => service.close());
beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(() => home.remove());

async function call(tool: string, args: object, more: Readonly<Record<string, string>> = {}) {
  const env = { LUCANTO_URL: service.url, LUCANTO_TOKEN: TOKEN, LUCANTO_SCOPES: 'manage:*,read:*', ...more };
  await run(['call', tool, '--args', JSON.stringify(args)], { home, env });
}

describe('A token that', () => {
  const files = () =>
    readdirSync(join(home.configDir, 'writes'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => `${name} ${readFileSync(join(parentPath, name), 'utf8')}`)
      .join('\n');

  it.each([
    ['the id', { json: { id: TOKEN, number: 'B1' } }],
    ['the number', { json: { id: '1', number: `B ${TOKEN}` } }],
    ['the request id', { json: { id: '1' }, headers: { 'x-request-id': TOKEN } }],
    ['the request id of an error', { status: 422, json: { error: 'no', message: TOKEN, request_id: TOKEN } }],
    ['another token, as the id', { json: { id: OTHER_TOKEN } }],
  ])('the service echoes as %s is in none of the ledger’s files', async (_where, echoed) => {
    answer = { status: 201, ...echoed };
    await call('lucanto_create_booking', { title: 'x' });
    expect(files()).toContain('lucanto_create_booking');
    expect(files()).not.toMatch(/promisesOfTheLedger|typedByMistake/);
  });

  it('a user types as an argument is in none of them either', async () => {
    answer = { status: 201, json: { id: '1' } };
    await call('lucanto_create_booking', { title: TOKEN });
    await call('lucanto_archive_booking', { id: 3, title: OTHER_TOKEN });
    expect(files()).not.toMatch(/promisesOfTheLedger|typedByMistake/);
  });
});

it.each([
  ['as it is', TOKEN],
  ['in hexadecimal', Buffer.from(TOKEN).toString('hex')],
  ['in Base64', Buffer.from(`key:${TOKEN}`).toString('base64')],
])(
  'A token that the service echoes %s is in no cached and no saved file, and in no name of one',
  async (_how, echo) => {
    rows = [{ id: '1', number: `B ${echo}`, [`as ${echo}`]: 'x' }];
    workspaces = [
      { id: 1, name: `One ${echo}` },
      { id: 2, name: 'Two' },
    ];
    const env = { LUCANTO_FILES: join(home.dir, 'files') };
    await call('lucanto_list_bookings', { workspace_id: 1, save_as: 'csv' }, env);
    const written = [home.configDir, env.LUCANTO_FILES].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => `${name} ${readFileSync(join(parentPath, name), 'utf8')}`),
    );
    expect(written.some((text) => text.startsWith('contract.json'))).toBe(true);
    const [table] = written.filter((text) => text.includes('.csv'));
    expect(table).toMatch(/^Bookings One .*token.*B .*\[token\]/s);
    for (const text of written) {
      expect(text).not.toContain('promisesOfTheLedger');
      expect(text).not.toContain(Buffer.from('promisesOfTheLedger').toString('hex'));
      const runs = [...text.matchAll(/[A-Za-z0-9+/]{16,}/g)].map(([run]) => Buffer.from(run, 'base64').toString());
      expect(runs.join()).not.toContain('promisesOfTheLedger');
    }
  },
);
