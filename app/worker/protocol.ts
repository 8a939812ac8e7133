/**
 * What the page and the worker say to each other. The worker owns the runtime, the series and every run; the page
 * holds plain values only. Every method is called through comlink and returns a promise on the page's side.
 *
 * A run has a key, `lesson#id`, such as `predict#train`; it lives on in the worker when the reader leaves the lesson.
 */
import type {
  Ceiling,
  EngineDescription,
  GenerationRequest,
  KernelChoice,
  KernelTiming,
  Part,
  ComparedKind,
  TuneProgress,
} from '../../gpu/index.ts';
import type { ImportChoices, ImportReport, SeriesSummary } from '../data/types.ts';
import type { ExperimentSettings, KernelSetting } from '../notebook/schema.ts';

export type RunStatus =
  /** Nothing trained yet, or stepped, or paused by the reader. */
  | 'idle'
  | 'running'
  /** All iterations asked for are done. */
  | 'finished'
  /** A loss or gradient was not finite: see `message`. */
  | 'stopped'
  /** The device was lost; a new one is being asked for. */
  | 'recovering'
  /** It cannot be built or go on: see `message`. */
  | 'failed';

/** Mean squared errors on the normalised series (variance 1), over windows that share no value with training. */
export interface ErrorPair {
  /** Over every position of the window. */
  readonly all: number;
  /** Over positions 6 and later, since the first ones cannot be known. */
  readonly late: number;
}

/** One held-out window and what follows it, in the series' own units. */
export interface ForecastPicture {
  /** Which of the held-out windows, and how many there are. */
  readonly window: number;
  readonly windows: number;
  /** Index in the series of the first value. */
  readonly start: number;
  /** The window's T values and as many of the following held-out ones as there are, at most T. */
  readonly truth: Float32Array;
  /** What the model says at positions 1…T of `truth`, having read every value before. Length T. */
  readonly teacherForced: Float32Array;
  /** From position T on: the model reading its own outputs. Starts with the last of `teacherForced`. */
  readonly freeRunning: Float32Array;
  /** The value before, at positions 1…T. Length T. */
  readonly persistence: Float32Array;
}

/** Which kernels a run takes, and why. */
export interface KernelReport {
  /** Null before there is a run, and of the reference. */
  readonly choice: KernelChoice | null;
  /** As the reader set them; the fastest of those that were measured; or what the engine takes by itself. */
  readonly why: 'set' | 'measured' | 'default';
  /** Whether one dispatch for all time steps was chosen where there can be none: `choice` says what runs. */
  readonly unsuited: boolean;
  /** How many there are to choose from where none are set. */
  readonly choices: number;
  /** Milliseconds of an iteration as they were measured; empty before. */
  readonly timings: readonly KernelTiming[];
  /** While they are being measured: how far it is. */
  readonly measuring: TuneProgress | null;
}

/** Before there is a run. */
export const NO_KERNELS: KernelReport = {
  choice: null,
  why: 'default',
  unsuited: false,
  choices: 0,
  timings: [],
  measuring: null,
};

export interface RunReport {
  readonly key: string;
  readonly status: RunStatus;
  /** What went wrong and what to try; empty otherwise. */
  readonly message: string;
  /** Goes up with each reset, rebuild and loaded checkpoint: a new attempt begins a new history. */
  readonly attempt: number;
  readonly iteration: number;
  readonly iterationsAsked: number;
  readonly parameters: number;
  readonly bytes: number;
  readonly dispatchesPerIteration: number;
  readonly kernels: KernelReport;
  readonly iterationsPerSubmission: number;
  /** While running, over the last second; otherwise of the last stretch, or null before there is one. */
  readonly iterationsPerSecond: number | null;
  /** Iteration numbers and losses since the last report, a pair of equal length, thinned to what a plot can show. */
  readonly newIterations: readonly number[];
  readonly newLosses: readonly number[];
  /** Null where unchanged since the last report. */
  readonly heldOutError: ErrorPair | null;
  readonly persistenceError: ErrorPair | null;
  readonly forecast: ForecastPicture | null;
  /** Where the weights came from: this session's training or the checkpoint shipped with the page. */
  readonly origin: 'trained' | 'shipped';
}

export interface DeviceReport {
  readonly engine: EngineDescription;
  /** Why the reference engine runs instead of a GPU; empty otherwise. */
  readonly notice: string;
}

export interface Listener {
  device(report: DeviceReport): void;
  /** At most ten a second for a run, plus one at each change of status. */
  run(report: RunReport): void;
}

/** Same as GenerationRequest, but in the series' own units: the worker normalises. */
export type SeedRequest = Omit<GenerationRequest, 'window'>;

export interface Generated {
  /** `draws` sequences of `steps` values, in the series' own units. */
  readonly sequences: readonly Float32Array[];
  /** From submission to result, milliseconds. */
  readonly milliseconds: number;
  /** Whether it was the run's first in this mode: then the time is that of compiling as well. */
  readonly isFirst: boolean;
  /** Iterations that the network had trained for. */
  readonly iteration: number;
}

