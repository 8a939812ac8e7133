import { describe, expect, test } from 'vitest';
import { byteSize, duration, plainNumber, settingNumber, shortNumber } from '../../../app/controls/format.ts';

describe('plainNumber', () => {
  test.each([
    [0, '0'],
    [918, '918'],
    [1500, '1500'],
    [1_000_000, '1000000'],
    [0.021, '0.0210'],
    [0.5204, '0.520'],
    [1.2345, '1.23'],
    [99.96, '100'],
    [410.4, '410'],
    [1234.5, '1235'],
    [2.34e-8, '0.0000000234'],
    [1e22, '10000000000000000000000'],
  ])('writes %d in plain digits', (value, text) => {
    expect(plainNumber(value)).toBe(text);
  });

  test.each([null, undefined, Number.NaN, Infinity])('writes a dash for %s', (value) => {
    expect(plainNumber(value)).toBe('–');
  });
});

test.each([
  [0.0303, '0.0303'],
  [999_999, '999999'],
  [2.495e26, '2.5e26'],
  [-1e6, '−1.0e6'],
  [2.34e-8, '2.3e−8'],
  [0, '0'],
  [null, '–'],
  [Infinity, '–'],
])('a table writes %s as %s', (value, text) => {
  expect(shortNumber(value)).toBe(text);
});

test('settings keep the digits that they have', () => {
  expect([0.001, 0.0013, 20, 1.5, 0.00001].map((value) => settingNumber(value))).toEqual([
    '0.001',
    '0.0013',
    '20',
    '1.5',
    '0.00001',
  ]);
});

test.each([
  [0.44, '0.4 s'],
  [12.4, '12 s'],
  [59.7, '1 min'],
  [200, '3 min 20 s'],
  [3600, '1 h'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [812, '812 bytes'],
  [41_604, '40.6 KB'],
  [1_254_400, '1.2 MB'],
  [3_300_000_000, '3.1 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(byteSize(bytes)).toBe(text);
});
