/** Amounts in the shapes that services give them, and what is not taken for one. */
import { describe, expect, it } from 'vitest';
import { amountOf } from '../../src/confirm/record-amount.ts';
import { isAboutMoney } from '../../src/confirm/record-facts.ts';
import { type JsonObject, LosslessNumber } from '../../src/core/json.ts';
import { plainText } from '../../src/tools/record-fields.ts';

describe('The amount of a record', () => {
  const CASES: readonly (readonly [JsonObject, string | null])[] = [
    [{ total: '9.90' }, 'Total: 9.90'],
    [{ total: 9.9, currency: { code: 'EUR' } }, 'Total: 9.9 EUR'],
    [{ total: 9.9, currency: { iso: 'EUR' } }, 'Total: 9.9 EUR'],
    [{ total: 9.9, currency: { iso_code: 'EUR' } }, 'Total: 9.9 EUR'],
    [{ total: new LosslessNumber('1234567890123456.10') }, 'Total: 1234567890123456.10'],
    [{ total: 12345678901234567890n }, 'Total: 12345678901234567890'],
    [{ total: '  ', amount: '5' }, 'Amount: 5'],
    [{ total: null, amount: '5' }, 'Amount: 5'],
    [{ total: {}, amount: '5' }, 'Amount: 5'],
    [{ total: [1], amount: '5' }, 'Amount: 5'],
    [{ total: 'free of charge' }, 'Total: "free of charge"'],
    [{ __fee__: 5 }, 'Fee: 5'],
    [{ service_fee: 'none', other_fee: '5' }, 'Other fee: 5'],
    [{ shipping_fee: { amount: 5 } }, 'Shipping fee: 5'],
    [{ shipping_fee: { note: 5 }, other_fee: 6 }, 'Other fee: 6'],
    [{ total: { value: 'n/a', amount: '5' } }, 'Total: 5'],
    [{ total: { note: 7, gross: '5' } }, 'Total: 5'],
    [{ total: { cents: 'x', sum: '5' } }, 'Total: 5'],
    [{ total: { units: '9', nanos: 1 } }, 'Total: 9.000000001'],
    [{ total: { units: '-9', nanos: -500_000_000 } }, 'Total: -9.5'],
    [{ total: { units: 0, nanos: -500_000_000 } }, 'Total: -0.5'],
    [{ total: { amount: 12_345, exponent: -2 } }, 'Total: 123.45'],
    [{ total: { amount: 12_345, decimal_places: 2 } }, 'Total: 123.45'],
    [{ destination: { value: 'x@y.example' } }, null],
    [{ total: { units: '9', amount: '5' } }, 'Total: 5'],
    [{ total: { nanos: 9, amount: '5' } }, 'Total: 5'],
    [{ total: { units: 10, nanos: 100_000_000 } }, 'Total: 10.1'],
    [{ total: { amount: 12_345, exponent: 2 } }, 'Total: 123.45'],
    [{ total: { amount: 12_345, precision: 0 } }, 'Total: 12345'],
    [{ total: { amount: '12.5', scale: 2 } }, 'Total: 12.5'],
    [{ total: { amount: 12_345, scale: 'x2' } }, 'Total: 12345'],
    [{ total: { amount: 12_345, scale: '2x' } }, 'Total: 12345'],
    [{ total: { cents: 12_345, scale: 4 } }, 'Total: 123.45 (12345 cents)'],
    [{ total_cents: { amount: 12_345 } }, 'Total cents: 123.45 (12345 cents)'],
    [{ total: { value: '120.50', unit: 'EUR' } }, 'Total: 120.50 EUR'],
    [{ total: { value: 7, unit: 'PCS' } }, 'Total: 7'],
    [{ fee: '9.90', unit: 'CZK' }, 'Fee: 9.90 CZK'],
    [{ total_cents: 12_050, currency: 'JPY' }, 'Total cents: 12050 JPY (12050 cents)'],
    [{ total: { cents: 12_050, currency: 'KWD' } }, 'Total: 12.050 KWD (12050 cents)'],
    [{ total_in_cents: -5 }, 'Total in cents: -0.05 (-5 cents)'],
    [{ total_cents: '12.5' }, 'Total cents: 12.5 cents'],
    [{ total_cents: 'x12' }, null],
    [{ total_pence: 100 }, 'Total pence: 1.00 (100 pence)'],
    [{ total_minor_units: 1_000, currency: 'KWD' }, 'Total minor units: 1.000 KWD (1000 minor units)'],
    [{ total_minor: 1_000, currency: 'HUF' }, 'Total minor: 10.00 HUF (1000 minor)'],
    [{ total_minor: 1_000 }, 'Total minor: 1000 minor'],
    [{ totals: { deep: { gross: '5' } } }, 'Totals deep gross: 5'],
    [{ a: { b: { c: { total: '5' } } } }, null],
    [{ customer: { balance: '5' }, supplier: { total: '6' } }, null],
    [{ items: [{ total: '5' }] }, null],
    [{ price: '5', totals: { gross: '6' } }, 'Totals gross: 6'],
    [{ final_price: '5' }, 'Final price: 5'],
    [{ unit_price: '5', vat_total: '6', net_total: '7' }, 'Unit price: 5'],
    [{ payment_method: 5, due_days: 14, discount_amount: '1' }, null],
    [{ amount_due: '7', total: '9' }, 'Total: 9'],
    [{ amount_due: '7' }, 'Amount due: 7'],
  ];

  it.each(CASES)('%o is shown as %s', (record, expected) => {
    const found = amountOf(record);
    expect(found === null ? null : `${found.label}: ${found.text}`).toBe(expected);
  });

  it('takes the currency from around it', () => {
    expect(amountOf({ sums: { gross: '5' }, currency: 'CZK' })?.text).toBe('5 CZK');
    expect(amountOf({ total: { amount: '5', currency: 'EUR' }, currency: 'CZK' })?.text).toBe('5 EUR');
  });
});

describe('A record is about money', () => {
  it.each([
    [{ name: 'Eva' }, false],
    [{ currency: 'EUR' }, true],
    [{ due_date: '2026-01-01' }, true],
    [{ number: 'F-1' }, true],
    [{ lines: [] }, true],
    [{ client_id: 1 }, true],
    [{ vendor: {} }, true],
    [{}, false],
  ])('or not: %o', (record, expected) => {
    expect(isAboutMoney(record)).toBe(expected);
  });

  it('and texts and numbers alone have a form of one line', () => {
    expect([' ', '', null, undefined, true, [], {}].map(plainText)).toEqual(Array.from({ length: 7 }, () => null));
    expect(['a ', 1, 2n].map(plainText)).toEqual(['a ', '1', '2']);
  });
});
