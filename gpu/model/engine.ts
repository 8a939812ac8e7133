/**
 * The interface that the WebGPU engine and the float64 reference share. An engine makes runs; a run is one model,
 * its data and its optimiser, and is the only thing that computes.
 *
 * Layouts: sequences are time-major `[T, B, features]`, flattened row by row. Series are normalised by the caller.
 */
import type { Ceiling } from '../kernels/ceiling.ts';
import type { KernelChoice } from '../kernels/choice.ts';
import type { Part, Work } from '../kernels/work.ts';
import type { BuiltConfiguration, RunConfiguration } from './configuration.ts';
import type { TuneOptions, Tuning } from './tuning.ts';

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
  createRun(configuration: RunConfiguration, data: TrainingData, state: TrainingState): Promise<TrainingRun>;
  /**
   * What the device can do at the most, measured once in a fraction of a second; while a run trains, what it leaves.
   * Null of the reference. @throws OutOfMemoryError, DeviceLostError
   */
  ceiling(): Promise<Ceiling | null>;
  /**
   * The kernels worth comparing for a configuration on this adapter: first what a run takes by itself, then the others,
   * the likeliest to be faster first. What the configuration asks for they all have. Of the reference there are none.
   */
  kernelChoices(configuration: RunConfiguration): readonly KernelChoice[];
  /**
   * Measures these choices on runs of its own, made from what is given; no other run is touched, but one that trains
   * meanwhile spoils the measurement. Null where there is nothing to choose between.
   * @throws ConfigurationError; DeviceLostError; the reason of the signal, where that is aborted.
   */
  tune(
    configuration: RunConfiguration,
    data: TrainingData,
    state: TrainingState,
    options?: TuneOptions,
  ): Promise<Tuning | null>;
  destroy(): void;
}

/** What a run is trained on: windows of a series, examples drawn at random, or streams read from window to window. */
export type TrainingData = WindowedSeries | ExampleSet | StreamSet;

/**
 * N sequences side by side, time-major. Past a sequence's length what stands there does not count, but must be finite
 * numbers, or tokens of the vocabulary, all the same. T′ is T where every step is read, and 1 otherwise.
 */
export interface Examples {
  /** N. */
  readonly count: number;
  /** T. */
  readonly steps: number;
  /** `[T, N, I]` numbers or `[T, N]` tokens; `[1, N, I]` where the model has an input at the first step only. */
  readonly inputs: Float32Array | Uint32Array;
  /** `[T′, N, O]` numbers or, for a softmax head, `[T′, N]` classes. */
  readonly targets: Float32Array | Uint32Array;
  /** `[N]` real time steps of each, from 1 to T. Left out: T for all. */
  readonly lengths?: Uint32Array;
  /** `[T′, N]` how much each output counts in the cost, 0 or more. Left out: 1. */
  readonly mask?: Float32Array;
  /** `[N, vectorSize]`, for a model whose initial states are made from a vector. */
  readonly vectors?: Float32Array;
  /** What an encoder reads. */
  readonly source?: {
    readonly steps: number;
    /** `[steps, N, I]` numbers or `[steps, N]` tokens. */
    readonly inputs: Float32Array | Uint32Array;
    /** `[N]`, from 1 to `steps`. */
    readonly lengths?: Uint32Array;
  };
}

/** Each batch is drawn from these at random, with replacement. */
export interface ExampleSet extends Examples {
  readonly kind: 'examples';
}

/**
 * B long sequences, read a window after the other: iteration i reads the time steps from `(i mod W)·T` on, where
 * W = ⌊steps / T⌋. The states are carried from window to window, and begin anew at the first and where `begins` says.
 * `count` is the batch size. No lengths, vectors or source.
 */
export interface StreamSet extends Examples {
  readonly kind: 'streams';
  /** `[W, B]`: 1 where a sequence begins with the window. Left out: at window 0 only. */
  readonly begins?: Uint32Array;
}

/** A normalised series and where windows may be cut from it. */
export interface WindowedSeries {
  readonly kind?: 'windows';
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
  /**
   * The optimiser's values, `slots · parameters.length`: no slot for SGD, one for momentum, Nesterov and
   * RMSProp, two for Adam and AdamW.
   */
  readonly optimizerState: Float32Array;
  /** Where streams are read: the states carried into the next window, `[S][B, H]` layer by layer. Left out: zeros. */
  readonly carriedStates?: Float32Array;
}

