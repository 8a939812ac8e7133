/**
 * A series made ready for training: split without a leak, missing values treated, normalised, its windows found.
 *
 * A window is T consecutive inputs and their targets one step ahead, so T + 1 consecutive values. The series is cut
 * into parts before anything else is done, and nothing crosses a cut: no window, no filled gap, and mean and
 * deviation come from the training parts alone.
 */
import { readable, SeriesError, written } from './errors.ts';
import { fillGaps } from './gaps.ts';
import { type Moments, moments } from './statistics.ts';
import { thin } from './thin.ts';
import type { ImportChoices, SeriesSummary } from './types.ts';

export interface PrepareOptions {
  /** T, the time steps of a window. */
  readonly window: number;
  /** `middle`: the fifth in the middle, both ends trained on. `end`: the last fifth in time. */
  readonly heldOut: 'middle' | 'end';
  readonly missing: Required<ImportChoices>['missing'];
}

export interface PreparedSeries {
  /**
   * (value − mean) / deviation, as long as the series. NaN where a value is missing and was not filled: no window
   * holds one, but a piece cut out by other means may.
   */
  readonly normalised: Float32Array;
  /** Of the training part, in the series' own units. */
  readonly mean: number;
  readonly deviation: number;
  /** Where the windows begin, ascending: T + 1 values follow, the index's own included. */
  readonly trainingStarts: Uint32Array;
  readonly heldOutStarts: Uint32Array;
  /** Half-open range of indices never trained on. */
  readonly heldOut: readonly [number, number];
}

type Range = readonly [from: number, to: number];

/** One in this many values is held out. */
const HELD_OUT_SHARE = 5;
/** The values that the shortest window, of one step, needs. */
export const FEWEST_VALUES = 2 * HELD_OUT_SHARE;

/** Largest value taken, in magnitude: float32 ends at 3.4e38, and sums and squares of values must fit as well. */
export const LARGEST_VALUE = 1e30;
/** Smallest deviation taken: below it the values vanish in float32. */
const SMALLEST_DEVIATION = 1e-30;
/** A deviation below this part of the largest value is float64's rounding, not a signal. */
const ROUNDING = 1e-13;
/** Largest normalised value taken, in magnitude: its square, summed over a batch, must fit float32. */
const LARGEST_NORMALISED = 1e9;

/**
 * Splits, fills, normalises and cuts into windows.
 * @param values in the series' own units, NaN where missing
 * @throws SeriesError naming the setting or data at fault
 */
export function prepareSeries(values: Float64Array, options: PrepareOptions): PreparedSeries {
  const { window, missing } = options;
  const heldOut = heldOutRange(values.length, options);
  const training: Range[] = [
    [0, heldOut[0]],
    [heldOut[1], values.length],
  ];
  requireUsable(values);
  const { mean, deviation } = trainingMoments(values, training);
  const filled = values.slice();
  for (const [from, to] of [...training, heldOut]) fillGaps(filled.subarray(from, to), missing);

  const prepared = {
    normalised: normalise(filled, mean, deviation),
    mean,
    deviation,
    trainingStarts: windowStarts(filled, training, window),
    heldOutStarts: windowStarts(filled, [heldOut], window),
    heldOut,
  };
  requireWindows(values, prepared, options);
  return prepared;
}

/** What an experiment shows of a series before training. `values` are those that were prepared. */
export function summarise(name: string, values: Float64Array, prepared: PreparedSeries): SeriesSummary {
  const { index, value } = thin(values);
  return {
    name,
    length: values.length,
    plotIndex: index,
    plotValue: value,
    heldOut: prepared.heldOut,
    mean: prepared.mean,
    deviation: prepared.deviation,
    trainingWindows: prepared.trainingStarts.length,
    heldOutWindows: prepared.heldOutStarts.length,
  };
}

function heldOutRange(length: number, { window, heldOut }: PrepareOptions): Range {
  if (!Number.isInteger(window) || window < 1) {
    throw new SeriesError('window', `A window is a whole number of time steps from 1 up, not ${window}.`);
  }
  const size = Math.floor(length / HELD_OUT_SHARE);
  if (size < window + 1) throw tooShort(length, window);
  const from = heldOut === 'end' ? length - size : Math.floor((length - size) / 2);
  return [from, from + size];
}

