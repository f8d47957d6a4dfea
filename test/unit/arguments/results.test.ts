import { expect, it } from 'vitest';
import { ApiError } from '../../../src/core/errors.ts';
import { parseJson, stringifyJson } from '../../../src/core/json.ts';
import { errorResult, textResult } from '../../../src/core/results.ts';

it('an answer is compact JSON without null properties, its numbers digit by digit', () => {
  const value = parseJson(
    '{"id":9007199254740993,"number":null,"items":[null,{"note":null,"price":"15.50"}],"__proto__":{"a":null}}',
  );
  expect(textResult(value)).toEqual({
    content: [{ type: 'text', text: '{"id":9007199254740993,"items":[null,{"price":"15.50"}],"__proto__":{}}' }],
  });
});

it.each([
  '{"a":9007199254740993,"b":[9007199254740992,-0.1234567890123456789,1e400,1.5],"9007199254740993":{"1":12345678901234567890}}',
  '[",9007199254740993,",":-9007199254740993}",9007199254740993,1e-300,2e-300,"1e-300"]',
  '{"a":"[1234567890123456]","b":1e-300}',
  '9007199254740993',
  '-0.1234567890123456789',
])('numbers and texts that look like some are written as they were read: %s', (text) => {
  expect(stringifyJson(parseJson(text))).toBe(text);
});

it.each([
  ...['[9007199254740993x]', '[09007199254740993]', '{9007199254740993:1}', '[-,9007199254740993]'],
  ...['9007199254740993, 9007199254740995', '9007199254740993]'],
])('what is no JSON stays none beside a long number: %s', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});

it('an error result holds every fact in a fixed order, ends with the hint, and shows no token', () => {
  const error = new ApiError('forbidden', 'lct_pat_abcdef may not do this.', {
    hint: 'Use another token.',
    details: {
      status: 403,
      requestId: 'r-1',
      errors: ['No.'],
      docsUrl: 'https://docs.lucanto.eu/x',
      upgradeUrl: 'https://u',
      retryAfterSeconds: 3,
      outcome: 'unknown',
      more: { workspaces: [{ id: 42n, name: 'A' }], error: 'mine' },
    },
  });
  const result = errorResult(error, 'lucanto-mcp');
  expect(result.isError).toBe(true);
  expect(result).not.toHaveProperty('structuredContent');
  expect(result.content).toEqual([
    {
      type: 'text',
      text: '{"error":"forbidden","message":"lct_pat_[token] may not do this.","status":403,"errors":["No."],"request_id":"r-1","retry_after_seconds":3,"upgrade_url":"https://u","docs_url":"https://docs.lucanto.eu/x","outcome":"unknown","workspaces":[{"id":42,"name":"A"}],"hint":"Use another token."}',
    },
  ]);
});

it('an error with nothing more to tell has three members', () => {
  const [content] = errorResult(new ApiError('x', 'y', { hint: 'z' }), 'lucanto-mcp').content;
  expect(content?.text).toBe('{"error":"x","message":"y","hint":"z"}');
});
