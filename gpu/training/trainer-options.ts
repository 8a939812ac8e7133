/** What a trainer is made from, and what it tells. */
import type { RunConfiguration } from '../model/configuration.ts';
import type { IterationRecord, TrainingState, WindowedSeries } from '../model/engine.ts';
import type { Clock } from './pacing.ts';
import type { KnownKernels } from './recipe.ts';

export type TrainerStatus = 'idle' | 'running' | 'finished' | 'stopped' | 'recovering' | 'failed';

export interface TrainerOptions {
  /** The kernels that it leaves open are chosen on each engine anew: as `known` says, otherwise by the engine. */
  readonly configuration: RunConfiguration;
  readonly series: WindowedSeries;
  /** Where windows that share no value with training begin. */
  readonly heldOutStarts: Uint32Array;
  /** What Reset returns to. */
  readonly initial: TrainingState;
  /** Iterations after which training is finished; Play then goes on for as many more. */
  readonly iterations: number;
  readonly listener: TrainerListener;
  /** Default: nothing is known. */
  readonly known?: KnownKernels;
  /** Awaited before the held-out error is measured. Default: nothing is. */
  readonly beforeEvaluation?: () => Promise<void>;
  readonly clock?: Clock;
}

export interface TrainerListener {
  /** The status changed. */
  changed(): void;
  /** Iterations are done; no record is left out. */
  trained(records: readonly IterationRecord[]): void;
  /** `heldOutError` is new. */
  evaluated(): void;
}
