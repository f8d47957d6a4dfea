/** "It was done" is said only of what the service's own document says: the answer, and what the operation does. */
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/contract/operation.ts';
import { whyNoSuccess } from '../../src/contract/success.ts';
import { json as body, compiled } from '../helpers/documents.ts';
import { json, type OddAnswer, oddService, parameters, type Received } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const NOTHING = [
  {},
  [],
  'ok',
  '',
  0,
  17,
  true,
  null,
  { data: null },
  { data: {} },
  { booking: null },
  { result: 'ok' },
];
const OBJECT = { type: 'object', properties: { name: { type: 'string' } } };
const BOOKING = { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' } } };
const MEMBERS = { type: 'object', properties: { code: {}, name: {} }, required: ['code', 'name'] };

/** @param schema of the answer; undefined where the document gives none */
function written(method: string, path: string, schema: unknown, status = 200): Operation {
  const responses = { [status]: schema === undefined ? { description: 'OK' } : json({ ...Object(schema) }) };
  const own = `/workspaces/{w}/bookings${path}`;
  const get = { get: { responses: { 200: json(BOOKING) } } };
  const all: Record<string, object> = { '/workspaces/{w}/bookings/{id}': get };
  all[own] = { ...all[own], [method]: { ...body(OBJECT), responses } };
  const found = compiled(all).find((one) => one.method === method.toUpperCase());
  if (found === undefined) throw new Error('no operation');
  return found;
}

describe('An answer with a status of 2xx to a write', () => {
  const wrapped = { type: 'object', properties: { booking: BOOKING } };
  const inData = { type: 'object', properties: { data: BOOKING, meta: { type: 'object' } } };
  const places: readonly (readonly [string, Operation, unknown])[] = [
    ['a create that answers with the record', written('post', '', BOOKING, 201), { id: 'b-1' }],
    ['a create that wraps it', written('post', '', wrapped, 201), { booking: { id: 'b-1', name: 'x' } }],
    ['a create that wraps it in data', written('post', '', inData, 201), { data: { id: 9 }, meta: {} }],
    ['a create of a record without an id', written('post', '', MEMBERS, 201), { code: 'A', name: 'x' }],
    ['an update', written('patch', '/{id}', BOOKING), { id: 'b-1', name: null }],
    ['a replacement', written('put', '/{id}', wrapped), { id: 'b-1' }],
    ['an action', written('post', '/{id}/archive', BOOKING), { id: 12345678901234567890n }],
    ['an action without a described answer', written('post', '/{id}/archive', undefined), { uuid: 'u-1' }],
  ];

  it.each(places)('is no success of %s where it holds no record', (_what, operation) => {
    for (const value of NOTHING)
      expect([value, whyNoSuccess(operation, 201, value)]).toEqual([value, expect.any(String)]);
  });

  it.each(places)('is a success of %s where it holds the record', (_what, operation, record) => {
    expect(whyNoSuccess(operation, 201, record)).toBeNull();
  });

  it('may be empty where the document or the status says so, but not after a create that answers with the record', () => {
    expect(whyNoSuccess(written('post', '/{id}/archive', undefined, 204), 204, undefined)).toBeNull();
    expect(whyNoSuccess(written('post', '/{id}/archive', undefined, 202), 202, undefined)).toBeNull();
    expect(whyNoSuccess(written('delete', '/{id}', BOOKING), 204, undefined)).toBeNull();
    expect(whyNoSuccess(written('post', '', BOOKING, 201), 204, undefined)).toBe('is empty');
    expect(whyNoSuccess(written('post', '', BOOKING, 201), 201, undefined)).toBe('is empty');
  });

  it('is one of a delete in whatever words the service says that something is gone', () => {
    const gone = written('delete', '/{id}', undefined);
    expect([{ deleted: true }, { data: { id: 1 } }].map((value) => whyNoSuccess(gone, 200, value))).toEqual([
      null,
      null,
    ]);
    expect([{}, [], 'ok', null].filter((value) => whyNoSuccess(gone, 200, value) === null)).toEqual([]);
  });

  it.each([
    ['a delete', written('delete', '/{id}', undefined)],
    ['an update', written('patch', '/{id}', BOOKING)],
    ['a create without a described answer', written('post', '', undefined)],
  ])('is no success of %s where it says so itself', (_what, operation) => {
    const failures = [
      ...[false, { success: false }, { ok: false, name: 'x' }, { deleted: false }, { error: 'locked' }],
      ...[
        { error: { code: 7 }, name: 'x' },
        { status: 'error', message: 'x' },
        { success: false, id: 7 },
      ],
    ];
    for (const value of failures)
      expect([value, whyNoSuccess(operation, 200, value)]).toEqual([value, expect.any(String)]);
    for (const value of [
      { id: 7, error: 'of the last delivery' },
      { id: 7, status: 'failed' },
      { id: 7, done: false, error: null },
    ])
      expect([value, whyNoSuccess(operation, 200, value)]).toEqual([value, null]);
  });
});

describe('An answer with a status of 2xx to a read', () => {
  const read = (path: string, schema: object) => {
    const [found] = compiled({ [`/workspaces/{w}/bookings${path}`]: { get: { responses: { 200: json(schema) } } } });
    if (found === undefined) throw new Error('no operation');
    return found;
  };
  const rows = { type: 'array', items: BOOKING };

  it.each([
    ['a bare list', read('', rows)],
    ['a list in data', read('', { type: 'object', properties: { data: rows } })],
    ['a list of its own name', read('', { type: 'object', properties: { bookings: rows } })],
  ])('is never an empty list where it is no list: %s', (_what, operation) => {
    expect(whyNoSuccess(operation, 204, undefined)).toBe('is empty');
    for (const value of [{}, 'ok', 0, null, { data: null }, false])
      expect([value, whyNoSuccess(operation, 200, value)]).toEqual([value, expect.any(String)]);
    for (const value of [[], { data: [] }, { bookings: [{ id: 1 }], total: 1 }])
      expect([
        value,
        operation.rows === null && Array.isArray(value) ? null : whyNoSuccess(operation, 200, value),
      ]).toEqual([value, null]);
  });

  it('is an error where the document promises a record and there is none', () => {
    const record = read('/{id}', BOOKING);
    expect(whyNoSuccess(record, 204, undefined)).toBe('is empty');
    for (const value of [{}, [], 'ok', 0, null, { data: null }])
      expect([value, whyNoSuccess(record, 200, value)]).toEqual([value, expect.any(String)]);
    expect(whyNoSuccess(record, 200, { id: 1 })).toBeNull();
    expect(whyNoSuccess(record, 200, { data: { id: 1 } })).toBeNull();
  });
});

const BASE = '/workspaces/{workspace_id}/bookings';

function service(paths: object, answer: (request: Received) => OddAnswer | null) {
  return oddService(paths, answer).then(later);
}

describe('The words of the document win over the method', () => {
  const record = { responses: { 200: json(BOOKING) } };
  // Method, path below the collection, operationId, summary.
  const ACTING: readonly (readonly [string, string, string, string, string])[] = [
    ['post', '', 'deleteBookings', 'Bookings', 'deletes'],
    ['post', '', 'bookings-bulk', 'Permanently deletes bookings', 'deletes'],
    ['post', '/deletions', 'create-booking-deletion', 'Create a deletion', 'deletes'],
    ['post', '', 'op17', 'Cancellation of a booking', 'deletes'],
    ['put', '/{id}', 'voidBooking', '', 'deletes'],
    ['put', '/tags/{tag}', 'tag_delete', 'Tags', 'deletes'],
    ['get', '/log', 'x4', 'Delete logs', 'deletes'],
    ['patch', '/{id}', 'booking.patch', 'Sends the booking to the guest', 'sends'],
    ['post', '', 'issue_booking', 'Issue', 'issues'],
    ['post', '/{id}/archive', 'archiveBooking', 'Archives the booking and e-mails the guest', 'sends'],
    ['get', '/{id}', 'voidBooking', 'Voids a booking', 'deletes'],
    ['get', '/{id}/send', 'x1', '', 'sends'],
    ['get', '/{id}/print', 'x2', '', 'sends'],
    ['get', '/{id}', 'x3', 'The booking is cancelled', 'deletes'],
  ];

  it.each(ACTING)('%s %s, %s, "%s" is a manage action that asks: %s', (method, path, operationId, summary, kind) => {
    const [operation] = compiled({
      [`${BASE}${path}`]: { [method]: { operationId, summary, description: `${summary}.`, ...record } },
    });
    expect(operation).toMatchObject({ tier: 'manage', destructive: true, reads: false, irreversible: kind });
    expect(operation?.action).not.toMatch(/^(create|list|get|update)$/);
    expect(operation?.scopes).toEqual(['manage:bookings']);
  });

  it.each([
    ['get', '', 'list-bookings', 'List bookings and e-mails about them'],
    ['get', '/{id}', 'getBooking', 'Get a booking, its deletion date and its cancellation policy'],
    ['get', '/{id}/send_status', 'get_send_status', 'Send status'],
    ['get', '/{id}/emails', 'listEmails', 'E-mails of a booking'],
    ['get', '/deleted', 'deletedBookings', 'Deleted bookings'],
    ['get', '/{id}/pdf', 'bookingPdf', 'Generate a PDF'],
    ['get', '/cancellations', 'listCancellations', 'Cancellations'],
    ['get', '/charges', 'charge_list', 'Charge list'],
    ['get', '/messages/{m}', 'message.show', 'Message details'],
  ])('%s %s, %s, "%s" is still a read', (method, path, operationId, summary) => {
    const [operation] = compiled({ [`${BASE}${path}`]: { [method]: { operationId, summary, ...record } } });
    expect(operation).toMatchObject({ tier: 'read', reads: true, destructive: false });
    expect(operation).not.toHaveProperty('irreversible');
  });

  it('leaves our words out where the operation is not what they describe', () => {
    const described = (method: string, path: string, operationId: string, summary: string) => {
      const paths = {
        [`/workspaces/{workspace_id}/invoices${path}`]: { [method]: { operationId, summary, ...record } },
      };
      return compiled(paths).map(({ tool, description }) => [tool, description]);
    };
    expect(described('post', '', 'remove', 'Deletes all drafts')).toEqual([
      ['lucanto_remove_invoices', 'Deletes all drafts.'],
    ]);
    expect(described('delete', '/{id}', 'archive', 'Archives an invoice')).toEqual([
      ['lucanto_delete_invoice', 'Archives an invoice.'],
    ]);
    expect(described('put', '/{id}', 'add', 'Adds a copy of an invoice')).toEqual([
      ['lucanto_update_invoice', 'Adds a copy of an invoice.'],
    ]);
    expect(described('post', '', 'create', 'Create an invoice')).toEqual([
      ['lucanto_create_invoice', expect.stringContaining('draft invoice')],
    ]);
  });

  it('repeats after a lost answer only what is idempotent by its meaning', async () => {
    const write = (operationId: string, summary: string) => ({ operationId, summary, ...body(OBJECT), ...record });
    const paths = {
      [`${BASE}/{id}`]: {
        parameters: parameters('workspace_id', 'id'),
        get: { operationId: 'get-booking', ...record },
        patch: write('update-booking', 'Update a booking'),
      },
      [`${BASE}/{id}/guests`]: {
        parameters: parameters('workspace_id', 'id'),
        get: { operationId: 'get-guests', responses: { 200: json({ type: 'array', items: BOOKING }) } },
        put: write('add-guest', 'Add a guest'),
      },
      [`${BASE}/{id}/notes`]: {
        parameters: parameters('workspace_id', 'id'),
        patch: write('notes', 'Appends a note'),
      },
      [`${BASE}/{id}/receipt`]: {
        parameters: parameters('workspace_id', 'id'),
        put: write('booking-receipt', 'Sends the receipt'),
      },
      [`${BASE}/{id}/toggle`]: {
        parameters: parameters('workspace_id', 'id'),
        patch: write('toggle-booking', 'Toggles the option'),
      },
      [`${BASE}/{id}/frobnicate`]: {
        parameters: parameters('workspace_id', 'id'),
        put: write('frob', 'Frobnicates the booking'),
      },
      [`${BASE}/{id}/archive`]: {
        parameters: parameters('workspace_id', 'id'),
        put: write('archive-booking', 'Archives the booking'),
        post: write('archive-booking-2', 'Archives the booking again'),
      },
      [`${BASE}/{id}/last_guest`]: {
        parameters: parameters('workspace_id', 'id'),
        delete: { operationId: 'pop-guest', summary: 'Notifies and removes the last guest', ...record },
      },
      [`${BASE}/{id}/approve`]: {
        parameters: parameters('workspace_id', 'id'),
        get: { operationId: 'approve', summary: 'Approves a booking', ...record },
      },
    };
    const odd = await service(paths, () => ({ status: 503, json: { error: 'unavailable', message: 'No.' } }));
    const { ask, bridge } = await scene(odd.url, 'lct_pat_abcdefghij', {
      LUCANTO_SCOPES: 'manage:*',
      LUCANTO_CONFIRM: 'never',
    });
    const times: Record<string, number> = {};
    for (const { descriptor, route, validation } of bridge.visible()) {
      if (route !== 'rest' || !/booking|guest/.test(descriptor.name)) continue;
      odd.received.length = 0;
      await ask(
        descriptor.name,
        Object.hasOwn(Object(validation.properties), 'name') ? { id: 7, name: 'x' } : { id: 7 },
      );
      // Before something is sent, its record is read, to say to whom.
      const own = odd.received.at(-1)?.method;
      times[descriptor.name] = odd.received.filter(({ method }) => method === own).length;
    }
    expect(times).toEqual({
      lucanto_get_booking: 3,
      lucanto_update_booking: 3,
      lucanto_list_booking_guests: 3,
      lucanto_add_guest: 1,
      lucanto_update_booking_notes: 1,
      lucanto_approve_booking: 1,
      lucanto_receipt_booking: 1,
      lucanto_toggle_booking: 1,
      lucanto_frobnicate_booking: 1,
      lucanto_archive_booking: 3,
      lucanto_archive_booking_2: 1,
      lucanto_delete_booking_last_guest: 1,
    });
  });
});
