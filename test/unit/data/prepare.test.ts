import { describe, expect, it } from 'vitest';
import { SeriesError } from '../../../app/data/errors.ts';
import { type PrepareOptions, prepareSeries, summarise } from '../../../app/data/prepare.ts';
import { pcg4d } from '../../../app/data/random.ts';
import { moments } from '../../../app/data/statistics.ts';

const options: PrepareOptions = { window: 4, heldOut: 'middle', missing: 'skip' };

const wave = (length: number) => Float64Array.from({ length }, (_, index) => 5 + 3 * Math.sin(index * 0.7));

/** The error with which a series is refused. */
function failure(values: Float64Array, changed: Partial<PrepareOptions> = {}): SeriesError {
  try {
    prepareSeries(values, { ...options, ...changed });
  } catch (error) {
    if (error instanceof SeriesError) return error;
    throw error;
  }
  throw new Error('It was prepared without an error.');
}

/** The wave, without the values at some indices. */
function waveWithout(...at: number[]): Float64Array {
  const values = wave(100);
  for (const index of at) values[index] = Number.NaN;
  return values;
}

/** Prepares a series and reads it back in its own units. */
function restored(values: Float64Array, missing: PrepareOptions['missing']): (index: number) => number {
  const { normalised, mean, deviation } = prepareSeries(values, { ...options, missing });
  return (index) => normalised[index]! * deviation + mean;
}

describe('the split', () => {
  it('holds out the fifth in the middle, so that both ends are trained on', () => {
    const { heldOut, trainingStarts } = prepareSeries(wave(100), options);
    expect(heldOut).toEqual([40, 60]);
    expect(trainingStarts[0]).toBe(0);
    expect(trainingStarts.at(-1)).toBe(95);
  });

  it('holds out the last fifth in time', () => {
    const { heldOut, trainingStarts, heldOutStarts } = prepareSeries(wave(103), {
      ...options,
      heldOut: 'end',
    });
    expect(heldOut).toEqual([83, 103]);
    expect(trainingStarts.at(-1)).toBe(78);
    expect(heldOutStarts[0]).toBe(83);
    expect(heldOutStarts.at(-1)).toBe(98);
  });

  it('finds every window there is', () => {
    const { trainingStarts, heldOutStarts } = prepareSeries(wave(100), options);
    expect(trainingStarts).toHaveLength(2 * (40 - 4));
    expect(heldOutStarts).toHaveLength(20 - 4);
  });
});

describe('normalising', () => {
  it('gives the training part mean 0 and deviation 1, in float32', () => {
    const values = wave(200);
    const { normalised, mean, deviation, heldOut } = prepareSeries(values, options);
    const training = Float64Array.from(normalised).filter(
      (_, index) => index < heldOut[0] || index >= heldOut[1],
    );
    expect(moments(training).mean).toBeCloseTo(0, 6);
    expect(moments(training).deviation).toBeCloseTo(1, 6);
    for (const [index, value] of values.entries()) {
      expect(normalised[index]).toBe(Math.fround((value - mean) / deviation));
    }
  });

  it.each(['middle', 'end'] as const)('does not look at what is held out (%s)', (heldOut) => {
    const values = wave(200);
    const before = prepareSeries(values, { ...options, heldOut });
    values.fill(1000, ...before.heldOut);
    const after = prepareSeries(values, { ...options, heldOut });
    expect([after.mean, after.deviation]).toEqual([before.mean, before.deviation]);
  });

  it('does not change the values given', () => {
    const values = wave(100);
    values[10] = Number.NaN;
    const copy = values.slice();
    prepareSeries(values, { ...options, missing: 'interpolate' });
    expect(values).toEqual(copy);
  });
});

