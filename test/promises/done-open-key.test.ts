/** "It was done": a 2xx without a record leaves the key open, and the same call goes out again under it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../helpers/mcp.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';
import { json, type OddAnswer, type OddService, oddService, parameters } from '../tools/odd-service.ts';

const TOKEN = 'lct_pat_promisesOfTheLedger99';
const BOOKING = { type: 'object', properties: { id: { type: 'string' }, number: { type: 'string' } } };
const BODY = {
  content: { 'application/json': { schema: { type: 'object', properties: { title: { type: 'string' } } } } },
};
const at = (...names: string[]) => ({ parameters: parameters('workspace_id', ...names) });
const PATHS = {
  '/workspaces/{workspace_id}/bookings': {
    ...at(),
    get: { operationId: 'list-bookings', responses: { 200: json({ type: 'array', items: BOOKING }) } },
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
  '/workspaces/{workspace_id}/bookings/{id}/notes': {
    ...at('id'),
    post: { operationId: 'create-booking-note', requestBody: BODY, responses: { 201: json(BOOKING) } },
  },
};

let answer: OddAnswer;
let service: OddService;
let home: Home;
beforeAll(async () => {
  service = await oddService(PATHS, ({ method, path }) => {
    if (!path.startsWith('/api/v1/')) return null;
    return method === 'GET' ? { json: [] } : answer;
  });
});
afterAll(() => service.close());
beforeEach(async () => {
  home = await temporaryHome();
  service.received.length = 0;
});
afterEach(() => home.remove());

async function call(tool: string, args: object) {
  const env = { LUCANTO_URL: service.url, LUCANTO_TOKEN: TOKEN, LUCANTO_SCOPES: 'manage:*,read:*' };
  const { stdout, exitCode } = await run(['call', tool, '--args', JSON.stringify(args)], { home, env });
  return { exitCode, answer: JSON.parse(stdout) };
}
const posts = () => service.received.filter(({ method }) => method === 'POST');

describe('A write that is answered with 2xx and no record', () => {
  it.each([
    ['lucanto_create_booking', { title: 'x' }],
    ['lucanto_archive_booking', { id: 3 }],
    ['lucanto_create_booking_note', { id: 3, title: 'y' }],
  ])('by %s goes out again under the same key until there is one, from whatever process', async (tool, args) => {
    for (const nothing of [{}, [], 'ok', { data: null }]) {
      answer = { status: 201, json: nothing };
      const lost = await call(tool, args);
      expect([nothing, lost]).toMatchObject([nothing, { exitCode: 1, answer: { outcome: 'unknown' } }]);
      expect(lost.answer.error).not.toBe('duplicate');
    }
    const { stdout } = await run(['history', '--open', '--json'], { home });
    expect(JSON.parse(stdout)).toMatchObject({ unresolved: 1, writes: [{ tool, outcome: 'unknown' }] });
    answer = { status: 201, json: { id: 'b-1', number: 'B1' } };
    expect(await call(tool, args)).toMatchObject({ exitCode: 0, answer: { id: 'b-1' } });
    expect(posts()).toHaveLength(5);
    expect(new Set(posts().map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });
});

describe('A write that is answered with 408', () => {
  it('may have been carried out, since a gateway had all of it, and goes out again under its key', async () => {
    answer = { status: 408 };
    const lost = await call('lucanto_create_booking', { title: 'late' });
    expect(lost).toMatchObject({ exitCode: 1, answer: { outcome: 'unknown' } });
    answer = { status: 201, json: { id: 'b-1', number: 'B1' } };
    expect((await call('lucanto_create_booking', { title: 'late' })).exitCode).toBe(0);
    expect(posts()).toHaveLength(2);
    expect(new Set(posts().map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });
});

describe('A record that is replaced whole', () => {
  it('loses nothing of what two copies change in it at the same time: one is told that it has changed', async () => {
    const BOX = {
      type: 'object',
      properties: { id: { type: 'integer' }, label: { type: 'string' }, size: { type: 'string' } },
    };
    const requestBody = { content: { 'application/json': { schema: BOX } } };
    const item = {
      ...at('id'),
      get: { operationId: 'get-box', responses: { 200: json(BOX) } },
      put: { operationId: 'update-box', requestBody, responses: { 200: json(BOX) } },
    };
    let box: object = { id: 5, label: 'A', size: '1' };
    const odd = await oddService({ '/workspaces/{workspace_id}/boxes/{id}': item }, async ({ method, path, body }) => {
      if (!path.endsWith('/boxes/5')) return null;
      if (method === 'PUT') {
        await sleep(400);
        box = { ...box, ...JSON.parse(body.toString()) };
      }
      return { json: box };
    });
    const own = await temporaryHome();
    const env = { LUCANTO_URL: odd.url, LUCANTO_TOKEN: TOKEN, LUCANTO_SCOPES: 'manage:*', LUCANTO_CONFIRM: 'never' };
    const [one, other] = await Promise.all([connect('v1', { home: own, env }), connect('v1', { home: own, env })]);
    try {
      for (const { listTools } of [one, other]) await listTools();
      const answers = await Promise.all([
        one.callTool('lucanto_update_box', { id: 5, label: 'B' }),
        other.callTool('lucanto_update_box', { id: '5', workspace_id: 1, size: '2' }),
      ]);
      const refused = answers.filter(({ isError }) => isError);
      expect(refused.map(({ text }) => JSON.parse(text).error)).toEqual(['record_changed']);
      expect(odd.received.filter(({ method }) => method === 'PUT')).toHaveLength(1);
      const again = answers[0]?.isError === true ? { label: 'B' } : { size: '2' };
      await one.callTool('lucanto_update_box', { id: 5, ...again });
      expect(box).toEqual({ id: 5, label: 'B', size: '2' });
    } finally {
      await Promise.all([one.close(), other.close(), odd.close()]);
      await own.remove();
    }
  });
});
