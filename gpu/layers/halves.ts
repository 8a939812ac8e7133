/** Parameters rounded to 16 bits, for time steps that are bound by reading them. */
import * as library from '../kernels/library-elements.ts';
import type { Recording } from '../kernels/plan.ts';
import { elementGroups, type KernelFamily } from '../kernels/tiles.ts';
import { touching } from '../kernels/work.ts';

/** Words that hold so many parameters, two to a word. */
export function halvesLength(parameters: number): number {
  return Math.ceil(parameters / 2);
}

/** Of all `length` parameters the nearest of 16 bits: `halves`, u32, and `rounded`, each with 32 bits again. */
export function recordHalves(
  family: KernelFamily,
  parameters: GPUBuffer,
  { halves, rounded }: { readonly halves: GPUBuffer; readonly rounded: GPUBuffer },
  length: number,
): Recording {
  const words = halvesLength(length);
  return {
    kernel: library.halve(family),
    buffers: { parameters, halves, rounded },
    uniform: { length },
    workgroups: elementGroups(family, words),
    work: touching(2 * length + words),
  };
}
