/** Kernels of all time steps as they are for layers much larger, which compile slowly on a software adapter. */
import type { Recording } from '../../gpu/kernels/plan.ts';

/**
 * Invocations keep the weights of one inner index and read those of the others two at a time; sums are joined in three
 * rounds. What is no such kernel stays as it is.
 */
export function withScarceMemory(recording: Recording): Recording {
  const { kernel } = recording;
  const { SLICES, INNER } = kernel.constants;
  if (SLICES === undefined || INNER === undefined) return recording;
  const turns = Math.ceil((INNER / SLICES - 1) / 2);
  const parts = Math.ceil(SLICES / 3);
  const scarce = {
    HELD: 1,
    UNROLLED: 0,
    AHEAD: 2,
    INNER: SLICES * (1 + 2 * turns),
    PARTS: parts,
    ROUNDS: Math.ceil(SLICES / parts),
  };
  return { ...recording, kernel: { ...kernel, constants: { ...kernel.constants, ...scarce } } };
}
