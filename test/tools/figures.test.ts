/** Totals and receivables are those of a spreadsheet, however a service writes its documents. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openedBridge } from '../helpers/open-bridge.ts';
import {
  aged,
  CREDITS,
  decimals,
  type Figures,
  INVOICES,
  money,
  moved,
  paid,
  type Sheet,
  TODAY,
  told,
  totalled,
} from './ledger-sheet.ts';
import { json, oddService, parameters } from './odd-service.ts';

interface Style {
  /** What the contract says of a field, its description where it is a text; other fields are only named. */
  readonly words?: Readonly<Record<string, string | object>>;
  readonly row: (sheet: Sheet) => Record<string, unknown>;
  /** Lines or VAT per rate in the rows of lists; `record` only in the records themselves. */
  readonly hasLines?: true | 'record';
  /** Whether the records tell when what was paid. */
  readonly tellsPayments?: true;
}

const common = ({ id, customer, name }: Sheet) => ({ id, client_id: customer, client_name: name });
const units = (sheet: Sheet, cents: number) => money(cents, sheet.currency);
const gross = ({ net, vat }: Sheet) => net + vat;
const left = (sheet: Sheet) => (sheet.state === 'sent' ? gross(sheet) - paid(sheet) : 0);
const lastPaid = ({ payments }: Sheet) => payments.at(-1)?.day ?? null;
const seconds = (day: string) => Date.parse(`${day}T12:00:00Z`) / 1000;
const object = (sheet: Sheet, cents: number) => ({ amount: units(sheet, cents), currency: sheet.currency });
const line = (sheet: Sheet) => ({
  name: 'Work',
  quantity: 1,
  unit_price: units(sheet, sheet.net),
  vat_rate: sheet.rate,
});

