/** The jobs that are timed, by their letters: what every peer is given, and what a training step of it computes. */
import type { GenerationRequest, RunConfiguration, TrainingState, WindowedSeries } from '../gpu/index.ts';
import { initialState } from '../gpu/index.ts';
import { trainingBatch } from '../gpu/reference/batch.ts';

export interface Case {
  readonly name: string;
  readonly batch: number;
  readonly steps: number;
  readonly input: number;
  readonly hidden: number;
}

export const CASES: readonly Case[] = [
  { name: 'A', batch: 50, steps: 20, input: 1, hidden: 100 },
  { name: 'B', batch: 64, steps: 100, input: 64, hidden: 256 },
  { name: 'C', batch: 128, steps: 200, input: 256, hidden: 1024 },
];

export const CELLS = ['rnn', 'lstm', 'gru'] as const;
export type CellName = (typeof CELLS)[number];

/** Blocks of W's columns. */
export const GATES: Readonly<Record<CellName, number>> = { rnn: 1, lstm: 4, gru: 3 };

/** What is trained: a case by one cell. Plain values, since it goes to other processes and pages. */
export interface Job {
  readonly test: Case;
  readonly cell: CellName;
}

/** Values that generation adds, and the values that each of them is made from where a window slides. */
export const GENERATED = 300;
export const WINDOW = 20;
export const GENERATION_MODES = ['carried', 'window'] as const;
export type GenerationMode = (typeof GENERATION_MODES)[number];

/** One training step: forward, mean squared error, backward, Adam. The series has as many features as the input. */
export function jobConfiguration({ test, cell }: Job): RunConfiguration {
  return {
    model: {
      inputSize: test.input,
      layers: [{ cell, hiddenSize: test.hidden }],
      outputSize: test.input,
    },
    training: {
      batchSize: test.batch,
      sequenceLength: test.steps,
      optimizer: { algorithm: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      clipNorm: null,
      initializer: 'glorot',
      seed: 42,
    },
  };
}

/** Waves of different lengths, one a feature. */
export function caseSeries({ steps, input }: Case): WindowedSeries {
  const length = 10 * steps + 300;
  const values = Float32Array.from({ length: length * input }, (_, index) => {
    const feature = index % input;
    return Math.sin(Math.floor(index / input) / (3 + feature));
  });
  return {
    values,
    features: input,
    trainingStarts: Uint32Array.from({ length: length - steps - 1 }, (_, index) => index),
  };
}

/** `[T, B, I]` both. */
export interface Batch {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

/** Batches that peers without a series of their own train on in turn: those of the runtime's first iterations. */
export const BATCHES = 4;

/** A job with all that a peer needs of it. */
export interface PreparedJob extends Job {
  readonly configuration: RunConfiguration;
  readonly series: WindowedSeries;
  readonly state: TrainingState;
  readonly batches: readonly Batch[];
}

export function prepareJob(job: Job): PreparedJob {
  const configuration = jobConfiguration(job);
  const { model, training } = configuration;
  const series = caseSeries(job.test);
  const batches = Array.from({ length: BATCHES }, (_, iteration) => {
    const { inputs, targets } = trainingBatch(model, training, series, iteration);
    return { inputs: Float32Array.from(inputs), targets: Float32Array.from(targets) };
  });
  return { ...job, configuration, series, state: initialState(configuration), batches };
}

/** Of a case with one input. @param steps values to generate. */
export function generationRequest(mode: GenerationMode, steps: number): GenerationRequest {
  const seed = Float32Array.from({ length: WINDOW }, (_, index) => Math.sin(index / 3));
  return { seed, steps, mode, window: WINDOW, noise: 0, draws: 1, randomSeed: 1 };
}

/** Multiplications and additions of one training step, 2 each: forward, and twice as many backward. */
export function operations({ test, cell }: Job): number {
  const { batch, steps, input, hidden } = test;
  const recurrent = 2 * batch * steps * (input + hidden) * GATES[cell] * hidden;
  const readout = 2 * batch * steps * hidden * input;
  return 3 * (recurrent + readout);
}
