import type { OptimizerConfiguration } from './configuration.ts';

/** What an optimiser keeps for every parameter, in the order of its slots: views are named `adam.m/rnn.l0.W`. */
export function optimizerSlots(optimizer: OptimizerConfiguration): readonly string[] {
  switch (optimizer.algorithm) {
    case 'sgd':
      return [];
    case 'momentum':
      return ['momentum.u'];
    case 'adam':
      return ['adam.m', 'adam.v'];
  }
}
