/** The training jobs that are timed, by their letters. */
import type { RunConfiguration, WindowedSeries } from '../../gpu/index.ts';

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

/** One training step: forward, mean squared error, backward, Adam. The series has as many features as the input. */
export function caseConfiguration(test: Case, cell: string): RunConfiguration {
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

/** Multiplications and additions of one training step, 2 each: forward, and twice as many backward. */
export function operations({ batch, steps, input, hidden }: Case, gates: number): number {
  const recurrent = 2 * batch * steps * (input + hidden) * gates * hidden;
  const readout = 2 * batch * steps * hidden * input;
  return 3 * (recurrent + readout);
}
