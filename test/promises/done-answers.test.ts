/** "It was done" over HTTP: a 2xx with any other body than the record leaves the outcome unknown and the key open. */
import { describe, expect, it } from 'vitest';
import { json, type OddAnswer, oddService, parameters, query } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const RECORD = { type: 'object', properties: { id: { type: 'integer' }, label: { type: 'string' } } };
const BODY = { requestBody: { required: true, content: { 'application/json': { schema: RECORD } } } };
const ALL = { LUCANTO_SCOPES: 'manage:*', LUCANTO_CONFIRM: 'never' };
const PATHS = {
  '/workspaces/{workspace_id}/parcels': {
    parameters: parameters('workspace_id'),
    get: {
      operationId: 'list-parcels',
      parameters: query('limit', 'cursor'),
      responses: { 200: json({ type: 'object', properties: { data: { type: 'array', items: RECORD } } }) },
    },
    post: { operationId: 'create-parcel', ...BODY, responses: { 201: json(RECORD) } },
  },
  '/workspaces/{workspace_id}/parcels/{id}': {
    parameters: parameters('workspace_id', 'id'),
    get: { operationId: 'get-parcel', responses: { 200: json(RECORD) } },
    patch: { operationId: 'update-parcel', ...BODY, responses: { 200: json(RECORD) } },
    delete: { operationId: 'delete-parcel', responses: { 200: json({ type: 'object' }), 202: { description: '' } } },
  },
  '/workspaces/{workspace_id}/parcels/{id}/archive': {
    parameters: parameters('workspace_id', 'id'),
    post: { operationId: 'archive-parcel', responses: { 200: json(RECORD) } },
  },
};
const TUBS = {
  '/workspaces/{workspace_id}/tubs/{id}': {
    parameters: parameters('workspace_id', 'id'),
    get: { operationId: 'get-tub', responses: { 200: json({ type: 'object' }) } },
  },
  '/workspaces/{workspace_id}/tubs/{id}/seasons/{year}': {
    parameters: parameters('workspace_id', 'id', 'year'),
    get: { operationId: 'get-tub-season', responses: { 200: json({ type: 'object' }) } },
  },
};
const REPLACED = {
  '/workspaces/{workspace_id}/crates/{id}': {
    parameters: parameters('workspace_id', 'id'),
    get: { operationId: 'get-crate', responses: { 200: json(RECORD) } },
    put: { operationId: 'update-crate', ...BODY, responses: { 200: json(RECORD) } },
  },
};
const NO_RECORD = [
  '{}',
  '[]',
  '"ok"',
  '0',
  'null',
  'true',
  '{"data":null}',
  '{"result":"accepted"}',
  '{"archived":true}',
];
const WRITES: readonly (readonly [string, object])[] = [
  ['lucanto_create_parcel', { label: 'A' }],
  ['lucanto_update_parcel', { id: 5, label: 'A' }],
  ['lucanto_archive_parcel', { id: 5 }],
];

describe('A write that is answered with 2xx and no record', () => {
  it.each(WRITES.flatMap(([tool, args]) => NO_RECORD.map((body) => [tool, body, args] as const)))(
    'is not reported as done, and goes out again under its key: %s answered with %s',
    async (tool, body, args) => {
      let answers = 0;
      const service = later(
        await oddService(PATHS, ({ method, path }) => {
          if (method === 'GET' || path === '/api/mcp/v1') return null;
          answers += 1;
          const bytes = answers === 1 ? body : `{"id":${'id' in args ? 5 : 77},"label":"A"}`;
          return { status: 200, bytes, headers: { 'content-type': 'application/json' } };
        }),
      );
      const { ask } = await scene(service.url, 'lct_pat_parcels_1234', ALL);
      const first = await ask(tool, args);
      expect(first.result.isError).toBe(true);
      expect(first.json).toMatchObject({ error: 'unexpected_answer', outcome: 'unknown' });
      const second = await ask(tool, args);
      expect(second.result.isError ?? false).toBe(false);
      expect(second.json.id).toBe('id' in args ? 5 : 77);
      const writes = service.received.filter(({ method }) => method !== 'GET');
      expect(writes).toHaveLength(2);
      const keys = writes.map(({ headers }) => headers['idempotency-key']);
      if (writes[0]?.method === 'POST') expect(keys[0]).toMatch(/\S{16,}/);
      expect(new Set(keys).size).toBe(1);
    },
  );
});

