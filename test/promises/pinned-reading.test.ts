/** "Only reading" takes two witnesses: the method or the hint, and words without a verb that acts. */
import { describe, expect, it } from 'vitest';
import { compiled } from '../helpers/documents.ts';
import { remoteAnswer } from '../helpers/remote-endpoint.ts';
import { run, temporaryHome } from '../helpers/run.ts';
import { toldReader } from '../helpers/told-tool.ts';
import { json, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();
const TOKEN = 'lct_pat_abcdefghij';
const PARCEL = { type: 'object', properties: { id: { type: 'integer' }, label: { type: 'string' } } };
const record = { responses: { 200: json(PARCEL) } };
const rows = { responses: { 200: json({ type: 'array', items: PARCEL }) } };
const BASE = '/workspaces/{workspace_id}/parcels';

describe('A remote tool that says of itself that it only reads', () => {
  it.each([
    ['lucanto_delete_parcel', 'Works on a parcel.', 'deletes'],
    ['parcel_purge', '', 'deletes'],
    ['lucanto_get_parcel_and_void', 'Parcel.', 'deletes'],
    ['lucanto_handle_parcel', 'Permanently removes the parcel.', 'deletes'],
    ['lucanto_find_and_notify', '', 'sends'],
    ['dispatchParcel', '', 'sends'],
    ['lucanto_parcel', 'Gets the parcel and e-mails the label.', 'sends'],
    ['lucanto_refund_parcel', '', 'issues'],
    ['nuke_parcels', '', 'deletes'],
    ['lucanto_parcel', 'Disposes of a parcel.', 'deletes'],
    ['wire_parcel_fee', '', 'issues'],
    ['lucanto_get_parcel_and_nudge', '', 'sends'],
    ['lucanto_paket_loeschen', '', 'deletes'],
    ['lucanto_parcel', 'Odošle balík zákazníkovi.', 'sends'],
    ['lucanto_parcel', 'Pakete versenden.', 'sends'],
    ['lucanto_parcel', 'Vymazanie balíka.', 'deletes'],
    ['lucanto_parcel', 'Löschung eines Pakets.', 'deletes'],
    ['lucanto_parcel', 'Das Paket wird storniert.', 'deletes'],
    ['lucanto_parcel', 'Envoi du colis.', 'sends'],
    ['lucanto_parcel', 'Törli a csomagot.', 'deletes'],
    ['lucanto_parcel', 'Изпраща пратката.', 'sends'],
    ['lucanto_parcel', 'Διαγραφή δέματος.', 'deletes'],
    ['lucanto_parcel', 'Émet le colis.', 'issues'],
    ['lucanto_collect_fee', '', 'issues'],
  ])('is not believed where it is called %s: "%s"', (name, description, irreversible) => {
    expect(toldReader(name, description)).toMatchObject({ readOnlyHint: false, tier: 'manage', irreversible });
  });

  it.each([
    ['lucanto_rename_parcel', ''],
    ['lucanto_get_or_create_parcel', ''],
    ['lucanto_parcel_state', 'Marks the parcel as packed.'],
    ['lucanto_get_parcel', 'Retrieves the parcel. Then pays its label.'],
    ['lucanto_get_label', 'Label of a parcel. Marks it as seen.'],
    ['lucanto_ack_parcel', ''],
    ['lucanto_ensure_parcel', ''],
    ['lucanto_get_label', 'Label of a parcel. Calling this marks the parcel as shipped.'],
  ])('is not believed where it changes something: %s "%s"', (name, description) => {
    expect(toldReader(name, description)).toMatchObject({ readOnlyHint: false });
    expect(toldReader(name, description).tier).not.toBe('read');
  });

  it.each([
    ['lucanto_list_deleted_parcels', 'Lists parcels that were deleted.'],
    ['lucanto_get_send_status', 'Get the send status of a parcel.'],
    ['lucanto_search_parcels', 'Search parcels by label, order or recipient.'],
    ['parcels_overview', 'Parcels, orders and messages at a glance.'],
    ['lucanto_preview_label', 'Render a label without printing it.'],
    ['lucanto_list_swaps', 'Swaps of parcels.'],
    ['lucanto_get_alert_history', 'Alert history.'],
    ['parcel_burn_rate', ''],
    ['exchange_rates', 'Exchange rates of today.'],
    ['lucanto_list_mails', 'E-mails that were sent.'],
    ['lucanto_reasons', 'Reasons why parcels are voided.'],
    ['lucanto_whoami', 'Who is signed in.'],
    ['payment_methods', 'Methods which can be used to pay a parcel.'],
    ['lucanto_match_suggestions', 'Suggestions.'],
    ['zoznam_balikov', 'Zoznam odoslaných balíkov.'],
    ['pakete', 'Stornierte und versendete Pakete.'],
    [
      'lucanto_get_parcel',
      'Gets a parcel. Use lucanto_delete_parcel to remove it. Sends back at most 100 rows. Records are sorted.',
    ],
  ])('is believed where nothing speaks against it: %s "%s"', (name, description) => {
    expect(toldReader(name, description)).toMatchObject({ readOnlyHint: true, destructiveHint: false, tier: 'read' });
  });

  it.each([
    ['Approves the parcel. This pays the carrier.', 'issues'],
    ['Closes the parcel. The customer is notified by e-mail.', 'sends'],
    ['Closes the parcel. It is then sent.', 'sends'],
    ['Closes the parcel. Removes the label.', 'deletes'],
    ['Closes the parcel. The customer is notified only if notify is true.', undefined],
    ['Closes the parcel. Parcels that are sent are kept. Send it with lucanto_send_parcel.', undefined],
  ])('is asked about where a later sentence says that it does more: %s', (description, irreversible) => {
    expect(toldReader('lucanto_update_parcel', description, { readOnlyHint: false }).irreversible).toBe(irreversible);
  });

  it('does not spare with a hint what it says that it deletes', () => {
    expect(toldReader('lucanto_erase_parcel', '', { readOnlyHint: false })).toMatchObject({ destructiveHint: true });
  });
});

describe('A GET that acts', () => {
  const paths = {
    [BASE]: { parameters: parameters('workspace_id'), get: { operationId: 'list-parcels', ...rows } },
    [`${BASE}/{id}`]: { parameters: parameters('workspace_id', 'id'), get: { operationId: 'get-parcel', ...record } },
    [`${BASE}/{id}/ship`]: {
      parameters: parameters('workspace_id', 'id'),
      get: { operationId: 'ship', summary: 'Dispatches the parcel', ...record },
    },
    [`${BASE}/{id}/print`]: { parameters: parameters('workspace_id', 'id'), get: { operationId: 'p', ...record } },
    [`${BASE}/{id}/invalidate`]: { parameters: parameters('workspace_id', 'id'), get: record },
    [`${BASE}/purge`]: { parameters: parameters('workspace_id'), get: { operationId: 'x', ...record } },
    [`${BASE}/{id}/zmazat`]: { parameters: parameters('workspace_id', 'id'), get: record },
    [`${BASE}/{id}/reminder`]: {
      parameters: parameters('workspace_id', 'id'),
      get: { summary: 'Reminder', description: 'Sends a reminder to the customer.', ...record },
    },
  };
  const names = (tools: readonly { readonly descriptor: { readonly name: string } }[]) =>
    tools.map(({ descriptor }) => descriptor.name).filter((name) => /parcel|payer/.test(name));
  const open = async (env: Record<string, string>) => {
    const odd = later(await oddService(paths, () => ({ json: { id: 7 } })));
    return { odd, ...(await scene(odd.url, TOKEN, { LUCANTO_SCOPES: 'manage:*', ...env })) };
  };

  it('does not exist in read-only mode, and no request of it is sent', async () => {
    const { odd, bridge, ask } = await open({ LUCANTO_READ_ONLY: '1' });
    expect(names(bridge.visible())).toEqual(['lucanto_list_parcels', 'lucanto_get_parcel']);
    for (const tool of ['lucanto_dispatch_parcel', 'lucanto_print_parcel', 'lucanto_invalidate_parcel'])
      await expect(ask(tool, { id: 7 })).rejects.toThrow(/read-only/);
    expect(odd.received).toEqual([]);
  });

  it.each([
    ['Payer details', 'Payer of a parcel.', true],
    ['List parcels', 'Reminders are sent to customers after the due date.', true],
    ['Get a parcel', 'An event is sent to each webhook. A number is issued for each parcel.', true],
    ['Rates', 'The rates are published by the ECB.', true],
    ['Get a label', 'Creates the label on the fly. Adds the total to every row.', true],
    ['Search', 'Matches a part of the name. Combines the results of all accounts.', true],
    ['Alle Pakete, die wir versenden', '', true],
    ['Label', 'The customer is then notified by e-mail.', false],
    ['Get a label', 'The parcel is sent by the system.', false],
    ['Dispatches the parcel', 'Customers are notified.', false],
    ['Pakete versenden', '', false],
    ['Zrušenie balíka', '', false],
    ['Suppression du colis', '', false],
    ['Zoznam balíkov na odoslanie', '', true],
    ['Pakete, die storniert wurden', '', true],
    ['Liste des annulations', '', true],
    ['Absender und Versandart', '', true],
  ])('is told from one whose words are about its records: %s. %s', async (summary, description, isShown) => {
    const get = { operationId: 'get-payer', summary, description, ...record };
    const path = { [`${BASE}/{id}/payer`]: { parameters: parameters('workspace_id', 'id'), get } };
    const odd = later(await oddService(path, () => ({ json: { id: 7 } })));
    const { bridge } = await scene(odd.url, TOKEN, { LUCANTO_SCOPES: 'manage:*', LUCANTO_READ_ONLY: '1' });
    expect(names(bridge.visible())).toHaveLength(isShown ? 1 : 0);
  });

  describe('because of an argument', () => {
    const given = ['send_email', 'email_customer', 'send', 'notify', 'void', 'issue', 'versenden', 'odoslat_email'];
    const filters = [
      'sent',
      'email_sent',
      'email_verified',
      'include_deliveries',
      'with_email',
      'is_cancelled',
      'skip_send',
      'storniert',
      'versendet',
    ];
    const query = (name: string) => ({ name, in: 'query', schema: { type: 'boolean' } });
    const parcel = parameters('workspace_id', 'id');
    const taking = {
      [`${BASE}/{id}`]: { parameters: parcel, get: { parameters: [...given, ...filters].map(query), ...record } },
    };
    const opened = async () => {
      const odd = later(await oddService(taking, () => ({ json: { id: 7 } })));
      return { odd, ...(await scene(odd.url, TOKEN, { LUCANTO_SCOPES: 'manage:*' })) };
    };
    const sent = (received: readonly { readonly path: string }[]) =>
      received.filter(({ path }) => /parcels/.test(path));

    it('is not sent', async () => {
      const { odd, ask } = await opened();
      for (const name of given) {
        const { json: answer } = await ask('lucanto_get_parcel', { id: 7, [name]: true });
        expect(answer.message).toBe(`lucanto_get_parcel only reads, and \`${name}\` would make it do more.`);
      }
      expect(sent(odd.received)).toEqual([]);
    });

    it('is not sent where a word, a method or an address is the order, at any depth', async () => {
      const properties = { action: {}, _method: {}, op: {}, mark_as_read: {}, reset: {}, email_to: {}, options: {} };
      const tools = ['view_parcel', 'list_parcel_events'].map((name) => ({
        ...{ name, description: 'Views a parcel.', inputSchema: { type: 'object', properties } },
        annotations: { readOnlyHint: true },
      }));
      const called: unknown[] = [];
      const script = {
        tools: () => tools,
        call: (_name: string, args: unknown) => Object({ content: [], n: called.push(args) }),
      };
      const odd = later(await oddService(taking, (request) => remoteAnswer(request, script)));
      const { ask } = await scene(odd.url, TOKEN, { LUCANTO_READ_ONLY: '1' });
      const orders = [
        ...[{ action: 'purge' }, { op: 'send_again' }, { _method: 'DELETE' }, { mark_as_read: true }, { reset: 1 }],
        ...[{ email_to: 'a@b.example' }, { options: { send: true } }, { options: [{ dry: true, action: 'void' }] }],
      ];
      for (const args of orders)
        expect((await ask('view_parcel', args)).json.message).toMatch(/^view_parcel only reads, and `/);
      expect(called).toEqual([]);
      const filters = [{ action: 'details' }, { _method: 'GET' }, { reset: false }, { options: { skip_send: true } }];
      for (const args of filters) await ask('view_parcel', args);
      await ask('list_parcel_events', { action: 'delete', email_to: 'a@b.example' });
      expect(called).toHaveLength(filters.length + 1);
    });

    it('is told from a filter, and from what is switched off', async () => {
      const { odd, ask } = await opened();
      for (const name of filters) await ask('lucanto_get_parcel', { id: 7, [name]: true });
      for (const name of given) await ask('lucanto_get_parcel', { id: 7, [name]: false });
      expect(sent(odd.received)).toHaveLength(filters.length + given.length);
    });
  });

  it('is listed by the program among the hidden tools, with that reason', async () => {
    const odd = later(await oddService(paths, () => ({ json: { id: 7 } })));
    const home = await temporaryHome();
    try {
      const env = { LUCANTO_URL: odd.url, LUCANTO_TOKEN: TOKEN, LUCANTO_SCOPES: 'manage:*' };
      await run(['login'], { home, env: { LUCANTO_URL: odd.url }, stdin: `${TOKEN}\n` });
      const { stdout } = await run(['tools', '--all', '--json', '--read-only'], { home, env });
      expect(stdout).toMatch(/lucanto_dispatch_parcel/);
      expect(stdout).toMatch(/read-only mode/);
      const called = await run(['call', 'lucanto_dispatch_parcel', '--arg', 'id=7', '--read-only'], { home, env });
      expect(called.exitCode).toBe(1);
      expect(odd.received.filter(({ path }) => /ship$/.test(path))).toEqual([]);
    } finally {
      await home.remove();
    }
  });

  it('asks a person before it is sent, as a write does', async () => {
    const { odd, ask } = await open({ LUCANTO_CONFIRM: 'always' });
    for (const tool of ['lucanto_dispatch_parcel', 'lucanto_print_parcel', 'lucanto_invalidate_parcel']) {
      odd.received.length = 0;
      await ask(tool, { id: 7 });
      expect([tool, odd.received.filter(({ path }) => !/parcels\/7$/.test(path))]).toEqual([tool, []]);
    }
  });
});

describe('Accounts of a service', () => {
  const account = (properties: object) => ({ type: 'object', properties: { id: { type: 'integer' }, ...properties } });
  const root = (properties: object, summary = '') => ({
    '/accounts': {
      get: { summary, responses: { 200: json({ type: 'array', items: account(properties) }) } },
      post: { summary: '', responses: { 201: json(account(properties)) } },
    },
    '/accounts/{id}': {
      get: { responses: { 200: json(account(properties)) } },
      delete: { responses: { 204: { description: 'Gone' } } },
    },
  });
  const other = { '/parcels': { get: rows }, '/parcels/{id}': { get: record } };
  const inside = {
    '/accounts/{account_id}/parcels': { get: rows },
    '/accounts/{account_id}/labels': { get: rows },
  };
  const resources = (paths: object) => new Set(compiled(paths).map(({ resource }) => resource));

  it.each([
    ['by their name alone', { ...root({ name: {} }), ...other }],
    ['with nothing else in the document', root({ name: {} })],
    ['where they have a balance', { ...root({ name: {}, balance: {} }), ...inside }],
    ['where they have a number and a code', { ...root({ name: {}, code: {}, accountNumber: {} }), ...other }],
    ['where the document speaks of a ledger', { ...root({ name: {} }, 'List ledger accounts'), ...inside }],
    ['where something else is called so', { ...root({ name: {} }), ...inside, '/user/workspaces': { get: rows } }],
    ['where they have a credit limit', { ...root({ name: {}, email: {}, credit_limit: {} }), ...inside }],
    ['with one thing below them', { ...root({ name: {} }), '/accounts/{id}/entries': { get: rows } }],
  ])('are not its workspaces: %s', (_why, paths) => {
    expect(compiled(paths).some(({ tool }) => tool === 'lucanto_delete_workspace')).toBe(false);
    if (!Object.hasOwn(paths, '/user/workspaces')) expect([...resources(paths)]).not.toContain('workspaces');
    expect(compiled(paths).map(({ tool }) => tool)).toContain('lucanto_delete_account');
    expect(compiled(paths).filter(({ workspace }) => workspace !== null)).toEqual([]);
  });

  it.each(['invoices', 'customers', 'projects', 'clients'])('are not %s that everything else is below', (word) => {
    const below = ['items', 'files', 'notes'].map((part) => [
      `/${word}/{record_id}/${part}/{id}`,
      { parameters: parameters('record_id', 'id'), get: record },
    ]);
    const paths = {
      [`/${word}`]: { get: rows },
      [`/${word}/{record_id}`]: { delete: record },
      ...Object.fromEntries(below),
    };
    expect([...resources(paths)]).not.toContain('workspaces');
  });

  it.each([
    ['where the user has a list of their own', { '/user/accounts': { get: rows }, ...inside }],
    ['where that list is called me', { '/me/accounts': { get: rows }, ...inside, ...other }],
    ['where the document calls them so', { ...root({ name: {} }, 'List workspaces'), ...other }],
    ['where they have legal data', { ...root({ name: {}, vat_number: {} }), ...other }],
    ['where the records of the service are inside them', { ...root({ name: {} }), ...inside }],
  ])('are its workspaces: %s', (_why, paths) => {
    expect([...resources(paths)]).toContain('workspaces');
  });

  it('are not asked for by the bridge itself where the list needs more than it can fill', async () => {
    const needs = { name: 'fiscal_year', in: 'query', required: true, schema: { type: 'string' } };
    const listing = { operationId: 'list-workspaces', parameters: [needs], ...rows };
    const paths = {
      '/user/workspaces': { get: listing },
      [BASE]: { parameters: parameters('workspace_id'), get: rows },
    };
    const odd = later(await oddService(paths, () => ({ json: [{ id: 1 }] })));
    const { ask } = await scene(odd.url, TOKEN, { LUCANTO_SCOPES: 'manage:*' });
    const { json: told } = await ask('lucanto_list_parcels', {});
    expect(told).toMatchObject({ error: 'no_workspace_list', hint: expect.stringContaining('workspace') });
    expect(odd.received).toEqual([]);
  });
});
