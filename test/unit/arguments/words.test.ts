/** What is wrong with an argument, in words: values, expectations, limits, patterns, and names that are near. */
import { describe, expect, it } from 'vitest';
import { asDecimal, patternWords } from '../../../src/catalog/arguments/pattern-words.ts';
import {
  alternatives,
  describeExpected,
  describeLimit,
  describeValue,
  nearNames,
} from '../../../src/catalog/arguments/wording.ts';
import { LosslessNumber } from '../../../src/core/json.ts';

describe('A name that is near another', () => {
  const NAMES = ['contact_id', 'issue_date', 'due_date', 'status', 'number', 'note', 'id', 'list'];
  it.each([
    ['contactId', ['contact_id']],
    ['contact-id', ['contact_id']],
    ['lsit', ['list']],
    ['sttaus', ['status']],
    ['date', ['due_date', 'issue_date']],
    ['invoice_status', ['status']],
    ['numbr', ['number']],
    ['numberx', ['number']],
    ['nunber', ['number']],
    ['nate', ['note']],
    ['noet', ['note']],
    ['ix', ['id']],
    ['xy', []],
    ['zzzzzz', []],
    ['', ['id']],
    ['a'.repeat(81), []],
    [`${'a'.repeat(73)}note`, ['note']],
    [`${'a'.repeat(77)}note`, []],
  ])('%s: %j', (typed, expected) => {
    const found = nearNames(typed, NAMES);
    if (typed === '') expect(found.every((name) => name.length <= 2)).toBe(true);
    else expect(found).toEqual(expected);
  });

  it('comes first where it is nearer, in the order of the alphabet where it is not, and three at most', () => {
    expect(nearNames('colour', ['colours_x', 'colour_b', 'colour_a', 'colours', 'colour_c'])).toEqual([
      'colour_a',
      'colour_b',
      'colour_c',
    ]);
    expect(nearNames('abcdef', ['abcxyz', 'abcdxf'])).toEqual(['abcdxf']);
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(alternatives)).toEqual([
      '',
      '`a`',
      '`a` or `b`',
      '`a`, `b` or `c`',
    ]);
  });
});

describe('A value in words', () => {
  it.each([
    [null, 'null'],
    ['abc', 'the string "abc"'],
    ['x'.repeat(40), `the string "${'x'.repeat(40)}"`],
    ['x'.repeat(41), 'a string of 41 characters'],
    [[], 'an empty array'],
    [[1], 'an array of 1 item'],
    [[1, 2, 3], 'an array of 3 items'],
    [{ a: 1 }, 'an object'],
    [7, '7'],
    [true, 'true'],
    [9007199254740993n, '9007199254740993'],
    [new LosslessNumber('1.50'), '1.50'],
    [new LosslessNumber('1'.repeat(41)), 'a number of 41 digits'],
  ])('%s', (value, words) => {
    expect(describeValue(value)).toBe(words);
  });
});

describe('An expectation in words', () => {
  it.each([
    [{ enum: ['draft', 7, null] }, 'one of "draft", 7, null'],
    [{ enum: Array.from({ length: 22 }, (_one, at) => at) }, `one of ${[...Array(20).keys()].join(', ')} and 2 more`],
    [{ enum: Array.from({ length: 20 }, (_one, at) => at) }, `one of ${[...Array(20).keys()].join(', ')}`],
    [{ const: 'EUR' }, '"EUR"'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }, { type: 'string' }] }, 'a string or null'],
    [{ oneOf: [{ type: 'integer' }, { type: 'boolean' }, { type: 'array' }] }, 'an integer, true or false or an array'],
    [{ anyOf: [], type: 'object' }, 'an object'],
    [{ type: 'string', format: 'date' }, 'a date (YYYY-MM-DD)'],
    [{ type: ['string', 'null'], format: 'date-time' }, 'a timestamp (2024-01-15T09:30:00Z) or null'],
    [{ type: 'string', format: 'time' }, 'a time with its zone (09:30:00Z)'],
    [{ type: 'string', format: 'uuid' }, 'a UUID'],
    [{ type: 'integer', format: 'int32' }, 'a 32-bit integer'],
    [{ type: 'integer', format: 'int64' }, 'an integer'],
    [{ type: 'string', format: 'colour' }, 'a string'],
    [{ type: ['number', 'string', 'null'] }, 'a number, a string or null'],
    [{}, 'something else'],
    [{ type: 'strange' }, 'strange'],
  ])('%j', (schema, words) => {
    expect(describeExpected(schema, schema)).toBe(words);
  });
});

