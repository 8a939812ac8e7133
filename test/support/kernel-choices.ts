/** Whole choices of kernels as a run takes them where steps are asked for, for tests that change one thing about them. */
import type { KernelChoice } from '../../gpu/kernels/choice.ts';

export const HARDWARE_STEPS = {
  family: 'hardware',
  recurrence: 'steps',
  continuation: 'sequence',
  hoisted: false,
  precision: 'float32',
} as const satisfies KernelChoice;

export const SOFTWARE_STEPS = { ...HARDWARE_STEPS, family: 'software' } as const satisfies KernelChoice;
