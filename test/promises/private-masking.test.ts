/** "Your key stays on this computer": whatever form a service echoes it in, no message holds it, and each stays JSON. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, stringifyJson } from '../../src/core/json.ts';
import { Secrets } from '../../src/core/log.ts';

const RUNS = { numRuns: 400, seed: 20261128 };
const LOOKS_LIKE_JSON = [
  '","id":1,"x":"',
  '"}],"isError":false,"y":[{"',
  '12345678901234567890',
  '\\u0022,\\u0022aa\\n"',
];
const TOKEN = fc.oneof(
  fc.constantFrom(...LOOKS_LIKE_JSON),
  fc.string({ minLength: 12, maxLength: 60 }),
  fc.string({ minLength: 12, maxLength: 60, unit: 'binary' }),
);
const hexOf = (code: number, digits: number) => code.toString(16).padStart(digits, '0');
const byBytes = (text: string) => [...Buffer.from(text)].map((byte) => `%${hexOf(byte, 2)}`).join('');
const byUnits = (text: string, write: (code: number) => string) =>
  [...text].map((char) => write(char.charCodeAt(0))).join('');
const inBase64 = (text: string) => Buffer.from(text).toString('base64');
/** Each in the middle of another text, as a service may echo it. */
const FORMS: readonly (readonly [string, (token: string, around: string) => string])[] = [
  ['as it is', (token, around) => `${around}${token}${around}`],
  ['in JSON', (token, around) => JSON.stringify({ around, token })],
  ['in JSON that is text in JSON', (token, around) => JSON.stringify({ inner: JSON.stringify({ token, around }) })],
  ['encoded for an address', (token, around) => `https://x.example/?q=${encodeURIComponent(around + token)}`],
  [
    'encoded for an address in lower case',
    (token, around) => encodeURIComponent(around + token).replace(/%../g, (byte) => byte.toLowerCase()),
  ],
  ['in hexadecimal', (token, around) => `${around} ${Buffer.from(token).toString('hex')} ${around}`],
  ['with each byte encoded', (token, around) => `${around}${byBytes(token)}${around}`],
  [
    'with each character escaped',
    (token, around) => `${around}${byUnits(token, (code) => `\\u${hexOf(code, 4)}`)}${around}`,
  ],
  ['as entities of HTML', (token, around) => `${around}${byUnits(token, (code) => `&#x${hexOf(code, 2)};`)}${around}`],
  ['as Base64 twice', (token, around) => inBase64(inBase64(around + token + around))],
  ['as Base64', (token, around) => Buffer.from(around + token + around).toString('base64')],
  ['as Base64 for addresses', (token, around) => Buffer.from(around + token + around).toString('base64url')],
];

/** Of keys that can be one, which have no spaces and no control characters; a backslash at the end of a line is not told from JSON's. */
const TYPED = fc.oneof(
  fc.constantFrom(...LOOKS_LIKE_JSON),
  fc.string({ minLength: 12, maxLength: 60 }).map((text) => text.replace(/[\s\\]/g, '_')),
);
const OF_TYPED: typeof FORMS = [
  [
    'in JSON that is text in JSON, and once more',
    (token, around) => JSON.stringify(JSON.stringify(JSON.stringify({ token, around }))),
  ],
  ['with slashes escaped', (token, around) => around + JSON.stringify(token).replaceAll('/', '\\/')],
  ['broken into words', (token, around) => `${around}${token.match(/.{1,6}/gsu)?.join(' ')}${around}`],
  ['broken into lines', (token, around) => `${around}${token.match(/.{1,6}/gsu)?.join('\r\n')}${around}`],
  ['with spaces that nobody sees', (token, around) => `${around}${token.match(/.{1,6}/gsu)?.join('\u200b')}${around}`],
  [
    'as Base64 in lines',
    (token, around) =>
      inBase64(around + token + around)
        .match(/.{1,10}/g)
        ?.join('\r\n') ?? '',
  ],
];

const isWellFormed = (text: string) => !/\p{Cs}/u.test(text);

/** What somebody who knows all the forms reads in a text. */
function reads(text: string, token: string): boolean {
  const code = (_match: string, digits: string) => String.fromCharCode(Number.parseInt(digits, 16));
  const unescaped = [/\\u([\da-f]{4})/g, /&#x([\da-f]+);/g].map((form) => text.replace(form, code));
  const whole = text.replace(/[\s\u200b]+/g, '');
  if (whole.includes(token.replace(/[\s\u200b]+/g, ''))) return true;
  const undone = [text, text.replaceAll('\\"', '"'), text.replace(/\\+(["/\\])/g, '$1'), decoded(text), ...unescaped];
  const inner = [...whole.matchAll(/[A-Za-z0-9+/_-]{16,}/g)].map(([run]) =>
    Buffer.from(run, 'base64').toString('utf8'),
  );
  const base64 = [...inner, ...inner.map((run) => Buffer.from(run, 'base64').toString('utf8'))];
  const hex = [...text.matchAll(/[0-9a-f]{24,}/gi)].map(([run]) => Buffer.from(run, 'hex').toString('utf8'));
  return [...undone, ...base64, ...hex].some((one) => one.includes(token));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

describe('A message', () => {
  const all = [...FORMS.map((one) => [...one, TOKEN] as const), ...OF_TYPED.map((one) => [...one, TYPED] as const)];
  it.each(all)('does not hold the token %s, and is still JSON with all its members', (_name, form, tokens) => {
    fc.assert(
      fc.property(tokens.filter(isWellFormed), fc.string({ maxLength: 7 }).filter(isWellFormed), (token, around) => {
        const secrets = new Secrets();
        secrets.conceal(token);
        const message = { jsonrpc: '2.0', id: 7, result: { content: [{ type: 'text', text: form(token, around) }] } };
        const line = secrets.maskedJson(message, stringifyJson(message));
        const read = JSON.parse(line);
        expect(Object.keys(read)).toEqual(['jsonrpc', 'id', 'result']);
        expect([read.id, read.result.content.length, Object.keys(read.result.content[0])]).toEqual([
          7,
          1,
          ['type', 'text'],
        ]);
        expect(reads(read.result.content[0].text, token)).toBe(false);
      }),
      RUNS,
    );
  });

  it('keeps every other text and number to the digit', () => {
    fc.assert(
      fc.property(TOKEN, fc.jsonValue(), (token, value) => {
        const secrets = new Secrets();
        secrets.conceal(token);
        const line = stringifyJson({ id: 9007199254740993n, value });
        fc.pre(!line.includes(token));
        expect(secrets.maskedJson(parseJson(line), line)).toBe(line);
      }),
      RUNS,
    );
  });
});
