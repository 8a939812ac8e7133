/** Which of the kernels that compute the same are taken: they differ in speed, and in their results by rounding alone. */
import type { KernelFamily } from './tiles.ts';

export interface KernelChoice {
  /** Register tiles, for software adapters; or inner sums sliced over workgroup memory, for GPUs. */
  readonly family: KernelFamily;
  /**
   * `steps`: a dispatch a time step. `sequence`: one for all time steps of a layer, where the layer is small enough;
   * otherwise as `steps`. `unfused`: several a time step, joining, product, bias and cell apart: to compare with.
   */
  readonly recurrence: Recurrence;
  /**
   * The time steps of a continuation, `sequence`: one dispatch for as many as 1,024, where the model is a single small layer
   * and the window short or, in the software family, the state carried on and the draws few; otherwise as `steps`: several
   * dispatches each.
   */
  readonly continuation: Exclude<Recurrence, 'unfused'>;
  /** Whether the input sums x·Wx + b of all time steps are one product before the first. */
  readonly hoisted: boolean;
  /**
   * `float16`: training, forecasts and examinations compute with parameters and with each h rounded to 16 bits, of which
   * 11 are significant (below 2⁻¹⁴ there is only 0); time steps then read half the bytes of the parameters and, where the
   * adapter has numbers of 16 bits, of h. Sums, a cell's other states, gradients and the parameters that are updated have
   * 32 bits all the same, and so has all that generates.
   */
  readonly precision: Precision;
}

export type Precision = 'float32' | 'float16';

export type Recurrence = 'unfused' | 'steps' | 'sequence';

export const FAMILIES: readonly KernelFamily[] = ['software', 'hardware'];
export const CONTINUATIONS: readonly KernelChoice['continuation'][] = ['steps', 'sequence'];
export const PRECISIONS: readonly Precision[] = ['float32', 'float16'];
export const RECURRENCES: readonly Recurrence[] = ['unfused', 'steps', 'sequence'];

export function sameKernels(
  one: KernelChoice | null | undefined,
  other: KernelChoice | null | undefined,
): boolean {
  if (!one || !other) return !one && !other;
  return (
    one.family === other.family &&
    one.recurrence === other.recurrence &&
    one.continuation === other.continuation &&
    one.hoisted === other.hoisted &&
    one.precision === other.precision
  );
}
