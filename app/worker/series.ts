/** The series of an experiment: made or imported, prepared for training, and cut from. */
import { ConfigurationError, type WindowedSeries } from '../../gpu/index.ts';
import { generators } from '../data/generators.ts';
import { prepareSeries, type PreparedSeries, summarise } from '../data/prepare.ts';
import { pcg4d } from '../data/random.ts';
import type { SeriesSummary } from '../data/types.ts';
import type { ExperimentSettings } from '../notebook/schema.ts';

/** Imported series by source name, such as `file:prices.csv`; NaN where a value is missing. */
export type ImportedSeries = ReadonlyMap<string, Float64Array>;

export interface ExperimentSeries {
  readonly prepared: PreparedSeries;
  readonly summary: SeriesSummary;
}

/**
 * Makes an experiment's series and prepares it. Noise follows from the training's seed.
 * @throws ConfigurationError where there is no such source; SeriesError where it cannot be trained on.
 */
export function makeSeries({ data, train }: ExperimentSettings, imported: ImportedSeries): ExperimentSeries {
  const generator = Object.hasOwn(generators, data.source) ? generators[data.source] : undefined;
  const values = generator?.generate(data.noise, train.seed) ?? imported.get(data.source);
  if (!values) throw noSuchSource(data.source, imported);
  const prepared = prepareSeries(values, {
    window: train.window,
    heldOut: generator ? 'middle' : 'end',
    missing: data.missing,
  });
  return { prepared, summary: summarise(generator?.title ?? data.source, values, prepared) };
}

function noSuchSource(source: string, imported: ImportedSeries): ConfigurationError {
  const known = [...Object.keys(generators), ...imported.keys()].join(', ');
  const lost = source.startsWith('file:') ? ' Files are not kept when the page closes: choose it again.' : '';
  return new ConfigurationError('data.source', `there is no series "${source}"; there are ${known}.${lost}`);
}

/** What the runtime takes of a prepared series. */
export function windowed({ normalised, trainingStarts }: PreparedSeries): WindowedSeries {
  return { values: normalised, features: 1, trainingStarts };
}

/** Maps values of the series' own units to normalised ones. */
export function normalise({ mean, deviation }: PreparedSeries, values: ArrayLike<number>): Float32Array {
  return Float32Array.from(values, (value) => (value - mean) / deviation);
}

/** Maps normalised values to the series' own units. */
export function denormalise({ mean, deviation }: PreparedSeries, values: ArrayLike<number>): Float32Array {
  return Float32Array.from(values, (value) => value * deviation + mean);
}

/**
 * `length` consecutive values from the part that is trained on, none missing, in the series' own units.
 * @throws ConfigurationError where no such piece is so long.
 */
export function cutExcerpt(prepared: PreparedSeries, length: number, randomSeed: number): Float32Array {
  if (!Number.isInteger(length) || length < 1) {
    throw new ConfigurationError('excerpt.length', `is ${length}; allowed: whole numbers from 1.`);
  }
  const { normalised, heldOut } = prepared;
  const starts: number[] = [];
  let longest = 0;
  let whole = 0; // values in a row that end here
  normalised.forEach((value, index) => {
    whole = Number.isNaN(value) || (index >= heldOut[0] && index < heldOut[1]) ? 0 : whole + 1;
    longest = Math.max(longest, whole);
    if (whole >= length) starts.push(index + 1 - length);
  });
  if (starts.length === 0) {
    throw new ConfigurationError(
      'excerpt.length',
      `is ${length}, but the longest piece without a missing value has ${longest} values.`,
    );
  }
  const start = starts[pcg4d([randomSeed >>> 0, length, 0, 0])[0] % starts.length]!;
  return denormalise(prepared, normalised.subarray(start, start + length));
}
