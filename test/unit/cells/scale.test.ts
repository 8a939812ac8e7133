import { expect, test } from 'vitest';
import { scales, windowScale } from '../../../app/cells/ExperimentChoices.ts';
import { linearScale, listScale, logScale, type Scale } from '../../../app/controls/scale.ts';

/** Every value of a scale, in the order of the positions. */
function values(scale: Scale): number[] {
  return Array.from({ length: scale.last + 1 }, (_, position) => scale.value(position));
}

test.each(Object.entries(scales))('%s: ascending, each position that of its own value', (_, scale) => {
  const all = values(scale);
  expect(all).toEqual([...new Set(all)].sort((a, b) => a - b));
  expect(all.map((value) => scale.position(value))).toEqual(all.map((_, position) => position));
});

test('the scales hold the settings of the notes and of the lesson', () => {
  expect(values(scales.rate)).toContain(0.001);
  expect(values(scales.hidden)).toContain(100);
  expect(values(scales.batch)).toContain(50);
  expect(values(windowScale(301))).toContain(20);
  expect(values(scales.noise)).toContain(0.02);
  expect(values(scales.iterations)).toContain(1500);
});

test.each([
  ['a series that the page makes', 301, 6, 59],
  ['a long one', 1_000_000, 6, 100],
  ['a short one', 40, 6, 7],
  ['one that has no room for the shortest offered', 24, 3, 3],
  ['one that has room for none', 4, 1, 1],
])('windows are offered that fit: %s', (_, length, shortest, longest) => {
  const scale = windowScale(length);
  expect([scale.value(0), scale.value(scale.last)]).toEqual([shortest, longest]);
});

test('a linear scale has no traces of binary fractions, and its ends hold', () => {
  const scale = linearScale(0, 0.5, 0.01);
  expect(scale.value(29)).toBe(0.29);
  expect([scale.value(-1), scale.value(999)]).toEqual([0, 0.5]);
  expect([scale.position(-3), scale.position(7)]).toEqual([0, 50]);
});

test('a log scale has equal ratios, to two digits', () => {
  const scale = logScale(1e-3, 1, { perDecade: 10 });
  expect(scale.last).toBe(30);
  expect([0, 1, 3, 10, 30].map((position) => scale.value(position))).toEqual([0.001, 0.0013, 0.002, 0.01, 1]);
  expect(scale.value(scale.position(0.0031))).toBe(0.0032);
});

test('a list scale takes a value between its own to the nearer one', () => {
  const scale = listScale([1, 2, 5, 10]);
  expect([0, 3, 4, 8, 99].map((value) => scale.position(value))).toEqual([0, 1, 2, 3, 3]);
});
