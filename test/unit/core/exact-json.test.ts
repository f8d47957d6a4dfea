/** Numbers that a double cannot hold are read digit by digit, as a parser of others reads them, whatever stands around them. */
import { isInteger, isSafeNumber, LosslessNumber, parse } from 'lossless-json';
import { expect, it } from 'vitest';
import { parseJson, stringifyJson } from '../../../src/core/json.ts';

const ID = '9007199254741001';
const reference = (text: string) =>
  parse(text, undefined, (token) => {
    if (isSafeNumber(token)) return Number(token);
    return isInteger(token) ? BigInt(token) : new LosslessNumber(token);
  });
const outcome = (read: (text: string) => unknown, text: string) => {
  try {
    return stringifyJson(read(text));
  } catch (error) {
    return error instanceof SyntaxError ? 'not JSON' : String(error);
  }
};

it.each([
  ID,
  `[${ID}]`,
  ` [ -${ID} , 1 ]`,
  `{"a":{"b":[${ID},1.234567890123456789012,12345678901234567890e3]},"s":"${ID}, \\"${ID}"}`,
  `{"__proto__":${ID}}`,
  `{"${ID}":${ID}}`,
  `["x\\\\",${ID}]`,
  `["é\\u00e9\\ud83d\\ude00",${ID}]`,
  `[1.0000000000000000,0.1000000000000000055511,-0.00000000000000000001]`,
  `[1e400,${ID}]`,
  // Not JSON.
  `{${ID}:1}`,
  `{${ID} :1}`,
  `[${ID}.1.1]`,
  `[0${ID}]`,
  `["a"${ID}]`,
  `[${ID},]`,
  `[${ID}`,
  `[+${ID}]`,
  `[${ID}-1]`,
])('%s', (text) => {
  expect(outcome(parseJson, text)).toBe(outcome(reference, text));
});
