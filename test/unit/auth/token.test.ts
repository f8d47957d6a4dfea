import { describe, expect, it } from 'vitest';
import { checkToken } from '../../../src/auth/token.ts';

function examined(text: string) {
  const result = checkToken(text);
  if ('refusal' in result) throw new Error(result.refusal);
  return result;
}

describe('what can be said of a token offline', () => {
  it.each([
    ['lct_pat_abc123', 'personal'],
    ['lct_live_abc123', 'workspace'],
    ['lct_test_abc123', 'sandbox'],
    ['lct_new_abc123', 'unknown'],
  ])('%s is a %s token without doubts', (token, kind) => {
    expect(examined(token)).toEqual({ token, kind, notes: [], doubt: null });
  });

  it.each([
    ['"lct_pat_abcdef"', 'quotes'],
    ["'lct_pat_abcdef'", 'quotes'],
    ['“lct_pat_abcdef”', 'quotes'],
    ['Bearer lct_pat_abcdef', 'Bearer'],
    ['Authorization: Bearer lct_pat_abcdef', 'Bearer'],
    ['"Bearer lct_pat_abcdef"', 'Bearer'],
    ['LUCANTO_TOKEN=lct_pat_abcdef', 'LUCANTO_TOKEN='],
  ])('takes away what was pasted along in %s and says so', (text, word) => {
    const result = examined(text);
    expect(result.token).toBe('lct_pat_abcdef');
    expect(result.notes.join(' ')).toContain(word);
  });

  it('takes away blanks and invisible characters without a word', () => {
    expect(examined(' \u200Blct_pat_abcdef\uFEFF\t')).toMatchObject({ token: 'lct_pat_abcdef', notes: [] });
  });

  it.each([
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'JWT'],
    ['lct_pat_', 'only the beginning'],
    ['lct_', 'only the beginning'],
    ['lct_pat_abcdef...', 'cut off'],
    ['lct_pat_••••', 'characters'],
    ['sk_live_abc', 'another service'],
    [`${'$'}{user_config.token}`, 'placeholder'],
    ['<token>', 'placeholder'],
    ['https://app.lucanto.eu/settings/api_keys', 'web address'],
    ['hunter2', 'does not look like'],
  ])('doubts %s with a sentence that helps', (text, words) => {
    const result = checkToken(text);
    const sentence = 'refusal' in result ? result.refusal : result.doubt;
    expect(sentence).toContain(words);
  });

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['Bearer ', 'empty'],
    ['lct_pat_abcdef def', 'space'],
    ['lct_pat_abcdef\nlct_pat_def', 'line break'],
    ['lct_pat_a\u0007bc', 'characters'],
    ['lct_pat_žltý', 'characters'],
  ])('refuses %j, which can be sent nowhere', (text, words) => {
    const result = checkToken(text);
    expect('refusal' in result ? result.refusal : '').toContain(words);
  });

  it('never repeats the token', () => {
    for (const text of [
      'hunter2secret',
      'lct_pat_hunter2secret and more',
      'eyJhunter2secret.x.y',
      '"lct_pat_hunter2secret"',
    ]) {
      const { token, ...said } = { token: '', ...checkToken(text) };
      expect(JSON.stringify(said)).not.toContain('hunter2secret');
      expect(token).not.toBe(undefined);
    }
  });
});
