/** Sums of money are exact: no amount is ever a float, whatever is added to whatever. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tally } from '../../src/tools/document-groups.ts';
import { linesOf } from '../../src/tools/document-lines.ts';
import { amountText, Big } from '../../src/tools/money.ts';
import { matchingSums, possibleSums } from '../../src/tools/sums.ts';

const SEED = 20261128;
/** Ten-thousandths, far beyond what a double holds. */
const units = fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n });

function decimal(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(5, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

describe('Decimal sums', () => {
  it('are those of whole numbers, in any order and in any number of groups', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(units, fc.constantFrom('A', 'B', 'C')), { maxLength: 60 }), (entries) => {
        const tally = new Tally();
        for (const [value, key] of entries)
          tally.add(key, { key }, { currency: 'EUR', amounts: { total: new Big(decimal(value)) } });
        for (const row of tally.rows('key', 'total', 100)) {
          const own = entries.filter(([, key]) => key === row.key);
          const sum = own.reduce((total, [value]) => total + value, 0n);
          expect(new Big(String(row.total)).eq(decimal(sum))).toBe(true);
          expect(row.count).toBe(own.length);
        }
      }),
      { numRuns: 300, seed: SEED },
    );
  });

  it('lose nothing where groups are put together, and never mix currencies', () => {
    const entry = fc.tuple(units, fc.integer({ min: 0, max: 9 }), fc.constantFrom('EUR', 'CZK', 'JPY'));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), fc.integer({ min: 0, max: 5 }), (entries, most) => {
        const tally = new Tally();
        for (const [value, key, currency] of entries)
          tally.add(String(key), { key }, { currency, amounts: { total: new Big(decimal(value)) } });
        const rows = tally.rows('amount', 'total', most);
        for (const currency of ['EUR', 'CZK', 'JPY']) {
          const shown = rows.filter((row) => row.currency === currency);
          const sum = shown.reduce((total, row) => total.plus(String(row.total)), new Big(0));
          const exact = entries.reduce((total, [value, , own]) => (own === currency ? total + value : total), 0n);
          expect(sum.eq(decimal(exact))).toBe(true);
        }
      }),
      { numRuns: 300, seed: SEED },
    );
  });

  it('of a document are net plus VAT, per rate and in all, and are recognised again as its own', () => {
    const cents = fc.integer({ min: 0, max: 10_000_000 }).map((value) => (value / 100).toFixed(2));
    const line = fc.record({ quantity: cents, unit_price: cents, vat_rate: fc.constantFrom('0', '5', '19', '23.0') });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), (items) => {
        const lines = linesOf({ currency: 'EUR', items }, []);
        if (lines === null) throw new Error('no lines');
        for (const sums of possibleSums(lines)) {
          expect(sums.total.eq(sums.net.plus(sums.vat))).toBe(true);
          const net = sums.rates.reduce((total, rate) => total.plus(rate.net), new Big(0));
          expect(net.eq(sums.net)).toBe(true);
          expect(amountText(sums.vat, 'EUR')).toMatch(/^\d+\.\d{2,}$/);
          expect(matchingSums(possibleSums(lines), sums)?.total.eq(sums.total)).toBe(true);
        }
      }),
      { numRuns: 200, seed: SEED },
    );
  });
});
