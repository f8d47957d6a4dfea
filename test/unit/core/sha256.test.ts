import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/core/sha256.ts';

const known = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the SHA-256 of a text', () => {
  it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])('is what Node says for %d characters', (length) => {
    expect(sha256('a'.repeat(length))).toBe(known('a'.repeat(length)));
  });

  it('is what Node says for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => sha256(text) === known(text)));
  });
});
