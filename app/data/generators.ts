/** The series that the page can make itself: waves sampled at even steps, with noise where it is asked for. */
import { standardNormal } from './random.ts';
import { moments } from './statistics.ts';

export interface SeriesGenerator {
  readonly title: string;
  /** The wave in TeX, as a function of t. */
  readonly formula: string;
  /** How many values. */
  readonly length: number;
  /** From one value to the next, in units of t; the first is at t = 0. */
  readonly step: number;
  /**
   * Samples the wave and adds Gaussian noise. A seed fixes the draw, so that more noise is the same noise, louder.
   * @param noise standard deviation of the noise as a fraction of the clean wave's
   * @param seed an unsigned 32-bit integer
   */
  generate(noise: number, seed: number): Float64Array;
}

/** Values per unit of t. */
const RATE = 10;

function generator(
  title: string,
  formula: string,
  duration: number,
  wave: (t: number) => number,
): SeriesGenerator {
  const length = duration * RATE + 1; // both ends included
  return {
    title,
    formula,
    length,
    step: 1 / RATE,
    generate(noise, seed) {
      const clean = Float64Array.from({ length }, (_, index) => wave(index / RATE));
      if (noise === 0) return clean;
      const scale = noise * moments(clean).deviation;
      return clean.map((value, index) => value + scale * standardNormal(index, seed));
    },
  };
}

/** Every generated series under the name by which a document's `data.source` calls it. */
export const generators: Readonly<Record<string, SeriesGenerator>> = {
  'sine-mix': generator(
    'A growing mix of sines',
    String.raw`\tfrac{1}{3}\,t \sin t + 2 \sin 5t`,
    30,
    (t) => (t * Math.sin(t)) / 3 + 2 * Math.sin(5 * t),
  ),
  'never-repeats': generator(
    'Three sines that never meet again',
    String.raw`\sin 2t + \sin 2\sqrt{2}\,t + \tfrac{1}{2} \sin 2\sqrt{5}\,t`,
    60,
    (t) => Math.sin(2 * t) + Math.sin(2 * Math.SQRT2 * t) + Math.sin(2 * Math.sqrt(5) * t) / 2,
  ),
  beats: generator(
    'A wave that swells and fades',
    String.raw`\left(1 + \tfrac{4}{5} \cos \tfrac{t}{2}\right) \sin 4t`,
    60,
    (t) => (1 + 0.8 * Math.cos(t / 2)) * Math.sin(4 * t),
  ),
  square: generator('A soft square wave', String.raw`\tanh(4 \sin 2t)`, 30, (t) =>
    Math.tanh(4 * Math.sin(2 * t)),
  ),
};
