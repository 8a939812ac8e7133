/** Fewer points for a plot that looks the same. */

/** A plot is given at most this many points. */
const MOST_POINTS = 2000;

export interface ThinnedSeries {
  /** Index in the series of each point, ascending. */
  readonly index: Float32Array;
  readonly value: Float32Array;
}

/**
 * At most `mostPoints` points of a series: all of a short one, otherwise the smallest and the largest value of each
 * of `mostPoints / 2` stretches, in the order they come, so that no peak is lost. A stretch without a value gives one
 * NaN, which a plot shows as a gap.
 */
export function thin(values: Float64Array, mostPoints = MOST_POINTS): ThinnedSeries {
  if (values.length <= mostPoints) {
    return { index: Float32Array.from(values, (_, index) => index), value: Float32Array.from(values) };
  }
  const stretches = Math.floor(mostPoints / 2);
  const kept: number[] = [];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * values.length) / stretches);
    const to = Math.floor(((stretch + 1) * values.length) / stretches);
    kept.push(...extremes(values, from, to));
  }
  return { index: Float32Array.from(kept), value: Float32Array.from(kept, (index) => values[index]!) };
}

/** Indices of the smallest and the largest value of a stretch, ascending and without repeating. */
function extremes(values: Float64Array, from: number, to: number): number[] {
  let low = from;
  let high = from;
  for (let index = from + 1; index < to; index++) {
    const value = values[index]!;
    // `!(a <= b)` also replaces a missing value by any that is there.
    if (!(values[low]! <= value) && !Number.isNaN(value)) low = index;
    if (!(values[high]! >= value) && !Number.isNaN(value)) high = index;
  }
  if (low === high) return [low];
  return low < high ? [low, high] : [high, low];
}
