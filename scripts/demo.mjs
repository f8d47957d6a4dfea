// The main job, shown: a real MCP client starts the built bridge over stdio against the embedded Lucanto and runs a
// small company's day. Exit code 0 only if every step did what it shows.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { parse, parseNumberAndBigInt } from 'lossless-json';

const { bin } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const bridge = fileURLToPath(new URL(`../${bin['lucanto-mcp']}`, import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'lucanto-demo-'));
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

let steps = 0;

function title(text) {
  steps += 1;
  process.stdout.write(`\n${paint('1;36', `${steps}. ${text}`)}\n`);
}

function say(text) {
  process.stdout.write(`   ${text}\n`);
}

/** A step that did not do what it shows ends the demo. */
function must(condition, what) {
  if (!condition) throw new Error(what);
}

/** The embedded Lucanto as a server of its own, so that several tokens meet one store. */
async function startService() {
  const child = spawn(process.execPath, [bridge, 'demo'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const found = { tokens: {} };
  for await (const line of createInterface({ input: child.stdout })) {
    found.url ??= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    const token = /\b(read|write|manage)\b.*?\b(lct_pat_\w+)/.exec(line);
    if (token && !(token[1] in found.tokens)) found.tokens[token[1]] = token[2];
    if (found.url && Object.keys(found.tokens).length === 3) break;
  }
  must(found.url && found.tokens.manage, 'the embedded Lucanto did not say where it is');
  return { ...found, stop: () => child.kill() };
}

async function connect(service, token) {
  const client = new Client({ name: 'lucanto-demo', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [bridge, '--url', service.url, '--config-dir', join(scratch, 'config')],
    env: { PATH: process.env.PATH ?? '', LUCANTO_TOKEN: token },
    stderr: 'inherit',
  });
  await client.connect(transport);
  return client;
}

function parsed(result) {
  // Lucanto's ids have 64 bits, more than JSON.parse keeps.
  return parse(result.content[0].text, undefined, parseNumberAndBigInt);
}

async function call(client, name, args = {}) {
  const result = await client.callTool({ name, arguments: { ...args, ...ids(args) } });
  must(!result.isError, `${name} failed: ${result.content[0]?.text}`);
  return parsed(result);
}

async function listTools(client, whose) {
  const { tools } = await client.listTools();
  const reads = tools.filter(({ annotations }) => annotations.readOnlyHint);
  say(`${whose}: ${tools.length} tools, ${reads.length} of them only read`);
  say(paint('2', tools.map(({ name }) => name.replace('lucanto_', '')).join(', ')));
  return tools.map(({ name }) => name);
}

/** The SDK's JSON knows no bigint: ids that need one travel as text, which the bridge takes. */
function ids(args) {
  return Object.fromEntries(
    Object.entries(args)
      .filter(([, value]) => typeof value === 'bigint')
      .map(([name, value]) => [name, String(value)]),
  );
}

const service = await startService();
const clients = [];
try {
  title('What a token may do decides which tools there are');
  const reader = await connect(service, service.tokens.read);
  const manager = await connect(service, service.tokens.manage);
  clients.push(reader, manager);
  const readNames = await listTools(reader, 'read token');
  const manageNames = await listTools(manager, 'manage token');
  must(!readNames.includes('lucanto_create_invoice'), 'a read token must not see a tool that writes');
  must(manageNames.includes('lucanto_delete_invoice'), 'a manage token must see the tools that manage');
  const refused = await reader.callTool({ name: 'lucanto_create_invoice', arguments: {} }).then(
    () => null,
    (error) => error,
  );
  must(refused !== null, 'a hidden tool must not be callable');
  say(`a hidden tool cannot be called either: ${refused.message}`);

  title('The workspaces, and the overdue invoices of the first');
  const workspaces = await call(manager, 'lucanto_list_workspaces');
  for (const { id, name } of workspaces) say(`${id}  ${name}`);
  const [{ id: workspace_id }] = workspaces;
  const overdue = await call(manager, 'lucanto_list_invoices', { workspace_id, status: 'overdue', limit: 5 });
  must(overdue.data.length > 0, 'the sample data has overdue invoices');
  for (const row of overdue.data) {
    must(row.status === 'overdue', 'the filter must hold');
    say(`${row.number}  due ${row.due_date}  ${String(row.total).padStart(10)} ${row.currency}`);
  }

  title('A new draft, issued, sent and paid');
  const contacts = await call(manager, 'lucanto_list_contacts', { workspace_id, limit: 100, fields: ['*'] });
  const purchaser = contacts.data.find((contact) => contact.legal_identity?.email);
  must(purchaser !== undefined, 'the sample data has a contact with an e-mail address');
  const draft = await call(manager, 'lucanto_create_invoice', {
    workspace_id,
    purchaser_id: purchaser.id,
    currency: 'EUR',
    items: [{ name: 'Consulting', quantity: '2.5', unit: 'hour', unit_price: '80.00', vat_rate: '23' }],
  });
  must(draft.status === 'draft' && draft.number === undefined, 'a new invoice is a draft without a number');
  must(draft.total === '246.00', `2.5 × 80.00 + 23 % is 246.00, not ${draft.total}`);
  say(`draft ${draft.id} for ${purchaser.name}: ${draft.total} ${draft.currency}`);
  const record = { workspace_id: String(workspace_id), id: String(draft.id) };
  const issued = await call(manager, 'lucanto_issue_invoice', record);
  must(/^FAK\d{4}-\d{4}$/.test(issued.number), 'an issued invoice has a number');
  say(`issued as ${issued.number}`);
  await call(manager, 'lucanto_send_invoice', record);
  const sent = await call(manager, 'lucanto_get_invoice', record);
  must(sent.sent_status === 'sent', 'a sent invoice says so');
  say(`sent to ${purchaser.legal_identity.email} (recorded, not mailed)`);
  await call(manager, 'lucanto_mark_invoice_paid', record);
  const paid = await call(manager, 'lucanto_get_invoice', record);
  must(paid.status === 'paid', 'a paid invoice says so');
  say(`status ${paid.status}`);

  title('Its PDF');
  const link = await call(manager, 'lucanto_get_invoice_pdf_url', record);
  const url = Object.values(link).find((value) => typeof value === 'string' && value.startsWith('http'));
  const response = await fetch(url);
  const pdf = Buffer.from(await response.arrayBuffer());
  must(response.ok && pdf.subarray(0, 5).toString() === '%PDF-', 'the link must lead to a PDF');
  const file = join(tmpdir(), `${issued.number}.pdf`);
  writeFileSync(file, pdf);
  say(`${file}: ${pdf.length} bytes, SHA-256 ${createHash('sha256').update(pdf).digest('hex').slice(0, 16)}…`);

  title('An error, answered so that the next step is clear');
  const again = await manager.callTool({ name: 'lucanto_issue_invoice', arguments: record });
  const error = parsed(again);
  must(again.isError === true && error.error === 'conflict' && error.request_id, 'issuing twice is a conflict');
  say(`${error.error}: ${error.message}`);
  say(`next: ${error.hint}`);
  say(`request id: ${error.request_id}`);

  process.stdout.write(
    `\n${paint('1;32', `All ${steps} steps did what they show.`)} The sample data is gone with this process.\n`,
  );
} catch (error) {
  process.stderr.write(
    `\nerror: step ${steps} failed: ${error.message}\nhint: run \`npm test\` to see which part is broken\n`,
  );
  process.exitCode = 1;
} finally {
  for (const client of clients) await client.close().catch(() => undefined);
  service.stop();
  rmSync(scratch, { recursive: true, force: true });
}
