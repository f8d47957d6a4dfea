import { addDays, day } from '../store/fields.ts';
import { totalsOf } from '../store/money.ts';
import type { Store } from '../store/store.ts';
import type { Random } from './random.ts';

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
export function seedExpenses(store: Store, random: Random, workspaceId: bigint, count: number, now: number): void {
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
