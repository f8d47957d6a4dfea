import { addDays } from '../../core/calendar.ts';
import { type JsonObject, objectIn } from '../../core/json.ts';
import sample from './sample-data.json' with { type: 'json' };
import { type DocumentBatch, Random, seedDocuments } from './seed-documents.ts';
import type { Row, Store } from './store.ts';
import { day, listOf, stringOf, toId, totalsOf } from './totals.ts';

/**
 * Fills a store with the sample data, the same for the same seed on the same day. Companies, customers and prices are
 * in sample-data.json, all made up, with right check digits. Ids are texts there, since some are beyond 2^53, to be
 * lost by a client that reads numbers as doubles. A list of documents has a type, a count and a number of drafts; what
 * is `fixed` for a position (the oldest is 0) replaces what chance would give it, so that there are overdue invoices of
 * every age, some paid in part, and quotes that are accepted but not invoiced.
 */
const COMPANIES = listOf(sample, 'workspaces');
const STARTED_DAYS_AGO = 430;
const DEFAULT_DUE_DAYS = 14;

/** A legal identity as the API has it, from the flat one of the sample data. */
function identity(flat: JsonObject): JsonObject {
  const { name, street, municipality, postal_code, country_alpha2, ...fields } = flat;
  const address = { name, street, municipality, postal_code, country_alpha2 };
  const vatId = stringOf(flat, 'vat_id');
  return {
    ...fields,
    ...(vatId === null ? {} : { vat_payer_type: 'standard', vat_period: 'monthly' }),
    ...(vatId?.startsWith('SK') ? { tax_id: vatId.slice(2) } : {}),
    ...(flat.legal_form === 's.r.o.' ? { legal_form_id: 3 } : {}),
    address,
    postal_address: address,
  };
}

function idOf(fields: JsonObject): bigint {
  const id = toId(fields.id);
  if (id === null) throw new TypeError('A record of the sample data has no id.');
  return id;
}

function seedWorkspace(store: Store, company: JsonObject, createdAt: string): void {
  const id = idOf(company);
  const userId = stringOf(company, 'user') ?? '';
  store.workspaces.push({
    id,
    userId,
    subscribed: company.subscribed !== false,
    testMode: company.test_mode === true,
    fields: {
      name: company.name,
      created_at: createdAt,
      updated_at: createdAt,
      accounting_type: 'simple',
      onboarding_step: 'done',
      vat_registration_alert: false,
      legal_identity: identity(objectIn(company.identity)),
    },
  });
  if (!store.defaults.has(userId)) store.defaults.set(userId, id);
}

function seedBankAccounts(store: Store, company: JsonObject, at: number): readonly Row[] {
  return listOf(company, 'bank_accounts').map(({ id, ...fields }) => {
    const common = { account_type: 'bank', currency: 'EUR', default: true, invoice_display: true };
    return store.insert('bank_accounts', idOf(company), { ...common, ...fields }, at, toId(id));
  });
}

function seedContacts(store: Store, company: JsonObject, at: number): readonly Row[] {
  return listOf(company, 'contacts').map(({ id, due_days = DEFAULT_DUE_DAYS, ...identified }) => {
    const fields = { name: identified.name, due_days, legal_identity: identity(identified) };
    return store.insert('contacts', idOf(company), fields, at, toId(id));
  });
}

/** The newest receipts have not been read yet, or could not be. */
const NEWEST = ['pending', 'processing', 'failed'] as const;
const EXPENSE_EVERY_DAYS = 24;

function seedExpenses(store: Store, random: Random, company: JsonObject, now: number): void {
  const count = Number(company.expenses ?? 0);
  for (let left = count - 1; left >= 0; left -= 1) {
    const issueDate = addDays(day(now), -left * EXPENSE_EVERY_DAYS);
    const { description, supplier_name, vat_rate } = random.pick(listOf(company, 'purchases'));
    const price = `${random.between(8, 420)}.${String(random.between(0, 99)).padStart(2, '0')}`;
    const totals = totalsOf({ items: [{ quantity: '1.0', unit_price: price, vat_rate }] });
    const status = NEWEST[left] ?? 'completed';
    const read = {
      supplier_name,
      document_number: `${issueDate.slice(0, 4)}${String(random.between(1, 99999)).padStart(5, '0')}`,
      total_without_vat: totals.net,
      total_vat: totals.vatTotal,
      total: totals.total,
    };
    const fields = {
      extraction_status: status,
      description,
      issue_date: issueDate,
      due_date: addDays(issueDate, DEFAULT_DUE_DAYS),
      currency: 'EUR',
      ...(status === 'completed' ? read : {}),
    };
    store.insert('expenses', idOf(company), fields, Math.min(Date.parse(`${issueDate}T16:40:00Z`), now));
  }
}

export function seedStore(store: Store, seed: number, now: number): void {
  const random = new Random(seed);
  const createdAt = `${addDays(day(now), -STARTED_DAYS_AGO)}T08:00:00Z`;
  const at = Date.parse(createdAt);
  for (const company of COMPANIES) {
    seedWorkspace(store, company, createdAt);
    const [bankAccount] = seedBankAccounts(store, company, at);
    const batch: DocumentBatch = {
      store,
      random,
      now,
      workspaceId: idOf(company),
      country: stringOf(objectIn(company.identity), 'country_alpha2') ?? '',
      bankAccountId: bankAccount?.id ?? null,
      customers: seedContacts(store, company, at),
      goods: listOf(company, 'goods'),
    };
    for (const plan of listOf(company, 'documents')) seedDocuments(batch, plan);
    seedExpenses(store, random, company, now);
  }
}
