/** What the demo's firms sell. */
import type { Fields } from '../store/fields.ts';
import type { Random } from './random.ts';

type Good = readonly [name: string, unit: string, price: string, vatRate: string];

const STUDIO: readonly [Good, ...Good[]] = [
  ['Grafický návrh loga', 'hod.', '45.00', '23.0'],
  ['Vývoj webovej stránky', 'hod.', '62.50', '23.0'],
  ['Správa sociálnych sietí', 'mes.', '390.00', '23.0'],
  ['Hosting a údržba', 'mes.', '24.90', '23.0'],
  ['Školenie – účtovníctvo v praxi', 'deň', '480.00', '23.0'],
  ['Občerstvenie na školení', 'os.', '12.35', '19.0'],
  ['Ubytovanie účastníkov', 'noc', '68.40', '5.0'],
  ['Odborná príručka', 'ks', '18.95', '5.0'],
  ['Poštovné a poplatky', 'ks', '3.70', '0.0'],
];

const TRADER: readonly [Good, ...Good[]] = [
  ['Holzspielzeug "Gams"', 'Stk.', '17.99', '20.0'],
  ['Bergkäse, 6 Monate', 'kg', '21.35', '10.0'],
  ['Lodenmantel', 'Stk.', '289.00', '20.0'],
  ['Wanderkarte Salzburg', 'Stk.', '9.90', '10.0'],
];

const QUANTITIES = ['1.0', '1.0', '2.0', '3.0', '4.5', '7.25', '12.0', '0.5'] as const;
const MAX_LINES = 4;

/**
 * @param vatFree customers abroad: VAT is theirs to pay.
 * @param sign -1 for credit notes.
 */
export function lines(random: Random, house: 'studio' | 'trader', vatFree: boolean, sign: 1 | -1): Fields[] {
  const goods = house === 'studio' ? STUDIO : TRADER;
  return Array.from({ length: random.between(1, MAX_LINES) }, () => {
    const [name, unit, price, vatRate] = random.pick(goods);
    const quantity = random.pick(QUANTITIES);
    return {
      name,
      description: null,
      quantity: sign === 1 ? quantity : `-${quantity}`,
      unit,
      unit_price: price,
      vat_rate: vatFree ? '0.0' : vatRate,
      discount_percentage: random.next() < 0.15 ? '10.00' : null,
    };
  });
}
