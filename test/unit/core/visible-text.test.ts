import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../src/core/text.ts';

describe('text that is made visible', () => {
  it.each([
    ['an escape sequence', 'a\u001b[31mb', 'a[U+001B][31mb'],
    ['a C1 control', 'a\u009b31mb', 'a[U+009B]31mb'],
    ['a bidirectional override', 'invoice\u202efdp.exe', 'invoice[U+202E]fdp.exe'],
    ['a zero-width space', 'del\u200bete', 'del[U+200B]ete'],
    ['a byte order mark', '\ufeffa', '[U+FEFF]a'],
    ['a sentence in tag characters', 'x\u{e0048}\u{e0049}\u{e0021}', 'x[3 hidden characters]'],
    ['bytes in variation selectors', '❤\ufe0f\ufe01\ufe02', '❤\ufe0f[2 hidden characters]'],
    ['a piece of a text behind each letter', 'a\ufe01b\ufe0fc', 'a[U+FE01]b[U+FE0F]c'],
    ['a line separator', 'a\u2028b', 'a[U+2028]b'],
    ['half a surrogate pair', 'a\ud83db', 'a\ufffdb'],
    ['a joiner between letters', 'a\u200db', 'a[U+200D]b'],
  ])('names %s', (_what, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it.each(['Žilina, s.r.o.', 'a\tb\r\nc', '👨‍👩‍👧 family', '❤️', 'שלום', 'تقرير', '日本語'])(
    'leaves alone what is seen: %s',
    (text) => {
      expect(visibleText(text)).toBe(text);
    },
  );

  it('is the same when it is made visible again', () => {
    const once = visibleText('a\u0000\u200b\u{e0041}\udc00');
    expect(visibleText(once)).toBe(once);
  });
});
