/** One walk through the tools, on services that are built in every way that the published pages leave open. */
import { afterEach, expect, it } from 'vitest';
import { type OtherLucanto, startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { ODD_SHAPE, OLD_SHAPE, type Shape } from '../fixtures/other-lucanto/shape.ts';
import { connect } from '../helpers/mcp.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';

const SHAPES: Readonly<Record<string, Shape>> = {
  'UUIDs and an absolute server': { ...ODD_SHAPE, ids: 'uuid', servers: 'absolute' },
  'no operationIds and PUT': { ...OLD_SHAPE, operationIds: false, updateMethod: 'PUT', itemParameter: 'id' },
  'scopes that the document states': { ...ODD_SHAPE, servers: 'root-and-paths', statesScopes: true },
  'a workspace that is its own path': { ...ODD_SHAPE, workspaceItem: 'segment', workspaceParameter: 'workspaceId' },
  'accounts under their plain id': { ...OLD_SHAPE, workspaceParameter: 'id', workspaceItem: 'segment', ids: 'uuid' },
  'no wrappers at all': { ...ODD_SHAPE, wrappers: { invoices: null, contacts: null, projects: null, tasks: null } },
};

let other: OtherLucanto | undefined;
let home: Home | undefined;

afterEach(async () => {
  await other?.close();
  await home?.remove();
});

const idIn = (text: string) => /"id":"?([^",}]+)/.exec(text)?.[1] ?? '';

it.each(Object.entries(SHAPES))('A service with %s works like any other', async (_name, shape) => {
  other = await startOtherLucanto({ shape, workspaces: 2 });
  home = await temporaryHome();
  const env = { LUCANTO_URL: other.url, LUCANTO_SCOPES: 'manage:*' };
  const login = await run(['login'], { home, env, stdin: `${other.tokens.manage}\n` });
  expect(login).toMatchObject({ exitCode: 0, stderr: '' });
  const session = await connect('v1', { home, env });
  const [first, second] = other.workspaceIds;
  const [purchaser] = other.ids('contacts');
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const result = await session.callTool(`lucanto_${name}`, args);
    expect([name, result.text, result.isError]).toEqual([name, result.text, false]);
    return result.text;
  };

  expect(await call('list_workspaces')).toContain('Workspace 2');
  expect(idIn(await call('get_workspace', { id: second }))).toBe(second);
  expect(await call('set_default_workspace', { id: second })).toContain('"default":true');

  const own = { workspace_id: first };
  const invoice = idIn(await call('create_invoice', { ...own, purchaser_id: purchaser, currency: 'EUR' }));
  expect(other.ids('invoices')).toContain(invoice);
  expect(await call('update_invoice', { ...own, id: invoice, text_opening: 'Dobrý deň' })).toContain('Dobrý deň');
  expect(await call('issue_invoice', { ...own, id: invoice })).toContain('exposed');
  expect(await call('send_invoice', { ...own, id: invoice })).toContain('"sent_status":"sent"');
  expect(await call('mark_invoice_paid', { ...own, id: invoice })).toContain('"status":"paid"');
  expect(await call('get_invoice_pdf_url', { ...own, id: invoice })).toContain(`${invoice}.pdf`);
  await call('delete_invoice', { ...own, id: invoice });
  expect(other.ids('invoices')).not.toContain(invoice);

  const project = idIn(await call('create_project', { ...own, title: 'Web' }));
  const task = idIn(await call('create_project_task', { ...own, project_id: project, label: 'A' }));
  expect(await call('update_project_task', { ...own, project_id: project, id: task, done: true })).toContain('true');
  expect(await call('list_project_tasks', { ...own, id: project })).toContain(task);
  await call('delete_project_task', { ...own, project_id: project, id: task });
  expect(await call('archive_project', { ...own, id: project })).toContain('"archived":true');
  const [quote] = other.ids('quotes');
  expect(await call('accept_quote', { ...own, id: quote })).toContain('accepted');
  await session.close();
});
