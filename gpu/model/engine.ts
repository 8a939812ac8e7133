/**
 * The interface that the WebGPU engine and the float64 reference share. An engine makes runs; a run is one model,
 * its series and its optimiser, and is the only thing that computes.
 *
 * Layouts: sequences are time-major `[T, B, features]`, flattened row by row. Series are normalised by the caller.
 */
import type { RunConfiguration } from './configuration.ts';

export interface EngineDescription {
  readonly kind: 'webgpu' | 'reference';
  /** Such as `nvidia`, `apple`, `google`; empty where the browser does not say. */
  readonly vendor: string;
  /** Such as `ada-lovelace`, `swiftshader`; empty where the browser does not say. */
  readonly architecture: string;
  /** True where the adapter runs on the processor instead of a graphics card. */
  readonly software: boolean;
  /** What the device badge says, such as `nvidia · ada-lovelace` or `Reference engine · CPU`. */
  readonly label: string;
}

export interface Engine {
  readonly description: EngineDescription;
  /** Resolves, never rejects, with the reason when the device is lost. The reference is never lost. */
  readonly lost: Promise<string>;
  /**
   * Allocates a run and loads its starting state.
   * @throws ConfigurationError where the configuration cannot be; OutOfMemoryError with the bytes wanted and what
   * would fit; LimitError where a dispatch would be too large. Nothing stays allocated.
   */
  createRun(
    configuration: RunConfiguration,
    series: WindowedSeries,
    state: TrainingState,
  ): Promise<TrainingRun>;
  destroy(): void;
}

/** A normalised series and where windows may be cut from it. */
export interface WindowedSeries {
  /** `[length, features]`. The target of the value at n is the value at n + 1. */
  readonly values: Float32Array;
  readonly features: number;
  /** Indices at which a training window may begin: `sequenceLength + 1` values follow, the index's own included. */
  readonly trainingStarts: Uint32Array;
}

/** All that training needs to go on, bit for bit: random numbers depend on seed and iteration alone. */
export interface TrainingState {
  /** Iterations done. */
  readonly iteration: number;
  /** Every parameter, in the order of the model's parameter layout. */
  readonly parameters: Float32Array;
  /** The optimiser's values, `slots · parameters.length`: none for SGD, one slot for momentum, two for Adam. */
  readonly optimizerState: Float32Array;
}

export interface IterationRecord {
  /** 1 for the first. */
  readonly iteration: number;
  /** Mean squared error of the iteration's batch, before its update. */
  readonly loss: number;
  /** L2 norm of the whole gradient, before clipping. */
  readonly gradientNorm: number;
}

/** What a run costs: shown to the reader, and checked against the limits before anything is allocated. */
export interface RunCost {
  readonly parameters: number;
  readonly bytes: number;
  /** Dispatches of one iteration; 0 for the reference. */
  readonly dispatchesPerIteration: number;
}

export interface GenerationRequest {
  /** Normalised values that the sequence goes on from, `[length, features]`, length ≥ 1. */
  readonly seed: Float32Array;
  /** Values to generate. */
  readonly steps: number;
  /**
   * `window`: each value is what the model says after reading the last `window` values from a zero state.
   * `carried`: the seed is read once, then each output is read as the next input, the state carried on.
   */
  readonly mode: 'window' | 'carried';
  /** Length of the sliding window; the seed has at least as many values. Ignored when the state is carried. */
  readonly window: number;
  /** Standard deviation of the Gaussian noise added to each value before it is fed back. */
  readonly noise: number;
  /** Sequences generated side by side, which differ by their noise. */
  readonly draws: number;
  /** Unsigned 32-bit seed of the noise. */
  readonly randomSeed: number;
}

export interface TrainingRun {
  readonly configuration: RunConfiguration;
  readonly cost: RunCost;
  /**
   * Trains for some iterations and resolves with their records once they are on the host. Calls may overlap: they
   * are carried out in order. Where a loss or gradient is not finite, that iteration's update and all later ones
   * are refused, its record is the last one returned, and the parameters stay those of the iteration before.
   * @throws DeviceLostError
   */
  advance(iterations: number): Promise<readonly IterationRecord[]>;
  /** Teacher-forced outputs `[T, starts.length, O]` for windows of the series that begin at `starts`. */
  forecast(starts: Uint32Array): Promise<Float32Array>;
  /** Continues a seed; resolves with `[draws, steps, features]`. Goes before any training not yet submitted. */
  generate(request: GenerationRequest): Promise<Float32Array>;
  /** From the next iteration submitted. */
  setLearningRate(learningRate: number): void;
  /** Replaces the series by one of the same length, from the next submission. */
  setSeries(values: Float32Array): void;
  /** A copy of the state after the last submitted iteration. */
  capture(): Promise<TrainingState>;
  /** Continues from a state; also ends a refusal of updates. Not while an `advance` is under way. */
  restore(state: TrainingState): void;
  /** Gives the memory back. What is under way still arrives; training that waits for its turn is left out. */
  destroy(): void;
}
