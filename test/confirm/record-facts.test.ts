/** The facts of a record by role, and which of its addresses are the customer's. */
import { describe, expect, it } from 'vitest';
import { customerId } from '../../src/confirm/call-subject.ts';
import { factsOf, recordLine } from '../../src/confirm/record-facts.ts';

describe('The addresses in a record', () => {
  it('are the customer’s in the customer’s object alone, and never the company’s own', () => {
    const { customerAddresses, otherAddresses } = factsOf({
      ...{ email: 'set@on.record', buyer: { email: 'eva@buyer.example' }, buyer_notes: { email: 'x@y.z' } },
      vendor: { email: 'we@firm.example' },
    });
    expect(customerAddresses).toEqual(['eva@buyer.example']);
    expect(otherAddresses.map(({ path }) => path)).toEqual(['email', 'buyer_notes.email']);
  });

  it('are others where the record has no customer, or only the name of one', () => {
    for (const record of [{ email: 'a@b.c' }, { email: 'a@b.c', buyer: 'Eva' }, { undefined: { email: 'a@b.c' } }]) {
      expect(factsOf(record).customerAddresses).toEqual([]);
      expect(factsOf(record).otherAddresses).toHaveLength(1);
    }
  });
});

describe('The customer of a record', () => {
  it.each([
    [
      { buyer_id: 3, buyer_name: 'Eva' },
      { word: 'buyer', id: 3 },
    ],
    [{ clientId: 'c-1' }, { word: 'client', id: 'c-1' }],
    [
      { buyer_id: null, buyer: { id: 4 } },
      { word: 'buyer', id: 4 },
    ],
    [
      { buyer_id: {}, buyer: { uuid: 'u' } },
      { word: 'buyer', id: 'u' },
    ],
    [{ buyer: { name: 'Eva' } }, null],
    [{ buyer: 'Eva' }, null],
    [{}, null],
  ])('of %o has the id %o', (record, expected) => {
    expect(customerId(record)).toEqual(expected);
  });

  it.each([
    [{ buyer_name: 'Eva' }, 'Eva'],
    [{ buyer: { name: 'Eva' } }, 'Eva'],
    [{ buyer: { name: { first: 'Eva' } } }, null],
    [{ buyer: {} }, null],
    [{ buyer_id: 3 }, null],
    [{ name: ['x'] }, null],
    [{}, null],
  ])('of %o is called %s', (record, expected) => {
    expect(factsOf(record).customer).toBe(expected);
    expect(factsOf(record).name).toBeNull();
  });
});

describe('One of several records in a question', () => {
  const bill = {
    id: 7,
    number: 'B-7',
    buyer: { name: 'Eva', email: 'eva@buyer.example' },
    total: '9.50',
    currency: 'EUR',
  };
  const stored = ['old@buyer.example'];

  it.each([
    [bill, stored, true, ['B-7 (id 7)', '"Eva"', '9.50 EUR', 'to "old@buyer.example"']],
    [{ ...bill, email: 'x@y.z' }, stored, true, ['B-7 (id 7)', '"Eva"', '9.50 EUR', 'to "old@buyer.example", "x@y.z"']],
    [
      { ...bill, total: null },
      null,
      true,
      ['B-7 (id 7)', '"Eva"', 'amount not found', 'to an address that is not known'],
    ],
    [bill, stored, false, ['B-7 (id 7)', '"Eva"', '9.50 EUR']],
    [{ id: 7, label: 'x' }, null, false, ['"x" (id 7)']],
    [{ colour: 'red' }, null, false, ['7']],
  ])('shows what it is, of whom, over how much and to whom it goes: %j', (record, stored, isSend, parts) => {
    expect(recordLine({ id: '7', facts: factsOf(record), stored }, isSend)).toBe(parts.join(', '));
  });

  it('is said to be unread where it could not be', () => {
    expect(recordLine({ id: '7', facts: null, stored }, true)).toBe('7, not read');
  });
});