/** What is wanted of an examination besides outputs, loss and final states. */
export interface ExaminationRequest {
  /** The gradient of the loss by every parameter. */
  readonly gradient?: boolean;
  /** What happens inside, of every sequence given; one sequence at a time is usual. Takes the backward sweep. */
  readonly inside?: boolean;
  /** Drop as training does at this iteration, counted from 0. Left out: nothing is dropped. */
  readonly dropoutAt?: number;
  /** What the states begin with, per layer of the main stack `[S][N, H]`. Left out: as the model says. */
  readonly initialStates?: readonly Float32Array[];
}

export interface Examination {
  /** `[T′, N, O]`, logits where the head is softmax; zeros past the end of a sequence. */
  readonly outputs: Float32Array;
  /** As training counts it: with mask, lengths and `costSteps`; without weight decay. */
  readonly loss: number;
  /** Per layer of the main stack `[S][N, H]`; a bidirectional layer's reverse states follow its forward ones. */
  readonly finalStates: readonly Float32Array[];
  /** In the order of the parameter layout. */
  readonly gradient?: Float32Array;
  /** Per layer of the main stack, forward direction. */
  readonly inside?: readonly LayerInside[];
  /** Where there is attention: α, `[T, N, source steps]`. */
  readonly attention?: Float32Array;
}

export interface LayerInside {
  /** By name, `[T, N, H]` after each time step: `h`, and `c` of an LSTM. */
  readonly states: Readonly<Record<string, Float32Array>>;
  /** By name, `[T, N, H]`, after their activation: `i`, `f`, `g`, `o` of an LSTM, `r`, `z`, `n` of a GRU; of the simple cell none. */
  readonly gates: Readonly<Record<string, Float32Array>>;
  /** ‖∂L/∂h(t)‖₂ over the units, `[T, N]`. */
  readonly hiddenGradientNorms: Float32Array;
}

/** Holds a gate or one unit at a value while the model runs (not while it trains). */
export interface Forcing {
  /** Index of a layer of the main stack. */
  readonly layer: number;
  /** A gate's name such as `f`, or `h` for the state itself. */
  readonly what: string;
  /** One unit; left out: all. */
  readonly unit?: number;
  readonly value: number;
}

export interface IterationRecord {
  /** 1 for the first. */
  readonly iteration: number;
  /** Of the iteration's batch, before its update: mean squared error, or mean cross-entropy in nats of a softmax head. */
  readonly loss: number;
  /** L2 norm of the whole gradient, before any clipping; not finite also where the update itself would not have been. */
  readonly gradientNorm: number;
}

/** What a run costs: shown to the reader, and checked against the limits before anything is allocated. */
export interface RunCost {
  readonly parameters: number;
  readonly bytes: number;
  /** Dispatches of one iteration; 0 for the reference. */
  readonly dispatchesPerIteration: number;
  /** The kernels of one iteration, in its order; none for the reference. */
  readonly kernels: readonly KernelCost[];
}

/** What all dispatches of a kernel do in one iteration, known from their shapes alone. */
export interface KernelCost extends Work {
  readonly part: Part;
  /** Such as `forward_step.rnn`, or with its shape `product 50×100×1`. */
  readonly kernel: string;
  readonly dispatches: number;
}

export interface ProfileRequest {
  /** How long the loop, and then its kernels, are measured, about; of a longer iteration one or a few. Default: 100. */
  readonly milliseconds?: number;
  /** Ends it: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** How much of it is done, from 0 to 1. */
  readonly progress?: (share: number) => void;
}

/** Where the time of an iteration goes. */
export interface Profile {
  /** Of an iteration as training runs it, submissions and answers included. */
  readonly microseconds: number;
  /** The device's own part of that. */
  readonly deviceMicroseconds: number;
  /** The device's time by its own clock; or by the host's, then of each kernel alone, repeated. */
  readonly clock: 'device' | 'host';
  readonly submissionsPerIteration: number;
  /** In the order of the iteration. */
  readonly kernels: readonly KernelTime[];
}