const STYLES: Readonly<Record<string, Style>> = {
  'decimal strings': {
    hasLines: true,
    row: (sheet) => ({
      ...common(sheet),
      ...{ status: sheet.state, currency: sheet.currency, issue_date: sheet.issued, due_date: sheet.due },
      ...{ delivery_date: sheet.delivered, total: units(sheet, gross(sheet)), total_vat: units(sheet, sheet.vat) },
      ...{ total_without_vat: units(sheet, sheet.net), amount_due: units(sheet, left(sheet)), items: [line(sheet)] },
    }),
  },
  'numbers, and the total less what was paid': {
    hasLines: true,
    row: (sheet) => ({
      ...{
        id: sheet.id,
        customerId: sheet.customer,
        customerName: sheet.name,
        currencyCode: sheet.currency.toLowerCase(),
      },
      ...{
        state: sheet.state === 'void' ? 'Annulled' : sheet.state,
        invoiceDate: sheet.issued,
        taxPoint: sheet.delivered,
      },
      ...{
        payBy: sheet.due,
        grandTotal: Number(units(sheet, gross(sheet))),
        vatAmount: Number(units(sheet, sheet.vat)),
      },
      ...{ netAmount: Number(units(sheet, sheet.net)), amountPaid: Number(units(sheet, paid(sheet))) },
      lineItems: [{ qty: 1, price: Number(units(sheet, sheet.net)), taxRate: sheet.rate }],
    }),
  },
  'cents by their names, and states as flags': {
    hasLines: true,
    row: (sheet) => ({
      ...common(sheet),
      ...{ is_draft: sheet.state === 'draft', voided: sheet.state === 'void', is_paid: sheet.state === 'paid' },
      ...{ currency: sheet.currency, issued_on: sheet.issued, due_on: sheet.due, tax_date: sheet.delivered },
      ...{
        total_cents: gross(sheet),
        subtotal_cents: sheet.net,
        vat_amount_cents: sheet.vat,
        amount_due_cents: left(sheet),
      },
      lines: [{ quantity: '1', unit_price_cents: sheet.net, vat_rate: String(sheet.rate) }],
    }),
  },
  'objects with a currency, and payments in the record': {
    hasLines: true,
    tellsPayments: true,
    row: (sheet) => ({
      ...{ id: sheet.id, buyer: { id: sheet.customer, name: sheet.name }, status: sheet.state },
      ...{ date_of_issue: sheet.issued, due_date: sheet.due, date_of_supply: sheet.delivered },
      ...{
        total: object(sheet, gross(sheet)),
        net_total: object(sheet, sheet.net),
        tax_total: object(sheet, sheet.vat),
      },
      payments: sheet.payments.map(({ day, cents }) => ({
        amount: object(sheet, cents),
        date: day,
        status: 'received',
      })),
      rows: [{ quantity: 1, unit_price: object(sheet, sheet.net), tax_rate: sheet.rate }],
    }),
  },
  'the smallest unit, as the contract says, and times in seconds': {
    words: {
      amount: 'Total, in the smallest currency unit',
      amount_remaining: 'What is left, in cents',
      subtotal: 'In minor units',
      tax: 'In cents',
    },
    row: (sheet) => ({
      ...{
        id: sheet.id,
        customer_id: sheet.customer,
        customer_name: sheet.name,
        currency: sheet.currency.toLowerCase(),
      },
      ...{
        status: sheet.state === 'sent' ? 'open' : sheet.state,
        created: seconds(sheet.issued) + 9,
        amount: gross(sheet),
      },
      ...{ issued_at: seconds(sheet.issued), due_date: seconds(sheet.due), supply_date: sheet.delivered },
      ...{ subtotal: sheet.net, tax: sheet.vat, amount_remaining: left(sheet) },
    }),
  },
  'a unit beside each amount, in an object of totals': {
    hasLines: true,
    row: (sheet) => {
      const amount = (cents: number) => ({ value: cents, unit: 'cent' });
      return {
        ...{ ...common(sheet), document_status: 'final', payment_status: sheet.state === 'paid' ? 'paid' : 'unpaid' },
        ...(sheet.state === 'draft' && { document_status: 'draft' }),
        ...(sheet.state === 'void' && { document_status: 'cancelled' }),
        ...{ currency: sheet.currency, issue_date: `${sheet.issued}T00:00:00Z`, due_date: `${sheet.due}T00:00:00Z` },
        delivered_on: sheet.delivered,
        tax_summary: [{ percentage: sheet.rate, base: amount(sheet.net), amount: amount(sheet.vat) }],
        totals: {
          net: amount(sheet.net),
          vat: amount(sheet.vat),
          gross: amount(gross(sheet)),
          due: amount(left(sheet)),
        },
      };
    },
  },
  'states under another name, and a currency that the contract alone states': {
    hasLines: true,
    words: { currency: { type: 'string', default: 'EUR' } },
    row: (sheet) => ({
      ...common(sheet),
      lifecycle: { draft: 'prepared', void: 'Withdrawn', paid: 'settled', sent: 'in-collection' }[sheet.state],
      ...(sheet.currency !== 'EUR' && { currency: sheet.currency }),
      ...{ date_issued: sheet.issued, payment_due: sheet.due, supply_date: sheet.delivered },
      ...{ grand_total: units(sheet, gross(sheet)), tax_total: units(sheet, sheet.vat) },
      ...{ subtotal: units(sheet, sheet.net), amount_paid: units(sheet, paid(sheet)) },
      rows: [{ text: 'Work', units: 1, unit_amount: units(sheet, sheet.net), tax_percent: sheet.rate }],
    }),
  },
  'states in objects, and objects that state another currency than the usual one': {
    words: {
      total: { properties: { amount: {}, currency: { description: 'ISO 4217, defaults to EUR.' } } },
    },
    row: (sheet) => {
      const amount = (cents: number) => {
        const { currency, ...plain } = object(sheet, cents);
        return currency === 'EUR' ? plain : { ...plain, currency };
      };
      return {
        ...{ ...common(sheet), issue_date: sheet.issued, due_date: sheet.due, delivery_date: sheet.delivered },
        state: {
          code: 7,
          label: { draft: 'Draft', void: 'Cancelled', paid: 'Paid', sent: 'Awaiting payment' }[sheet.state],
        },
        ...{ total: amount(gross(sheet)), net: amount(sheet.net), vat: amount(sheet.vat), due: amount(left(sheet)) },
        amount_due: amount(left(sheet)),
      };
    },
  },
  'whole numbers with their precision, and a day of payment': {
    hasLines: 'record',
    tellsPayments: true,
    row: (sheet) => {
      const amount = (cents: number) => ({
        amount: cents,
        currency: sheet.currency,
        precision: decimals(sheet.currency),
      });
      return {
        ...{
          ...common(sheet),
          status: sheet.state,
          issue_date: sheet.issued,
          due_date: sheet.due,
          vat_date: sheet.delivered,
        },
        ...{
          total: amount(gross(sheet)),
          net: amount(sheet.net),
          vat: amount(sheet.vat),
          outstanding: amount(left(sheet)),
        },
        paid_on: sheet.state === 'paid' || sheet.state === 'sent' ? lastPaid(sheet) : null,
      };
    },
  },
};

