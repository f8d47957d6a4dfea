/** Text of strangers in a question: it stays what it says, and can be neither markup nor a line of ours. */
import { describe, expect, it } from 'vitest';
import { brief, named, neutral, neutralValue, quoted } from '../../src/confirm/neutral-text.ts';
import { LosslessNumber } from '../../src/core/json.ts';

describe('A value of any shape', () => {
  it('keeps its shape and its numbers, and its texts and names are neutral', () => {
    const exact = new LosslessNumber('1.00000000000000000001');
    const value = { 'a\u202eb': ['x\ny', { c: null, d: true, e: 7n, f: exact }], g: [] };
    expect(neutralValue(value)).toEqual({
      [neutral('a\u202eb')]: [neutral('x\ny'), { c: null, d: true, e: 7n, f: exact }],
      g: [],
    });
    expect(Array.isArray(neutralValue(['a']))).toBe(true);
    for (const plain of [null, undefined, 7, true, 'a']) expect(neutralValue(plain)).toBe(plain);
    expect(neutralValue(exact)).toBe(exact);
  });
});

describe('A short text', () => {
  it.each(['FAK2026-0001', 'a.b_c/d#e', 'Žilina', '7', 'x'.repeat(40)])('stands as it is: %s', (text) => {
    expect(named(text)).toBe(text);
  });

  it.each(['', 'a b', 'a"b', 'a\u200bb', 'a\nb', 'x'.repeat(41), '*a*', '<b>'])(
    'is quoted where it could be more: %j',
    (text) => {
      expect(named(text)).toBe(quoted(text));
      expect(named(text)).toMatch(/^".*"/);
    },
  );

  it('hides no letter that is not seen, and no sign of markup', () => {
    for (const text of [
      'a\u202eb',
      'a\u{e0041}b',
      '<!-- x -->',
      '[x](http://y.example)',
      '**x**',
      '`x`',
      'a\r\nb',
      '"x"',
    ]) {
      expect(neutral(text)).not.toMatch(/[\p{Cc}\p{Cf}"<>`*]|\]\(|!\[/u);
    }
    expect(neutral('Ján Novák, s.r.o.')).toBe('Ján Novák, s.r.o.');
    expect(brief('x'.repeat(1000)).length).toBeLessThan(1000);
    expect(brief('short')).toBe('short');
  });
});
