import type { OptimizerConfiguration } from './configuration.ts';

const SLOTS: Record<OptimizerConfiguration['algorithm'], readonly string[]> = {
  sgd: [],
  momentum: ['momentum.u'],
  nesterov: ['nesterov.u'],
  rmsprop: ['rmsprop.v'],
  adam: ['adam.m', 'adam.v'],
  adamw: ['adamw.m', 'adamw.v'],
};

/** What an optimiser keeps for every parameter, in the order of its slots: views are named `adam.m/rnn.l0.W`. */
export function optimizerSlots(optimizer: OptimizerConfiguration): readonly string[] {
  return SLOTS[optimizer.algorithm];
}