/** The series of a run that was loaded, and that of the experiment it was loaded into. */
export interface LoadedRun {
  readonly trainedOn: string;
  readonly series: string;
  /** False where an imported series has another mean or deviation than that on which the run was trained. */
  readonly sameValues: boolean;
  /** Where the file names other kernels than those that run: the file's, and these. */
  readonly otherKernels: { readonly saved: KernelChoice; readonly here: KernelChoice } | null;
}

/** What an iteration of a run costs, with its time steps as several kinds of kernels. */
export interface CostReport {
  readonly rows: readonly CostRow[];
  /** T, of an iteration. */
  readonly timeSteps: number;
  /** What the device can do at the most; null before it was measured. */
  readonly ceiling: Ceiling | null;
}

export interface CostRow {
  readonly kind: ComparedKind;
  /** Whether the run itself takes these kernels. */
  readonly taken: boolean;
  /** Of an iteration, as all that follows. */
  readonly dispatches: number;
  /** Of all buffers. */
  readonly bytes: number;
  /** Floating-point operations; bytes read and written at the least. */
  readonly operations: number;
  readonly moved: number;
  readonly parts: readonly PartCost[];
  /** Null before it was measured. */
  readonly measured: MeasuredCost | null;
}

export interface PartCost {
  readonly part: Part;
  readonly dispatches: number;
  /** Of the device; null before they were measured. */
  readonly microseconds: number | null;
}

export interface MeasuredCost {
  readonly microseconds: number;
  /** The device's own part of that, by its clock or the host's. */
  readonly deviceMicroseconds: number;
  readonly clock: 'device' | 'host';
  readonly submissions: number;
  /** The largest of a forecast from that of single steps, in the series' normalised units. */
  readonly difference: number | null;
}

export interface Runtime {
  /**
   * Opens the engine, WebGPU where there is one; call once. `listener` is a comlink proxy; `base` is the page's address,
   * from which the shipped checkpoint is fetched.
   */
  open(listener: Listener, base: string): Promise<DeviceReport>;
  /** Builds, or rebuilds where `settings` differ in more than what is live; keeps a run that fits as it stands. */
  prepare(key: string, settings: ExperimentSettings): Promise<SeriesSummary>;
  /** Trains; where kernels are to be chosen that were never measured here, measures them first. */
  play(key: string): Promise<void>;
  pause(key: string): Promise<void>;
  /** One iteration. */
  step(key: string): Promise<void>;
  /** Back to iteration 0 with the same seed. */
  reset(key: string): Promise<void>;
  /** Live settings: taken from the next submission, without a reset. Resolves with the series as it is then. */
  adjust(key: string, live: { learningRate?: number; noise?: number }): Promise<SeriesSummary>;
  /** Goes over to other kernels between two iterations, the weights as they are, and trains on if it did. */
  setKernels(key: string, kernels: KernelSetting): Promise<void>;
  /** Measures the kernels that there are to choose from anew, then trains on if it did. Pause gives it up. */
  measureKernels(key: string): Promise<void>;
  /** Which held-out window the forecast picture shows. */
  showWindow(key: string, window: number): Promise<void>;
  /** The numbers of the forecast picture as it would be drawn now, as CSV with a header. */
  forecastCsv(key: string): Promise<string>;
  /** Loads the checkpoint shipped with the page where the run has not been trained; true if it was loaded. */
  loadShipped(key: string): Promise<boolean>;
  /** What an iteration costs, as far as it is known without running one; null of the reference engine. */
  planCosts(key: string): Promise<CostReport | null>;
  /**
   * The same measured, on runs made for it, while nothing trains: training goes on after it. `progress` is a comlink
   * proxy, told of shares from 0 to 1. Null where it was stopped, and of the reference engine. One at a time: a second ends
   * the first.
   */
  measureCosts(key: string, progress: (share: number) => void): Promise<CostReport | null>;
  stopMeasuring(): Promise<void>;
  generate(key: string, request: SeedRequest): Promise<Generated>;
  /** A piece of the training series, in its own units, that begins at a random index. */
  excerpt(key: string, length: number, randomSeed: number): Promise<Float32Array>;
  /** The run as a safetensors file. */
  save(key: string): Promise<Uint8Array>;
  /** Goes on from a saved run of the same model, on the series that there is. */
  load(key: string, file: Uint8Array): Promise<LoadedRun>;
  /** Reads a file or pasted text. Its values are the worker's until `keepSeries`, or until another is read. */
  importSeries(name: string, content: Blob | string, choices: ImportChoices): Promise<ImportReport>;
  /**
   * Keeps the series read last for experiments, under its report's `source`, or, where another series has that name,
   * under one like `file:prices.csv (2)`. Resolves with the name, which from then on stands for these values.
   */
  keepSeries(source: string): Promise<string>;
}
