/** From an experiment's settings to what the runtime takes. */
import type { OptimizerConfiguration, RunConfiguration } from '../../gpu/index.ts';
import type { ExperimentSettings } from '../notebook/schema.ts';
import { askedKernels } from './kernels.ts';

type TrainSettings = ExperimentSettings['train'];

/** Kingma and Ba, 2015. */
const MOMENTS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** The coefficients that are not settings: those of the papers, the common momentum of 0.9 and AdamW's decay of 0.01. */
const OPTIMIZERS: Readonly<Record<TrainSettings['optimizer'], (rate: number) => OptimizerConfiguration>> = {
  sgd: (learningRate) => ({ algorithm: 'sgd', learningRate }),
  momentum: (learningRate) => ({ algorithm: 'momentum', learningRate, momentum: 0.9 }),
  nesterov: (learningRate) => ({ algorithm: 'nesterov', learningRate, momentum: 0.9 }),
  rmsprop: (learningRate) => ({ algorithm: 'rmsprop', learningRate, decay: 0.9, epsilon: 1e-8 }),
  adam: (learningRate) => ({ algorithm: 'adam', learningRate, ...MOMENTS }),
  adamw: (learningRate) => ({ algorithm: 'adamw', learningRate, weightDecay: 0.01, ...MOMENTS }),
};

/** A model that reads and predicts one number at a time. */
export function configurationOf({ model, train }: ExperimentSettings): RunConfiguration {
  return {
    model: {
      inputSize: 1,
      layers: Array.from({ length: model.layers }, () => ({ cell: model.cell, hiddenSize: model.hidden })),
      // Where nothing is dropped the field is left out, so that a checkpoint is of the same model with it and without.
      ...(model.dropout > 0 && { dropout: { between: model.dropout, output: model.dropout } }),
      outputSize: 1,
    },
    training: {
      batchSize: train.batch,
      sequenceLength: train.window,
      optimizer: OPTIMIZERS[train.optimizer](train.rate),
      clipNorm: train.clip,
      initializer: train.initializer,
      seed: train.seed,
    },
    kernels: askedKernels(train.kernels),
  };
}

/** Whether a run built from `before` can go on as `after`: they differ in live settings at most: rate, noise and kernels. */
export function sameRun(before: ExperimentSettings, after: ExperimentSettings): boolean {
  return fixedPart(before) === fixedPart(after);
}

function fixedPart({ data, model, train }: ExperimentSettings): string {
  return JSON.stringify(
    [{ ...data, noise: 0 }, model, { ...train, rate: 0, kernels: '' }],
    (_, value: unknown) =>
      // The order in which the fields were written does not matter.
      isRecord(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
