import { addDays, day } from './fields.ts';
import { type Customer, seedContacts } from './seed-contacts.ts';
import { type Batch, Random, seedDocuments } from './seed-documents.ts';
import { SANDBOX_ID, STUDIO_ID, seedWorkspaces, TRADER_ID } from './seed-workspaces.ts';
import type { DocumentType, Store } from './store.ts';
import { totalsOf } from './totals.ts';

type Purchase = readonly [description: string, supplier: string, vatRate: string];

const PURCHASES: readonly [Purchase, ...Purchase[]] = [
  ['Kancelárske potreby', 'Papiernictvo Ševt', '23.0'],
  ['Mobilné služby', 'Orange Slovensko, a.s.', '23.0'],
  ['Pohonné látky', 'Slovnaft, a.s.', '23.0'],
  ['Prenájom kancelárie', 'Tatry Reality s.r.o.', '23.0'],
  ['Obed s klientom', 'Reštaurácia Slnečný dom', '19.0'],
  ['Odborná literatúra', 'Martinus, s.r.o.', '5.0'],
];
const NEWEST = ['pending', 'processing', 'failed'] as const;
const EVERY_DAYS = 24;

/** The newest receipts have not been read yet, or could not be. */
function seedExpenses(store: Store, random: Random, workspaceId: bigint, count: number, now: number): void {
  for (let index = 0; index < count; index += 1) {
    const left = count - 1 - index;
    const issueDate = addDays(day(now), -left * EVERY_DAYS);
    const [description, supplier, vatRate] = random.pick(PURCHASES);
    const price = `${random.between(8, 420)}.${String(random.between(0, 99)).padStart(2, '0')}`;
    const line = { quantity: '1.0', unit_price: price, vat_rate: vatRate, discount_percentage: null };
    const totals = totalsOf([line], { percentage: null, amount: null }, false);
    const status = left < NEWEST.length ? NEWEST[left] : 'completed';
    const isRead = status === 'completed';
    const fields = {
      extraction_status: status,
      description,
      supplier_name: isRead ? supplier : null,
      document_number: isRead ? `${issueDate.slice(0, 4)}${String(random.between(1, 99999)).padStart(5, '0')}` : null,
      issue_date: issueDate,
      due_date: addDays(issueDate, 14),
      currency: 'EUR',
      total_without_vat: isRead ? totals.net : null,
      total_vat: isRead ? totals.vatTotal : null,
      total: isRead ? totals.total : null,
      internal_note: null,
    };
    store.insert('expenses', workspaceId, fields, Math.min(Date.parse(`${issueDate}T16:40:00Z`), now));
  }
}

/** The sample data: the same for the same seed on the same day. */
const STARTED_DAYS_AGO = 430;

type Plan = readonly [type: DocumentType, count: number, drafts: number];

const STUDIO_PLAN: readonly Plan[] = [
  ['quote', 10, 0],
  ['proforma', 6, 1],
  ['invoice', 72, 5],
  ['credit_note', 5, 1],
];
const TRADER_PLAN: readonly Plan[] = [
  ['quote', 2, 0],
  ['invoice', 12, 1],
  ['credit_note', 1, 0],
];
/** Beyond 2^53: no double holds them. */
const LONG_IDS: ReadonlyMap<number, bigint> = new Map([
  [20, 9007199254740997n],
  [66, 9007199254741001n],
]);

/** @param now milliseconds since the epoch. */
export function seedStore(store: Store, seed: number, now: number): void {
  const random = new Random(seed);
  const started = addDays(day(now), -STARTED_DAYS_AGO);
  const at = Date.parse(`${started}T08:00:00Z`);
  seedWorkspaces(store, `${started}T08:00:00Z`, at);
  const customers = seedContacts(store, at);
  const run = (place: Pick<Batch, 'workspaceId' | 'house' | 'bankAccountId'>, plan: readonly Plan[]): void => {
    const [first, ...others]: readonly Customer[] = customers.get(place.workspaceId) ?? [];
    if (first === undefined) return;
    for (const [type, count, drafts] of plan) {
      const ids = type === 'invoice' && place.workspaceId === STUDIO_ID ? LONG_IDS : new Map<number, bigint>();
      seedDocuments({ store, random, now }, { ...place, type, count, drafts, ids, customers: [first, ...others] });
    }
  };
  run({ workspaceId: STUDIO_ID, house: 'studio', bankAccountId: 7n }, STUDIO_PLAN);
  run({ workspaceId: TRADER_ID, house: 'trader', bankAccountId: 9n }, TRADER_PLAN);
  run({ workspaceId: SANDBOX_ID, house: 'studio', bankAccountId: 10n }, [['invoice', 3, 1]]);
  seedExpenses(store, random, STUDIO_ID, 16, now);
  seedExpenses(store, random, TRADER_ID, 4, now);
}
