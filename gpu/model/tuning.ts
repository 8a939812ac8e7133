/** What measuring which kernels are the fastest is told, and what it answers. */
import type { KernelChoice } from '../kernels/choice.ts';

export interface TuneOptions {
  /** Milliseconds after which what was measured so far decides. Default: 1,000. */
  readonly budget?: number;
  /** Told before each of the choices is begun, and when all are done or the time is over. */
  readonly progress?: (progress: TuneProgress) => void;
  /** Aborted, it rejects at once with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface TuneProgress {
  /** Choices done with. */
  readonly done: number;
  readonly of: number;
}

export interface Tuning {
  readonly choice: KernelChoice;
  /** Of every choice, in the order of `Engine.kernelChoices`. */
  readonly timings: readonly KernelTiming[];
}

export interface KernelTiming {
  readonly kernels: KernelChoice;
  /** Of an iteration, the least of several measurements; null where there was no time for it, or no memory. */
  readonly milliseconds: number | null;
}
