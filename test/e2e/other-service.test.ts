/** The built bridge against a Lucanto that somebody else built: nothing it does may come from our own contract. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OtherLucanto, startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { ODD_SHAPE, OLD_SHAPE, type Shape } from '../fixtures/other-lucanto/shape.ts';
import { CLIENTS, connect, type McpSession } from '../helpers/mcp.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';

const TWELVE = [
  'lucanto_list_workspaces',
  'lucanto_list_invoices',
  'lucanto_get_invoice',
  'lucanto_list_contacts',
  'lucanto_get_invoice_pdf_url',
  'lucanto_create_invoice',
  'lucanto_update_invoice',
  'lucanto_create_contact',
  'lucanto_issue_invoice',
  'lucanto_mark_invoice_paid',
  'lucanto_send_invoice',
  'lucanto_delete_invoice',
];

interface Expected {
  readonly shape: Shape;
  readonly base: string;
  readonly invoiceKey: string;
  readonly paid: string;
  readonly send: string;
}

const GENERATIONS: Readonly<Record<string, Expected>> = {
  newer: {
    shape: ODD_SHAPE,
    base: '/api/v1/workspaces',
    invoiceKey: 'document',
    paid: 'PUT mark_as_paid',
    send: 'POST send_email',
  },
  older: {
    shape: OLD_SHAPE,
    base: '/api/v1/accounts',
    invoiceKey: 'invoice',
    paid: 'POST mark_paid',
    send: 'POST send',
  },
};

const idIn = (text: string) => /"id":"?([^",}]+)/.exec(text)?.[1] ?? '';

describe.each(Object.entries(GENERATIONS))('A service of the %s generation', (_generation, expected) => {
  let other: OtherLucanto;
  let home: Home;

  beforeAll(async () => {
    other = await startOtherLucanto({ shape: expected.shape });
    home = await temporaryHome();
    const stdin = `${other.tokens.manage}\n`;
    const { exitCode, stderr } = await run(['login'], { home, stdin, env: { LUCANTO_URL: other.url } });
    if (exitCode !== 0) throw new Error(stderr);
  });
  afterAll(async () => {
    await other.close();
    await home.remove();
  });

  describe.each(CLIENTS)('through the %s client', (kind) => {
    let session: McpSession;
    beforeAll(async () => {
      // Three clients do the same one after the other: no duplicates to be stopped here.
      const env = { LUCANTO_URL: other.url, LUCANTO_SCOPES: 'manage:*', LUCANTO_DUPLICATE_WINDOW: '0' };
      session = await connect(kind, { home, env });
    });
    afterAll(() => session.close());
    beforeEach(() => other.clear());

    const wire = () => other.requests.filter(({ path }) => path.startsWith(expected.base));
    const workspace = () => `${expected.base}/${other.workspaceIds[0]}`;

    it('lists the twelve documented tools, and those of unknown resources', async () => {
      const names = (await session.listTools()).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(TWELVE));
      const unknown = [
        'lucanto_list_projects',
        'lucanto_archive_project',
        'lucanto_create_project_task',
        'lucanto_delete_webhook',
      ];
      expect(names).toEqual(expect.arrayContaining(unknown));
      expect(names.filter((name) => name.includes('session'))).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
    });

    it('has the same argument names for workspace and record, whatever the path calls them', async () => {
      const tools = await session.listTools();
      const properties = tools.find(({ name }) => name === 'lucanto_get_invoice')?.inputSchema.properties;
      expect(Object.keys(properties ?? {})).toEqual(expect.arrayContaining(['id', 'workspace_id']));
      expect(JSON.stringify(properties)).not.toMatch(/account|invoice_id/);
    });

    it('creates, reads and archives a record of an unknown resource with its exact id', async () => {
      const created = await session.callTool('lucanto_create_project', { title: `Web ${kind}`, budget: '12.50' });
      expect(created).toMatchObject({ isError: false });
      expect(wire().at(-1)).toMatchObject({ method: 'POST', path: `${workspace()}/projects` });
      expect(JSON.parse(wire().at(-1)?.text ?? '')).toEqual({ project: { title: `Web ${kind}`, budget: '12.50' } });
      const id = idIn(created.text);
      expect(other.ids('projects')).toContain(id);
      const archived = await session.callTool('lucanto_archive_project', { id });
      expect(archived.isError).toBe(false);
      expect(wire().at(-1)).toMatchObject({ method: 'POST', path: `${workspace()}/projects/${id}/archive` });
      const read = await session.callTool('lucanto_get_project', { id });
      expect(read.text).toContain(`"id":${id},`);
      expect(read.text).toContain('"archived":true');
    });

    it('reaches the sub-collection of an unknown resource', async () => {
      const [project] = other.ids('projects');
      const added = await session.callTool('lucanto_create_project_task', { project_id: project, label: 'Návrh' });
      expect(added.isError).toBe(false);
      expect(wire().at(-1)?.path).toBe(`${workspace()}/projects/${project}/tasks`);
      const listed = await session.callTool('lucanto_list_project_tasks', { project_id: project });
      expect(listed.text).toContain(idIn(added.text));
    });

    it('wraps bodies as the service says, with the properties next to the wrapper', async () => {
      const [purchaser] = other.ids('contacts');
      const row = { name: 'Práca', quantity: '1.0', unit_price: '15.50' };
      const args = { purchaser_id: purchaser, notify_team: true, [expected.shape.rowsField]: [row] };
      const created = await session.callTool('lucanto_create_invoice', args);
      expect(created.text).toContain(`"purchaser_id":${purchaser}`);
      const rows = `"${expected.shape.rowsField}":[{"name":"Práca","quantity":"1.0","unit_price":"15.50"}]`;
      expect(JSON.parse(wire().at(-1)?.text ?? '')).toMatchObject({ [expected.invoiceKey]: {}, notify_team: true });
      expect(wire().at(-1)?.text).toContain(rows);
      expect(wire().at(-1)?.text).toContain(`"purchaser_id":${purchaser}`);
      expect(wire().at(-1)?.headers['idempotency-key']).toMatch(/^[\w-]{16,255}$/);
      expect(wire().at(-1)?.headers['user-agent']).toMatch(
        /^lucanto-mcp\/\S+ \(test-host 7\.8\.9\)$|^lucanto-mcp\/\S+ \(test-host\/7\.8\.9\)$/,
      );
      const contact = await session.callTool('lucanto_create_contact', { name: 'Ján Novák' });
      expect(contact.isError).toBe(false);
      const bare = expected.shape.wrappers.contacts === null;
      expect(wire().at(-1)?.text).toBe(bare ? '{"name":"Ján Novák"}' : '{"contact":{"name":"Ján Novák"}}');
    });

    it('uses the service’s own paths for actions', async () => {
      const [purchaser] = other.ids('contacts');
      const id = idIn((await session.callTool('lucanto_create_invoice', { purchaser_id: purchaser })).text);
      const last = () =>
        `${wire().at(-1)?.method} ${wire().at(-1)?.path.replace(`${workspace()}/invoices/${id}/`, '')}`;
      expect((await session.callTool('lucanto_issue_invoice', { id })).text).toContain('"status":"exposed"');
      expect(last()).toBe('POST issue');
      await session.callTool('lucanto_send_invoice', { id, recipients: ['jan@example.sk'] });
      expect(last()).toBe(expected.send);
      expect((await session.callTool('lucanto_mark_invoice_paid', { id, paid_on: '2026-01-20' })).isError).toBe(false);
      expect(last()).toBe(expected.paid);
      const again = await session.callTool('lucanto_mark_invoice_paid', { id });
      expect(again.isError).toBe(true);
      expect(JSON.parse(again.text)).toMatchObject({ error: 'conflict', status: 409 });
      expect((await session.callTool('lucanto_delete_invoice', { id })).isError).toBe(false);
      expect(other.ids('invoices')).not.toContain(id);
    });

    it('pages through a list with the service’s cursor', async () => {
      const first = JSON.parse((await session.callTool('lucanto_list_invoices', { limit: 2 })).text);
      expect(first).toMatchObject({ has_more: true });
      await session.callTool('lucanto_list_invoices', { limit: 2, cursor: first.next_cursor });
      const lists = wire().filter(({ path }) => path.includes('/invoices'));
      expect(lists.at(-1)?.path).toBe(`${workspace()}/invoices?limit=2&cursor=${first.next_cursor}`);
      expect(first.data.map(({ customer }: { customer: string }) => customer)).toEqual(['Ján Novák', 'Acme GmbH']);
    });

    it('passes remote-only tools through unchanged', async () => {
      const result = await session.callTool('lucanto_explain_vat', { country: 'sk' });
      expect(result.content).toEqual([{ type: 'text', text: 'The rate in sk is 23 %.' }]);
      const refused = await session.callTool('lucanto_explain_vat', { country: 'xx' });
      expect(refused).toMatchObject({ isError: true, text: 'No such country.' });
      const matched = await session.callTool('lucanto_reconcile_payments', { workspace_id: other.workspaceIds[0] });
      expect(matched.content).toHaveLength(2);
      expect(matched.text).toContain('[9007199254740993,9007199254740995]');
      expect(matched.structuredContent).toMatchObject({ matched: 2 });
    });
  });
});
