/**
 * Every operation of the bundled contract, called once as a tool: in both path generations, over both backends, each
 * through one bridge process. Records are made on the way; arguments come from the tools' own schemas and one table.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { bundledDocument } from '../../src/contract/bundled-contract.ts';
import { compileContract } from '../../src/contract/compile.ts';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { connect, type ListedTool, type McpSession } from '../helpers/mcp.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';

const OPERATIONS = compileContract(bundledDocument).operations.map(({ tool }) => tool);
/** The demo's remote endpoint has no uploads. */
const NOT_REMOTE = new Set(['lucanto_create_expense_receipt']);

const ITEMS = [{ name: 'Work', quantity: '2.0', unit: 'hour', unit_price: '50.00', vat_rate: '23.0' }];
/** What a record needs to be made, by its noun; `n` makes each one different, so that none counts as a duplicate. */
const RECORDS: Readonly<Record<string, (n: number, made: Made) => Record<string, unknown>>> = {
  contact: (n) => ({ name: `Firm ${n}`, legal_identity: { email: 'office@firm.example' } }),
  invoice: (n, made) => ({ purchaser_id: made.contact, items: ITEMS, internal_note: `invoice ${n}` }),
  quote: (n, made) => ({ purchaser_id: made.contact, items: ITEMS, internal_note: `quote ${n}` }),
  proforma: (n, made) => ({ purchaser_id: made.contact, items: ITEMS, internal_note: `proforma ${n}` }),
  credit_note: (n, made) => ({ purchaser_id: made.contact, items: ITEMS, internal_note: `credit note ${n}` }),
  expense: (n) => ({ description: `Paper ${n}`, total: '12.50', currency: 'EUR' }),
  bank_account: (n) => ({ name: `Account ${n}`, account_number: `19000000${n}`, currency: 'EUR' }),
};
/** What an update changes. */
const CHANGES: Readonly<Record<string, Record<string, unknown>>> = {
  contact: { name: 'Firm, renamed' },
  expense: { description: 'Paper, white' },
  bank_account: { name: 'Account, renamed' },
};

const ISSUED = new Set(['invoice', 'quote', 'proforma', 'credit_note']);

type Made = Record<string, unknown>;

let service: DemoService | undefined;
let home: Home | undefined;
let session: McpSession | undefined;

afterEach(async () => {
  await session?.close();
  await service?.close();
  await home?.remove();
});

it.each([
  ['accounts', 'rest'],
  ['accounts', 'remote'],
  ['workspaces', 'rest'],
  ['workspaces', 'remote'],
] as const)(
  'Every operation can be called in the %s generation with the %s backend',
  async (generation, backend) => {
    service = await startDemo({ port: 0, generation, clock: Date.now });
    home = await temporaryHome();
    const env = { LUCANTO_URL: service.url, LUCANTO_BACKEND: backend, LUCANTO_FILES: home.dir };
    await writeFile(join(home.dir, 'receipt.pdf'), '%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
    const login = await run(['login'], { home, env, stdin: `${service.tokens.manage}\n` });
    expect(login.exitCode, login.stderr).toBe(0);
    session = await connect('v1', { home, env });

    const listed = new Map((await session.listTools()).map((tool) => [tool.name, tool]));
    const wanted = OPERATIONS.filter((name) => backend === 'rest' || !NOT_REMOTE.has(name));
    expect(wanted.filter((name) => !listed.has(name))).toEqual([]);

    const caller = new Caller(session, listed);
    for (const name of wanted.toSorted((a, b) => turnOf(a) - turnOf(b))) await caller.call(name);
    expect(caller.refused).toEqual([]);
    expect(caller.called.toSorted()).toEqual(wanted.toSorted());
  },
  120_000,
);

/** Records first, since others need them; what ends a record last. */
const TURNS = [
  /^lucanto_list_workspaces$/,
  /^lucanto_create_contact$/,
  /^lucanto_create_/,
  /^lucanto_(list|get)_(?!.*pdf)/,
  /^lucanto_update_/,
  /_issue_/,
  /_send_/,
  /_mark_|_accept_/,
];

function turnOf(name: string): number {
  if (name === 'lucanto_create_expense_receipt') return TURNS.length;
  if (/^lucanto_delete_/.test(name)) return TURNS.length + (name.endsWith('contact') ? 2 : 1);
  const turn = TURNS.findIndex((pattern) => pattern.test(name));
  return turn === -1 ? TURNS.length : turn;
}

class Caller {
  readonly called: string[] = [];
  readonly refused: string[] = [];
  readonly #session: McpSession;
  readonly #tools: ReadonlyMap<string, ListedTool>;
  readonly #made: Made = {};
  #count = 0;

  constructor(session: McpSession, tools: ReadonlyMap<string, ListedTool>) {
    this.#session = session;
    this.#tools = tools;
  }

  async call(name: string): Promise<void> {
    const noun = Object.keys(RECORDS).find((word) => name.includes(`_${word}`)) ?? 'workspace';
    // What was issued or accepted stays: a draft of its own to delete.
    if (name.startsWith('lucanto_delete_') && ISSUED.has(noun)) await this.#create(noun);
    if (name === `lucanto_create_${noun}`) {
      await this.#create(noun);
      this.called.push(name);
      return;
    }
    const update = name.startsWith('lucanto_update_') ? (CHANGES[noun] ?? { internal_note: 'changed' }) : {};
    const answer = await this.#send(name, { ...this.#ids(name, noun), ...update });
    if (name === 'lucanto_list_workspaces') this.#made.workspace = idIn(answer);
    this.called.push(name);
  }

  async #create(noun: string): Promise<void> {
    this.#count += 1;
    const fields = RECORDS[noun]?.(this.#count, this.#made) ?? {};
    const name = `lucanto_create_${noun}`;
    this.#made[noun] = idIn(await this.#send(name, { ...this.#ids(name, noun), ...fields }));
  }

  /** What the schema demands, and the workspace where it takes one. */
  #ids(name: string, noun: string): Record<string, unknown> {
    const { properties = {}, required = [] } = Object.fromEntries(
      Object.entries(this.#tools.get(name)?.inputSchema ?? {}),
    );
    const args: Record<string, unknown> = {};
    for (const property of Object.keys(properties ?? {})) {
      const isWorkspace = property === 'workspace_id' || property === 'account_id';
      const isNeeded = Array.isArray(required) && required.includes(property);
      if (isWorkspace) args[property] = this.#made.workspace;
      else if (isNeeded && property.endsWith('id')) args[property] = this.#made[noun];
      else if (isNeeded && property === 'path') args[property] = 'receipt.pdf';
    }
    return args;
  }

  async #send(name: string, args: Record<string, unknown>): Promise<string> {
    const { text, isError } = await this.#session.callTool(name, args);
    if (isError) this.refused.push(`${name} ${JSON.stringify(args)}: ${text.slice(0, 300)}`);
    return text;
  }
}

function idIn(text: string): unknown {
  return Number(/"id":\s*(\d+)/.exec(text)?.[1]);
}
