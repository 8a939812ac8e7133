/** Plain statistics in float64; missing values (NaN) are left out. */

export interface Moments {
  /** How many values there are, missing ones not counted. */
  readonly count: number;
  /** NaN where there is no value, as is the deviation. */
  readonly mean: number;
  /** The population's standard deviation, √(Σ(v − mean)² / count). */
  readonly deviation: number;
  /** Infinity where there is no value, and −Infinity below. */
  readonly smallest: number;
  readonly largest: number;
}

/** Moments of the values of one or more pieces taken together, in two sweeps. */
export function moments(...pieces: readonly Float64Array[]): Moments {
  let count = 0;
  let sum = 0;
  let smallest = Infinity;
  let largest = -Infinity;
  for (const piece of pieces) {
    for (const value of piece) {
      if (Number.isNaN(value)) continue;
      count++;
      sum += value;
      if (value < smallest) smallest = value;
      if (value > largest) largest = value;
    }
  }
  const mean = sum / count;
  let squares = 0;
  for (const piece of pieces) {
    for (const value of piece) {
      if (!Number.isNaN(value)) squares += (value - mean) ** 2;
    }
  }
  return { count, mean, deviation: Math.sqrt(squares / count), smallest, largest };
}
