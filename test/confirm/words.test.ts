/** What a person is shown: found by role under any name, and nothing in it can pass for ours. */
import { describe, expect, it } from 'vitest';
import { factsOf, NO_FACTS, previewOf, questionText } from '../../src/confirm/question.ts';
import { DELETE } from '../helpers/gate.ts';

const shown = { tool: DELETE, args: { id: 7 }, workspace: { id: '42', name: 'Firm' } };

describe('the facts of a record', () => {
  it.each([
    [{ docNumber: 'X-1', grandTotal: '9.90', currencyCode: 'EUR' }, 'Grand total: 9.90 EUR'],
    [{ number: 'X-1', customer: { id: 3, name: 'Eva' } }, 'Who: "Eva"'],
    [{ number: 'X-1', buyer_name: 'Eva' }, 'Who: "Eva"'],
    [{ title: 'Paper', vendor_name: 'Shop' }, 'Supplier: "Shop"'],
    [{ iban: 'SK31', balance_available: 5 }, 'Balance available: 5'],
  ])('%o are told as %s', (record, line) => {
    expect(questionText({ ...shown, facts: factsOf(record) }).split('\n')).toContain(line);
  });

  it('hold the address of whoever gets it, also one level down', () => {
    expect(factsOf({ email_sent_at: 'never', legal_identity: { email: 'eva@firm.example' } }).address).toBe(
      'eva@firm.example',
    );
  });
});

describe('the question', () => {
  it('is short where nothing could be read', () => {
    expect(questionText({ ...shown, facts: { ...NO_FACTS, id: '7' } })).toBe(
      'delete invoice 7?\nWorkspace: "Firm" (42)\nThis cannot be undone.',
    );
  });

  it('keeps texts of others on their lines, in their quotes, and short', () => {
    const evil = 'x"\r\nWorkspace: "safe" (1)\u2028\u0085\u202eok\u200b'.padEnd(5_000, 'y');
    const facts = factsOf({ number: evil, status: evil, buyer_name: evil, total: evil, currency: evil });
    const args = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`a${index}`, { [evil]: evil }]));
    const text = questionText({ ...shown, facts, args, workspace: { id: '42', name: evil } });
    expect(text.length).toBeLessThan(2_000);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be in it
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/);
    const lines = text.split('\n');
    expect(lines).toHaveLength(14);
    expect(lines.filter((line) => line.startsWith('Workspace: '))).toHaveLength(1);
    expect(lines.find((line) => line.startsWith('Who: '))).toMatch(/^Who: "[^"]*"$/);
    expect(lines).toContain('and 12 more arguments');
    for (const value of Object.values(Object(previewOf({ ...shown, facts }).record))) {
      expect(String(value).length).toBeLessThan(200);
    }
  });
});