describe('missing values', () => {
  it('skip: drops just the windows that hold one, on both sides', () => {
    const whole = prepareSeries(wave(100), options);
    const { trainingStarts, heldOutStarts } = prepareSeries(waveWithout(10, 50), options);
    expect(trainingStarts).toEqual(whole.trainingStarts.filter((start) => start > 10 || start + 4 < 10));
    expect(heldOutStarts).toEqual(whole.heldOutStarts.filter((start) => start > 50 || start + 4 < 50));
    expect(trainingStarts).toHaveLength(whole.trainingStarts.length - 5);
  });

  it('interpolate: a straight line between the neighbours', () => {
    const values = waveWithout(10, 11, 12);
    const value = restored(values, 'interpolate');
    expect(value(11)).toBeCloseTo((values[9]! + values[13]!) / 2, 5);
    expect(value(10)).toBeCloseTo(0.75 * values[9]! + 0.25 * values[13]!, 5);
  });

  it('previous: the last value again', () => {
    const values = waveWithout(10, 11, 99);
    const value = restored(values, 'previous');
    expect(value(10)).toBeCloseTo(values[9]!, 5);
    expect(value(11)).toBeCloseTo(values[9]!, 5);
    expect(value(99)).toBeCloseTo(values[98]!, 5);
  });

  it.each(['interpolate', 'previous'] as const)('%s: fills nothing across the cut', (missing) => {
    // 38…41 spans the cut at 40, 59…61 the one at 60.
    const value = restored(waveWithout(38, 39, 40, 41, 59, 60, 61), missing);
    for (const index of [40, 41, 60, 61]) expect(value(index)).toBeNaN();
    const filledFromBefore = missing === 'previous';
    for (const index of [38, 39, 59]) expect(Number.isNaN(value(index))).toBe(!filledFromBefore);
  });

  it('leaves mean and deviation to the values that were measured', () => {
    const values = waveWithout(10, 11, 12, 13);
    const training = Float64Array.from([...values.subarray(0, 40), ...values.subarray(60)]);
    expect(prepareSeries(values, { ...options, missing: 'previous' }).mean).toBe(moments(training).mean);
  });
});

describe('windows of random series', () => {
  const windows = [1, 2, 3, 7, 12];
  const cases = windows.flatMap((window) =>
    (['middle', 'end'] as const).flatMap((heldOut) =>
      (['skip', 'interpolate', 'previous'] as const).map((missing) => ({ window, heldOut, missing })),
    ),
  );

  it.each(cases)('share no value, lie inside, hold nothing missing: %j', (chosen) => {
    for (let round = 0; round < 20; round++) {
      const [a, gaps, c, d] = pcg4d([round, chosen.window, 1, 2]);
      const length = 10 * (chosen.window + 1) + (a % 400);
      const values = wave(length);
      for (let gap = 0; gap < gaps % 5; gap++) values[(c + gap * d) % length] = Number.NaN;
      const { normalised, heldOut, trainingStarts, heldOutStarts } = prepareSeries(values, chosen);

      const use = new Uint8Array(length);
      const mark = (starts: Uint32Array, bit: number) => {
        for (const start of starts) {
          for (let at = start; at <= start + chosen.window; at++) use[at]! |= bit;
        }
      };
      mark(trainingStarts, 1);
      mark(heldOutStarts, 2);
      const inside = (_: number, index: number) => index >= heldOut[0] && index < heldOut[1];
      expect(use.filter(inside).every((bits) => bits === 0 || bits === 2)).toBe(true);
      expect(use.filter((bits, index) => !inside(bits, index)).every((bits) => bits < 2)).toBe(true);
      expect(normalised.some((value, index) => use[index]! > 0 && Number.isNaN(value))).toBe(false);
      expect(Math.max(...trainingStarts, ...heldOutStarts) + chosen.window).toBeLessThan(length);
      expect(heldOut[1] - heldOut[0]).toBe(Math.floor(length / 5));
    }
  });
});

