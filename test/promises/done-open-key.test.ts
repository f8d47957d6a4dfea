/** "It was done": a 2xx without a record leaves the key open, and the same call goes out again under it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