export interface KernelTime extends KernelCost {
  /** Of all its dispatches in an iteration. */
  readonly microseconds: number;
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

/** What tokens go on from. */
export interface TokenSeed {
  /** `[length]`, length ≥ 1; of a decoder the token, or tokens, that it starts from. */
  readonly seed: Uint32Array;
  /** Tokens to generate. */
  readonly steps: number;
  /** Said once, a sequence goes on with it to its last step. Null: no token ends a sequence. */
  readonly endToken: number | null;
  /** What the encoder reads, one sequence: `[steps, I]` numbers or `[steps]` tokens. Wanted where there is one. */
  readonly source?: Float32Array | Uint32Array;
  /** `[vectorSize]`, where the initial states are made from a vector. */
  readonly vector?: Float32Array;
}

export interface TokenRequest extends TokenSeed {
  /** Sequences generated side by side. */
  readonly draws: number;
  /** The most likely token, the lowest of equal ones; or one drawn by its probability. */
  readonly mode: 'greedy' | 'sample';
  /** Divides the logits before the softmax: greater than 0. Ignored where greedy. */
  readonly temperature: number;
  /** Only the k most likely tokens are drawn from; 0: all. Ignored where greedy. */
  readonly topK: number;
  /** Unsigned 32-bit seed of the draws. */
  readonly randomSeed: number;
}

export interface BeamRequest extends TokenSeed {
  /** Sequences followed at once, from 1. */
  readonly beams: number;
}

export interface BeamSequence {
  /** `[steps]`, the end token repeated where it came early. */
  readonly tokens: Uint32Array;
  /** Sum of the tokens' log-probabilities, up to the end token. */
  readonly score: number;
}

export interface TrainingRun {
  readonly configuration: BuiltConfiguration;
  readonly cost: RunCost;
  /**
   * Trains for some iterations and resolves with their records once they are on the host. Calls may overlap: they
   * are carried out in order. Where a loss, a gradient or what an update would write is not finite, that update and all
   * later ones are refused, its record is the last one returned, and the parameters stay those of the iteration before.
   * @throws DeviceLostError
   */
  advance(iterations: number): Promise<readonly IterationRecord[]>;
  /**
   * Teacher-forced outputs `[T, starts.length, O]` for windows of the series that begin at `starts`.
   * @throws ConfigurationError where the run has no series, or a window does not lie within it.
   */
  forecast(starts: Uint32Array): Promise<Float32Array>;
  /**
   * Runs the model on examples given whole, apart from training: outputs, loss, and what else is asked for.
   * @throws ConfigurationError where the examples do not fit the model.
   */
  examine(examples: Examples, request?: ExaminationRequest): Promise<Examination>;
  /**
   * Holds gates and units at values in all that is asked of the run but training, from the next call on; an empty list
   * lets go. @throws ConfigurationError
   */
  force(forcings: readonly Forcing[]): void;
  /**
   * Continues a seed; resolves with `[draws, steps, features]`. Goes before any training not yet submitted.
   * @throws ConfigurationError where the run has no series, or the request cannot be.
   */
  generate(request: GenerationRequest): Promise<Float32Array>;
  /**
   * Goes on from tokens, of a model that reads and says tokens of one vocabulary; resolves with `[draws, steps]`.
   * @throws ConfigurationError
   */
  generateTokens(request: TokenRequest): Promise<Uint32Array>;
  /** The likeliest sequences that a beam search finds, best first. @throws ConfigurationError */
  searchTokens(request: BeamRequest): Promise<readonly BeamSequence[]>;
  /**
   * Measures an iteration, on the run's own buffers, and puts all that training would have changed back: it goes on as if
   * nothing had been. Training asked for meanwhile waits; what else is asked for does not. Null of the reference.
   * @throws ConfigurationError, OutOfMemoryError, DeviceLostError
   */
  profile(request?: ProfileRequest): Promise<Profile | null>;
  /** From the next iteration submitted; the schedule multiplies it. @throws ConfigurationError */
  setLearningRate(learningRate: number): void;
  /** Replaces the series by one of the same length, from the next submission. @throws ConfigurationError */
  setSeries(values: Float32Array): void;
  /** A copy of the state after the last submitted iteration. */
  capture(): Promise<TrainingState>;
  /**
   * Continues from a state; also ends a refusal of updates. Not while an `advance` is under way.
   * @throws ConfigurationError where the state is not of this model, optimiser and batch size.
   */
  restore(state: TrainingState): void;
  /** Gives the memory back. What is under way still arrives; training that waits for its turn is left out. */
  destroy(): void;
}
