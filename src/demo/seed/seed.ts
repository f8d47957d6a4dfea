/** The sample data: the same for the same seed on the same day. */
import { addDays, day } from '../store/fields.ts';
import type { DocumentType } from '../store/numbering.ts';
import type { Store } from '../store/store.ts';
import { type Customer, seedContacts } from './contacts.ts';
import { type Batch, seedDocuments } from './documents.ts';
import { seedExpenses } from './expenses.ts';
import { Random } from './random.ts';
import { SANDBOX_ID, STUDIO_ID, seedWorkspaces, TRADER_ID } from './workspaces.ts';

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
