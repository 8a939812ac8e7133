import { describe, expect, test } from 'vitest';
import { type GrowthPoint, growthTable, panelsOf, type Points, slope } from '../../../bench/growth.ts';
import { plot, ticks } from '../../../bench/plot.ts';
import { spread } from '../../../bench/timing.ts';

const sizes = [16, 32, 64, 128, 256, 512, 1024];
const power = (exponent: number, offset = 0): Points => sizes.map((x) => [x, offset + 3 * x ** exponent]);

describe('the slope', () => {
  test.each([0, 1, 2, 1.5])('of a power %f is its exponent', (exponent) => {
    expect(slope(power(exponent))).toBeCloseTo(exponent, 10);
  });

  test('takes no notice of the small sizes', () => {
    const points = power(2).map(([x, y]): [number, number] => [x, x < 100 ? 5 : y]);
    expect(slope(points)).toBeCloseTo(2, 10);
  });

  test('is not that of a point', () => {
    expect(slope([])).toBeUndefined();
    expect(slope([[3, 4]])).toBeUndefined();
  });
});

describe('ticks', () => {
  test('are powers of ten', () => expect(ticks([0.5, 2000])).toEqual([1, 10, 100, 1000]));
  test('and more where those are few', () =>
    expect(ticks([16, 1024])).toEqual([20, 50, 100, 200, 500, 1000]));
});

const POINTS: GrowthPoint[] = [20, 200, 2000].map((size) => ({
  axis: 'steps',
  size,
  cell: 'gru',
  peer: 'unroll',
  step: size === 2000 ? { stopped: 'about 40.0 s each' } : spread([size / 2]),
  bytes: 1e5 * size,
}));
const panels = panelsOf(POINTS);

test('time and memory are panels, an axis each, without what was stopped', () => {
  expect(panels.map(({ x, y }) => [y, x])).toEqual(
    ['ms a training step', 'MB'].flatMap((y) => ['time steps', 'units', 'batch'].map((x) => [y, x])),
  );
  expect(panels[0]!.series).toEqual([
    {
      label: 'gru',
      points: [
        [20, 10],
        [200, 100],
      ],
    },
  ]);
  expect(panels[3]!.series).toMatchObject([{ label: 'gru ∝ 1.00', points: { length: 3 } }]);
  expect(panels[1]!.series).toEqual([]);
});

test('as text they say each point', () => {
  expect(growthTable(panels)).toContain('MB, by time steps\n  gru ∝ 1.00  20: 2.00  200: 20.0  2000: 200');
});

test('as a plot every point has its mark, within the picture', () => {
  const svg = plot(panels, 3, 'a < b');
  expect(svg).toContain('<title>a &lt; b</title>');
  const marks = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  expect(marks).toHaveLength(5);
  for (const [x, y] of marks) {
    expect(x).toBeGreaterThanOrEqual(46);
    expect(x).toBeLessThanOrEqual(288);
    expect(y).toBeGreaterThanOrEqual(16);
    expect(y).toBeLessThanOrEqual(184);
  }
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
