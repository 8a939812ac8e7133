/** Which kernels a run takes where nothing else is asked for, and which there are to choose from. */
import type { KernelChoice } from '../kernels/choice.ts';
import type { KernelFamily } from '../kernels/tiles.ts';

/** @param family that of the adapter. */
export function defaultKernels(family: KernelFamily): KernelChoice {
  return { family, recurrence: 'steps', hoisted: false };
}
