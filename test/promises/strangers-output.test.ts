/** Nothing that a stranger wrote reaches a terminal raw, through whichever door of the output, for generated texts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Output } from '../../src/cli/output.ts';
import { ApiError } from '../../src/core/errors.ts';
import { Secrets } from '../../src/core/log.ts';

const SEED = 20261128;
const RUNS = { numRuns: 500, seed: SEED };
const HOSTILE = [
  ...['\u001b[2J', '\u001b]0;x\u0007', '\u001b]8;;http://evil.example\u001b\\', '\u009b31m', '\u0090q', '\r', '\b\b\b'],
  ...[
    '\u0001',
    '\u0002',
    '\u00010\u0002',
    '\u0000',
    '\u202e',
    '\u2066',
    '\u200b',
    '\ufeff',
    '\u{e0041}',
    '\ud800',
    '\udc00',
  ],
  ...['\u2028', '\u0085', '\u061c', '\u00ad', '\u115f', '\ufe01\ufe02', 'a`b c`', '👩‍👩‍👧', 'Ž', '\t', '\n', ' '],
];
const text = fc
  .array(
    fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 4 }), fc.string({ maxLength: 6 })),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));

const DOORS: Readonly<Record<string, (output: Output, given: string) => void>> = {
  line: (output, given) => output.line(given),
  'a styled line': (output, given) => output.line(output.style('red', given)),
  prose: (output, given) => output.prose(given, '  '),
  'a cell of a table': (output, given) => void output.table([{ title: 'A', priority: 0 }], [[given]], [given]),
  'the title of a table': (output, given) => void output.table([{ title: given, priority: 0 }], [['a']]),
  note: (output, given) => output.note(given),
  warn: (output, given) => output.warn(given),
  error: (output, given) =>
    output.error(new ApiError(given, given, { hint: given, details: { errors: [given, given] } }), true),
  log: (output, given) => output.log(given),
  json: (output, given) => output.json({ [given]: [given] }),
  'tokens of the demo': (output, given) => output.lineWithDemoTokens(given),
  progress: (output, given) => {
    output.progress(given);
    output.line('');
  },
};

/** What our own styles and the cleared line of progress may be. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is ours
const OURS = /\u001b\[(?:1|2|22|31|32|33|36|39)m|\r\u001b\[2K/g;
const EMOJI =
  /\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*(?:\u200d\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*)*/gu;
const FORBIDDEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u115f\u3164]/u;

function written(isTTY: boolean, work: (output: Output) => void): string {
  const parts: string[] = [];
  const stream = { write: (part: string) => void parts.push(part), isTTY, columns: 40 };
  work(new Output(stream, stream, { TERM: 'xterm', LANG: 'C.UTF-8' }, new Secrets(), 'lucanto-mcp'));
  return parts.join('');
}

describe.each(Object.keys(DOORS))('What is written as %s', (door) => {
  it.each([true, false])('holds no control, bidirectional, zero-width or tag character (terminal: %s)', (isTTY) => {
    fc.assert(
      fc.property(text, (given) => {
        const shown = written(isTTY, (output) => DOORS[door]?.(output, given));
        expect(shown.replace(OURS, '').replace(EMOJI, '').match(FORBIDDEN)).toBeNull();
      }),
      RUNS,
    );
  });
});

describe('JSON', () => {
  it.each([true, false])('is the same value for the program that reads it (terminal: %s)', (isTTY) => {
    fc.assert(
      fc.property(fc.dictionary(text, fc.oneof(text, fc.integer(), fc.array(text))), (value) => {
        const whole = JSON.parse(
          JSON.stringify(value).replace(/\\ud[89ab][0-9a-f]{2}|\\ud[c-f][0-9a-f]{2}/g, '\\ufffd'),
        );
        expect(JSON.parse(written(isTTY, (output) => output.json(value)))).toEqual(whole);
      }),
      RUNS,
    );
  });
});
