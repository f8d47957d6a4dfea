import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { listOf, totalsOf } from '../../src/demo/data/totals.ts';
import { everyRow, TRADER, useDemo } from './client.ts';

const demo = useDemo();

/** Decimal strings as integers in units of 10^-digits, by hand: nothing shared with the code under test. */
function scaled(text: unknown, digits: number): bigint {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(text ?? '0')) ?? [];
  const value = BigInt(whole + fraction.padEnd(digits, '0').slice(0, digits));
  return sign === '-' ? -value : value;
}

/** Half away from zero. */
function divided(value: bigint, by: bigint): bigint {
  const half = value < 0n ? -by / 2n : by / 2n;
  return (value + half) / by;
}

function expected(document: JsonObject): { net: bigint; vat: bigint } {
  const bases = new Map<string, bigint>();
  for (const item of listOf(document, 'items')) {
    const gross = scaled(item.quantity, 4) * scaled(item.unit_price, 4);
    const kept = gross * (10000n - scaled(item.discount_percentage, 2));
    const net = divided(kept, 10n ** 10n);
    const rate = document.reverse_charge === true ? '0' : String(item.vat_rate ?? '0');
    bases.set(rate, (bases.get(rate) ?? 0n) + net);
  }
  let net = 0n;
  let vat = 0n;
  for (const [rate, before] of bases) {
    const base = before - divided(before * scaled(document.discount_percentage, 2), 10000n);
    net += base;
    vat += divided(base * scaled(rate, 2), 10000n);
  }
  return { net, vat };
}

describe('Totals of the embedded Lucanto', () => {
  it.each(['invoices', 'quotes', 'proformas', 'credit_notes'])(
    'of all %s agree with sums made by hand',
    async (kind) => {
      const documents = [
        ...(await everyRow(demo, `/${kind}`)),
        ...(await everyRow(demo, `/api/v1/workspaces/${TRADER}/${kind}`)),
      ];
      expect(documents.length).toBeGreaterThan(4);
      for (const document of documents) {
        const { net, vat } = expected(document);
        expect(document.total_without_vat).toMatch(/^-?\d+\.\d\d$/);
        expect(scaled(document.total_without_vat, 2)).toBe(net);
        expect(scaled(document.total_vat, 2)).toBe(vat);
        expect(scaled(document.total, 2)).toBe(net + vat);
        // Nothing is owed on a quote.
        if (kind === 'quotes') continue;
        expect(scaled(document.amount_paid, 2) + scaled(document.amount_due, 2)).toBe(net + vat);
        expect(scaled(document.amount_due, 2) === 0n).toBe(document.status === 'paid');
      }
    },
  );

  const line = (quantity: string, price: string, rate: string, discount: string | null = null) => ({
    quantity,
    unit_price: price,
    vat_rate: rate,
    discount_percentage: discount,
  });

  it('round half up to cents even if a double would round down', () => {
    // 1.005 and 2.675 are less than they look as doubles.
    expect(totalsOf({ items: [line('1', '1.005', '0')] }).net).toBe('1.01');
    expect(totalsOf({ items: [line('1', '2.675', '0')] }).net).toBe('2.68');
    expect(totalsOf({ items: [line('-1', '1.005', '0')] }).net).toBe('-1.01');
  });

  it('have VAT computed once per rate, not line by line', () => {
    const three = [line('1', '0.10', '23'), line('1', '0.10', '23.0'), line('1', '0.10', '23.00')];
    expect(totalsOf({ items: three })).toMatchObject({ vatTotal: '0.07', vat: [{ rate: '23.0', base: '0.30' }] });
  });

  it('list VAT rates separately, highest first', () => {
    const { vat } = totalsOf({ items: [line('1', '10', '5'), line('1', '10', '23'), line('1', '10', '19')] });
    expect(vat.map(({ rate, vat: amount }) => [rate, amount])).toEqual([
      ['23.0', '2.30'],
      ['19.0', '1.90'],
      ['5.0', '0.50'],
    ]);
  });

  it('spread a discount over the rates without losing a cent', () => {
    const totals = totalsOf({
      items: [line('1', '10', '23'), line('1', '10', '5'), line('1', '10', '0')],
      discount_amount: '10.00',
    });
    expect(totals.vat.map(({ base }) => base)).toEqual(['6.67', '6.67', '6.66']);
    expect(totals.net).toBe('20.00');
  });

  it('are exact beyond the precision of a double', () => {
    expect(totalsOf({ items: [line('3', '333333333333333333.33', '0')] }).total).toBe('999999999999999999.99');
  });
});
