/** From an experiment's settings to what the runtime takes. */
import type { OptimizerConfiguration, RunConfiguration } from '../../gpu/index.ts';
import type { ExperimentSettings } from '../notebook/schema.ts';

type TrainSettings = ExperimentSettings['train'];

/** The coefficients that are not settings: those of the papers, and the common momentum of 0.9. */
const OPTIMIZERS: Readonly<Record<TrainSettings['optimizer'], (rate: number) => OptimizerConfiguration>> = {
  sgd: (learningRate) => ({ algorithm: 'sgd', learningRate }),
  momentum: (learningRate) => ({ algorithm: 'momentum', learningRate, momentum: 0.9 }),
  adam: (learningRate) => ({
    algorithm: 'adam',
    learningRate,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
  }),
};

/** A model that reads and predicts one number at a time. */
export function configurationOf({ model, train }: ExperimentSettings): RunConfiguration {
  return {
    model: {
      inputSize: 1,
      layers: Array.from({ length: model.layers }, () => ({ cell: model.cell, hiddenSize: model.hidden })),
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
  };
}

/** Whether a run built from `before` can go on as `after`: they differ in live settings at most, rate and noise. */
export function sameRun(before: ExperimentSettings, after: ExperimentSettings): boolean {
  return fixedPart(before) === fixedPart(after);
}

function fixedPart({ data, model, train }: ExperimentSettings): string {
  return JSON.stringify([{ ...data, noise: 0 }, model, { ...train, rate: 0 }], (_, value: unknown) =>
    // The order in which the fields were written does not matter.
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
