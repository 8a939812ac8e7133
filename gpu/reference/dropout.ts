/**
 * Dropout (Srivastava et al., 2014): an element is kept where u ≥ p, and then multiplied by 1 / (1 − p). u = k / 2²⁴ with
 * k the upper 24 bits of the last number of pcg4d(seed, iteration, element, DROP + place), so that it follows from its
 * counters alone.
 */
import type { DropoutConfiguration } from '../model/configuration.ts';
import { pcg4d } from '../model/random.ts';
import type { Extent } from './extent.ts';

/** "DROP" */
const PURPOSE = 0x44524f50;

/** When things are dropped: in training, at an iteration counted from 0. */
export interface Dropping {
  readonly seed: number;
  readonly iteration: number;
}

/** What of a layer is dropped, in the order of their numbers; `input` is that of the whole stack, as of layer 0. */
const KINDS = ['input', 'output', 'recurrent', 'recurrent-reverse'] as const;

export interface StackDropout {
  readonly rates: DropoutConfiguration;
  readonly isEncoder: boolean;
  readonly numLayers: number;
}

/**
 * What multiplies a sequence's elements, `[T, B, width]`; undefined where nothing is dropped.
 * @param layer index in the stack.
 */
export function dropoutScales(
  stack: StackDropout,
  kind: (typeof KINDS)[number],
  layer: number,
  extent: Extent,
  width: number,
  dropping: Dropping | undefined,
): Float64Array | undefined {
  const rate = Math.fround(rateOf(stack, kind, layer));
  if (!dropping || rate === 0) return undefined;
  const place = 16 * layer + KINDS.indexOf(kind) + (stack.isEncoder ? 8192 : 0);
  const plane = extent.batch * width;
  const scales = new Float64Array(extent.steps * plane);
  for (let index = 0; index < scales.length; index++) {
    const time = (extent.firstTime ?? 0) + Math.floor(index / plane);
    const element = (stack.rates.perSequence ? 0 : time) * plane + (index % plane);
    const bits = pcg4d(dropping.seed, dropping.iteration, element, PURPOSE + place)[3];
    scales[index] = (bits >>> 8) / 2 ** 24 >= rate ? 1 / (1 - rate) : 0;
  }
  return scales;
}

function rateOf({ rates, numLayers }: StackDropout, kind: (typeof KINDS)[number], layer: number): number {
  if (kind === 'input') return rates.input ?? 0;
  if (kind === 'output') return (layer === numLayers - 1 ? rates.output : rates.between) ?? 0;
  return rates.recurrent ?? 0;
}
