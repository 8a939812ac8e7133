import { describe, expect, test } from 'vitest';
import { axisEnd, logRange, rawCurve, smoothCurve } from '../../../app/plots/curves.ts';

function history(length: number, loss: (i: number) => number) {
  const iterations = Array.from({ length }, (_, i) => i + 1);
  return { iterations, losses: iterations.map(loss) };
}

describe('smoothCurve', () => {
  test('leaves a straight line on a log scale as it is, ends included', () => {
    const falling = history(1000, (i) => Math.exp(-i / 100));
    const smooth = smoothCurve(falling);
    expect(smooth.iterations[0]).toBe(1);
    expect(smooth.iterations.at(-1)).toBe(1000);
    smooth.iterations.forEach((iteration, i) => {
      expect(Math.log(smooth.losses[i]!)).toBeCloseTo(-iteration / 100, 9);
    });
  });

  test('takes most of the jitter away', () => {
    const jitter = history(2000, (i) => (i % 2 === 0 ? 0.1 : 0.4));
    const middle = smoothCurve(jitter).losses.slice(20, -20);
    // The geometric mean of 0.1 and 0.4 is 0.2.
    for (const loss of middle) expect(Math.abs(loss - 0.2)).toBeLessThan(0.005);
  });

  test('of no points is empty, of one is that one', () => {
    expect(smoothCurve(history(0, () => 1)).losses).toEqual([]);
    expect(smoothCurve(history(1, () => 0.5))).toEqual({ iterations: [1], losses: [0.5] });
  });
});

describe('rawCurve', () => {
  test('is thinned, and keeps the highest and the lowest loss', () => {
    const spiky = history(4000, (i) => (i === 1777 ? 9 : i === 2333 ? 0.001 : 0.1));
    const { iterations, losses } = rawCurve(spiky);
    expect(iterations.length).toBeLessThanOrEqual(300);
    expect(iterations[losses.indexOf(9)]).toBe(1777);
    expect(iterations[losses.indexOf(0.001)]).toBe(2333);
  });

  test('leaves out what a log scale cannot show', () => {
    const { losses } = rawCurve({ iterations: [1, 2, 3, 4], losses: [0.5, 0, Number.NaN, 0.25] });
    expect(losses).toEqual([0.5, 0.25]);
  });
});

describe('logRange', () => {
  test('encloses all losses, in halves of a decade', () => {
    const range = logRange([history(2, (i) => [0, 1.2, 0.02][i]!)]);
    expect(range).toEqual([-2, 0.5]);
  });

  test('spans a decade where the losses hardly differ, and has a place to start from without any', () => {
    const [low, high] = logRange([history(3, () => 0.05)]);
    expect(high - low).toBeGreaterThanOrEqual(1);
    expect(logRange([])).toEqual([-2, 0.5]);
  });
});

test('axisEnd grows in round steps to all the iterations asked for, and beyond where the run went on', () => {
  const ends = [0, 50, 51, 150, 501, 1001, 1500].map((reached) => axisEnd(reached, 1500));
  expect(ends).toEqual([50, 50, 100, 200, 1000, 1500, 1500]);
  expect(axisEnd(99, 100)).toBe(100);
  expect(axisEnd(30, 20)).toBe(30);
  expect(axisEnd(1700, 1500)).toBe(1700);
});