function list(rows: readonly Record<string, unknown>[], words: NonNullable<Style['words']> = {}) {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const schema = (said: string | object = {}) => (typeof said === 'string' ? { description: said } : said);
  const properties = Object.fromEntries([...names].map((name) => [name, schema(words[name])]));
  const items = { type: 'array', items: { type: 'object', properties } };
  const page = { type: 'object', properties: { data: items } };
  return { get: { parameters: parameters('workspace_id'), responses: { 200: json(page) } } };
}

async function service({ row, words, hasLines }: Style) {
  const [invoices, credits] = [INVOICES.map(row), CREDITS.map(row)];
  const at = '/workspaces/{workspace_id}';
  const record = {
    get: { parameters: parameters('workspace_id', 'id'), responses: { 200: json({ type: 'object' }) } },
  };
  const paths = {
    ...{ [`${at}/invoices`]: list(invoices, words), [`${at}/credit_notes`]: list(credits, words) },
    ...(hasLines === 'record' && { [`${at}/invoices/{id}`]: record, [`${at}/credit_notes/{id}`]: record }),
  };
  const one = (id: number) => {
    const sheet = [...INVOICES, ...CREDITS].find((sheet) => sheet.id === id);
    return sheet === undefined ? {} : { ...row(sheet), lines: [line(sheet)] };
  };
  const odd = await oddService(paths, ({ path }) => {
    const id = /\/(\d+)$/.exec(path)?.[1];
    if (id !== undefined) return { json: one(Number(id)) };
    return { json: { data: path.endsWith('/invoices') ? invoices : credits, has_more: false } };
  });
  const when = { now: Date.parse(`${TODAY}T10:00:00Z`), timeZone: 'Europe/Prague' };
  const opened = await openedBridge(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' }, when);
  return {
    ask: async (args: object) => (await opened.ask('lucanto_summarize_documents', { type: 'invoice', ...args })).json,
    close: async () => {
      await opened.close();
      await odd.close();
    },
  };
}

/** One service for all tests of a style: they only read. */
function useService(style: Style) {
  let opened: Awaited<ReturnType<typeof service>> | undefined;
  beforeAll(async () => {
    opened = await service(style);
  });
  afterAll(() => opened?.close());
  return async (args: object) => {
    if (opened === undefined) throw new Error('Used outside a test');
    return opened.ask(args);
  };
}

const counted = INVOICES.filter(({ state }) => state !== 'draft' && state !== 'void');

/** Columns of the spreadsheet only: an answer may have more (`open`). */
function only(figures: Figures, columns: readonly string[]): Figures {
  const picked = Object.entries(figures).map(([key, row]) => [
    key,
    Object.fromEntries(columns.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]]))),
  ]);
  return Object.fromEntries(picked);
}

const AMOUNTS = ['count', 'net', 'vat', 'total'];
const withoutZeros = (figures: Figures) =>
  Object.fromEntries(
    Object.entries(figures).map(([key, row]) => [
      key,
      Object.fromEntries(Object.entries(row).filter(([name, cents]) => name === 'overdue' || cents !== 0)),
    ]),
  );

