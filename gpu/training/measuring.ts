/** What the measurements of an iteration need. */
import type { Stopwatch } from '../device/stopwatch.ts';
import type { PartRecording, Plan } from '../kernels/plan.ts';
import type { RunDevice } from './answers.ts';
import type { Preserved } from './preserved.ts';

/** An iteration, and how it is run. */
export interface ProfiledIteration {
  readonly on: RunDevice;
  readonly plan: Plan;
  readonly recordings: readonly PartRecording[];
  /** Dispatches at its end that are never parted. */
  readonly inseparable: number;
  /** The most iterations of a submission. */
  readonly most: number;
  /** What training leaves behind for the next iteration. */
  readonly kept: readonly GPUBuffer[];
}

export interface Measuring extends ProfiledIteration {
  readonly preserved: Preserved;
  readonly stopwatch: Stopwatch;
  /** Microseconds that a measurement should take. */
  readonly budget: number;
  /** To be called right before a submission. @throws the reason to end. */
  readonly check: () => void;
}
