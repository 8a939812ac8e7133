/** How large the values of a training series are, in its own units: the scale of the pad and of its seeds. */
import { generators } from '../data/generators.ts';
import { moments } from '../data/statistics.ts';
import type { SeriesSummary } from '../data/types.ts';

export interface SeriesScale {
  readonly range: readonly [low: number, high: number];
  readonly mean: number;
  readonly deviation: number;
}

export function summaryScale({ plotValue, mean, deviation }: SeriesSummary): SeriesScale {
  const { count, smallest, largest } = moments(Float64Array.from(plotValue));
  return { range: count > 0 ? [smallest, largest] : [mean - 1, mean + 1], mean, deviation };
}

/** Of a series that the page makes itself, without noise; null for any other source. */
export function generatedScale(source: string): SeriesScale | null {
  const generator = Object.hasOwn(generators, source) ? generators[source] : undefined;
  if (!generator) return null;
  const { smallest, largest, mean, deviation } = moments(generator.generate(0, 0));
  return { range: [smallest, largest], mean, deviation };
}
