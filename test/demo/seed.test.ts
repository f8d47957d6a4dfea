import { describe, expect, it } from 'vitest';
import { type JsonObject, objectIn } from '../../src/core/json.ts';
import { startDemo } from '../../src/demo/demo-server.ts';
import { COMPLETE, everyRow, START, send, TRADER, useDemo } from './client.ts';

const demo = useDemo();
const LISTS = [
  '/contacts',
  '/invoices',
  '/quotes',
  '/proformas',
  '/credit_notes',
  '/expenses',
  '/bank_accounts',
] as const;

async function everything(): Promise<string> {
  const texts: string[] = [];
  for (const list of LISTS) texts.push((await send(demo, 'GET', `${list}?limit=100`)).text);
  // URLs name the port, and their signatures the seed.
  return texts.join('\n').replaceAll(/http:[^"]+/g, '');
}

function count(values: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}

it('The embedded Lucanto says which port is in use instead of starting', async () => {
  const port = Number(new URL(demo.service.url).port);
  const second = startDemo({ port, generation: 'accounts', clock: () => START });
  await expect(second).rejects.toMatchObject({
    code: 'port_unavailable',
    message: `The embedded Lucanto cannot listen on 127.0.0.1:${port}: another program listens there.`,
  });
});

describe('The sample data', () => {
  it('is the same for the same seed and clock, and different for another seed', async () => {
    const first = await everything();
    const tokens = demo.service.tokens;
    const restart = async (seed: number) => {
      await demo.service.close();
      demo.service = await startDemo({ port: 0, generation: 'workspaces', seed, clock: () => START });
    };
    await restart(1);
    expect([demo.service.tokens, await everything()]).toEqual([tokens, first]);
    await restart(2);
    expect(demo.service.tokens.read).not.toBe(tokens.read);
    expect(await everything()).not.toBe(first);
  });

  it('is restored by reset, which also clears the outbox and the idempotency keys', async () => {
    const before = await everything();
    const headers = { 'Idempotency-Key': 'k' };
    const create = () => send(demo, 'POST', '/invoices', { body: { invoice: COMPLETE }, headers });
    const { id } = (await create()).body;
    await send(demo, 'POST', `/invoices/${id}/issue`);
    await send(demo, 'POST', `/invoices/${id}/send`);
    expect([demo.service.outbox.length, demo.service.requests.length > 0]).toEqual([1, true]);
    demo.service.reset();
    expect([demo.service.outbox.length, demo.service.requests.length]).toEqual([0, 0]);
    expect(await everything()).toBe(before);
    expect((await create()).headers.get('Idempotent-Replayed')).toBeNull();
  });

  it('has invoices of 14 months in all states, several currencies and all Slovak VAT rates', async () => {
    const invoices = await everyRow(demo, '/invoices');
    expect(invoices.length).toBeGreaterThanOrEqual(60);
    const states = count(invoices.map(({ status }) => status));
    expect(Object.keys(states).sort()).toEqual(['draft', 'exposed', 'overdue', 'paid', 'sent']);
    const currencies = count(invoices.map(({ currency }) => currency));
    expect(Object.keys(currencies)).toEqual(expect.arrayContaining(['EUR', 'CZK', 'USD', 'PLN']));
    const rates = invoices.flatMap(({ items }) =>
      Array.isArray(items) ? items.map((item) => objectIn(item).vat_rate) : [],
    );
    expect(new Set(rates)).toEqual(new Set(['23.0', '19.0', '5.0', '0.0']));
    const months = new Set(invoices.map(({ issue_date }) => String(issue_date).slice(0, 7)));
    expect(months.size).toBeGreaterThanOrEqual(13);
    expect(invoices.filter(({ number }) => number === null)).toHaveLength(states.draft ?? 0);
  });

  it.each([
    ['studio', '/api/v1/workspaces/42'],
    ['trader', `/api/v1/workspaces/${TRADER}`],
  ])(
    'of the %s has overdue invoices in every age band, one of them paid in part, and a credit note',
    async (_, base) => {
      const invoices = await everyRow(demo, `${base}/invoices`);
      const overdue = invoices.filter(({ status }) => status === 'overdue');
      const days = overdue.map(({ due_date }) => (START - Date.parse(String(due_date))) / 86_400_000);
      const bands = days.map((age) => [30, 60, 90].findIndex((most) => age < most + 1));
      expect(new Set(bands)).toEqual(new Set([0, 1, 2, -1]));
      const partly = overdue.filter(({ amount_paid, amount_due }) => Number(amount_paid) > 0 && Number(amount_due) > 0);
      expect(partly.length).toBeGreaterThan(0);
      expect((await everyRow(demo, `${base}/credit_notes`)).some(({ number }) => number !== null)).toBe(true);
      const expenses = await everyRow(demo, `${base}/expenses`);
      expect(expenses.map(({ issue_date, due_date }) => typeof issue_date === typeof due_date)).not.toContain(false);
    },
  );

  it('has accepted quotes, one of which an invoice bills line by line while the others have no invoice yet', async () => {
    const accepted = (await everyRow(demo, '/quotes')).filter(({ status }) => status === 'accepted');
    const invoices = await everyRow(demo, '/invoices');
    const billed = accepted.filter((quote) =>
      invoices.some(({ text_opening }) => String(text_opening).includes(String(quote.number))),
    );
    expect([billed.length, accepted.length > 2]).toEqual([1, true]);
    const bill = invoices.find(({ text_opening }) => String(text_opening).includes(String(billed[0]?.number)));
    const agreed = ({ purchaser_id, items, total }: JsonObject) => ({ purchaser_id, items, total });
    expect(agreed(objectIn(bill))).toEqual(agreed(objectIn(billed[0])));
  });

  it('numbers documents of a year in the order of their dates, without a gap', async () => {
    for (const kind of ['/invoices', '/quotes', '/proformas', '/credit_notes']) {
      const numbered = (await everyRow(demo, kind)).filter(({ number }) => number !== null).reverse();
      const next = new Map<string, number>();
      for (const { number, issue_date } of numbered) {
        const [series = '', digits] = String(number).split('-');
        expect(series.slice(3)).toBe(String(issue_date).slice(0, 4));
        const expected = (next.get(series) ?? 0) + 1;
        next.set(series, expected);
        expect(Number(digits)).toBe(expected);
      }
    }
  });

  it('has customers in Slovakia and abroad, one of them without an e-mail address', async () => {
    const contacts = await everyRow(demo, '/contacts');
    const identities = contacts.map(({ legal_identity }) => objectIn(legal_identity));
    const countries = count(identities.map(({ address }) => objectIn(address).country_alpha2));
    expect(countries).toEqual({ sk: 12, de: 1, fr: 1, cz: 1, pl: 1, at: 1, us: 1 });
    expect(identities.filter(({ email }) => email === null)).toHaveLength(1);
    expect(contacts.map(({ name }) => name)).toContain('Ján Novák');
  });

  it('has Slovak VAT numbers and IBANs with correct check digits', async () => {
    const contacts = await everyRow(demo, '/contacts');
    const vatIds = contacts.map(({ legal_identity }) => String(objectIn(legal_identity).vat_id));
    const slovak = vatIds.filter((id) => id.startsWith('SK'));
    expect(slovak.length).toBeGreaterThan(7);
    for (const id of slovak) expect([id, Number(id.slice(2)) % 11]).toEqual([id, 0]);
    const accounts = [
      ...(await everyRow(demo, '/bank_accounts')),
      ...(await everyRow(demo, `/api/v1/workspaces/${TRADER}/bank_accounts`)),
    ].filter(({ iban }) => iban !== null);
    expect(accounts).toHaveLength(2);
    for (const { iban } of accounts) {
      const text = String(iban);
      const digits = `${text.slice(4)}${text.slice(0, 4)}`.replace(/[A-Z]/g, (letter) =>
        String(letter.charCodeAt(0) - 55),
      );
      expect(BigInt(digits) % 97n).toBe(1n);
    }
  });
});
