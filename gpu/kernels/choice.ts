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
  /** Whether the input sums x·Wx + b of all time steps are one product before the first. */
  readonly hoisted: boolean;
}

export type Recurrence = 'unfused' | 'steps' | 'sequence';

export const FAMILIES: readonly KernelFamily[] = ['software', 'hardware'];
export const RECURRENCES: readonly Recurrence[] = ['unfused', 'steps', 'sequence'];

export function sameKernels(
  one: KernelChoice | null | undefined,
  other: KernelChoice | null | undefined,
): boolean {
  if (!one || !other) return !one && !other;
  return one.family === other.family && one.recurrence === other.recurrence && one.hoisted === other.hoisted;
}
