import { expect, test } from 'vitest';
import { curvePath } from '../../../app/plots/curvePath.ts';
import type { Curve } from '../../../app/plots/picture.ts';

type Axes = Parameters<typeof curvePath>[1];

const axes: Axes = {
  xaxis: { type: 'linear', range: [0, 10] },
  yaxis: { type: 'linear', range: [-1, 1] },
};
const logAxes: Axes = { ...axes, yaxis: { type: 'log', range: [-2, 0] } };

function curve(points: readonly (readonly [number, number])[], look: Curve['look'] = 'line'): Curve {
  const [x, y] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return { name: 'curve', x, y, look, color: 'red', width: 1, hover: null };
}

test('the ends of both axes are the edges of the plotting area, larger values higher', () => {
  const path = curvePath(
    curve([
      [0, -1],
      [10, 1],
      [5, 0],
    ]),
    axes,
    200,
    100,
  );
  expect(path).toBe('M0.0,100.0L200.0,0.0L100.0,50.0');
});

test('a log axis takes powers of ten for its ends', () => {
  expect(
    curvePath(
      curve([
        [0, 1],
        [5, 0.1],
        [10, 0.01],
      ]),
      logAxes,
      200,
      100,
    ),
  ).toBe('M0.0,0.0L100.0,50.0L200.0,100.0');
});

test('a value that has no place parts the line', () => {
  const points = [
    [0, 0],
    [1, 0],
    [2, Number.NaN],
    [3, 0],
    [4, 0],
    [5, Infinity],
    [6, 0],
  ] as const;
  expect(curvePath(curve(points), axes, 100, 100)).toBe('M0.0,50.0L10.0,50.0M30.0,50.0L40.0,50.0M60.0,50.0');
  expect(
    curvePath(
      curve([
        [0, 1],
        [1, 0],
        [2, -1],
        [3, 1],
      ]),
      logAxes,
      100,
      100,
    ),
  ).toBe('M0.0,0.0M30.0,0.0');
});

test('dots are lines without length', () => {
  expect(
    curvePath(
      curve(
        [
          [0, 0],
          [10, 0],
        ],
        'dots',
      ),
      axes,
      100,
      100,
    ),
  ).toBe('M0.0,50.0h0M100.0,50.0h0');
  expect(curvePath(curve([]), axes, 100, 100)).toBe('');
});