describe.each(Object.entries(STYLES))('A service with %s', (_name, style) => {
  const ask = useService(style);

  it('is totalled as a spreadsheet does, drafts and cancelled documents apart', async () => {
    const answer = await ask({});
    expect(answer).toMatchObject({
      complete: true,
      covered: { rows: 60, counted: 60 },
      time_zone: "Europe/Prague (this computer's)",
    });
    expect(only(told(answer.totals), AMOUNTS)).toEqual(totalled(counted));
    for (const [name, state] of [
      ['draft', 'draft'],
      ['cancelled', 'void'],
    ] as const) {
      expect(told(answer.not_in_totals[name])).toEqual(totalled(INVOICES.filter((row) => row.state === state)));
    }
    const months = await ask({ group_by: 'month', date: 'delivery' });
    const key = ({ delivered, currency }: Sheet) => `${delivered.slice(0, 7)} ${currency}`;
    expect(
      only(
        told(months.groups, (row) => `${row.month} ${row.currency}`),
        AMOUNTS,
      ),
    ).toEqual(totalled(counted, key));
    const period = await ask({ from: '2024-02-29', to: '2024-03-31', date: 'due' });
    const due = counted.filter((row) => row.due >= '2024-02-29' && row.due <= '2024-03-31');
    expect(only(told(period.totals), AMOUNTS)).toEqual(totalled(due));
  });

  it('has its receivables aged, per currency and per customer', async () => {
    const answer = await ask({ group_by: 'contact' });
    expect(answer.receivables.as_of).toBe(TODAY);
    expect(told(answer.receivables.by_currency)).toEqual(withoutZeros(aged(INVOICES, TODAY)));
    const key = ({ customer, currency }: Sheet) => `${customer} ${currency}`;
    const perCustomer = told(answer.receivables.by_contact, (row) => `${row.contact_id} ${row.currency}`);
    expect(perCustomer).toEqual(withoutZeros(aged(INVOICES, TODAY, key)));
    expect(answer.groups.filter(({ contact }: { contact: string }) => contact === 'Novák')).toHaveLength(2);
  });

  it('has what was open on a past day counted as far as its records tell', async () => {
    const asOf = '2024-03-31';
    const answer = await ask({ as_of: asOf });
    const unclear = (row: Sheet) =>
      style.tellsPayments !== true && row.issued <= asOf && row.state !== 'draft' && paid(row) > 0;
    const notTold = INVOICES.filter((row) => row.issued <= asOf && (row.state === 'void' || unclear(row)));
    const partly = (row: Sheet) =>
      style.row(row).payments === undefined && row.state === 'sent' && (lastPaid(row) ?? '') > asOf;
    const known = INVOICES.filter((row) => !notTold.includes(row) && !partly(row));
    expect(told(answer.receivables.by_currency)).toEqual(withoutZeros(aged(known, asOf)));
    const count =
      notTold.length + INVOICES.filter((row) => row.issued <= asOf && partly(row) && !notTold.includes(row)).length;
    expect(answer.notes.join()).toContain(
      `${count} documents of which the records do not say what was open on ${asOf}`,
    );
  });

  it('has credit notes set off only where the call asks for it', async () => {
    const gross = await ask({});
    expect(gross).not.toHaveProperty('net_of_credit_notes');
    const net = await ask({ net_of_credit_notes: true, group_by: 'contact' });
    const all = totalled(counted);
    for (const [currency, row] of Object.entries(totalled(CREDITS, undefined, -1))) {
      for (const [name, cents] of Object.entries(row)) {
        const sums = all[currency] ?? {};
        sums[name] = (sums[name] ?? 0) + cents;
      }
    }
    expect(only(told(net.net_of_credit_notes), AMOUNTS)).toEqual(all);
    const open = aged(INVOICES, TODAY);
    for (const credit of CREDITS) {
      const row = open[credit.currency] ?? {};
      row['credit notes'] = (row['credit notes'] ?? 0) - credit.net - credit.vat;
      row.open = (row.open ?? 0) - credit.net - credit.vat;
    }
    expect(told(net.receivables.by_currency)).toEqual(withoutZeros(open));
  });

  it('names the part of the documents whose open amounts a period gives, and the credit notes that it leaves out', async () => {
    const period = { from: '2024-04-01', to: '2024-04-30' };
    const [all, april] = [await ask({}), await ask({ ...period, as_of: TODAY })];
    const issued = INVOICES.filter(({ issued: day }) => day >= period.from && day <= period.to);
    expect(all.receivables).not.toHaveProperty('only');
    expect(april.receivables.only).toBe('documents chosen by from, to; others may be open');
    expect(told(april.receivables.by_currency)).toEqual(withoutZeros(aged(issued, TODAY)));
    expect(april.receivables.by_currency).not.toEqual(all.receivables.by_currency);
    const leftOut = 'Credit notes in their own list are not set off. To set them off, pass net_of_credit_notes: true.';
    expect(april.notes).toContain(leftOut);
    const net = await ask({ ...period, net_of_credit_notes: true });
    expect(net.notes?.join() ?? '').not.toContain(leftOut);
  });

  it('has its VAT per rate from the lines, net of credit notes where the call asks for it', async () => {
    if (style.hasLines === undefined) {
      expect((await ask({ group_by: 'vat_rate' })).notes.join()).toContain('no lines in the list');
      return;
    }
    const key = ({ rate, currency }: Sheet) => `${rate.toFixed(1)} ${currency}`;
    const byRate = (row: { vat_rate: string; currency: string }) => `${row.vat_rate} ${row.currency}`;
    const answer = await ask({ group_by: 'vat_rate' });
    expect(told(answer.groups, byRate)).toEqual(totalled(counted, key));
    const isReadSingly = style.hasLines === 'record';
    expect(answer.notes.join().includes(`${counted.length} records read one by one`)).toBe(isReadSingly);
    const net = await ask({ group_by: 'vat_rate', net_of_credit_notes: true });
    const expected = totalled(counted, key);
    for (const credit of CREDITS) {
      const row = expected[key(credit)] ?? {};
      row.count = (row.count ?? 0) + 1;
      row.net = (row.net ?? 0) - credit.net;
      row.vat = (row.vat ?? 0) - credit.vat;
      row.total = (row.total ?? 0) - credit.net - credit.vat;
    }
    expect(told(net.groups, byRate)).toEqual(expected);
  });
});

