import type { RunConfiguration } from '../model/configuration.ts';
import type { Engine, EngineDescription, RunCost, WindowedSeries } from '../model/engine.ts';
import { parameterLayout } from '../model/parameters.ts';
import { validateRun } from '../model/validation.ts';
import { referenceCell } from './registry.ts';
import { ReferenceRun } from './run.ts';

const description: EngineDescription = {
  kind: 'reference',
  vendor: '',
  architecture: '',
  software: true,
  label: 'Reference engine · CPU',
};

/** The model in plain TypeScript and float64: the judge of the GPU's kernels, and its stand-in where there is none. */
export function openReferenceEngine(): Engine {
  return {
    description,
    lost: new Promise(() => {}),
    async createRun(configuration, series, state) {
      validateRun(configuration, series, state);
      return new ReferenceRun(configuration, referenceCost(configuration, series), series, state);
    },
    destroy: () => {},
  };
}

/** Bytes at the most: parameters, gradient and slots, the series, and what forward leaves for backward. */
function referenceCost({ model, training }: RunConfiguration, series: WindowedSeries): RunCost {
  const layout = parameterLayout(model);
  const slots = { sgd: 0, momentum: 1, adam: 2 }[training.optimizer.algorithm];
  const rows = training.batchSize * training.sequenceLength;
  let perRow = 2 * model.inputSize + 2 * model.outputSize;
  for (const { cell: name, hiddenSize } of model.layers) {
    const cell = referenceCell(name);
    perRow += hiddenSize * (3 * cell.gates + cell.states + cell.saved + cell.vectors.length + 1);
  }
  return {
    parameters: layout.count,
    bytes: 8 * ((2 + slots) * layout.length + rows * perRow) + series.values.byteLength,
    dispatchesPerIteration: 0,
  };
}
