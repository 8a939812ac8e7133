/** Windows cut from a series `[length, features]`: time-major inputs, and targets one step ahead. */
import type { WindowedSeries } from '../model/engine.ts';
import { pcg4d } from '../model/random.ts';

/** Fourth counter of the random numbers that choose windows: "WIND". */
const PURPOSE = 0x57494e44;

/**
 * Where the windows of an iteration begin, one per row. Of pcg4d's four numbers the last is taken: the low bits of
 * the others are uneven where one counter alone varies.
 * @param iteration iterations done before it.
 */
export function batchStarts(
  trainingStarts: Uint32Array,
  batch: number,
  seed: number,
  iteration: number,
): Uint32Array {
  return Uint32Array.from({ length: batch }, (_, row) => {
    const [, , , random] = pcg4d(seed, iteration, row, PURPOSE);
    return trainingStarts[random % trainingStarts.length]!;
  });
}

/** @returns `[steps, starts.length, features]`: the values at start + shift, start + shift + 1, … */
export function windowsAt(
  series: Pick<WindowedSeries, 'values' | 'features'>,
  starts: Uint32Array,
  steps: number,
  shift: number,
): Float64Array {
  const { values, features } = series;
  const windows = new Float64Array(steps * starts.length * features);
  for (let t = 0; t < steps; t++) {
    starts.forEach((start, row) => {
      const from = (start + shift + t) * features;
      windows.set(values.subarray(from, from + features), (t * starts.length + row) * features);
    });
  }
  return windows;
}
