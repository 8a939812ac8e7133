/** A small run, the same for every engine. */
import type { RunConfiguration, TrainingConfiguration, WindowedSeries } from '../../gpu/index.ts';
import { RandomSource } from './random.ts';

const SERIES_LENGTH = 120;

export const adam = {
  algorithm: 'adam',
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
} as const;

/** T = 6, B = 5, two layers of 7 and 4 units, Adam; one feature unless said otherwise. */
export function smallConfiguration(
  training: Partial<TrainingConfiguration> = {},
  features = 1,
): RunConfiguration {
  return {
    model: {
      inputSize: features,
      layers: [
        { cell: 'rnn', hiddenSize: 7 },
        { cell: 'rnn', hiddenSize: 4 },
      ],
      outputSize: features,
    },
    training: {
      batchSize: 5,
      sequenceLength: 6,
      optimizer: adam,
      clipNorm: null,
      initializer: 'glorot',
      seed: 42,
      ...training,
    },
  };
}

/** Waves of two periods with some noise, in `[120, features]`, and all its windows of the configuration's length. */
export function smallSeries({ model, training }: RunConfiguration): WindowedSeries {
  const noise = new RandomSource(5).normals(SERIES_LENGTH * model.inputSize, 0.05);
  const values = noise.map((value, index) => {
    const time = Math.floor(index / model.inputSize) + 9 * (index % model.inputSize);
    return value + Math.sin(time / 3) + 0.5 * Math.sin(time / 1.3);
  });
  const count = SERIES_LENGTH - training.sequenceLength;
  return {
    values,
    features: model.inputSize,
    trainingStarts: Uint32Array.from({ length: count }, (_, index) => index),
  };
}