/** The most time steps of a window for which a series of so many values has room; below 1 where it has none. */
export function longestWindow(length: number): number {
  return Math.floor(length / HELD_OUT_SHARE) - 1;
}

function tooShort(length: number, window: number): SeriesError {
  const needed = HELD_OUT_SHARE * (window + 1);
  const fitting = longestWindow(length);
  const advice = fitting >= 1 ? ` A window of ${readable(fitting)} or fewer steps would fit.` : '';
  return new SeriesError(
    'window',
    `The series has ${readable(length)} ${length === 1 ? 'value' : 'values'}, but a window of ${readable(window)} ` +
      `steps needs at least ${readable(needed)}: a fifth is held out, and ${readable(window + 1)} values in a row ` +
      `must fit in it.${advice}`,
  );
}

function requireUsable(values: Float64Array): void {
  const at = values.findIndex((value) => Math.abs(value) > LARGEST_VALUE);
  if (at < 0) return;
  throw new SeriesError(
    'values',
    `Value ${readable(at + 1)} of the series is ${written(values[at]!)}. Values from −1e30 to 1e30 can be trained on.`,
  );
}

function trainingMoments(values: Float64Array, training: readonly Range[]): Moments {
  const result = moments(...training.map(([from, to]) => values.subarray(from, to)));
  const { count, deviation, smallest, largest } = result;
  const magnitude = Math.max(Math.abs(smallest), Math.abs(largest));
  if (count === 0) {
    throw new SeriesError('missing', 'Every value of the part that is trained on is missing.');
  }
  if (deviation <= ROUNDING * magnitude || deviation < SMALLEST_DEVIATION) {
    const what =
      smallest === largest
        ? `each one is ${written(smallest)}`
        : `they lie between ${written(smallest)} and ${written(largest)}`;
    throw new SeriesError(
      'values',
      `The ${readable(count)} values of the part that is trained on do not vary: ${what}. A series that changes ` +
        'is needed; another column may hold one.',
    );
  }
  return result;
}

function normalise(values: Float64Array, mean: number, deviation: number): Float32Array {
  const normalised = new Float32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = (values[index]! - mean) / deviation;
    if (Math.abs(value) > LARGEST_NORMALISED) throw tooFar(index, values[index]!, mean, deviation);
    normalised[index] = value;
  }
  return normalised;
}

function tooFar(index: number, value: number, mean: number, deviation: number): SeriesError {
  return new SeriesError(
    'values',
    `Value ${readable(index + 1)} of the series is ${written(value)}, too far from the others: those that are trained on have ` +
      `mean ${written(mean.toPrecision(4))} and standard deviation ${written(deviation.toPrecision(4))}. At most a billion ` +
      'standard deviations from the mean can be trained on.',
  );
}

/** Every start from which T + 1 values in a row lie in one range and none is missing. */
function windowStarts(values: Float64Array, ranges: readonly Range[], window: number): Uint32Array {
  const starts: number[] = [];
  for (const [from, to] of ranges) {
    let firstWhole = from; // values from here up to `index` are all there
    for (let index = from; index < to; index++) {
      if (Number.isNaN(values[index])) firstWhole = index + 1;
      else if (index - window >= firstWhole) starts.push(index - window);
    }
  }
  return Uint32Array.from(starts);
}

function requireWindows(
  values: Float64Array,
  { trainingStarts, heldOutStarts, heldOut: [from, to] }: PreparedSeries,
  { window }: PrepareOptions,
): void {
  if (trainingStarts.length > 0 && heldOutStarts.length > 0) return;
  const inside = missingIn(values.subarray(from, to));
  const [which, length, gaps] =
    heldOutStarts.length === 0
      ? ['held out', to - from, inside]
      : ['trained on', values.length - (to - from), missingIn(values) - inside];
  throw new SeriesError(
    'missing',
    `Of the ${readable(length)} values that are ${which}, ${readable(gaps)} are missing, and nowhere are there ` +
      `${readable(window + 1)} in a row, as a window of ${readable(window)} steps needs. Fill the gaps, or choose a ` +
      'shorter window.',
  );
}

function missingIn(values: Float64Array): number {
  let count = 0;
  for (const value of values) if (Number.isNaN(value)) count++;
  return count;
}