describe('what cannot be trained on', () => {
  it('too few values: says how many there are, how many are needed, and what would fit', () => {
    const error = failure(wave(60), { window: 20 });
    expect(error.field).toBe('window');
    expect(error.message).toMatch(/60 values.*20 steps needs at least 105.*11 or fewer/);
    expect(() => prepareSeries(wave(60), { ...options, window: 11 })).not.toThrow();
    expect(() => prepareSeries(wave(60), { ...options, window: 12 })).toThrow(SeriesError);
  });

  it.each([0, 1])('a series of %i values', (length) => {
    const error = failure(wave(length));
    expect(error.message).toContain(`${length} ${length === 1 ? 'value,' : 'values,'}`);
    expect(error.message).toContain('at least 25');
    expect(error.message).not.toContain('would fit');
  });

  it.each([0, -1, 2.5, Number.NaN])('a window of %d', (window) => {
    expect(failure(wave(100), { window }).field).toBe('window');
  });

  it('too few in a row beside the gaps: says on which side', () => {
    const values = wave(100);
    for (let index = 40; index < 60; index += 4) values[index] = Number.NaN;
    const error = failure(values);
    expect(error.field).toBe('missing');
    expect(error.message).toMatch(/20 values that are held out, 5 are missing.*5 in a row/);
    const training = wave(100);
    for (let index = 0; index < 100; index += 4) if (index < 40 || index >= 60) training[index] = Number.NaN;
    expect(failure(training).message).toMatch(/80 values that are trained on, 20 are missing/);
  });

  it('nothing but missing values', () => {
    expect(failure(new Float64Array(100).fill(Number.NaN)).field).toBe('missing');
  });

  it.each([0, 0.1, -1e9])('a column of constants (%d)', (value) => {
    const error = failure(new Float64Array(100).fill(value));
    expect(error.field).toBe('values');
    expect(error.message).toContain(`each one is ${String(value).replace('-', '−')}`);
  });

  it('a training part that is constant while the rest is not', () => {
    const values = new Float64Array(100).fill(2);
    values.set([1, 2, 3, 4], 45);
    expect(failure(values).message).toContain('80 values of the part that is trained on do not vary');
  });

  it('values that differ by rounding alone', () => {
    const values = Float64Array.from({ length: 100 }, (_, index) => 0.1 + (index % 2) * 2 ** -56);
    expect(failure(values).field).toBe('values');
  });

  it.each([1e308, -1e308, Infinity, -Infinity, 1e31])('%d: says where it is and what is allowed', (value) => {
    const values = wave(2000);
    values[1499] = value;
    const error = failure(values);
    expect(error.field).toBe('values');
    expect(error.message).toContain(`Value 1,500 of the series is ${String(value).replace('-', '−')}`);
    expect(error.message).toContain('1e30');
  });

  it('a held-out value whose normalised value would overflow float32', () => {
    const values = wave(100).map((value) => value * 1e-20);
    values[50] = 1e25;
    const error = failure(values);
    expect(error.field).toBe('values');
    expect(error.message).toContain('Value 51 of the series is 1e+25');
  });

  it('takes large and small series that can be', () => {
    for (const scale of [1e29, 1e-25]) {
      const { normalised } = prepareSeries(
        wave(100).map((value) => value * scale),
        options,
      );
      expect(normalised.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('a summary', () => {
  it('gives a short series whole, in its own units', () => {
    const values = wave(100);
    values[3] = Number.NaN;
    const summary = summarise('sine', values, prepareSeries(values, options));
    expect(summary).toMatchObject({ name: 'sine', length: 100, heldOut: [40, 60], heldOutWindows: 16 });
    expect(summary.trainingWindows).toBe(72 - 4);
    expect(summary.plotValue).toEqual(Float32Array.from(values));
    expect(summary.plotIndex.at(-1)).toBe(99);
  });

  it('keeps the extremes of a long one in at most 2,000 points, in order', () => {
    const values = Float64Array.from({ length: 1_000_003 }, (_, index) => Math.sin(index / 999));
    values[123_457] = 50;
    values[987_654] = -50;
    values.fill(Number.NaN, 500_000, 510_000);
    const { plotIndex, plotValue } = summarise('long', values, prepareSeries(values, options));
    expect(plotIndex.length).toBeLessThanOrEqual(2000);
    expect(plotIndex.length).toBeGreaterThan(1500);
    expect(plotValue[plotIndex.indexOf(123_457)]).toBe(50);
    expect(plotValue[plotIndex.indexOf(987_654)]).toBe(-50);
    expect(plotValue.some(Number.isNaN)).toBe(true);
    for (let point = 1; point < plotIndex.length; point++) {
      expect(plotIndex[point]!).toBeGreaterThan(plotIndex[point - 1]!);
    }
  });
});