describe('A limit in words', () => {
  it.each([
    ['maxLength', 3, 'abcd', 'can have at most 3 characters (you gave 4)'],
    ['minLength', 1, '', 'must not be empty'],
    ['minLength', 2, 'a', 'must have at least 2 characters (you gave "a")'],
    ['maximum', 100, 1000, 'can be at most 100 (you gave 1000)'],
    ['minimum', 1, 0, 'must be at least 1 (you gave 0)'],
    ['exclusiveMaximum', 5, 5, 'must be less than 5 (you gave 5)'],
    ['exclusiveMinimum', 5, 5, 'must be more than 5 (you gave 5)'],
    ['multipleOf', 5, 7, 'must be a multiple of 5 (you gave 7)'],
    ['maxItems', 1, [1, 2], 'can have at most 1 item (you gave 2)'],
    ['maxItems', 2, 'x', 'can have at most 2 items'],
    ['minItems', 2, [1], 'must have at least 2 items'],
    ['uniqueItems', true, [1, 1], 'must not have the same item twice'],
    ['maxProperties', 1, { a: 1, b: 2 }, 'can have at most 1 field'],
    ['minProperties', 2, {}, 'must have at least 2 fields'],
    ['pattern', '^\\d+$', 'a', 'must be digits only (you gave "a")'],
    ['contains', 1, [1], 'has a value that the service does not accept here'],
    ['not', 1, 'x', 'has a value that the service does not accept here (you gave "x")'],
    ['not', 1, 'x'.repeat(41), 'has a value that the service does not accept here (you gave 41 characters)'],
    ['not', 1, new LosslessNumber('1.5'), 'has a value that the service does not accept here (you gave 1.5)'],
  ])('%s %j of %j', (keyword, limit, value, words) => {
    expect(describeLimit(keyword, limit, value)).toBe(words);
  });
});

describe('A text that may be a decimal number', () => {
  it.each([
    ['15.5', '15.5'],
    ['-15.5', '-15.5'],
    ['15', '15'],
    ['2,5', '2.5'],
    ['-2,50', '-2.50'],
    ['1 234,50', '1234.50'],
    ['1\u00a0234,50', '1234.50'],
    ["1'234.50", '1234.50'],
    ['1.234,50', '1234.50'],
    ['-1.234.567,5', '-1234567.5'],
    ['1,234.50', '1234.50'],
    ['1,234,567.5', '1234567.5'],
    ['12.50 EUR', '12.50'],
    ['EUR 12.50', '12.50'],
    ['€12,50', '12.50'],
    ['12,50 €', '12.50'],
    ['20 %', '20'],
    ['0,500', '0.500'],
    ['1,234', null],
    ['12,345', null],
    ['1234,567', '1234.567'],
    ['1.234.567', null],
    ['abc', null],
    ['', null],
    ['1,2,3', null],
    ['12 eur', null],
    ['1.2.3,4', null],
    ['1,23.4', null],
  ])('%j: %s', (text, decimal) => {
    expect(asDecimal(text)).toBe(decimal);
  });
});

describe('A pattern in words', () => {
  const MONEY = '^-?\\d+(\\.\\d{1,2})?$';
  it.each([
    ['^\\d+$', 'a', 'digits only'],
    [MONEY, '2,5', 'a decimal number as text: "2.5"'],
    [MONEY, 'x', 'a decimal number as text, for example "15.50"'],
    [MONEY, 7, 'a decimal number as text, for example "15.50"'],
    [MONEY, '2,5555', 'a decimal number as text with at most 2 decimals, for example "15.50"'],
    ['^-?\\d+(\\.\\d)?$', '2.55', 'a decimal number as text with at most 1 decimal, for example "15.50"'],
    ['^\\d+(\\.\\d+)?$', '-2', 'a decimal number as text, for example "15.50"'],
    ['^[A-Z]{2}\\d{6}$', 'x', '2 capital letters, then 6 digits'],
    ['^[A-Z]$', 'x', '1 capital letter'],
    ['^[a-z]{1}$', 'X', '1 small letter'],
    ['^[A-Za-z0-9]+$', '-', 'letters or digits'],
    ['^[0-9a-f]{2,}$', 'x', 'at least 2 hexadecimal digits'],
    ['^[A-Z]{2,4}$', 'x', '2 to 4 capital letters'],
    ['^[A-Z]*$', 'x', 'capital letters or nothing'],
    ['^[A-Z]?$', 'xx', '1 capital letter or nothing'],
    ['^[A-Z]-\\d$', 'x', '1 capital letter, then "-", then 1 digit'],
    ['^[A-Z]-?\\d{2}$', 'x', '1 capital letter, then "-" or nothing, then 2 digits'],
    ['^[A-Z]\\.\\d{2}$', 'x', '1 capital letter, then ".", then 2 digits'],
    ['^SK\\d{10}$', 'x', '"S", then "K", then 10 digits'],
    ['^[A-Z]-+$', 'x', 'written in another form'],
    ['^[^a]$', 'a', 'written in another form'],
    ['^(a|b)$', 'x', 'written in another form'],
    ['[A-Z]{2}', 'x', 'written in another form'],
    ['^[A-Z]', 'x', 'written in another form'],
    ['^$', 'x', 'written in another form'],
    ['^ABCDE$', 'x', '"A", then "B", then "C", then "D", then "E"'],
    ['^ABCDEF$', 'x', 'written in another form'],
    ['(', 'x', 'written in another form'],
  ])('%s for %j', (pattern, given, words) => {
    expect(patternWords(pattern, given)).toBe(words);
  });
});