describe('A write that is answered with 2xx and a record', () => {
  const answered = async (tool: string, args: object, given: OddAnswer) => {
    const service = later(
      await oddService(PATHS, ({ method, path }) => (method === 'GET' || path === '/api/mcp/v1' ? null : given)),
    );
    return (await scene(service.url, 'lct_pat_parcels_1234', ALL)).ask(tool, args);
  };

  it.each<[string, object]>([
    ['an id of no text', { id: '' }],
    ['an id of 0', { id: 0, label: 'A' }],
    ['the word of a program for no id', { id: 'undefined', label: 'A' }],
    ['an id of zeros', { id: '00000000-0000-0000-0000-000000000000' }],
    ['an id that is no value', { id: {}, ok: false }],
    ['an error that records do not have', { id: 7, error: { message: 'label is taken' } }],
    ['errors of validation', { id: 7, label: 'A', validation_errors: ['label is taken'] }],
    ['success as text', { id: 7, success: 'false' }],
    ['the status of a failure', { id: 'req-1', statusCode: 422, message: 'label is taken' }],
    ['a state that failed, and why', { id: 7, status: 'archive_failed', reason: 'label is taken' }],
    ['a type of its own', { id: 'req-1', type: 'error', message: 'label is taken' }],
    ['nothing that was saved', { id: 7, label: 'A', saved: false }],
  ])('is not done where it has %s', async (_what, value) => {
    for (const [tool, args] of WRITES) {
      const { result, json: told } = await answered(tool, args, { json: value });
      expect([result.isError, told.outcome]).toEqual([true, 'unknown']);
    }
  });

  it.each([
    ['on its own', 8, 7],
    ['wrapped', { data: { id: 8, label: 'A' } }, { data: { id: 7, label: 'A' } }],
    ['with the number of another', { id: 8, number: '77' }, { id: 8, parcel_id: '7' }],
  ])('is not done where an update shows another record %s', async (_what, other, own) => {
    const body = (value: unknown) => ({ json: typeof value === 'number' ? { id: value, label: 'A' } : value });
    const { result, json: told } = await answered('lucanto_update_parcel', { id: 7, label: 'A' }, body(other));
    expect([result.isError, told.outcome, told.message]).toEqual([
      true,
      'unknown',
      expect.stringContaining('shows another record'),
    ]);
    const { result: done } = await answered('lucanto_update_parcel', { id: 7, label: 'A' }, body(own));
    expect(done.isError ?? false).toBe(false);
  });

  it('is not done where an action on the record itself shows another one', async () => {
    for (const value of [{ id: 8, label: 'A' }, { data: { id: 8, label: 'A' } }]) {
      const { result, json: told } = await answered('lucanto_archive_parcel', { id: 7 }, { json: value });
      expect([result.isError, told.message]).toEqual([true, expect.stringContaining('shows another record')]);
    }
    const { result: done } = await answered('lucanto_archive_parcel', { id: 7 }, { json: { id: 8, parcel_id: 7 } });
    expect(done.isError ?? false).toBe(false);
  });

  it('is not sent where it would be completed from another record', async () => {
    const paths = { ...PATHS, ...REPLACED };
    const service = later(
      await oddService(paths, ({ path }) =>
        path.includes('/crates/') ? { json: { id: 8, label: 'B', weight: 3 } } : null,
      ),
    );
    const { ask } = await scene(service.url, 'lct_pat_parcels_1234', ALL);
    const { result, json: told } = await ask('lucanto_update_crate', { id: 7, label: 'A' });
    expect([result.isError, told.message]).toEqual([true, expect.stringContaining('shows another record')]);
    expect(service.received.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  it('is accepted where the service says no more than that, and nothing more is claimed', async () => {
    const { result } = await answered('lucanto_create_parcel', { label: 'A' }, { status: 202, json: { id: 7 } });
    expect(result.content.map(({ text }) => text)).toEqual([
      '{"id":7}',
      'The service accepted this (202), and does not say that it is finished: lucanto_list_parcels shows whether it was done.',
    ]);
    for (const json of [{ deleted: 0 }, { id: 5, deleted: false }, { removed_count: 0 }]) {
      const refused = await answered('lucanto_delete_parcel', { id: 5 }, { json });
      expect([refused.result.isError, refused.json.outcome]).toEqual([true, 'unknown']);
    }
    const job = { status: 202, json: { id: 991 } };
    const { result: begun } = await answered('lucanto_update_parcel', { id: 5, label: 'A' }, job);
    expect([begun.isError ?? false, begun.content.length]).toEqual([false, 2]);
    const { json: accepted } = await answered('lucanto_delete_parcel', { id: 5 }, { status: 202 });
    expect(accepted).not.toHaveProperty('deleted');
  });
});

const FREE = { description: 'OK' };
const UNDESCRIBED = {
  '/workspaces/{workspace_id}/sacks': {
    parameters: parameters('workspace_id'),
    post: { operationId: 'create-sack', ...BODY, responses: { 201: FREE } },
  },
  '/workspaces/{workspace_id}/sacks/{id}': {
    parameters: parameters('workspace_id', 'id'),
    patch: { operationId: 'update-sack', ...BODY, responses: { 200: FREE } },
    delete: { operationId: 'delete-sack', responses: { 200: FREE } },
  },
  '/workspaces/{workspace_id}/sacks/{id}/nudge': {
    parameters: parameters('workspace_id', 'id'),
    post: {
      operationId: 'nudge-sack',
      requestBody: {
        content: { 'application/json': { schema: { type: 'object', properties: { message: { type: 'string' } } } } },
      },
      responses: { 200: FREE },
    },
  },
  ...Object.fromEntries(
    ['send', 'issue', 'archive', 'unarchive', 'decline', 'mark-paid', 'mark-not-paid', 'toggle-paid'].map((act) => [
      `/workspaces/{workspace_id}/sacks/{id}/${act}`,
      { parameters: parameters('workspace_id', 'id'), post: { operationId: `${act}-sack`, responses: { 200: FREE } } },
    ]),
  ),
};

const BAG = { number: 'B-1', customer: { id: 4711 } };
const BAG_SCHEMA = { type: 'object', properties: { number: { type: 'string' }, customer: { type: 'object' } } };
const BAGS = {
  '/workspaces/{workspace_id}/bags': {
    parameters: parameters('workspace_id'),
    post: { operationId: 'create-bag', ...BODY, responses: { 201: json(BAG_SCHEMA) } },
  },
};

describe('A write whose answer no contract describes', () => {
  const opened = async () => {
    let given: OddAnswer = {};
    const service = later(
      await oddService({ ...PATHS, ...UNDESCRIBED }, ({ method, path }) =>
        method === 'GET' || path === '/api/mcp/v1' ? null : given,
      ),
    );
    const { ask } = await scene(service.url, 'lct_pat_sacks_12345', { ...ALL, LUCANTO_DUPLICATE_WINDOW: '0' });
    let calls = 0;
    return async (act: string, json: unknown) => {
      given = { json };
      calls += 1;
      const args = act.startsWith('create')
        ? { label: `A${calls}` }
        : {
            id: 7,
            ...(act.startsWith('update') && { label: `A${calls}` }),
            ...(act.startsWith('nudge') && { message: 'Nudged.' }),
          };
      const { result, json: told } = await ask(`lucanto_${act}`, args);
      return [act, json, result.isError === true ? told.outcome : 'done'];
    };
  };

  it('is not done where it denies its own act, under whatever member', async () => {
    const outcome = await opened();
    for (const [act, json] of [
      ['send_sack', { id: 7, sent: false }],
      ['send_sack', { id: 7, emailSent: 'false' }],
      ['send_sack', { id: 7, status: 'not_sent' }],
      ['send_sack', { id: 7, sent_status: 'failed' }],
      ['send_sack', { id: 7, sent_to: [] }],
      ['send_sack', { id: 7, skipped: true }],
      ['send_sack', { sent: false, results: [{ id: 1, status: 'ok' }] }],
      ['send_sack', { error: { code: 7 }, results: [{ id: 1, status: 'ok' }] }],
      ['update_sack', { error: { message: 'label is taken' }, entity: { id: 7 } }],
      ['issue_sack', { data: { id: 7, issued: false } }],
      ['issue_sack', { id: 7, state: 'draft' }],
      ['archive_sack', { id: 7, isArchived: false }],
      ['mark_sack_paid', { id: 7, paid: false }],
      ['mark_sack_paid', { id: 7, status: 'unpaid' }],
      ['create_sack', { id: 7, dryRun: true }],
      ['create_sack', { id: 'err-1', faultstring: 'label is taken' }],
      ['create_parcel', { id: 7, exception: 'label is taken' }],
      ['create_parcel', { id: 7, isSuccess: false }],
      ['delete_sack', { affectedRows: 0 }],
      ['delete_sack', { ok: 1, n: 0 }],
      ['delete_sack', { result: false }],
      ['delete_sack', { id: 8, deleted: true }],
    ] as const)
      expect(await outcome(act, json)).toEqual([act, json, 'unknown']);
  });

  it('is done where it says so, or shows the record that the call names', async () => {
    const outcome = await opened();
    for (const [act, json] of [
      ['send_sack', { sent: true }],
      ['send_sack', { id: 7, sent: true, paid: false, archived: false }],
      ['send_sack', { success: true, message: 'Sack sent' }],
      ['send_sack', { message: 'The sack was sent.' }],
      ['archive_sack', { archived: true }],
      ['archive_sack', { status: 'archived' }],
      ['mark_sack_paid', { id: 7, status: 'paid', sent: false }],
      ['mark_sack_not_paid', { id: 7, paid: false }],
      ['toggle_paid_sack', { id: 7, paid: false }],
      ['unarchive_sack', { id: 7, archived: false }],
      ['issue_sack', { id: 7, status: 'issued', sent: false, paid: false }],
      ['mark_sack_paid', { id: 7, paid: false, status: 'partially_paid' }],
      ['decline_sack', { id: 7, rejected: true }],
      ['archive_sack', { id: 7, archived: true, rejected: true }],
      ['update_sack', { ok: true }],
      ['update_sack', { id: 3, type: 'shipment', sacks: [{ id: 7, label: 'A' }] }],
      ['update_sack', { updated: 1 }],
      ['update_sack', { change_id: 991, entity: { id: 7, label: 'A' } }],
      ['update_parcel', { change_id: 991, entity: { id: 7, label: 'A' } }],
      ['create_sack', { Id: 12 }],
      ['create_sack', { _id: 'a7' }],
      ['create_sack', { code: 200, message: 'OK', result: { id: 12 } }],
      ['delete_sack', { deleted: 1 }],
      ['delete_sack', { id: 991, type: 'audit', record_id: 7 }],
    ] as const)
      expect(await outcome(act, json)).toEqual([act, json, 'done']);
  });

  it('is known by no id of another record in it', async () => {
    const service = later(await oddService(BAGS, ({ method }) => (method === 'GET' ? null : { json: BAG })));
    const { ask } = await scene(service.url, 'lct_pat_bags_123456', ALL);
    expect((await ask('lucanto_create_bag', { label: 'A' })).result.isError ?? false).toBe(false);
    const { json: repeated } = await ask('lucanto_create_bag', { label: 'A' });
    expect(repeated.error).toBe('duplicate');
    expect(JSON.stringify(repeated)).toContain('B-1');
    expect(JSON.stringify(repeated)).not.toContain('4711');
  });

  it('is unknown where it only says that something was received', async () => {
    const outcome = await opened();
    for (const [act, json] of [
      ['send_sack', { message: 'The sack could not be sent.' }],
      ['send_sack', { message: 'The sack must be approved before it is sent.' }],
      ['send_sack', { message: 'The sack gets sent shortly.' }],
      ['send_sack', { message: 'Sent soon.' }],
      ['send_sack', { message: 'The sack is sent later today.' }],
      ['send_sack', { message: 'Partially sent.' }],
      ['send_sack', { message: 'Only some of the sack was sent.' }],
      ['send_sack', { message: 'The sack was partly sent.' }],
      ['send_sack', { message: 'Thank you.' }],
      ['nudge_sack', { message: 'Nudged.' }],
      ['archive_sack', { customer: { id: 5 }, note: 'x' }],
      ['create_sack', { success: true }],
      ['create_sack', { customer: { id: 5 }, total: '3.00' }],
    ] as const)
      expect(await outcome(act, json)).toEqual([act, json, 'unknown']);
  });
});

describe('A read that is answered with 2xx and something else than the contract describes', () => {
  it.each([
    ['lucanto_list_parcels', {}, '{}'],
    ['lucanto_list_parcels', {}, '{"message":"maintenance"}'],
    ['lucanto_list_parcels', {}, '"ok"'],
    ['lucanto_list_parcels', {}, '{"id":5,"label":"A","warnings":["no shelf"]}'],
    ['lucanto_list_parcels', {}, '{"id":[]}'],
    ['lucanto_list_parcels', {}, 'null'],
    ['lucanto_list_parcels', {}, '{"parcel":{"id":1,"label":"A","parts":[{"id":2}]}}'],
    ['lucanto_get_parcel', { id: 5 }, '{}'],
    ['lucanto_get_parcel', { id: 5 }, '[]'],
    ['lucanto_get_parcel', { id: 5 }, '0'],
    ['lucanto_get_parcel', { id: 5 }, '{"success":true}'],
    ['lucanto_get_parcel', { id: 5 }, '{"id":5,"error":"try later"}'],
    ['lucanto_get_parcel', { id: 5 }, '{"id":""}'],
    ['lucanto_get_parcel', { id: 5 }, '{"data":{"id":"undefined"}}'],
    ['lucanto_get_parcel', { id: 5 }, '{"id":6,"label":"B"}'],
    ['lucanto_get_parcel', { id: 5 }, '{"data":{"id":6,"label":"B"}}'],
    ['lucanto_get_tub', { id: 5 }, '{"id":""}'],
    ['lucanto_get_tub', { id: 5 }, '{"ok":false,"id":5}'],
    ['lucanto_get_tub', { id: 5 }, '{"errors":["try later"]}'],
    ['lucanto_get_tub', { id: 5 }, '{"data":null,"errors":[{"message":"try later"}]}'],
    ['lucanto_get_tub', { id: 5 }, '{"id":6,"label":"B"}'],
    ['lucanto_get_parcel', { id: 5 }, '{"errors":["try later"]}'],
    ['lucanto_get_parcel', { id: 5 }, '{"success":false,"data":null}'],
    ['lucanto_list_parcels', {}, '{"errors":["try later"]}'],
    ['lucanto_list_parcels', {}, '{"success":false,"data":[]}'],
    ['lucanto_list_parcels', {}, '{"ok":false,"data":[{"id":5,"label":"A"}]}'],
    ['lucanto_list_parcels', {}, '{"error":{"code":"shard_down"},"data":[]}'],
    ['lucanto_list_parcels', {}, '{"errors":["try later"],"data":[]}'],
  ])('is an error and never empty: %s %j answered with %s', async (tool, args, body) => {
    const service = later(
      await oddService({ ...PATHS, ...TUBS }, () => ({
        bytes: body,
        headers: { 'content-type': 'application/json' },
      })),
    );
    const { ask } = await scene(service.url, 'lct_pat_parcels_1234', ALL);
    const { result, json: told } = await ask(tool, args);
    expect([result.isError, told.error]).toEqual([true, 'unexpected_answer']);
    expect(told.outcome).toBeUndefined();
  });

  it.each([
    ['lucanto_list_parcels', {}],
    ['lucanto_get_parcel', { id: 5 }],
  ])('is an error where it has no content at all: %s %j', async (tool, args) => {
    const service = later(await oddService(PATHS, () => ({ status: 204 })));
    const { ask } = await scene(service.url, 'lct_pat_parcels_1234', ALL);
    const { result, json: told } = await ask(tool, args);
    expect([result.isError, told.error]).toEqual([true, 'unexpected_answer']);
  });

  it.each([{ next_cursor: null }, { success: true, error: null, errors: [] }, { ok: 1, error: 0, errors: {} }])(
    'is an empty list where the service says so: %j',
    async (beside) => {
      const service = later(await oddService(PATHS, () => ({ json: { ...beside, data: [] } })));
      const { ask } = await scene(service.url, 'lct_pat_parcels_1234', ALL);
      const { result, json: told } = await ask('lucanto_list_parcels');
      expect([result.isError ?? false, told.data]).toEqual([false, []]);
    },
  );

  it('is an error where it is called the description of a problem', async () => {
    const problem = '{"title":"Gone","status":410,"id":5,"label":"A"}';
    const given = { bytes: problem, headers: { 'content-type': 'application/problem+json' } };
    const service = later(await oddService(PATHS, () => given));
    const { ask } = await scene(service.url, 'lct_pat_parcels_1234', ALL);
    for (const [tool, args] of [
      ...WRITES,
      ['lucanto_get_parcel', { id: 5 }],
      ['lucanto_delete_parcel', { id: 5 }],
    ] as const)
      expect((await ask(tool, args)).json.error).toBe('unexpected_answer');
  });

  it.each([
    ['lucanto_get_parcel', { id: 5 }, { id: 5, label: 'A', status: 'failed', message: 'no shelf' }],
    ['lucanto_get_parcel', { id: 5 }, { id: '3b1f8c1e-0d1c-4f1e-8f1e-0d1c4f1e8f1e', label: 'A' }],
    ['lucanto_get_parcel', { id: 5 }, { id: 6, parcel_id: 5, label: 'A' }],
    ['lucanto_get_tub', { id: 5 }, { id: 5, status: 'failed', error: 'no shelf' }],
    ['lucanto_get_tub', { id: 5 }, { status: 'failed', error: 'no shelf' }],
    ['lucanto_get_tub', { id: 5 }, { header: '', footer: '' }],
    ['lucanto_get_tub_season', { tub_id: 5, id: 2026 }, { id: 9, weight: '3.00' }],
    ['lucanto_list_parcels', {}, { id: 'req-1', parcels: [{ id: 5, label: 'A' }] }],
    ['lucanto_list_parcels', {}, { id: 'list-1', object: 'list', name: 'all', data: [{ id: 5, label: 'A' }] }],
  ])('is none where a service may well answer so: %s %j answered with %j', async (tool, args, value) => {
    const service = later(await oddService({ ...PATHS, ...TUBS }, () => ({ json: value })));
    const { ask } = await scene(service.url, 'lct_pat_parcels_1234', ALL);
    const { result, json: told } = await ask(tool, args);
    expect([result.isError ?? false, told]).toMatchObject([false, value]);
  });

  it('keeps the rows that came beside an error, and the error', async () => {
    const json = { data: [{ id: 5, label: 'A' }], errors: ['shelf 2 is missing'] };
    const service = later(await oddService(PATHS, () => ({ json })));
    const { ask } = await scene(service.url, 'lct_pat_parcels_1234', ALL);
    const { result, json: told } = await ask('lucanto_list_parcels');
    expect([result.isError ?? false, told.data, told.errors]).toEqual([false, json.data, json.errors]);
  });
});