it('groups net of credit notes are in the order of their signed totals, and count those; credits alone begin with the largest', async () => {
  const row = (id: number, client_name: string, total: string) => ({
    ...{ id, client_name, total, currency: 'EUR', status: 'sent', issue_date: '2024-05-02' },
  });
  const invoices = [row(1, 'Acme', '100.00'), row(2, 'Beta', '30.00')];
  const credits = [row(3, 'Beta', '-500.00'), row(4, 'Cedar', '-20.00')];
  const at = '/workspaces/{workspace_id}';
  const odd = await oddService(
    { [`${at}/invoices`]: list(invoices), [`${at}/credit_notes`]: list(credits) },
    ({ path }) => ({
      json: { data: path.endsWith('/invoices') ? invoices : credits, has_more: false },
    }),
  );
  const opened = await openedBridge(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'read:*' });
  const groups = async (args: object) =>
    (await opened.ask('lucanto_summarize_documents', { group_by: 'contact', ...args })).json.groups;
  const told = { currency: 'EUR', count: 1 };
  expect(await groups({ type: 'invoice', net_of_credit_notes: true })).toMatchObject([
    { contact: 'Acme', ...told, total: '100.00' },
    { contact: 'Cedar', ...told, of_which_credit_notes: 1, total: '-20.00' },
    { contact: 'Beta', ...told, count: 2, of_which_credit_notes: 1, total: '-470.00' },
  ]);
  const alone = await groups({ type: 'credit_note' });
  expect(alone).toMatchObject([
    { contact: 'Beta', ...told, total: '-500.00' },
    { contact: 'Cedar', ...told, total: '-20.00' },
  ]);
  expect(alone[0]).not.toHaveProperty('of_which_credit_notes');
  await opened.close();
  await odd.close();
});

it('the sheet has a case for every age and for each state', () => {
  const ages = new Set(Object.values(aged(INVOICES, TODAY)).flatMap((row) => Object.keys(row)));
  expect([...ages].sort()).toEqual(['1-30', '31-60', '61-90', 'count', 'current', 'open', 'over 90', 'overdue']);
  expect(moved('2024-02-28', 1)).toBe('2024-02-29');
});
